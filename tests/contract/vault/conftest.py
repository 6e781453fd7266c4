"""The vault's stand-in, in this process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.vault.server import Running
from tests.vaulted import vaulted


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Running]:
    """A vault and a sign-in."""
    async with vaulted(tmp_path / "vault") as served:
        yield served
