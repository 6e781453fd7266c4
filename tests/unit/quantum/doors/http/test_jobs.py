"""The HTTP doors: what they answer to right and wrong requests."""

import json
from dataclasses import replace
from typing import Any

import pytest

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.doors.http import frame, jobs, offers
from quantum.doors.http.frame import Door, Request, Response
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import Entry
from quantum.service.admission import Admission
from quantum.service.intake import digest_of
from tests.support.builders import JOB_ID, App, a_job, a_submitted_order, an_order_body

UNKNOWN = "00000000-0000-5000-8000-000000000000"


async def ask(app: App, door: Door, **request: Any) -> Response:
    """Send a request through a door."""
    return await frame.answer(door, Request(**request), app.core, app.orchestrations)


async def post(app: App, body: bytes, key: str | None = None) -> Response:
    """Order something."""
    headers = {"idempotency-key": key} if key else {}
    return await ask(app, jobs.start_from_http, headers=headers, body=body)


def stored(app: App, job: Job) -> Job:
    """A job that is in the index and runs."""
    app.index.entries[job.id] = Entry(job, digest_of(a_submitted_order()))
    app.orchestrations.states[job.id] = "running"
    return job


def ended(phase: Phase, **changes: Any) -> Job:
    """A job that has ended."""
    job = a_job(**changes)
    path = [Phase.STAGING, Phase.COLLECTING] if phase is Phase.SUCCEEDED else []
    for step in (*path, phase):
        job = job.moved_to(step, App().clock)
    return job


async def test_an_order_is_accepted_with_the_address_of_its_job() -> None:
    """202, where to look, and when."""
    app = App()

    response = await post(app, an_order_body())

    (job_id,) = app.orchestrations.started
    assert response.status == 202
    assert response.headers == frame.OF_EVERY_ANSWER | {"Location": f"/api/jobs/{job_id}", "Retry-After": "1"}
    assert json.loads(response.encoded())["id"] == job_id
    assert response.encoded().endswith(b"}\n")  # a prompt does not follow it
    assert response.body["source"] == {"door": "http"}


async def test_the_same_key_and_order_is_the_same_job() -> None:
    """A client may send again what it has heard nothing of."""
    app = App()

    first, second = await post(app, an_order_body(), "k1"), await post(app, an_order_body(), "k1")

    assert first == second
    assert list(app.orchestrations.started.values()) == [1]


async def test_without_a_key_every_order_is_a_job() -> None:
    """Twice the same order may be meant."""
    app = App()
    await post(app, an_order_body())
    await post(app, an_order_body())

    assert len(app.orchestrations.started) == 2


async def test_too_many_orders_at_once_are_shed_before_anything_is_stored() -> None:
    """429 and when to come back; a request that takes no order is served."""
    app = App(limits=Limits(orders_at_once=1))
    core = replace(app.core, admission=Admission(1, patience=0))

    async with core.admission.place():
        shed = await frame.answer(jobs.start_from_http, Request(body=an_order_body()), core, app.orchestrations)
        looked = await frame.answer(jobs.read_job, Request(route={"id": UNKNOWN}), core, app.orchestrations)

    assert (shed.status, shed.headers["Retry-After"], shed.media_type) == (429, "1", "application/problem+json")
    assert "started nothing" in shed.body["detail"]
    assert looked.status == 404
    assert (app.index.entries, app.blobs.contents, app.orchestrations.started) == ({}, {}, {})
    assert (await post(app, an_order_body())).status == 202


async def test_the_same_key_with_another_order_is_a_problem() -> None:
    """422, and the first job is untouched."""
    app = App()
    await post(app, an_order_body(), "k1")

    response = await post(app, an_order_body(shots=5), "k1")

    assert (response.status, response.media_type) == (422, "application/problem+json")
    assert len(app.index.entries) == 1


@pytest.mark.parametrize("key", ["a b", "é", "x" * 256, "a\n"])
async def test_a_key_that_cannot_be_used_is_refused(key: str) -> None:
    """Nothing is started under a key that means something else elsewhere."""
    app = App()

    response = await post(app, an_order_body(), key)

    assert (response.status, response.body["title"]) == (400, "The key cannot be used")
    assert app.index.entries == {}


async def test_a_faulty_order_is_a_problem_with_every_fault() -> None:
    """RFC 9457, with fields and reasons."""
    app = App()

    response = await post(app, an_order_body(shots=0, target=None, naem="x"))

    assert (response.status, response.media_type) == (400, "application/problem+json")
    assert response.body["errors"] == [
        {"field": "naem", "reason": "is not a field here; did you mean 'name'?"},
        {"field": "target", "reason": "is missing"},
        {"field": "shots", "reason": "must be between 1 and 1,000,000"},
    ]
    assert (app.index.entries, app.blobs.contents) == ({}, {})


async def test_faults_of_target_and_program_are_named_with_those_of_the_order() -> None:
    """Nobody mends an order fault by fault."""
    app = App()
    app.compiler.answer = (Fault("input", "undefined symbol: q", 3, 1),)

    response = await post(app, an_order_body(shots=0, target="ionq.simulater"))
    without_program = await post(app, an_order_body(input=None, target="ionq.simulater"))

    assert [fault["field"] for fault in response.body["errors"]] == ["shots", "target", "input"]
    assert response.body["detail"] == "3 things are wrong."
    assert [fault["field"] for fault in without_program.body["errors"]] == ["input", "target"]
    assert (app.index.entries, app.blobs.contents) == ({}, {})


async def test_a_single_fault_is_told_in_the_singular() -> None:
    """A sentence is for people."""
    response = await post(App(), an_order_body(shots=0))

    assert (len(response.body["errors"]), response.body["detail"]) == (1, "One thing is wrong.")


async def test_a_faulty_order_is_refused_though_its_program_cannot_be_fetched() -> None:
    """What has been found is enough."""
    app = App()
    app.blobs.failure = ServiceUnavailableError("down")

    response = await post(app, an_order_body(shots=0, input={"format": "qir.v1", "blob": "inputs/a.ll"}))

    assert [fault["field"] for fault in response.body["errors"]] == ["shots"]


async def test_a_service_that_fails_is_said_to_fail() -> None:
    """503, and when to try again."""
    app = App()
    app.index.failure = ServiceUnavailableError("The job index cannot be reached.")

    response = await post(app, an_order_body())

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert response.body["detail"].startswith("The job index cannot be reached.")


async def test_an_order_that_is_too_large_is_not_even_read() -> None:
    """413, and what to do instead."""
    response = await post(App(), b" " * (MAX_ORDER_BYTES + 1))

    assert response.status == 413
    assert "4,194,304 bytes are allowed" in response.body["detail"]


async def test_a_job_is_shown_while_it_is_on_its_way_and_after() -> None:
    """`Retry-After` is there as long as there is something to wait for; ids are taken in any case."""
    app = App()
    stored(app, a_job())

    running = await ask(app, jobs.read_job, route={"id": JOB_ID.upper()})
    stored(app, ended(Phase.FAILED))
    done = await ask(app, jobs.read_job, route={"id": JOB_ID})

    assert (running.status, running.body["phase"], running.headers["Retry-After"]) == (200, "accepted", "1")
    assert (done.status, done.body["phase"]) == (200, "failed")
    assert "Retry-After" not in done.headers


@pytest.mark.parametrize("door", [jobs.read_job, jobs.read_result, jobs.request_cancel])
@pytest.mark.parametrize("route", [{"id": UNKNOWN}, {"id": "x" * 10_000}, {"id": "../orders"}, {}])
async def test_an_unknown_id_is_not_found(door: Door, route: dict[str, str]) -> None:
    """404, whatever it looks like."""
    response = await ask(App(), door, route=route)

    assert (response.status, response.body["title"]) == (404, "There is no such job")


async def test_a_result_is_given_as_it_is_kept() -> None:
    """No second JSON is made of it."""
    app = App()
    stored(app, ended(Phase.SUCCEEDED))
    app.blobs.contents[jobs.result_path(JOB_ID)] = b'{"counts":{"00":1}}'

    response = await ask(app, jobs.read_result, route={"id": JOB_ID})

    assert (response.status, response.encoded(), response.media_type) == (
        200,
        b'{"counts":{"00":1}}',
        "application/json",
    )


async def test_a_result_that_is_not_there_yet_is_a_conflict() -> None:
    """409 with the phase."""
    app = App()
    stored(app, a_job())

    response = await ask(app, jobs.read_result, route={"id": JOB_ID})

    assert (response.status, response.body["phase"]) == (409, "accepted")
    assert response.body["detail"] == "The job is accepted. Try again later."


async def test_a_job_that_failed_says_why_there_is_no_result() -> None:
    """409 with the error."""
    app = App()
    stored(app, ended(Phase.FAILED, error=Failure("Oops", "broke")))

    response = await ask(app, jobs.read_result, route={"id": JOB_ID})

    assert (response.status, response.body["detail"]) == (409, "The job is failed.")
    assert response.body["error"] == {"code": "Oops", "message": "broke"}


async def test_a_result_that_was_removed_is_gone() -> None:
    """410: it will not come back."""
    app = App()
    stored(app, ended(Phase.SUCCEEDED))

    assert (await ask(app, jobs.read_result, route={"id": JOB_ID})).status == 410


async def test_a_cancellation_is_noted_and_the_job_is_woken() -> None:
    """Asked twice, it is the same."""
    app = App()
    stored(app, a_job())

    responses = [await ask(app, jobs.request_cancel, route={"id": JOB_ID}) for _ in range(2)]

    assert [response.status for response in responses] == [202, 202]
    assert responses[0].body["cancelRequested"] is True
    assert responses[0].headers["Location"] == f"/api/jobs/{JOB_ID}"
    assert app.orchestrations.woken == [JOB_ID, JOB_ID]


async def test_a_cancellation_that_comes_too_late_changes_nothing() -> None:
    """202 nevertheless: the job has stopped."""
    app = App()
    stored(app, ended(Phase.FAILED))

    response = await ask(app, jobs.request_cancel, route={"id": JOB_ID})

    assert (response.status, response.body["phase"]) == (202, "failed")
    assert (app.index.cancelled, app.orchestrations.woken) == ({}, [])


async def test_targets_are_listed_with_their_formats_and_age() -> None:
    """What an order may name, and how old the knowledge is."""
    app = App()
    await ask(app, offers.list_targets)
    app.pass_time(seconds=30)

    response = await ask(app, offers.list_targets)

    assert response.body["ageSeconds"] == 30
    (target,) = json.loads(response.encoded())["targets"]
    assert target["id"] == "ionq.simulator"
    assert "ionq.circuit.v1" in target["formats"]
