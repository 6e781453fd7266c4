"""The local stack's storage has what a caller uploads to before the app has run anything."""

from azure.storage.blob.aio import ContainerClient

from local.stack.provision import provision
from quantum.storage import INPUTS_CONTAINER, ORDERS_CONTAINER


async def test_callers_can_upload_to_a_fresh_stack(azurite: str) -> None:
    """Orders and inputs have their containers, also where the stack has started before."""
    for _ in range(2):
        await provision(azurite)

    for name in (ORDERS_CONTAINER, INPUTS_CONTAINER):
        async with ContainerClient.from_connection_string(azurite, name) as container:
            assert await container.exists()
