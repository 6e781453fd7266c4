"""The AnswerQueues port: the fake and Azure Storage keep the same promises, and Azure's own alone are told apart."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import BinaryBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from quantum.adapters import answer_queues
from quantum.adapters.answer_queues import GRACE, UNTIL, AzureAnswerQueues
from quantum.settings import StorageSettings
from tests.support.builders import NOW
from tests.support.fakes.answer_queues import InMemoryAnswerQueues

Read = Callable[[], Awaitable[list[bytes]]]
WEEK = timedelta(days=7)


class Clock:
    """A time that a test puts forward."""

    def __init__(self) -> None:
        self.now = NOW


class Served:
    """Queues in a storage account, a queue's name, and its owner's own client."""

    def __init__(self, settings: StorageSettings) -> None:
        self.clock, self.name = Clock(), uuid4().hex
        self.queues = AzureAnswerQueues(settings, lambda: self.clock.now)
        self.owner = QueueClient.from_connection_string(
            str(settings.connection_string), f"answers-{self.name}", message_decode_policy=BinaryBase64DecodePolicy()
        )

    async def read(self) -> list[bytes]:
        """Take what is there."""
        taken = []
        async for message in self.owner.receive_messages(max_messages=32):
            taken.append(message.content)
            await self.owner.delete_message(message)
        return taken

    async def is_there(self) -> bool:
        """Whether the queue is there."""
        try:
            await self.owner.get_queue_properties()
        except ResourceNotFoundError:
            return False
        return True


@pytest.fixture(params=["azurite", "azure"])
async def served(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[Served]:
    """A queue that is not there yet, in a storage account."""
    real = Served(storage(request.param))
    yield real
    with suppress(ResourceNotFoundError):
        await real.owner.delete_queue()
    await real.owner.close()
    await real.queues.close()


async def test_the_fake_makes_a_queue_for_its_first_answer() -> None:
    """And remembers for how long it is kept."""
    queues = InMemoryAnswerQueues()

    await queues.send("mine", b"1", WEEK)

    assert (queues.messages, queues.lifetimes) == ({"mine": [b"1"]}, {"mine": WEEK})


async def test_a_queue_is_made_for_its_first_answer(served: Served) -> None:
    """Any byte passes, and the next goes to the same queue."""
    await served.queues.send(served.name, b"\xff\x00", WEEK)
    await served.queues.send(served.name, b"2", WEEK)

    assert await served.read() == [b"\xff\x00", b"2"]


async def test_an_answer_is_gone_after_its_time(served: Served) -> None:
    """Storage says until when it keeps it."""
    await served.queues.send(served.name, b"1", WEEK)

    async for message in served.owner.receive_messages():
        assert message.inserted_on
        assert message.expires_on
        assert message.expires_on - message.inserted_on == WEEK


async def test_a_queue_that_its_owner_made_or_removed_is_used_all_the_same(served: Served) -> None:
    """Whoever waits for an answer may make the queue first."""
    await served.owner.create_queue()
    await served.queues.send(served.name, b"1", WEEK)
    assert await served.read() == [b"1"]

    await served.owner.delete_queue()
    await served.queues.send(served.name, b"2", WEEK)

    assert await served.read() == [b"2"]


async def test_a_queue_that_nobody_uses_is_removed(served: Served) -> None:
    """Not before its time, and not while there is an answer in it."""
    await served.queues.send(served.name, b"1", WEEK)
    served.clock.now += WEEK + GRACE - timedelta(minutes=1)
    await served.queues.remove_unused(100)
    assert await served.is_there()

    served.clock.now += timedelta(minutes=2)
    await served.queues.remove_unused(100)
    assert await served.read() == [b"1"]

    await served.queues.remove_unused(100)
    assert await served.is_there()  # it had an answer a moment ago: it has another day

    served.clock.now += GRACE + timedelta(minutes=1)
    await served.queues.remove_unused(0)
    assert await served.is_there()
    assert await served.queues.remove_unused(100) >= 1
    assert not await served.is_there()


async def test_a_queue_that_is_used_stays(served: Served) -> None:
    """Each answer gives it its time anew."""
    await served.queues.send(served.name, b"1", WEEK)
    served.clock.now += WEEK
    await served.queues.send(served.name, b"2", WEEK)
    await served.read()
    served.clock.now += WEEK

    await served.queues.remove_unused(100)

    assert await served.is_there()


@pytest.mark.parametrize("metadata", [{}, {UNTIL: "soon"}, {UNTIL: "2026-11-21"}])
async def test_a_queue_that_somebody_else_made_stays(served: Served, metadata: dict[str, str]) -> None:
    """No answer has gone there, or its owner has written something else on it."""
    await served.owner.create_queue(metadata=metadata)
    served.clock.now += timedelta(days=1000)

    await served.queues.remove_unused(100)

    assert await served.is_there()


class OvertakenQueues(AzureAnswerQueues):
    """Queues with which somebody does something between our list of them and our close look."""

    meanwhile: Callable[[QueueClient], Awaitable[object]]

    async def _remove_if_empty(self, client: QueueClient) -> bool:
        await self.meanwhile(client)
        return await super()._remove_if_empty(client)


@pytest.fixture
async def overtaken(served: Served, storage: Callable[[str], StorageSettings]) -> AsyncIterator[OvertakenQueues]:
    """A queue whose time is over, as another process of the app sees it."""
    await served.owner.create_queue(metadata={UNTIL: "2026-11-01T00:00:00Z"})
    queues = OvertakenQueues(storage("azurite"), lambda: served.clock.now)
    yield queues
    await queues.close()


@pytest.mark.parametrize("served", ["azurite"], indirect=True)
async def test_a_queue_that_its_owner_removes_at_the_same_time_is_no_error(
    served: Served, overtaken: OvertakenQueues
) -> None:
    """It is gone, which is what was to be done."""
    overtaken.meanwhile = QueueClient.delete_queue

    assert await overtaken.remove_unused(100) == 0
    assert not await served.is_there()


@pytest.mark.parametrize("served", ["azurite"], indirect=True)
async def test_a_queue_that_is_used_again_at_the_same_time_stays(served: Served, overtaken: OvertakenQueues) -> None:
    """The close look sees that an answer went there, though its owner has read it already."""

    async def use(_client: QueueClient) -> None:
        await served.queues.send(served.name, b"1", WEEK)
        assert await served.read() == [b"1"]

    overtaken.meanwhile = use

    assert await overtaken.remove_unused(100) == 0
    assert await served.is_there()


@pytest.mark.parametrize("served", ["azurite"], indirect=True)
async def test_a_process_remembers_a_limited_number_of_queues(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has forgotten costs one more call, and no answer."""
    monkeypatch.setattr(answer_queues, "MOST_REMEMBERED", 1)

    for name in (served.name, f"{served.name}-2", served.name):
        await served.queues.send(name, b"1", WEEK)

    assert list(served.queues._renewed) == [f"answers-{served.name}"]
    assert await served.read() == [b"1", b"1"]
