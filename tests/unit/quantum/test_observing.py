"""Activities are watched from outside: what each did is a span, a count and a line."""

from collections.abc import Iterator
from typing import Any

import pytest

from activities.check_job import check_job
from activities.collect_result import collect_result
from quantum import wiring
from quantum.jobs.errors import Outcome
from quantum.jobs.lifecycle import Phase
from quantum.telemetry.activities import observed
from quantum.telemetry.names import SilentTelemetry
from tests.builders import JOB_ID, NOW, App, a_job, a_remote_job
from tests.fakes.telemetry import Exported, exporting, span_id, trace_id

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def exported() -> Iterator[Exported]:
    """Telemetry in memory."""
    with exporting() as exported:
        yield exported


async def act(exported: Exported, outcome: Outcome | Exception, payload: dict[str, Any], name: str = "act") -> Any:
    """Run an activity that comes to this outcome; gives the payload that it saw."""
    seen: list[dict[str, Any]] = []

    async def activity(payload: dict[str, Any]) -> Outcome:
        seen.append(payload)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    activity.__name__ = name
    await observed(activity, lambda: exported.telemetry)(payload)
    return seen[0]


async def test_an_activity_is_a_span_of_its_order_s_trace(exported: Exported) -> None:
    """With the job's id, phase and target, and what became of it."""
    job = a_job(traceparent=CALLER)

    payload = await act(exported, {"outcome": "staged"}, job.to_wire(), "stage_input")

    (span,) = exported.spans
    assert (span.name, trace_id(span)) == ("stage_input", CALLER[3:35])
    assert payload["traceparent"] == f"{CALLER[:35]}-{span_id(span)}-01"
    assert dict(span.attributes or {}) == {
        "job.id": JOB_ID,
        "job.phase": "accepted",
        "job.target": "ionq.simulator",
        "outcome": "staged",
    }


async def test_a_brief_is_enough(exported: Exported) -> None:
    """A look at a job is counted, though it is not given the whole job."""
    await act(exported, {"outcome": "seen"}, a_job().brief())

    assert exported.measured == {"quantumjobs.polls": [({"job.target": "ionq.simulator"}, 1)]}


@pytest.mark.parametrize("outcome", ["busy", "unavailable", "missing", "unauthorized"])
async def test_a_step_to_try_again_is_counted(exported: Exported, outcome: str) -> None:
    """By what it was and why."""
    await act(exported, {"outcome": outcome}, a_job().to_wire(), "submit_job")

    point = {"activity": "submit_job", "outcome": outcome, "job.target": "ionq.simulator"}
    assert exported.measured == {"quantumjobs.retries": [(point, 1)]}


async def test_a_credential_that_is_wrong_is_borne_only_for_a_job_that_may_run(exported: Exported) -> None:
    """Before anything was submitted the order ends: nothing is tried again."""
    locked = {"outcome": "lockedOut"}

    await act(exported, locked, a_job().to_wire(), "submit_job")
    assert exported.measured == {}

    await act(exported, locked, a_job(may_be_submitted=True).to_wire(), "submit_job")
    await act(exported, locked, a_job().brief(), "check_job")
    assert [point["activity"] for point, _ in exported.measured["quantumjobs.retries"]] == ["submit_job", "check_job"]


async def test_an_exception_is_told_by_its_type(exported: Exported) -> None:
    """Its text may hold a line of the program."""
    with pytest.raises(ValueError, match="H q"):
        await act(exported, ValueError("H q[0];"), a_job().to_wire(), "submit_job")

    (span,) = exported.spans
    assert span.status.description == "ValueError"
    assert "H q" not in span.to_json()
    assert [point["outcome"] for point, _ in exported.measured["quantumjobs.retries"]] == ["broken"]


async def test_the_end_of_a_job_tells_its_time_and_cost(exported: Exported) -> None:
    """Once for each answer that is sent."""
    moved = a_job().moved_to(Phase.REJECTED, NOW.replace(minute=1))
    job = moved.to_wire() | {"cost": {"currency": "USD", "estimated": 2.5}}

    await act(exported, {"outcome": "sent"}, job, "send_answer")

    assert exported.measured == {
        "quantumjobs.duration": [({"job.phase": "rejected", "job.target": "ionq.simulator"}, 60.0)],
        "quantumjobs.cost": [({"currency": "USD", "job.target": "ionq.simulator"}, 2.5)],
    }


def test_the_worker_sees_the_same_function() -> None:
    """It indexes by name and annotations."""
    watched = observed(check_job, SilentTelemetry)

    assert (watched.__name__, watched.__annotations__) == ("check_job", {"payload": dict, "return": dict})


async def test_a_phase_is_counted_and_logged(exported: Exported) -> None:
    """When it is noted in the index."""
    await act(exported, {"outcome": "recorded"}, a_job().to_wire(), "record_progress")

    point = {"job.phase": "accepted", "job.target": "ionq.simulator"}
    assert exported.measured == {"quantumjobs.phases": [(point, 1)]}
    ((_, fields),) = exported.lines
    assert fields == {"job.id": JOB_ID, **point}


@pytest.mark.parametrize("cost", [None, {"currency": "USD", "estimated": 0.0}, {"currency": "USD", "estimated": None}])
async def test_what_costs_nothing_is_not_told(exported: Exported, cost: dict[str, Any] | None) -> None:
    """No currency without an amount."""
    await act(exported, {"outcome": "sent"}, a_job().to_wire() | {"cost": cost}, "send_answer")

    assert exported.measured.keys() == {"quantumjobs.duration"}


async def test_the_queue_s_seconds_are_those_of_the_workspace(exported: Exported) -> None:
    """From its creation to its beginning, as the workspace tells them."""
    app = App(telemetry=exported.telemetry)
    app.workspace.jobs[JOB_ID] = a_remote_job(created="2026-11-21T09:00:00Z", began="2026-11-21T09:00:40Z")
    app.workspace.outputs[JOB_ID] = b"{}"

    with wiring.standing_in(app.services):
        await wiring.observed(collect_result)(a_job().to_wire())

    assert exported.measured == {"quantumjobs.queue": [({"job.target": "ionq.simulator"}, 40.0)]}
