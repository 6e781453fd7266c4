"""Queue functions get every message until it succeeds or is poison, with Azure's metadata."""

import logging
from base64 import b64encode
from datetime import datetime, timedelta

import pytest

from host_support.triggers_app import Served


def base64(text: str) -> str:
    """Write a message as the Functions host expects it."""
    return b64encode(text.encode()).decode()


async def test_a_message_starts_its_function(served: Served) -> None:
    """The function has the message's text and the queue's metadata."""
    message_id = await served.queues.send(served.orders_queue, base64("hello ✓"))

    seen = await served.queues.seen("seen", message_id)
    assert seen["body"] == "hello ✓"
    assert seen["dequeueCount"] == 1
    assert seen["popReceipt"]
    inserted, expires = (datetime.fromisoformat(seen[name]) for name in ("inserted", "expires"))
    assert expires - inserted == timedelta(days=7)
    assert datetime.fromisoformat(seen["nextVisible"]) > inserted


async def test_a_message_that_succeeded_is_gone(served: Served) -> None:
    """A message that succeeded leaves the queue."""
    message_id = await served.queues.send(served.orders_queue, base64("once"))

    await served.queues.seen("seen", message_id)

    await served.queues.assert_empty(served.orders_queue)


async def test_a_message_that_keeps_failing_becomes_poison(served: Served) -> None:
    """After maxDequeueCount tries the message is on the poison queue, as it was, and nowhere else."""
    await served.queues.send(served.orders_queue, base64("bad"))

    assert await served.queues.find(f"{served.orders_queue}-poison", "bad") == "bad"
    await served.queues.assert_empty(served.orders_queue)


@pytest.mark.parametrize("content", ["not base64!", "bm90IHBhZGRlZA"])
async def test_a_message_that_is_not_base64_becomes_poison(
    served: Served, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    """A text that cannot be decoded goes to the poison queue unchanged, and the log says why."""
    caplog.set_level(logging.WARNING, "functions_host")

    await served.queues.send(served.orders_queue, content)

    assert await served.queues.find(f"{served.orders_queue}-poison", content) == content
    assert "is not base64" in caplog.text


async def test_many_messages_are_all_done_once(served: Served) -> None:
    """A burst larger than a batch loses nothing and repeats nothing."""
    texts = [f"<{number}>" for number in range(40)]

    for text in texts:
        await served.queues.send("many-in", base64(text))

    assert [await served.queues.find("many-out", text) for text in texts] == [text * 2 for text in texts]
    await served.queues.assert_empty("many-in")
    await served.queues.assert_empty("many-out")
