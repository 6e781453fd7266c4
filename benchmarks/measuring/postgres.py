"""A PostgreSQL of our own for a while, reached through a Unix socket alone, in a folder that is removed."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring.figures import SkippedError

PROGRAMS = ("initdb", "pg_ctl")
USER = "benchmark"
NOBODYS = ("postgres", "nobody")  # accounts that may run the server where we are root, which it refuses


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and yield the URL of its database; raise `SkippedError` where there is no PostgreSQL."""
    initdb, pg_ctl = map(shutil.which, PROGRAMS)
    if initdb is None or pg_ctl is None:
        raise SkippedError(f"needs PostgreSQL: install it, and put {' and '.join(PROGRAMS)} on PATH")
    account = _account()
    with TemporaryDirectory() as folder:
        if account:
            shutil.chown(folder, account)
        data = str(Path(folder) / "data")
        run = [pg_ctl, "--pgdata", data, "--log", str(Path(folder) / "log"), "--wait"]
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        _run([initdb, "--pgdata", data, "--username", USER, "--auth", "trust"], account, folder)
        _run([*run, "--options", options, "start"], account, folder)
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            _run([*run, "--mode", "immediate", "stop"], account, folder)


def _account() -> str | None:
    """Return the account for the server, or None for our own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = next((name for name in NOBODYS if name in names), None)
    if account is None:
        raise SkippedError("PostgreSQL refuses to run as root: run this as another user")
    return account


def _run(command: list[str], account: str | None, folder: str) -> None:
    subprocess.run(command, user=account, cwd=folder, check=True, stdout=subprocess.DEVNULL)
