"""What tests of several folders share: a real Azurite with an account for each file, and the markers of ours.

`chaos` marks what only `make chaos` runs, `flaky` what may be tried twice: local/checks.py does that, not pytest.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_server.azurite import connection_string
from embedded_server.azurite_process import find_azurite, running_azurite

ROOT = Path(__file__).parent
PACKAGES = [str(folder) for folder in sorted((ROOT / "packages").iterdir())]
ACCOUNTS = [f"account{number}" for number in range(200)]  # more than there are files

# A child process runs this checkout's packages, whichever are installed. It uses the byte code that another one wrote:
# without that, an app takes twice as long to start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPATH"] = os.pathsep.join([*PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that local/checks.py gives."""
    parser.addoption("--chaos", action="store_true", help="run the whole crash matrix, the soak, orders by the hundred")
    parser.addoption("--failures-to", help="write a JSON object: each test that failed, whether it is flaky")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is left to `make chaos`."""
    for item in items:
        if (chaos := item.get_closest_marker("chaos")) and not config.getoption("--chaos"):
            item.add_marker(pytest.mark.skip(reason=f"left to `make chaos`: {chaos.kwargs['reason']}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write down which tests failed."""
    if path := config.getoption("--failures-to"):
        reports = [report for outcome in ("failed", "error") for report in terminalreporter.stats.get(outcome, ())]
        failures = {report.nodeid: "flaky" in report.keywords for report in reports}
        Path(path).write_text(json.dumps(failures), encoding="utf-8")


@pytest.fixture(scope="session")
def chaos(pytestconfig: pytest.Config) -> bool:
    """Whether this run is `make chaos`, which has the time for all of it."""
    return bool(pytestconfig.getoption("--chaos"))


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
