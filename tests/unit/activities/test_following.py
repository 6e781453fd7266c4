"""Checking, collecting, recording and announcing a job."""

import json

import pytest

from activities.check_job import check_job
from activities.collect_result import collect_result
from activities.record_progress import record_progress
from activities.send_answer import send_answer
from orchestrators.messages import (
    AnswerSent,
    CheckJob,
    Collected,
    CollectResult,
    JobChecked,
    Missing,
    Recorded,
    RecordProgress,
    SendAnswer,
    Unavailable,
)
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job, StoredResult
from quantum.results.normalise import MAX_READ_BYTES
from quantum.service.answers import MAX_INLINE_BYTES
from tests.support.builders import JOB_ID, App, a_job, a_remote_job, an_account
from tests.support.fakes.activities import call

AT = "2026-11-21T09:00:00.000Z"

OUTPUT = json.dumps({"Results": [{"Histogram": [{"Outcome": [0, 1], "Count": 4}]}]}).encode()
RESULT = f"results/{JOB_ID}/result.json"
LOOK = CheckJob.about(a_job())


@pytest.fixture
def job(app: App) -> Job:
    """A job that has succeeded in the workspace."""
    app.workspace.jobs[JOB_ID] = a_remote_job(status="Succeeded", cost={"currency": "USD", "estimated": 1.5})
    app.workspace.outputs[JOB_ID] = OUTPUT
    return a_job().moved_to(Phase.STAGING, app.clock).moved_to(Phase.COLLECTING, app.clock)


async def collected(job: Job) -> Collected:
    """Collect a result."""
    outcome = await call(collect_result, CollectResult(job))
    assert isinstance(outcome, Collected)
    return outcome


@pytest.mark.usefixtures("job")
async def test_a_look_tells_the_workspace_s_account(app: App) -> None:
    """Status, provider, cost and error, as they are."""
    app.workspace.move(JOB_ID, "Failed", error=Failure("Oops", "broke"))

    cost = {"currency": "USD", "estimated": 1.5}
    account = an_account("Failed", cost=cost, error=Failure("Oops", "broke"))
    assert await call(check_job, LOOK) == JobChecked(account, cancel_requested=False, at=AT)


async def test_a_look_tells_that_the_caller_wants_to_cancel(app: App, job: Job) -> None:
    """The flag in the index is the truth, the wake-up only a hint."""
    await app.index.claim(job, "")
    first = await call(check_job, LOOK)
    await app.index.request_cancel(JOB_ID, AT)
    second = await call(check_job, LOOK)

    assert isinstance(first, JobChecked)
    assert isinstance(second, JobChecked)
    assert (first.cancel_requested, second.cancel_requested) == (False, True)


@pytest.mark.usefixtures("app")
async def test_a_job_that_the_workspace_does_not_know_is_missing() -> None:
    """It may have been made a moment ago."""
    assert isinstance(await call(check_job, LOOK), Missing)


async def test_an_output_is_kept_raw_and_as_a_result(app: App, job: Job) -> None:
    """Collected twice, it is the same."""
    outcomes = [await call(collect_result, CollectResult(job)) for _ in range(2)]

    content = app.blobs.contents[RESULT]
    assert outcomes == [Collected(StoredResult(RESULT, len(content)))] * 2
    assert json.loads(content)["counts"] == {"01": 4}
    assert app.blobs.contents[f"results/{JOB_ID}/raw"] == OUTPUT


async def test_an_output_that_cannot_be_read_is_kept_with_a_warning(app: App, job: Job) -> None:
    """The job succeeded, and its output is there to be looked at."""
    app.workspace.outputs[JOB_ID] = b"?"

    outcome = await collected(job)

    assert "without counts" in outcome.warnings[0]
    assert app.blobs.contents[f"results/{JOB_ID}/raw"] == b"?"


async def test_a_very_large_output_is_copied_in_pieces(app: App, job: Job) -> None:
    """It is kept as it came."""
    app.workspace.outputs[JOB_ID] = b"x" * (MAX_READ_BYTES + 1)

    outcome = await collected(job)

    assert "without counts" in outcome.warnings[0]
    assert len(app.blobs.contents[f"results/{JOB_ID}/raw"]) == MAX_READ_BYTES + 1


async def test_an_output_of_no_bytes_is_kept_with_a_warning(app: App, job: Job) -> None:
    """The job succeeded; that it said nothing is what is told."""
    app.workspace.outputs[JOB_ID] = b""

    outcome = await collected(job)

    assert outcome.warnings == ("The output was kept as it came, without counts: the output is empty.",)
    assert app.blobs.contents[f"results/{JOB_ID}/raw"] == b""


async def test_an_output_that_is_not_there_is_missing(app: App, job: Job) -> None:
    """The orchestration waits a little, then says so."""
    app.workspace.outputs.clear()

    assert isinstance(await call(collect_result, CollectResult(job)), Missing)
    assert app.blobs.contents == {}


async def test_progress_is_written_over(app: App, job: Job) -> None:
    """The index has the last word, and keeps a wish to cancel."""
    await app.index.request_cancel(JOB_ID, AT)

    assert await call(record_progress, RecordProgress(job)) == Recorded()
    entry = await app.index.find(JOB_ID)
    assert entry is not None
    assert (entry.job.phase, entry.job.cancel_requested) == (Phase.COLLECTING, True)


async def test_an_answer_brings_a_small_result_along(app: App) -> None:
    """Sent again, it has the same id."""
    app.blobs.contents[RESULT] = b'{"counts": {"01": 4}}'
    done = a_job(result=StoredResult(RESULT, 21)).moved_to(Phase.FAILED, app.clock)

    assert [await call(send_answer, SendAnswer(done)) for _ in range(2)] == [AnswerSent()] * 2

    first, second = app.answers.sent
    assert first == second
    assert first["data"]["result"] == {"counts": {"01": 4}}


async def test_an_answer_points_at_a_large_result_without_reading_it(app: App) -> None:
    """It may be of any size."""
    done = a_job(result=StoredResult(RESULT, MAX_INLINE_BYTES + 1)).moved_to(Phase.FAILED, app.clock)

    assert await call(send_answer, SendAnswer(done)) == AnswerSent()
    assert app.answers.sent[0]["data"]["resultBlob"] == RESULT
    assert "result" not in app.answers.sent[0]["data"]


async def test_an_answer_that_could_not_be_sent_is_a_value(app: App) -> None:
    """It is tried again."""
    app.answers.failure = ServiceUnavailableError("down")

    ended = a_job().moved_to(Phase.FAILED, app.clock)
    assert isinstance(await call(send_answer, SendAnswer(ended)), Unavailable)


async def test_a_large_result_is_not_held_in_memory_for_the_answer(
    app: App, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer only points at it."""
    monkeypatch.setattr("activities.collect_result.MAX_INLINE_BYTES", 1)

    outcome = await collected(job)

    assert outcome.result.blob == RESULT
    assert app.core.services.recent.take(RESULT) is None
