"""What tests of several folders share: a real Azurite for the whole run, and an account in it for each file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_server.azurite import connection_string
from embedded_server.azurite_process import find_azurite, running_azurite

ROOT = Path(__file__).parent
PACKAGES = [str(folder) for folder in sorted((ROOT / "packages").iterdir())]
ACCOUNTS = [f"account{number}" for number in range(200)]  # more than there are files

# A child process runs this checkout's packages, whichever are installed.
os.environ["PYTHONPATH"] = os.pathsep.join([*PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])])


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[str]]:
    """Run Azurite on free ports and give the connection strings of its accounts, all empty."""
    with running_azurite(find_azurite([ROOT]), tmp_path_factory.mktemp("azurite"), ACCOUNTS) as urls:
        yield (connection_string(urls, name) for name in ACCOUNTS)


@pytest.fixture(scope="session")
def azurite(accounts: Iterator[str]) -> str:
    """Give the connection string of an account for those who share it under names of their own."""
    return next(accounts)


@pytest.fixture(scope="module")
def storage_account(accounts: Iterator[str]) -> str:
    """Give the connection string of an account that only this file uses: a new host takes up every blob it finds."""
    return next(accounts)
