"""A step that is taken outside of the durable engine: the same process, as far as it comes without waiting."""

import json
from dataclasses import replace

import pytest

from activities.cancel_job import cancel_job
from activities.check_job import check_job
from activities.close_session import close_session
from activities.collect_result import collect_result
from activities.record_progress import record_progress
from activities.send_answer import send_answer
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.manual_steps import ManualSteps
from orchestrators.messages import (
    AnswerSent,
    Overtaken,
    RecordProgress,
    SendAnswer,
    Staged,
    StageInput,
    SubmitJob,
)
from orchestrators.run_job import run_job
from quantum import wiring
from quantum.jobs.errors import ServiceUnavailableError, WorkspaceUnauthorizedError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from tests.support.builders import JOB_ID, NOW, QIR, App, a_check, a_job, with_progress
from tests.support.fakes.activities import call
from tests.support.fakes.durable import HandDriven
from tests.support.fakes.workspace import InMemoryWorkspace

ACTIVITIES = (
    stage_input,
    submit_job,
    check_job,
    cancel_job,
    collect_result,
    close_session,
    record_progress,
    send_answer,
)
OUTPUT = json.dumps({"Results": [{"Histogram": [{"Outcome": [0, 1], "Count": 4}]}]}).encode()


async def stepped(app: App) -> bool:
    """Take a step of the job as the index has it."""
    manual_steps = ManualSteps(run_job, {each.__name__: each for each in ACTIVITIES}, app.services.now)
    with wiring.standing_in(app.services):
        return await manual_steps.take_step(app.index.entries[JOB_ID].job)


async def accepted(app: App, job: Job | None = None) -> None:
    """A job that was claimed, with its program where the app keeps it."""
    job = job or a_job()
    assert job.program is not None
    await app.blobs.write(job.program.blob, QIR.encode())
    await app.index.claim(job, "digest")


def recorded_job(app: App) -> Job:
    """The job as the index has it."""
    return app.index.entries[JOB_ID].job


async def test_a_job_comes_to_its_end_step_by_step() -> None:
    """One job in the workspace, one answer; each step leaves in the index what it has learnt."""
    app = App()
    await accepted(app)

    first = await stepped(app)
    waiting = recorded_job(app)
    app.pass_time(minutes=5)
    second = await stepped(app)
    app.workspace.move(JOB_ID, "Succeeded")
    app.workspace.outputs[JOB_ID] = OUTPUT
    third = await stepped(app)

    assert [first, second, third] == [False, False, True]
    assert (waiting.phase, waiting.progress.polls, waiting.progress.steps_outside) == (Phase.WAITING, 1, 1)
    assert (recorded_job(app).phase, recorded_job(app).progress.steps_outside) == (Phase.SUCCEEDED, 3)
    assert app.workspace.ledger == [JOB_ID]
    assert [answer["id"] for answer in app.answers.sent] == [f"{JOB_ID}-succeeded"]


async def test_what_the_job_had_was_sent_by_nobody_knows_whom() -> None:
    """It is looked for before it is said that it was never submitted."""
    app = App()
    await accepted(app)
    await stepped(app)
    await app.index.request_cancel(JOB_ID, "2026-11-21T09:00:00.000Z")
    await app.index.record(a_job())  # as if the note of it had been lost

    await stepped(app)

    assert recorded_job(app).phase is Phase.CANCELLING
    assert app.workspace.ledger == [JOB_ID]


async def test_a_step_that_fails_is_not_waited_for_and_its_patience_ends() -> None:
    """What it has borne is kept from round to round, though no orchestration carries it."""
    app = App(workspace=Broken())
    await accepted(app)
    ends = []
    for _ in range(6):
        ends.append(await stepped(app))
        app.pass_time(minutes=5)
        if ends[-1]:
            break

    assert ends == [False, False, False, True]
    assert recorded_job(app).phase is Phase.FAILED
    assert [answer["data"]["error"]["message"] for answer in app.answers.sent] == ["broken by a test"]


class Broken(InMemoryWorkspace):
    """A workspace to which nothing can be uploaded, for a reason that nobody expected."""

    async def upload_input(self, *_: object, **__: object) -> None:
        """Break."""
        raise ArithmeticError("broken by a test")


async def test_a_job_that_has_ended_is_answered_for() -> None:
    """Its orchestration may have fallen silent between the note and the answer."""
    app = App()
    await accepted(app, a_job().moved_to(Phase.FAILED, app.clock))

    assert await stepped(app)

    assert [answer["id"] for answer in app.answers.sent] == [f"{JOB_ID}-failed"]


async def test_where_the_queue_is_away_the_answer_comes_later() -> None:
    """A job whose caller was not told has not ended."""
    app = App()
    await accepted(app, a_job().moved_to(Phase.FAILED, app.clock))
    app.answers.failure = ServiceUnavailableError("down")
    before = await stepped(app)
    app.answers.failure = None

    assert (before, await stepped(app)) == (False, True)
    assert len(app.answers.sent) == 1


async def test_an_orchestration_that_comes_back_submits_nothing_that_was_refused_outside() -> None:
    """It learns that its job has ended, and says the same."""
    app = App()
    await accepted(app)
    job = recorded_job(app)
    app.workspace.failure = WorkspaceUnauthorizedError("no such key")
    for _ in range(5):
        await stepped(app)
        app.pass_time(minutes=5)
    app.workspace.failure = None

    job = replace(job, phase=Phase.STAGING)
    with wiring.standing_in(app.services):
        outcomes = [
            await call(stage_input, StageInput(with_progress(job, may_be_submitted=True))),
            await call(submit_job, SubmitJob(job)),
            await call(record_progress, RecordProgress(job)),
            await call(send_answer, SendAnswer(job)),
        ]

    assert outcomes == [Overtaken(recorded_job(app))] * 4
    assert recorded_job(app).phase is Phase.REJECTED
    assert app.workspace.ledger == []


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.EXECUTING])
def test_the_process_goes_on_with_what_has_overtaken_it(phase: Phase) -> None:
    """In a fresh round, and from there; an end is announced again, under the same id."""
    further = with_progress(a_job(), steps_outside=3).moved_to(Phase.STAGING, NOW)
    further = further.moved_to(phase, NOW)
    context = HandDriven(
        {
            "stage_input": [Staged()],
            "submit_job": [Overtaken(further)],
            "check_job": [a_check("Failed")],
            "send_answer": [AnswerSent()],
        },
        NOW,
    )

    context.run(run_job, a_job().to_wire())

    (answered,) = context.called("send_answer")
    assert (answered.phase, answered.job.progress.steps_outside) == ("failed", 3)
    assert Job.from_wire(context.rounds[1]) == further
