"""A vault and a sign-in in this process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator_support.applications import APP, APP_SECRET, GUEST, GUEST_SECRET, TENANT, TOKEN_KEY
from quantum_emulator.vault.directory import Directory
from quantum_emulator.vault.server import Running, running


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Running]:
    """Serve both on a free port."""
    directory = Directory(TENANT, TOKEN_KEY.encode(), lambda: datetime.now(UTC))
    directory.add(APP, APP_SECRET, may_use_vault=True)
    directory.add(GUEST, GUEST_SECRET)
    async with running(directory, tmp_path / "vault", keep=True) as served:
        yield served
