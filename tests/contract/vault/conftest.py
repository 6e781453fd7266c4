"""The vault's stand-in, in this process."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from quantum_emulator.vault.server import Running
from tests.support.budgets import fill
from tests.support.vaulted import vaulted


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Running]:
    """A vault and a sign-in."""
    async with vaulted(tmp_path / "vault") as served:
        yield served


@pytest.fixture(autouse=True)
def _full_budget() -> Iterator[None]:
    """Begin and end with a full budget of retries: what is refused spends some, and the whole process shares it."""
    fill()
    yield
    fill()
