"""What the crash tests say aloud at the end of a run, whether they passed or not."""

from collections.abc import Callable

import pytest

SAID = pytest.StashKey[list[str]]()


@pytest.fixture
def say_aloud(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a line in the summary of the run."""
    return request.config.stash.setdefault(SAID, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was said."""
    if lines := config.stash.get(SAID, []):
        terminalreporter.section("crash matrix")
        for line in lines:
            terminalreporter.line(line)
