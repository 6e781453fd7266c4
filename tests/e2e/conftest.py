"""One stack of real processes for all of these tests, in a folder that looks like a started checkout."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.setup.checkout import ROOT
from tests.e2e.real_stack import RealStack, running_stack


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs and the virtual environment of this checkout, but a state folder of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "local").symlink_to(ROOT / "local")
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(checkout: Path) -> AsyncIterator[RealStack]:
    """The app, the workspace and storage, each a process."""
    async with running_stack(checkout / ".local") as running:
        yield running
