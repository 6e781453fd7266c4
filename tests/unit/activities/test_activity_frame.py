"""The frame of an activity: what a service refuses is a value, and each call is a span, a count and a line."""

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from activities.activity import activity
from activities.check_job import check_job
from activities.collect_result import collect_result
from activities.record_progress import record_progress
from activities.send_answer import send_answer
from orchestrators.messages import (
    AnyFailure,
    Busy,
    CheckJob,
    Collected,
    CollectResult,
    JobRequest,
    LockedOut,
    Missing,
    Outcome,
    Overtaken,
    RecordProgress,
    Refused,
    RemoteJobRequest,
    SendAnswer,
    SubmitJob,
    Unauthorized,
    Unavailable,
)
from quantum import app as core
from quantum import wiring
from quantum.jobs.errors import (
    NotFoundError,
    OvertakenError,
    RefusedError,
    ServiceBusyError,
    ServiceError,
    ServiceUnavailableError,
    UnauthorizedError,
    UnknownWorkspaceError,
    WorkspaceUnauthorizedError,
)
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from tests.support.builders import JOB_ID, NOW, App, a_job, a_remote_job, a_submission, with_progress, with_remote
from tests.support.fakes.activities import call
from tests.support.fakes.telemetry import Exported, exporting, span_id, trace_id

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

type AnyMessage = JobRequest[Any] | RemoteJobRequest[Any]


@pytest.fixture
def exported() -> Iterator[Exported]:
    """Telemetry in memory."""
    with exporting() as exported:
        yield exported


async def submit(outcome: Outcome | Exception, job: Job, app: App | None = None) -> Any:
    """Submit a job, which comes to this; gives what the engine receives, and the job that the activity saw."""
    seen: list[Job] = []

    @activity
    async def submit_job(message: SubmitJob, app: core.App) -> Outcome:  # noqa: ARG001
        """Come to it."""
        seen.append(message.job)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with wiring.standing_in((app or App()).services):
        return await call(submit_job, SubmitJob(job)), seen[0]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ServiceUnavailableError("down"), Unavailable(Failure("ServiceUnavailable", "down"))),
        (ServiceError("odd"), Unavailable(Failure("Service", "odd"))),
        (ServiceBusyError("slow", retry_after=7.0, code="TooMany", status=429), Busy(Failure("TooMany", "slow"), 7.0)),
        (ServiceBusyError("slow"), Busy(Failure("ServiceBusy", "slow"))),
        (UnauthorizedError("who"), Unauthorized(Failure("Unauthorized", "who"))),
        (WorkspaceUnauthorizedError("key"), LockedOut(Failure("WorkspaceUnauthorized", "key"))),
        (UnknownWorkspaceError("lab"), LockedOut(Failure("UnknownWorkspace", "lab"))),
        (RefusedError("no"), Refused(Failure("Refused", "no"))),
        (NotFoundError("gone"), Missing(Failure("NotFound", "gone"))),
        (OvertakenError(a_job()), Overtaken(a_job())),
    ],
)
async def test_what_a_service_refuses_is_a_value(error: ServiceError, outcome: Outcome) -> None:
    """An orchestration branches on it, since exceptions lose their type on the way."""
    answer, _ = await submit(error, a_job())

    assert answer == outcome


async def test_what_nobody_expected_stays_an_exception() -> None:
    """It means that the step is tried again."""
    with pytest.raises(ZeroDivisionError):
        await submit(ZeroDivisionError(), a_job())


def test_the_worker_sees_a_function_of_a_payload() -> None:
    """It indexes by name, and by annotations that are bare types."""
    assert (check_job.__name__, check_job.__annotations__) == ("check_job", {"payload": dict, "return": dict})
    assert get_type_hints(check_job) == {"payload": dict, "return": dict}


async def test_an_activity_is_a_span_of_its_order_s_trace(exported: Exported) -> None:
    """With the job's id, phase and target, and what became of it; the activity goes on from there."""
    app = App(telemetry=exported.telemetry)

    _, job = await submit(a_submission(), a_job(traceparent=CALLER), app)

    (span,) = exported.spans
    assert (span.name, trace_id(span)) == ("submit_job", CALLER[3:35])
    assert job.traceparent == f"{CALLER[:35]}-{span_id(span)}-01"
    assert dict(span.attributes or {}) == {
        "job.id": JOB_ID,
        "job.phase": "accepted",
        "job.target": "ionq.simulator",
        "outcome": "submitted",
    }


async def test_a_look_is_counted(exported: Exported) -> None:
    """Though it does not know the whole job; its span is in the trace of the job."""
    app = App(telemetry=exported.telemetry)
    app.workspace.jobs[JOB_ID] = a_remote_job()

    with wiring.standing_in(app.services):
        await call(check_job, CheckJob.about(a_job(traceparent=CALLER)))

    assert exported.measured == {"quantumjobs.polls": [({"job.target": "ionq.simulator"}, 1)]}
    assert [trace_id(span) for span in exported.spans] == [CALLER[3:35]]


@pytest.mark.parametrize("failure", [kind for kind in get_args(AnyFailure) if kind not in (LockedOut, Refused)])
async def test_a_step_to_try_again_is_counted(exported: Exported, failure: type[AnyFailure]) -> None:
    """By what it was and why."""
    await submit(failure(Failure("Oops", "broke")), a_job(), App(telemetry=exported.telemetry))

    point = {"activity": "submit_job", "outcome": failure.word, "job.target": "ionq.simulator"}
    assert exported.measured == {"quantumjobs.retries": [(point, 1)]}


async def test_a_refusal_is_not_a_step_to_try_again(exported: Exported) -> None:
    """The span alone tells of it."""
    await submit(RefusedError("no"), a_job(), App(telemetry=exported.telemetry))

    assert exported.measured == {}
    assert [dict(span.attributes or {})["outcome"] for span in exported.spans] == ["refused"]


async def test_a_wrong_credential_is_tolerated_only_for_a_job_that_may_run(exported: Exported) -> None:
    """Before anything was submitted the order ends: nothing is tried again."""
    app = App(telemetry=exported.telemetry)
    app.workspace.failure = locked = WorkspaceUnauthorizedError("key")

    await submit(locked, a_job(), app)
    assert exported.measured == {}

    await submit(locked, with_progress(a_job(), may_be_submitted=True), app)
    with wiring.standing_in(app.services):
        await call(check_job, CheckJob.about(a_job()))
    assert [point["activity"] for point, _ in exported.measured["quantumjobs.retries"]] == ["submit_job", "check_job"]


async def test_an_exception_is_told_by_its_type(exported: Exported) -> None:
    """Its text may hold a line of the program."""
    with pytest.raises(ValueError, match="H q"):
        await submit(ValueError("H q[0];"), a_job(), App(telemetry=exported.telemetry))

    (span,) = exported.spans
    assert span.status.description == "ValueError"
    assert "H q" not in span.to_json()
    assert [point["outcome"] for point, _ in exported.measured["quantumjobs.retries"]] == ["broken"]


async def answered(exported: Exported, job: Job) -> None:
    """Send the answer for a job."""
    with wiring.standing_in(App(telemetry=exported.telemetry).services):
        await call(send_answer, SendAnswer(job))


async def test_the_end_of_a_job_tells_its_time_and_cost(exported: Exported) -> None:
    """Once for each answer that is sent."""
    ended = a_job().moved_to(Phase.REJECTED, NOW.replace(minute=1))

    await answered(exported, with_remote(ended, cost={"currency": "USD", "estimated": 2.5}))

    assert exported.measured == {
        "quantumjobs.phases": [({"job.phase": "rejected", "job.target": "ionq.simulator"}, 1)],
        "quantumjobs.duration": [({"job.phase": "rejected", "job.target": "ionq.simulator"}, 60.0)],
        "quantumjobs.cost": [({"currency": "USD", "job.target": "ionq.simulator"}, 2.5)],
    }


@pytest.mark.parametrize("cost", [None, {"currency": "USD", "estimated": 0.0}, {"currency": "USD", "estimated": None}])
async def test_what_costs_nothing_is_not_told(exported: Exported, cost: dict[str, Any] | None) -> None:
    """No currency without an amount."""
    await answered(exported, with_remote(a_job().moved_to(Phase.FAILED, NOW), cost=cost))

    assert exported.measured.keys() == {"quantumjobs.phases", "quantumjobs.duration"}


async def test_a_phase_is_counted_and_logged(exported: Exported) -> None:
    """When it is written to the index."""
    with wiring.standing_in(App(telemetry=exported.telemetry).services):
        await call(record_progress, RecordProgress(a_job()))

    point = {"job.phase": "accepted", "job.target": "ionq.simulator"}
    assert exported.measured == {"quantumjobs.phases": [(point, 1)]}
    ((_, fields),) = exported.lines
    assert fields == {"job.id": JOB_ID, **point}


async def test_the_queue_s_seconds_are_those_of_the_workspace(exported: Exported) -> None:
    """From its creation to its beginning, as the workspace tells them."""
    app = App(telemetry=exported.telemetry)
    app.workspace.jobs[JOB_ID] = a_remote_job(created="2026-11-21T09:00:00Z", began="2026-11-21T09:00:40Z")
    app.workspace.outputs[JOB_ID] = b"{}"

    with wiring.standing_in(app.services):
        await call(collect_result, CollectResult(a_job()))

    assert exported.measured["quantumjobs.queue"] == [({"job.target": "ionq.simulator"}, 40.0)]


@pytest.mark.parametrize("times", [{}, {"created": "2026-11-21T09:00:00Z"}, {"began": "2026-11-21T09:00:00Z"}])
async def test_a_queue_of_which_the_workspace_says_nothing_is_not_measured(
    exported: Exported, times: dict[str, str]
) -> None:
    """A time that is missing is not a queue of no seconds."""
    app = App(telemetry=exported.telemetry)
    app.workspace.jobs[JOB_ID] = a_remote_job(**times)
    app.workspace.outputs[JOB_ID] = b"{}"

    with wiring.standing_in(app.services):
        assert isinstance(await call(collect_result, CollectResult(a_job())), Collected)

    assert "quantumjobs.queue" not in exported.measured
