"""Each activity records the phase that it brings about, once, with the moment that the orchestration has."""

import asyncio
from dataclasses import replace

import pytest

from activities.check_job import check_job
from activities.collect_result import collect_result
from activities.send_answer import send_answer
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.messages import (
    AnswerSent,
    CheckJob,
    Collected,
    CollectResult,
    JobChecked,
    Overtaken,
    SendAnswer,
    Staged,
    StageInput,
    SubmitJob,
    Submitted,
    Unavailable,
)
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import MAY_BE_BILLED, Job, StoredResult
from quantum.service.recording import LONG_BYTES, PassingPhase
from quantum.wire import codec
from tests.support.builders import JOB_ID, NOW, QIR, App, a_job, a_program, a_remote_job, with_progress
from tests.support.fakes.activities import call

RESULT = f"results/{JOB_ID}/result.json"
DOWN = ServiceUnavailableError("down")
STAGING = a_job().moved_to(Phase.STAGING, NOW)
WAITING = STAGING.moved_to(Phase.WAITING, NOW)
COLLECTING = WAITING.moved_to(Phase.COLLECTING, NOW)
STORED = StoredResult(RESULT, 21)
SUCCEEDED = replace(COLLECTING.moved_to(Phase.SUCCEEDED, NOW), result=STORED)
AT = codec.timestamp(NOW)


@pytest.fixture(autouse=True)
async def claimed(app: App) -> None:
    """A job that was claimed, with its program where the app keeps it."""
    app.blobs.contents[a_program().blob] = QIR.encode()
    await app.index.claim(a_job(), "digest")


def recorded(app: App) -> Job:
    """The job as the index has it."""
    return app.index.entries[JOB_ID].job


async def submit(app: App) -> Submitted:
    """Stage and submit the job."""
    app.workspace.inputs[JOB_ID] = QIR.encode()
    outcome = await call(submit_job, SubmitJob(STAGING))
    assert isinstance(outcome, Submitted)
    return outcome


async def look(job: Job) -> JobChecked:
    """Look at the job in the workspace."""
    outcome = await call(check_job, CheckJob.about(job))
    assert isinstance(outcome, JobChecked)
    return outcome


async def test_a_submission_is_recorded_with_its_moment(app: App) -> None:
    """One reading and one writing; an activity that runs again, as its outcome was lost, has the same moment."""
    app.pass_time(seconds=1)
    first = await submit(app)
    app.pass_time(seconds=5)
    again = await submit(app)

    assert (again.at, again.recorded) == (first.at, first.recorded) == ("2026-11-21T09:00:01.000Z", True)
    assert recorded(app).history[-1] == {"phase": "waiting", "at": first.at}
    assert recorded(app).remote.since == first.at
    assert (app.index.recorded, app.index.reads) == (["waiting"], 2)


async def test_a_submission_that_cannot_be_recorded_has_worked(app: App) -> None:
    """The job is in the workspace: the orchestration knows it, and that the index does not."""
    app.index.read_only = DOWN

    outcome = await submit(app)

    assert (outcome.recorded, app.workspace.ledger) == (False, [JOB_ID])
    assert recorded(app).phase is Phase.ACCEPTED


async def test_a_look_records_only_what_is_new(app: App) -> None:
    """A look at a job that has not moved writes nothing; a new phase has the counts of that look."""
    await submit(app)
    waits = await look(recorded(app))
    app.workspace.move(JOB_ID, "Executing")
    app.pass_time(seconds=3)
    runs = await look(with_progress(recorded(app), polls=7, wakes=2, attempts=1))

    assert (waits.recorded, runs.recorded, app.index.recorded) == (True, True, ["waiting", "executing"])
    assert recorded(app).history[-1] == {"phase": "executing", "at": runs.at}
    progress = recorded(app).progress
    assert (progress.polls, progress.wakes, progress.attempts) == (7, 2, 1)


async def test_a_look_that_is_repeated_has_the_moment_of_the_first(app: App) -> None:
    """Its outcome was lost after it had been recorded."""
    await submit(app)
    waiting = recorded(app)
    app.workspace.move(JOB_ID, "Executing")
    first = await look(waiting)
    app.pass_time(seconds=5)

    assert await look(waiting) == first
    assert app.index.recorded == ["waiting", "executing"]


async def test_a_look_at_what_the_index_has_missed_leaves_it_to_the_orchestration(app: App) -> None:
    """The index has an older state than the orchestration, or no row, or cannot be written."""
    app.index.read_only = DOWN
    await submit(app)
    app.workspace.move(JOB_ID, "Executing")
    late = await look(WAITING)
    app.index.entries.clear()
    gone = await look(WAITING)
    app.index.read_only = None
    await app.index.record(WAITING)
    app.index.read_only = DOWN

    assert [late.recorded, gone.recorded, (await look(WAITING)).recorded] == [False] * 3


async def test_a_look_learns_that_the_job_was_continued_elsewhere(app: App) -> None:
    """It overwrites nothing newer."""
    await submit(app)
    waiting = recorded(app)
    app.workspace.move(JOB_ID, "Executing")
    await app.index.record(further := with_progress(waiting, steps_outside=1))

    assert await call(check_job, CheckJob.about(waiting)) == Overtaken(further)
    assert recorded(app) == further


async def test_the_end_of_the_remote_job_is_recorded_with_what_follows(app: App) -> None:
    """It takes a moment until then."""
    await submit(app)
    app.workspace.move(JOB_ID, "Succeeded")

    assert (await look(recorded(app))).recorded is True
    assert app.index.recorded == ["waiting"]


async def test_staging_asks_the_index_for_nothing_at_first(app: App) -> None:
    """The submission that follows does."""
    app.index.failure = DOWN

    assert await call(stage_input, StageInput(STAGING)) == Staged()
    assert app.workspace.inputs == {JOB_ID: QIR.encode()}


async def test_staging_that_takes_long_is_shown(app: App) -> None:
    """A second attempt, a job that was taken up again, and a large program."""
    large = replace(STAGING, program=a_program(size=LONG_BYTES + 1))
    slow = (STAGING.with_failure("stage_input", "busy", NOW), with_progress(STAGING, may_be_submitted=True), large)
    for job in slow:
        await app.index.record(a_job())
        app.index.recorded.clear()
        for _ in range(2):
            assert await call(stage_input, StageInput(job)) == Staged()
        assert app.index.recorded == ["staging"]


async def test_a_first_attempt_that_fails_is_shown(app: App) -> None:
    """Whoever looks during the pause sees what is tried again; the failure is the step's, whatever the index does."""
    app.workspace.failure = DOWN
    outcomes = [await call(stage_input, StageInput(STAGING)), await call(collect_result, CollectResult(COLLECTING))]
    app.index.failure = DOWN
    outcomes.append(await call(stage_input, StageInput(STAGING)))

    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert app.index.recorded == ["staging", "collecting"]


async def test_what_was_just_stored_is_not_read_again(app: App) -> None:
    """A program on its way to the workspace, a result on its way into the answer; once, then the blob is read."""
    app.services.recent.keep(a_program().blob, b"recent program")
    app.services.recent.keep(RESULT, b'{"counts": {"recent": 1}}')
    app.blobs.contents[RESULT] = b'{"counts": {"01": 4}}'

    await call(stage_input, StageInput(STAGING))
    for _ in range(2):
        await call(send_answer, SendAnswer(SUCCEEDED))

    assert app.workspace.inputs == {JOB_ID: b"recent program"}
    assert [answer["data"]["result"]["counts"] for answer in app.answers.sent] == [{"recent": 1}, {"01": 4}]


async def test_a_collected_result_is_at_hand_for_the_answer(app: App) -> None:
    """Nothing of it goes through the history."""
    app.workspace.jobs[JOB_ID] = a_remote_job(status="Succeeded")
    app.workspace.outputs[JOB_ID] = b"?"

    collected = await call(collect_result, CollectResult(COLLECTING))

    assert isinstance(collected, Collected)
    assert app.services.recent.take(RESULT) == app.blobs.contents[RESULT]
    assert (app.index.recorded, app.index.reads) == ([], 0)


@pytest.mark.parametrize(
    ("job", "size"), [(COLLECTING.with_failure("collect_result", "busy", NOW), 1), (COLLECTING, LONG_BYTES + 1)]
)
async def test_collecting_that_takes_long_is_shown(app: App, job: Job, size: int) -> None:
    """A second attempt, or a large output."""
    app.workspace.jobs[JOB_ID] = a_remote_job(status="Succeeded")
    app.workspace.outputs[JOB_ID] = b"?" * size

    await call(collect_result, CollectResult(job))

    assert app.index.recorded == ["collecting"]


async def test_an_end_is_recorded_before_it_is_told(app: App) -> None:
    """An answer that could not be sent is sent later, and tells what the index has."""
    app.answers.failure = DOWN
    app.blobs.contents[RESULT] = b"{}"
    first = await call(send_answer, SendAnswer(SUCCEEDED))
    app.answers.failure = None
    app.pass_time(seconds=9)
    later = replace(COLLECTING.moved_to(Phase.SUCCEEDED, app.clock), result=STORED)

    assert (type(first), await call(send_answer, SendAnswer(later))) == (Unavailable, AnswerSent())
    assert app.index.recorded == ["succeeded"]
    (sent,) = app.answers.sent
    assert (sent["time"], sent["data"]["history"][-1]["at"]) == (AT, AT)


async def test_an_end_that_cannot_be_recorded_is_not_told(app: App) -> None:
    """Whoever receives an answer finds the same end in the index."""
    app.index.read_only = DOWN

    assert isinstance(await call(send_answer, SendAnswer(SUCCEEDED)), Unavailable)
    assert app.answers.sent == []


async def test_a_cancellation_that_came_too_late_is_told(app: App) -> None:
    """The job succeeded, and the caller who wanted to stop it learns that it may be billed."""
    app.blobs.contents[RESULT] = b"{}"
    await app.index.request_cancel(JOB_ID, AT)

    await call(send_answer, SendAnswer(SUCCEEDED))

    data = app.answers.sent[0]["data"]
    assert (data["warnings"], data["cancelRequested"]) == ([MAY_BE_BILLED], True)
    assert data["cancellation"] == {"requestedBy": "caller", "requestedAt": AT}
    assert recorded(app).warnings == (MAY_BE_BILLED,)


async def test_a_step_that_is_stopped_from_outside_records_nothing(app: App) -> None:
    """A host that shuts down cancels it; the index has no say in what happens to it then."""
    with pytest.raises(asyncio.CancelledError):
        async with PassingPhase(app.services, STAGING):
            raise asyncio.CancelledError

    assert recorded(app).phase is Phase.ACCEPTED
