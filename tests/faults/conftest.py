"""The product behind fault proxies, brought up once for each file."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.faulty import Faulty, no_fault, serve_faulty


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served_faulty(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Faulty]:
    """Serve the app, the workspace and storage."""
    async with serve_faulty(storage_account, tmp_path_factory.mktemp("faulty")) as faulty:
        yield faulty


@pytest.fixture
def faulty(served_faulty: Faulty) -> Faulty:
    """The product with services that are well."""
    served_faulty.rule = no_fault
    return served_faulty
