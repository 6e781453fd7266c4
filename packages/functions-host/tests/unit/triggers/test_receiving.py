"""A message that the storage service cannot deliver does not block others."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError
from azure.storage.queue import QueueMessage

from functions_host.settings import QueueSettings
from functions_host.triggers.receiving import Receiver

UNSPEAKABLE = "a text that this stand-in refuses to hand over"


@dataclass
class StrictQueue:
    """A queue that hides messages before it notices that its response cannot hold one of them."""

    texts: list[str]
    queue_name: str = "orders"
    hidden: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    error: AzureError | None = None
    fails_at: int = 0  # the request that has the error; 0: all

    async def receive_messages(self, *, max_messages: int, **_: Any) -> AsyncIterator[QueueMessage]:
        """Deliver the first messages, or fail with all of them."""
        self.counts.append(max_messages)
        if self.error and self.fails_at in {0, len(self.counts)}:
            raise self.error
        received, self.texts = self.texts[:max_messages], self.texts[max_messages:]
        self.hidden += received
        if UNSPEAKABLE in received:
            raise failure(500)
        for text in received:
            yield QueueMessage(content=text)

    def show_all_again(self) -> None:
        """Let a lease pass by."""
        self.texts, self.hidden = self.hidden + self.texts, []


def failure(status: int) -> HttpResponseError:
    """An answer that is an error."""
    error = HttpResponseError("no")
    error.status_code = status
    return error


def receiver(queue: StrictQueue) -> Receiver:
    """A receiver of four messages at a time."""
    return Receiver(cast("Any", queue), QueueSettings(batch_size=4))


async def texts(taking: Receiver) -> list[str]:
    """What is received at once."""
    return [str(message.content) for message in await taking.receive()]


async def test_good_messages_come_many_at_once() -> None:
    """Messages come in batches while nothing fails."""
    queue = StrictQueue(["a", "b", "c"])

    assert await texts(receiver(queue)) == ["a", "b", "c"]
    assert queue.counts == [4]


async def test_a_message_that_cannot_be_delivered_is_skipped(caplog: pytest.LogCaptureFixture) -> None:
    """Its neighbours lose one attempt at most: from then on each message is received alone. The log says so once."""
    queue = StrictQueue(["a", UNSPEAKABLE, "b", "c", "d"])
    taking = receiver(queue)

    first = await texts(taking)
    queue.show_all_again()
    second = await texts(taking)
    queue.show_all_again()
    await texts(taking)

    assert first == ["d"]
    assert second == ["a", "b", "c"]
    assert queue.counts == [4, *[1] * 2, *[1] * 4, *[1] * 4]
    assert caplog.text.count("fails to deliver") == 1


@pytest.mark.parametrize("error", [failure(503), ServiceRequestError("no connection")])
async def test_a_service_that_is_away_is_the_listeners_to_wait_for(error: AzureError) -> None:
    """Any other failure is raised unchanged, and changes nothing."""
    queue = StrictQueue(["a"], error=error)
    taking = receiver(queue)

    with pytest.raises(type(error)):
        await taking.receive()
    queue.error = None

    assert await texts(taking) == ["a"]
    assert queue.counts == [4, 4]


async def test_what_was_taken_is_kept_when_the_service_goes_away() -> None:
    """A failure between two single messages does not lose the first."""
    queue = StrictQueue([UNSPEAKABLE, "a", "b", "c", "d"])
    taking = receiver(queue)
    await texts(taking)
    queue.texts, queue.error, queue.fails_at = ["e"], failure(503), len(queue.counts) + 2

    assert await texts(taking) == ["e"]
