"""Event Grid's events about outputs: content, attempts, and that nothing waits for them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from emulator_support.harness import Emulator
from quantum_emulator.events import telling
from quantum_emulator.jobs import Job
from quantum_emulator.storage import Bare

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECRET = "a-system-key"  # a canary


@dataclass
class Webhook:
    """A subscriber that answers with these statuses, the last one again and again."""

    answers: list[int]
    events: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    url: str = ""

    async def receive(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        assert request.headers["aeg-event-type"] == "Notification"
        assert request.query["code"] == SECRET
        (event,) = await request.json()
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.events.put_nowait(event)
        return web.Response(status=status)

    async def next(self) -> dict[str, Any]:
        """Wait for the next delivery."""
        return await asyncio.wait_for(self.events.get(), 30)


@asynccontextmanager
async def webhook(*answers: int) -> AsyncIterator[Webhook]:
    """Serve a subscriber on a free port."""
    hook = Webhook(list(answers))
    app = web.Application()
    app.router.add_post("/hook", hook.receive)
    runner = web.AppRunner(app, access_log=None)  # it would log the key
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook?code={SECRET}"
    try:
        yield hook
    finally:
        await runner.cleanup()


def a_job() -> Job:
    """A job whose output is in a container of its own."""
    return Job(
        id="1",
        workspace="w",
        name="n",
        target="t",
        provider="p",
        container="job-1",
        input_container="job-1",
        input_blob="inputData",
        submitted={},
        created=NOW,
        modified=NOW,
        starts_at=NOW,
    )


async def test_an_output_is_announced_once_the_job_has_ended(serve: Callable[..., Emulator]) -> None:
    """The event names the blob as Event Grid does, and its receiver sees the final state."""
    async with webhook(200) as hook:
        emulator = serve(events=hook.url)
        job = await asyncio.to_thread(emulator.submit)

        event = await hook.next()

    ended = emulator.job(job)
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == f"/blobServices/default/containers/job-{job}/blobs/outputData"
    assert event["data"]["url"] == ended["outputDataUri"].partition("?")[0]
    assert ended["status"] == "Succeeded"


async def test_an_event_that_fails_is_sent_again() -> None:
    """A subscriber that is briefly unavailable still gets it."""
    async with webhook(503, 200) as hook, telling(hook.url, Bare("http://storage")) as events:
        events.tell(a_job(), 1, NOW)

        first, second = await hook.next(), await hook.next()

    assert first == second


async def test_an_event_that_is_refused_is_given_up_without_a_word_of_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """There is one warning, which names the blob; nothing at any level has the webhook's key."""
    caplog.set_level(logging.DEBUG)
    async with webhook(404) as hook, telling(hook.url, Bare("http://storage")) as events:
        events.tell(a_job(), 1, NOW)
        await asyncio.gather(*on_their_way())

    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert "job-1/blobs/outputData was not delivered: 404" in warning.getMessage()
    assert hook.events.qsize() == 1
    assert SECRET not in caplog.text


async def test_a_webhook_that_is_away_holds_nothing_up() -> None:
    """Ending cancels deliveries in flight."""
    async with telling("http://127.0.0.1:9/", Bare("http://storage")) as events:
        events.tell(a_job(), 1, NOW)
        deliveries = len(on_their_way())

    assert (deliveries, on_their_way()) == (1, [])


async def test_without_a_webhook_nobody_is_told() -> None:
    """That is how the emulator starts."""
    async with telling(None, Bare("http://storage")) as events:
        events.tell(a_job(), 1, NOW)

        assert on_their_way() == []


def on_their_way() -> list["asyncio.Task[Any]"]:
    """The deliveries that have not ended."""
    return [task for task in asyncio.all_tasks() if task.get_name() == "event of 1"]
