"""Puts the core on fakes under the activities."""

from collections.abc import Iterator

import pytest

from quantum import wiring
from tests.support.builders import App


@pytest.fixture
def app() -> Iterator[App]:
    """The services that the activities use during a test."""
    app = App()
    with wiring.standing_in(app.services):
        yield app
