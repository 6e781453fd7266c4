"""Batches by queue: a message that is delivered again is the same batch, and faults are answered under one id."""

import json
from typing import Any

import pytest

from quantum.batches.model import BatchPhase
from quantum.doors.queue import start_from_queue
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.model import job_id
from tests.support.builders import App, an_order_body

ID = job_id("queue", "m1")
ORDER: dict[str, Any] = json.loads(an_order_body())


async def deliver(app: App, **fields: Any) -> None:
    """Deliver a message that says of itself that it is a batch."""
    body = json.dumps({"kind": "batch"} | fields).encode()
    await start_from_queue("m1", body, app.core, app.orchestrations)


async def test_a_batch_in_a_message_is_started_once() -> None:
    """However often it is delivered."""
    app = App()
    for _ in range(2):
        await deliver(app, orders=[ORDER, ORDER])

    assert app.orchestrations.started == {ID: 1}
    assert (app.batches.batches[ID].phase, app.index.entries, app.answers.sent) == (BatchPhase.ACCEPTED, {}, [])


async def test_a_batch_with_faults_is_rejected_and_answered_again_with_the_same_id() -> None:
    """The answer may have been lost; its rejection is recorded once."""
    app = App()
    app.answers.failure = ServiceUnavailableError("down")
    with pytest.raises(ServiceUnavailableError):
        await deliver(app, orders=[])
    app.answers.failure = None
    first = app.batches.batches[ID]
    app.pass_time(minutes=1)

    for _ in range(2):
        await deliver(app, orders=[])

    assert app.batches.batches == {ID: first}
    assert first.phase is BatchPhase.REJECTED
    assert [answer["type"] for answer in app.answers.sent] == ["quantumjobs.batch.rejected"] * 2
    assert len({answer["id"] for answer in app.answers.sent}) == 1


async def test_a_batch_that_runs_is_not_rejected_by_a_message_of_its_id() -> None:
    """What was accepted stays accepted, and goes on without another answer."""
    app = App()
    await deliver(app, orders=[ORDER])

    await deliver(app, orders=[])

    assert app.batches.batches[ID].phase is BatchPhase.ACCEPTED
    assert app.answers.sent == []
