"""What tests of several folders share: a real Azurite for the whole run, and an account in it for each file."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_server.azurite import ACCOUNT_KEY, connection_string

ROOT = Path(__file__).parent
PACKAGES = [str(folder) for folder in sorted((ROOT / "packages").iterdir())]
ACCOUNTS = [f"account{number}" for number in range(200)]  # more than there are files

# A child process runs this checkout's packages, whichever are installed.
os.environ["PYTHONPATH"] = os.pathsep.join([*PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])])


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[str]]:
    """Run Azurite on free ports and give the connection strings of its accounts, all empty."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node") or "node"
    script = ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = [node, str(script), "--location", str(tmp_path_factory.mktemp("azurite")), *ports, *options]
    environment = {**os.environ, "AZURITE_ACCOUNTS": ";".join(f"{name}:{ACCOUNT_KEY}" for name in ACCOUNTS)}
    # A group of its own: `node` may be a wrapper whose child would outlive it.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
    ) as process:
        try:
            urls = dict(_endpoints(process))
            yield (connection_string(urls, name) for name in ACCOUNTS)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()  # it says goodbye on a pipe that must still be there


@pytest.fixture(scope="session")
def azurite(accounts: Iterator[str]) -> str:
    """Give the connection string of an account for those who share it under names of their own."""
    return next(accounts)


@pytest.fixture(scope="module")
def storage_account(accounts: Iterator[str]) -> str:
    """Give the connection string of an account that only this file uses: a new host takes up every blob it finds."""
    return next(accounts)


def _endpoints(process: "subprocess.Popen[str]") -> Iterator[tuple[str, str]]:
    assert process.stdout is not None
    for _ in ("Blob", "Queue", "Table"):
        for line in process.stdout:
            if found := re.search(r"Azurite (\w+) service is successfully listening at (\S+)", line):
                yield found[1], found[2]
                break
        else:
            raise RuntimeError("Azurite ended before it listened")
