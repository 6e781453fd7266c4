"""The MessageQueue port: the fake and Azure Storage keep the same promises."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest
from azure.storage.queue import BinaryBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from quantum.adapters.queues import AzureQueue
from quantum.ports import MessageQueue
from quantum.settings import StorageSettings
from tests.support.fakes.queue import MAX_BYTES, InMemoryQueue

Read = Callable[[], Awaitable[list[bytes]]]


@pytest.fixture(params=["memory", "azurite", "azure"])
async def queue(
    request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]
) -> AsyncIterator[tuple[MessageQueue, Read]]:
    """A queue that is not there yet, and a way to read it as Functions' own bindings would."""
    if request.param == "memory":
        fake = InMemoryQueue()

        async def remembered() -> list[bytes]:
            return [message for message, after in zip(fake.messages, fake.pauses, strict=True) if not after]

        yield fake, remembered
        return
    settings, name = storage(request.param), f"test-{uuid4().hex}"
    real = AzureQueue(settings, name)
    client = QueueClient.from_connection_string(
        str(settings.connection_string), name, message_decode_policy=BinaryBase64DecodePolicy()
    )

    async def received() -> list[bytes]:
        return [message.content async for message in client.receive_messages(max_messages=32)]

    yield real, received
    await client.delete_queue()
    await client.close()
    await real.close()


@pytest.mark.parametrize("message", ['{"name": "é\u202e😀 <&>"}'.encode(), b"\xff\x00"])
async def test_a_message_arrives_as_it_was_sent(queue: tuple[MessageQueue, Read], message: bytes) -> None:
    """The queue is made when it is missing, and any byte passes."""
    messages, read = queue

    await messages.check()
    await messages.send(message)
    await messages.check()

    assert await read() == [message]


async def test_the_largest_message_that_is_allowed_is_taken(queue: tuple[MessageQueue, Read]) -> None:
    """48 KiB fit into a message after base64."""
    messages, read = queue

    await messages.send(b"x" * MAX_BYTES)

    assert await read() == [b"x" * MAX_BYTES]


async def test_a_message_may_be_seen_later(queue: tuple[MessageQueue, Read]) -> None:
    """Until then nobody gets it, while those sent after it arrive."""
    messages, read = queue

    await messages.send(b"later", after=60)
    await messages.send(b"now")

    assert await read() == [b"now"]
