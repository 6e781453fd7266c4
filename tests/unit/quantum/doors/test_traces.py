"""A caller's trace comes in at every door, goes on in the job, and comes back in the answer, whatever becomes of it."""

import json

import pytest

from quantum.doors.blob import start_from_blob
from quantum.doors.http import frame, jobs
from quantum.doors.http.frame import Request, Response
from quantum.doors.queue import answer_poison, start_from_queue
from quantum.jobs.model import Job
from tests.support.builders import BELL, App, an_order_body
from tests.support.fakes.telemetry import exporting

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01"
PATH = "orders/ionq.simulator/bell.qasm"
ORDER = an_order_body(traceparent=CALLER)


async def post(app: App, body: bytes, **headers: str) -> Response:
    """Order something by HTTP."""
    return await frame.answer(jobs.start_from_http, Request(headers, body=body), app.core, app.orchestrations)


def started(app: App) -> Job:
    """The one job that was started."""
    (job,) = app.orchestrations.inputs.values()
    return job


@pytest.mark.parametrize(
    ("field", "header", "expected"),
    [(None, CALLER, CALLER), (CALLER, None, CALLER), (OTHER, CALLER, CALLER), (CALLER, "bad", CALLER), (7, "", None)],
)
async def test_http_takes_a_header_or_a_field(field: str | None, header: str | None, expected: str | None) -> None:
    """The header says more of this call than what was written before; a bad one is passed over."""
    app = App()

    headers = {"traceparent": header} if header else {}
    response = await post(app, an_order_body(traceparent=field), **headers)

    assert response.status == 202
    assert (started(app).traceparent, response.body.get("traceparent")) == (expected, expected)


async def test_a_trace_is_no_part_of_an_order() -> None:
    """The same key with the same order is the same job, though it is asked for in another trace."""
    app = App()

    answers = [await post(app, ORDER, **{"idempotency-key": "k", "traceparent": trace}) for trace in (CALLER, OTHER)]

    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].body["id"] == answers[1].body["id"]
    assert "traceparent" not in started(app).to_wire()["order"]


async def test_a_queue_takes_a_field() -> None:
    """It is in the job that is started."""
    app = App()

    await start_from_queue("m1", ORDER, app.core, app.orchestrations)

    assert started(app).traceparent == CALLER


async def test_a_blob_takes_metadata() -> None:
    """Beside the order's other fields."""
    app = App()
    app.blobs.contents[PATH], app.blobs.metadata[PATH] = BELL.encode(), {"shots": "10", "traceparent": CALLER}

    await start_from_blob(PATH, app.core, app.orchestrations)

    assert started(app).traceparent == CALLER


async def test_a_refusal_is_answered_in_the_caller_s_trace() -> None:
    """From the queue, even where the order cannot be read; from a blob; and where the app itself failed."""
    app = App()
    app.blobs.contents[PATH], app.blobs.metadata[PATH] = BELL.encode(), {"shots": "x", "traceparent": CALLER}

    await start_from_queue("m1", an_order_body(shots=0, traceparent=CALLER), app.core, app.orchestrations)
    await start_from_queue("m2", ORDER[:-1], app.core, app.orchestrations)
    await start_from_blob(PATH, app.core, app.orchestrations)
    await answer_poison("m3", ORDER, app.core)

    assert [answer["traceparent"] for answer in app.answers.sent] == [CALLER] * 4
    assert [answer["data"]["traceparent"] for answer in app.answers.sent] == [CALLER] * 4


async def test_orders_are_counted_by_door_and_outcome() -> None:
    """Refused ones without the target, which may be anything; poisoned ones as such."""
    with exporting() as exported:
        app = App(telemetry=exported.telemetry)
        await post(app, ORDER)
        await post(app, b"{}")
        await start_from_queue("m1", json.dumps({"target": "x" * 99}).encode(), app.core, app.orchestrations)
        await answer_poison("m2", ORDER, app.core)

        counted = exported.measured["quantumjobs.orders"]

    assert counted == [
        ({"order.door": "http", "outcome": "accepted", "job.target": "ionq.simulator"}, 1),
        ({"order.door": "http", "outcome": "refused"}, 1),
        ({"order.door": "queue", "outcome": "refused"}, 1),
        ({"order.door": "queue", "outcome": "poisoned"}, 1),
    ]
    assert [span.name for span in exported.spans] == ["take_order", "refuse_order", "refuse_order"]
    assert [text.partition(":")[0] for text, _ in exported.lines] == ["order taken", "order refused", "order poisoned"]
