"""Sessions of a job's own: opened once, closed on every target, and looked after by housekeeping."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.close_session import close_session
from activities.submit_job import submit_job
from orchestrators.messages import CloseSession, SessionClosed, SubmitJob, Submitted
from quantum import wiring
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import State
from quantum.service.housekeeping import MAX_RESTARTS, SESSION_CARE, keep_house
from quantum.service.sessions import session_faults
from quantum.workspaces.remote import NewSession
from tests.support.builders import JOB_ID, NOW, QIR, App, a_job, an_order, no_step, with_progress
from tests.support.fakes.activities import call
from tests.support.fakes.workspace import InMemoryWorkspace

OWN = an_order(session="own", fallback_targets=("ionq.qpu.aria-1",))
SECOND = with_progress(a_job(OWN), fallback=1)


def ended(job: Job | None = None) -> Job:
    """A job that has come to its end."""
    return replace(job or a_job(OWN), phase=Phase.SUCCEEDED)


async def opened(app: App, *session_ids: str) -> None:
    """Sessions that are open in the workspace."""
    for session_id in session_ids:
        await app.workspace.open_session(NewSession(session_id, "series", "ionq.simulator"))


def open_ones(app: App) -> set[str]:
    """The ids of the sessions that take jobs."""
    return {session.id for session in app.workspace.sessions_by_id.values() if session.is_open}


async def stored(app: App, job: Job, state: State = "ended") -> None:
    """A job in the index, with what has become of its orchestration; housekeeping comes."""
    await app.index.record(job)
    app.orchestrations.states[job.id] = state
    await keep_house(app.services, app.orchestrations, timedelta(days=30), no_step)


def test_a_session_of_its_own_has_an_id_that_follows_from_the_job() -> None:
    """Another one on every target, known before anything is sent."""
    first = a_job(OWN)

    assert first.own_sessions == (first.session_id,)
    assert SECOND.own_sessions == (first.session_id, SECOND.session_id)
    assert first.session_id != SECOND.session_id != JOB_ID
    assert a_job(an_order(session="theirs")).own_sessions == a_job().own_sessions == ()
    assert a_job(an_order(session="theirs")).session_id == "theirs"


async def test_a_session_of_its_own_is_opened_before_the_job_is_submitted() -> None:
    """Tried again, it is the same session and the same job."""
    app = App()
    job = a_job(OWN)
    app.workspace.inputs[job.remote_id] = QIR.encode()

    with wiring.standing_in(app.services):
        outcomes = [await call(submit_job, SubmitJob(job)) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Submitted, Submitted]
    assert open_ones(app) == {job.session_id}
    assert app.workspace.jobs[job.id].session == job.session_id


async def test_closing_closes_what_is_there_on_every_target() -> None:
    """What was never opened is passed over; done twice, it is the same; a session of the caller's stays open."""
    app = App()
    await opened(app, *SECOND.own_sessions[1:], "theirs")

    with wiring.standing_in(app.services):
        outcomes = [await call(close_session, CloseSession(SECOND)) for _ in range(2)]
        await call(close_session, CloseSession(a_job(an_order(session="theirs"))))

    assert outcomes == [SessionClosed()] * 2
    assert open_ones(app) == {"theirs"}


async def test_housekeeping_closes_what_the_orchestration_could_not() -> None:
    """And then looks after the job no more."""
    app = App()
    job = ended()
    await opened(app, *job.own_sessions)

    await stored(app, job)

    assert (open_ones(app), app.index.open) == (set(), {})


async def test_housekeeping_does_not_try_for_ever_nor_hold_up_others() -> None:
    """While the workspace is away it is tried again; after an hour the session has ended by itself."""
    app = App()
    app.workspace.failure = ServiceUnavailableError("down")
    job = ended(a_job(OWN, history=({"phase": "succeeded", "at": "2026-11-21T09:00:00.000Z"},)))

    await stored(app, job)
    still = dict(app.index.open)
    app.clock = NOW + SESSION_CARE + timedelta(seconds=1)
    await stored(app, job)

    assert (still, app.index.open) == ({JOB_ID: "default"}, {})


async def test_a_job_that_is_given_up_leaves_no_session_open() -> None:
    """Nor a job in the workspace."""
    app = App()
    job = replace(with_progress(a_job(OWN), restarts=MAX_RESTARTS), phase=Phase.WAITING)
    app.clock = NOW + timedelta(hours=1)
    app.workspace.inputs[job.remote_id] = QIR.encode()
    assert job.program is not None
    await app.workspace.submit(job, job.program)
    await opened(app, *job.own_sessions)

    await stored(app, job, "died")

    assert (open_ones(app), app.index.open) == (set(), {})


async def test_a_job_that_is_given_up_leaves_nothing_behind_in_its_own_workspace() -> None:
    """What runs there is cancelled there, and its session closed."""
    app = App()
    chem = app.workspaces.open["chem"] = InMemoryWorkspace()
    job = replace(with_progress(a_job(replace(OWN, workspace="chem")), restarts=MAX_RESTARTS), phase=Phase.WAITING)
    app.clock = NOW + timedelta(hours=1)
    chem.inputs[job.remote_id] = QIR.encode()
    app.workspace.failure = AssertionError("the default workspace was asked")  # type: ignore[assignment]  # to be seen
    with wiring.standing_in(app.services):
        await call(submit_job, SubmitJob(job))
    opened_there = [session.is_open for session in chem.sessions_by_id.values()]

    await stored(app, job, "died")

    assert (opened_there, [session.is_open for session in chem.sessions_by_id.values()]) == ([True], [False])
    assert chem.jobs[job.remote_id].status == "CancellationRequested"


async def test_a_session_is_closed_though_its_job_cannot_be_cancelled() -> None:
    """The job may never have come there."""
    app = App()
    app.clock = NOW + timedelta(hours=1)
    job = replace(with_progress(a_job(OWN), restarts=MAX_RESTARTS), phase=Phase.STAGING)
    await opened(app, *job.own_sessions)

    await stored(app, job, "died")

    assert open_ones(app) == set()


async def test_a_session_that_cannot_be_asked_for_is_no_fault_of_the_order() -> None:
    """The workspace says so when the job is submitted."""
    app = App()
    app.workspace.failure = ServiceUnavailableError("down")

    assert await session_faults(app.services, an_order(session="theirs")) == []


@pytest.mark.parametrize("error", [NotFoundError("no such session"), RefusedError("it is over", status=409)])
async def test_a_session_that_is_gone_or_over_needs_no_closing(error: Exception) -> None:
    """Both mean that it takes no jobs."""
    app = App()
    job = a_job(OWN)
    await opened(app, *job.own_sessions)
    app.workspace.failure = error  # type: ignore[assignment]  # both are errors of the service

    with wiring.standing_in(app.services):
        assert await call(close_session, CloseSession(job)) == SessionClosed()
