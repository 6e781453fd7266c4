"""One deployment for all attacks: whatever one of them leaves behind, the next must not feel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.security.deployment import Deployment, deployed


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Serve the app as it is served on one machine."""
    async with deployed(tmp_path_factory.mktemp("deployment")) as running:
        yield running
