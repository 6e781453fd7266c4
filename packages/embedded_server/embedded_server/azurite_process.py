"""Azurite as a child process: found where npm installs it, started empty on free ports, ended with the block."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from embedded_server.azurite import ACCOUNT, ACCOUNT_KEY

SCRIPT = Path("node_modules", "azurite", "dist", "src", "azurite.js")
SERVICES = ("Blob", "Queue", "Table")
OPTIONS = ("--blobPort", "0", "--queuePort", "0", "--tablePort", "0", "--skipApiVersionCheck", "--disableTelemetry")


class AzuriteError(Exception):
    """Azurite is not installed, or ended before it listened."""


def find_azurite(folders: Iterable[Path]) -> list[str]:
    """Return the command of an Azurite in `node_modules` of a folder, else on PATH; empty if there is none."""
    # Beside this Python first: a virtual environment may bring a Node of its own.
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    script = next((folder / SCRIPT for folder in folders if (folder / SCRIPT).is_file()), None)
    if node and script:
        return [node, str(script)]
    own = shutil.which("azurite")
    return [own] if own else []


@contextmanager
def running_azurite(command: Sequence[str], location: Path, accounts: Iterable[str] = ()) -> Iterator[dict[str, str]]:
    """Run Azurite until the block ends and yield the addresses of its services; raise `AzuriteError`.

    `accounts` are made in place of the usual one, all with the usual key.
    """
    if not command:
        raise AzuriteError("Azurite is not installed: `npm install azurite` does it")
    names = list(accounts) or [ACCOUNT]
    environment = {**os.environ, "AZURITE_ACCOUNTS": ";".join(f"{name}:{ACCOUNT_KEY}" for name in names)}
    words = [*command, "--location", str(location), *OPTIONS, "--silent"]
    # A group of its own: `node` may be a wrapper whose child would outlive it.
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment) as process:
        try:
            yield dict(_addresses(process))
        finally:
            with suppress(ProcessLookupError, PermissionError):  # it ended by itself; the latter is macOS's word for it
                os.killpg(process.pid, signal.SIGTERM)
            process.communicate()  # it says goodbye on a pipe that must still be there


def _addresses(process: "subprocess.Popen[str]") -> Iterator[tuple[str, str]]:
    for _ in SERVICES:
        for line in process.stdout or ():
            if match := re.search(r"Azurite (\w+) service is successfully listening at (\S+)", line):
                yield match[1], match[2]
                break
        else:
            raise AzuriteError("Azurite ended before it listened")
