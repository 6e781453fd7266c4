"""The steps of a divided job: each part is created once, wherever an attempt breaks off."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from activities.cancel_job import cancel_job
from activities.check_job import check_job
from activities.collect_result import collect_result
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.messages import (
    CancelJob,
    CancelSent,
    CheckJob,
    Collected,
    CollectResult,
    JobChecked,
    Missing,
    NotSubmitted,
    Outcome,
    Refused,
    Staged,
    StageInput,
    SubmitJob,
    Submitted,
    TargetUnavailable,
    Unauthorized,
    Unavailable,
)
from quantum.jobs.errors import RefusedError, ServiceError, ServiceUnavailableError, UnauthorizedError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.jobs.parts import part_id, parts_of
from quantum.results.normalise import MAX_READ_BYTES
from tests.support.builders import JOB_ID, NOW, QIR, App, a_job, a_program, a_target, an_order, with_progress
from tests.support.fakes.activities import call
from tests.support.fakes.workspace import InMemoryWorkspace

IDS = [part_id(JOB_ID, number) for number in (1, 2, 3)]


@dataclass
class Breaking:
    """A workspace whose calls fail from the n-th on, and which counts them."""

    inner: InMemoryWorkspace
    left: int
    error: ServiceError
    is_lost: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def submit(self, *arguments: Any) -> Any:
        """Submit a part, unless it is time to fail; the reply alone may be lost."""
        if arguments[-1].remote_id in self.inner.jobs:
            return self.inner.jobs[arguments[-1].remote_id]
        self.left -= 1
        if self.left < 0 and not self.is_lost:
            raise self.error
        remote = await self.inner.submit(*arguments)
        if self.left < 0:
            raise self.error
        return remote


@dataclass
class Refusing:
    """A workspace that refuses whatever is submitted."""

    inner: InMemoryWorkspace

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def submit(self, *_: Any) -> Any:
        """Refuse."""
        raise RefusedError("no", status=400)


@pytest.fixture
def job(app: App) -> Job:
    """A staging job of three parts."""
    app.blobs.contents[a_program().blob] = QIR.encode()
    return a_job(shots_at_once={"ionq.simulator": 400}).moved_to(Phase.STAGING, NOW)


def failing(app: App, after: int, error: ServiceError, *, is_lost: bool = False) -> None:
    """Let submissions fail after so many."""
    app.workspaces.open["default"] = Breaking(app.workspace, after, error, is_lost)  # type: ignore[assignment]  # it delegates


async def submit(job: Job) -> Outcome:
    """Stage and submit a job."""
    assert await call(stage_input, StageInput(job)) == Staged()
    return await call(submit_job, SubmitJob(job))


async def submitted(job: Job) -> Job:
    """Submit a job, and move it on as its process does."""
    outcome = await submit(job)
    assert isinstance(outcome, Submitted)
    return job.submitted(0, NOW).seen(outcome.account, NOW)


async def check(job: Job) -> JobChecked:
    """Look at a job."""
    outcome = await call(check_job, CheckJob.about(job))
    assert isinstance(outcome, JobChecked)
    return outcome


async def test_each_part_is_staged_and_created_once(app: App, job: Job) -> None:
    """However often the step is repeated."""
    first, second = await submit(job), await submit(job)

    assert isinstance(first, Submitted)
    assert first == second
    assert [(part.remote_id, part.shots, part.status) for part in first.account.parts or ()] == [
        (IDS[0], 334, "Waiting"),
        (IDS[1], 333, "Waiting"),
        (IDS[2], 333, "Waiting"),
    ]
    assert app.workspace.ledger == IDS
    assert set(app.workspace.inputs) == set(IDS)


@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("is_lost", [False, True])
async def test_an_attempt_that_breaks_off_is_continued(app: App, job: Job, after: int, *, is_lost: bool) -> None:
    """The parts that are there already are found by their ids."""
    failing(app, after, ServiceUnavailableError("down"), is_lost=is_lost)
    broken = await submit(job)
    app.workspaces.open["default"] = app.workspace

    assert isinstance(broken, Unavailable)
    assert isinstance(await submit(job), Submitted)
    assert app.workspace.ledger == IDS


async def test_a_refusal_of_the_first_part_is_the_job_s(app: App, job: Job) -> None:
    """Nothing runs."""
    failing(app, 0, RefusedError("no", status=400))

    assert isinstance(await submit(job), Refused)
    assert app.workspace.ledger == []


async def test_a_refusal_of_a_later_part_cancels_the_others(app: App, job: Job) -> None:
    """The job runs on until they have ended, and then fails for the refusal."""
    failing(app, 1, RefusedError("no", status=400))
    moved = await submitted(job)
    app.workspace.move(JOB_ID, "Cancelled")
    account = (await check(moved)).account

    assert [part.is_remote for part in moved.remote.parts or ()] == [None, False, False]
    assert moved.phase is Phase.EXECUTING
    assert account.status == "Failed"
    assert account.error is not None
    assert account.error.message.startswith("Part 2 of 3: ")
    assert app.workspace.ledger == [JOB_ID]


async def test_a_refusal_whose_reply_is_lost_comes_to_the_same_end(app: App, job: Job) -> None:
    """Nothing is cancelled before the refusal is known to the process, so the repeated attempt meets it again."""
    failing(app, 1, RefusedError("no", status=400))
    lost = await submit(job)
    failing(app, 0, RefusedError("no", status=400))

    assert await submit(job) == lost
    assert app.workspace.jobs[JOB_ID].status == "Waiting"
    await check(job.submitted(0, NOW).seen(lost.account, NOW))  # type: ignore[attr-defined]  # it was submitted
    assert app.workspace.jobs[JOB_ID].status == "CancellationRequested"


@pytest.mark.parametrize("created", range(4))
async def test_a_submission_that_broke_off_is_looked_at(app: App, job: Job, created: int) -> None:
    """What exists is cancelled if some part does not; if all do, the job goes on. A repeated look says the same."""
    failing(app, created, ServiceUnavailableError("down"))
    await submit(job)
    app.workspaces.open["default"] = app.workspace
    broken = Failure("InternalError", "boom")
    parts = tuple(replace(part, error=broken) for part in parts_of(job))
    assumed = replace(job, remote=replace(job.remote, parts=parts))
    first, second = await check(assumed), await check(assumed)

    statuses = [part.status for part in first.account.parts or ()]
    assert statuses == ["Waiting"] * created + ["Failed"] * (3 - created)
    assert [part.is_remote for part in first.account.parts or ()] == [None] * created + [False] * (3 - created)
    assert (first.account.error is None, second.account.error is None) == (created == 3, created == 3)
    is_cancelled = [app.workspace.jobs[each].status == "CancellationRequested" for each in IDS[:created]]
    assert is_cancelled == [created < 3] * created


async def test_a_part_that_is_lost_while_it_runs_is_asked_for_again(app: App, job: Job) -> None:
    """The workspace had it: that it does not know it now is a failure of this check."""
    moved = await submitted(job)
    del app.workspace.jobs[IDS[1]]

    assert isinstance(await call(check_job, CheckJob.about(moved)), Missing)


async def test_a_job_with_parts_does_not_leave_its_target_after_a_refusal(app: App) -> None:
    """Though that is unavailable: the refusal is that of its session, say, and its first part runs."""
    limits = {"ionq.simulator": 400}
    job = a_job(an_order(fallback_targets=("ionq.qpu.aria-1",)), shots_at_once=limits).moved_to(Phase.STAGING, NOW)
    app.blobs.contents[a_program().blob] = QIR.encode()
    app.workspace.target_list = [a_target(availability="Unavailable")]
    assert await call(stage_input, StageInput(job)) == Staged()
    await app.workspace.submit(job, a_program())
    app.workspaces.open["default"] = Refusing(app.workspace)  # type: ignore[assignment]  # it delegates

    assert isinstance(await call(submit_job, SubmitJob(job)), Refused)


async def test_a_later_part_that_keeps_failing_is_given_up_before_the_process_ends(app: App, job: Job) -> None:
    """At first it is tried again, as any submission."""
    failing(app, 1, UnauthorizedError("quota", status=403))
    struggling = job.with_failure("submit_job", "unauthorized", NOW)
    first = await submit(struggling)
    app.pass_time(minutes=6)

    assert isinstance(first, Unauthorized)
    assert isinstance(await submit(struggling), Submitted)


async def test_a_job_that_should_stop_submits_no_more_parts(app: App, job: Job) -> None:
    """Those of an earlier attempt are its job; without any it was not submitted."""
    await app.index.claim(job, "")
    await app.index.request_cancel(JOB_ID, "2026-11-21T09:00:00.000Z")
    unsubmitted = await call(submit_job, SubmitJob(job))
    app.workspace.inputs[JOB_ID] = QIR.encode()
    await app.workspace.submit(job, a_program())
    outcome = await call(submit_job, SubmitJob(job))

    assert unsubmitted == NotSubmitted("cancel")
    assert isinstance(outcome, Submitted)
    assert [part.status for part in outcome.account.parts or ()] == ["Waiting", "Cancelled", "Cancelled"]
    assert app.workspace.ledger == [JOB_ID]


async def test_a_job_that_has_begun_on_a_target_stays_there(app: App) -> None:
    """Though it is unavailable now: the other parts follow. Without any, the fallback is next."""
    limits = {"ionq.simulator": 400}
    job = a_job(an_order(fallback_targets=("ionq.qpu.aria-1",)), shots_at_once=limits).moved_to(Phase.STAGING, NOW)
    app.blobs.contents[a_program().blob] = QIR.encode()
    app.workspace.target_list = [a_target(availability="Unavailable")]
    before = await submit(job)
    await app.workspace.submit(job, a_program())

    assert before == TargetUnavailable()
    assert isinstance(await submit(job), Submitted)
    assert app.workspace.ledger == IDS


async def test_a_check_asks_only_for_parts_that_have_not_ended(app: App, job: Job) -> None:
    """What ended stays as it was; the index shows each part."""
    await app.index.claim(job, "")
    moved = await submitted(job)
    app.workspace.move(JOB_ID, "Succeeded")
    first = await check(moved)
    later = replace(moved, remote=moved.remote.updated(first.account)).seen(first.account, NOW)
    del app.workspace.jobs[JOB_ID]
    app.workspace.move(IDS[1], "Executing")
    second = await check(later)
    entry = await app.index.find(JOB_ID)

    assert (first.account.status, second.account.status) == ("Executing", "Executing")
    assert entry is not None
    assert [part.status for part in entry.job.remote.parts or ()] == ["Succeeded", "Executing", "Waiting"]


async def test_a_failed_part_cancels_those_that_run(app: App, job: Job) -> None:
    """What ended stays; the job ends with the last of them."""
    moved = await submitted(job)
    app.workspace.move(JOB_ID, "Succeeded")
    app.workspace.move(IDS[1], "Failed")
    account = (await check(moved)).account
    again = await check(replace(moved, remote=moved.remote.updated(account)))

    assert account.status == "Executing"
    assert app.workspace.jobs[IDS[2]].status == "CancellationRequested"
    assert [part.status for part in again.account.parts or ()] == ["Succeeded", "Failed", "CancellationRequested"]


async def test_a_cancellation_reaches_every_part_that_runs(app: App, job: Job) -> None:
    """A part that has just ended refuses, and hinders nothing."""
    moved = await submitted(job)
    app.workspace.move(IDS[1], "Succeeded")

    assert await call(cancel_job, CancelJob.about(moved)) == CancelSent()
    assert [app.workspace.jobs[each].status for each in IDS] == [
        "CancellationRequested",
        "Succeeded",
        "CancellationRequested",
    ]


async def test_a_cancellation_that_no_part_takes_is_refused(app: App, job: Job) -> None:
    """And one that does not arrive is tried again."""
    moved = await submitted(job)
    for each in IDS:
        app.workspace.move(each, "Succeeded")
    refused = await call(cancel_job, CancelJob.about(moved))
    del app.workspace.jobs[IDS[1]]

    assert isinstance(refused, Refused)
    assert isinstance(await call(cancel_job, CancelJob.about(moved)), Missing)


async def test_outputs_are_stored_part_by_part_and_joined(app: App, job: Job) -> None:
    """One that is too large to be read is stored, too."""
    moved = await submitted(job)
    for each in IDS:
        app.workspace.move(each, "Succeeded")
        counts = [{"Outcome": [0, 1], "Count": 333}]
        app.workspace.outputs[each] = json.dumps({"Results": [{"Histogram": counts}]}).encode()
    collecting = with_progress(moved.moved_to(Phase.COLLECTING, NOW))
    outcome = await call(collect_result, CollectResult(collecting))
    result = json.loads(app.blobs.contents[f"results/{JOB_ID}/result.json"])
    app.workspace.outputs[IDS[2]] = b" " * (MAX_READ_BYTES + 1)
    await call(collect_result, CollectResult(collecting))
    large = json.loads(app.blobs.contents[f"results/{JOB_ID}/result.json"])

    assert isinstance(outcome, Collected)
    assert (result["counts"], len(result["fromParts"])) == ({"01": 999}, 3)
    assert {f"results/{JOB_ID}/{name}" for name in ("raw", "raw-2", "raw-3")} <= set(app.blobs.contents)
    assert large["counts"] is None
