"""What tests of several folders share: a real Azurite, one for the whole run."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ACCOUNT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Azurite on free ports and give its connection string."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node") or "node"
    script = ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = [node, str(script), "--location", str(tmp_path_factory.mktemp("azurite")), *ports, *options]
    # A group of its own: `node` may be a wrapper whose child would outlive it.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield ACCOUNT + "".join(_endpoints(process))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()  # it says goodbye on a pipe that must still be there


def _endpoints(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout is not None
    for _ in ("Blob", "Queue", "Table"):
        for line in process.stdout:
            if found := re.search(r"Azurite (\w+) service is successfully listening at (\S+)", line):
                yield f"{found[1]}Endpoint={found[2]}/devstoreaccount1;"
                break
        else:
            raise RuntimeError("Azurite ended before it listened")
