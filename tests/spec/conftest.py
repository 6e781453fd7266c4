"""The product, brought up once for each file of stories."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.product import Product, serve_product


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served_product(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """Serve the app, the workspace and storage."""
    async with serve_product(storage_account, tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest_asyncio.fixture
async def product(served_product: Product) -> AsyncIterator[Product]:
    """The product with a workspace that behaves as it does at first, and nothing left to do after the story."""
    await served_product.admin.post("/admin/reset")
    yield served_product
    await served_product.come_to_rest()
