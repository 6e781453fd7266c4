"""What callers learn about their jobs."""

import json

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, StoredResult
from quantum.programs.prices import PRICES_FROM, PRICES_OF
from quantum.service.answers import MAX_INLINE_BYTES, MAX_MESSAGE_BYTES, answer, job_view, size
from tests.support.builders import JOB_ID, NOW, a_job, an_order, with_remote


def test_a_job_view_shows_the_order_and_where_the_job_is() -> None:
    """Everything but the program, in camelCase."""
    view = job_view(a_job(an_order(tags={"team": "chem"}, deadline="PT2H")))

    assert view == {
        "name": "bell",
        "target": "ionq.simulator",
        "shots": 1000,
        "params": {},
        "tags": {"team": "chem"},
        "workspace": "default",
        "deadline": "PT2H",
        "fallbackTargets": [],
        "arguments": [],
        "id": JOB_ID,
        "providerId": "ionq",
        "phase": "accepted",
        "azureStatus": None,
        "createdAt": "2026-11-21T09:00:00.000Z",
        "history": [{"phase": "accepted", "at": "2026-11-21T09:00:00.000Z"}],
        "polls": 0,
        "wakes": 0,
        "attempts": 0,
        "cost": {
            "estimated": 0.0,
            "currency": "USD",
            "source": "own estimate",
            "pricesOf": PRICES_OF,
            "pricesFrom": PRICES_FROM,
        },
        "error": None,
        "source": {"door": "http"},
        "links": {
            "self": f"/api/jobs/{JOB_ID}",
            "result": f"/api/jobs/{JOB_ID}/result",
            "raw": f"/api/jobs/{JOB_ID}/result/raw",
            "cancel": f"/api/jobs/{JOB_ID}/cancel",
        },
        "inputFormat": "qir.v1",
    }


def test_a_job_view_shows_what_there_is_to_show_and_nothing_else() -> None:
    """Queue times while it waits, a fallback's id, a cancellation, warnings."""
    job = a_job(
        an_order(fallback_targets=("quantinuum.sim.h2-1e",)), cancel_requested=True, warnings=("late",), program=None
    )
    waiting = (
        with_remote(job.failed_over(), queue_seconds=60.0).moved_to(Phase.STAGING, NOW).moved_to(Phase.WAITING, NOW)
    )

    view = job_view(waiting)

    assert view["estimatedQueueSeconds"] == 60.0
    assert view["target"] == "quantinuum.sim.h2-1e"
    assert view["remoteId"] == waiting.remote_id
    assert view["cancelRequested"] is True
    assert view["warnings"] == ["late"]
    assert "inputFormat" not in view
    assert "estimatedQueueSeconds" not in job_view(waiting.moved_to(Phase.EXECUTING, NOW))


def test_an_answer_is_a_cloud_event_about_the_job() -> None:
    """Its id is the job's id and phase, so that a repeated answer can be known."""
    job = a_job(error=Failure("InvalidOrder", "no shots")).moved_to(Phase.REJECTED, NOW)

    envelope = answer(job, None)

    assert {name: text for name, text in envelope.items() if name != "data"} == {
        "specversion": "1.0",
        "id": f"{JOB_ID}-rejected",
        "source": "/durable-quantum-jobs",
        "type": "quantumjobs.job.rejected",
        "subject": JOB_ID,
        "time": "2026-11-21T09:00:00.000Z",
        "datacontenttype": "application/json",
    }
    assert envelope["data"]["error"] == {"code": "InvalidOrder", "message": "no shots"}


def test_a_small_result_goes_along_with_the_answer() -> None:
    """Most callers need no second call."""
    job = a_job(result=StoredResult("results/x/result.json", 20))

    data = answer(job, {"counts": {"00": 1}})["data"]

    assert data["result"] == {"counts": {"00": 1}}
    assert data["resultBlob"] == "results/x/result.json"


def test_a_large_result_is_pointed_at() -> None:
    """A queue message has its limit."""
    job = a_job(result=StoredResult("results/x/result.json", MAX_INLINE_BYTES + 1))

    data = answer(job, {"text": "x" * MAX_INLINE_BYTES})["data"]

    assert "result" not in data
    assert data["resultBlob"] == "results/x/result.json"


def test_a_result_that_fits_alone_and_not_with_its_job_is_pointed_at() -> None:
    """The limit is the message's, not the result's."""
    small = {"a": "b" * 4000}
    job = a_job(
        an_order(params=small, arguments=(small,), tags=small, fallback_targets=("t" * 4000,)),
        result=StoredResult("results/x/result.json", 30_000),
    )

    envelope = answer(job, {"text": "x" * (MAX_INLINE_BYTES - 100)})

    assert "result" not in envelope["data"]
    assert size(envelope) <= MAX_MESSAGE_BYTES


def test_the_largest_job_that_can_be_ordered_fits_into_an_answer() -> None:
    """Nothing that an order may say keeps its answer from being sent."""
    full = {"a": "é" * 680}
    order = an_order(
        name="é" * 128,
        params=full,
        arguments=(full,),
        tags=full,
        entry_point="a" * 256,
        fallback_targets=tuple(f"{n}" * 128 for n in range(8)),
    )

    envelope = answer(a_job(order, error=Failure("Oops", "é" * 1000)), None)

    assert 4000 < len(json.dumps(full)) <= 4096
    assert size(envelope) <= MAX_MESSAGE_BYTES
