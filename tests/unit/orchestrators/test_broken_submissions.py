"""A divided job whose submission keeps failing: what exists of it is watched to its end, never left alone."""

from dataclasses import replace

import pytest

from orchestrators.messages import Broken, JobChecked, LockedOut, Refused
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job, Part
from quantum.jobs.parts import account_of, parts_of
from quantum.wire import codec
from tests.support.builders import NOW, a_check, a_job, an_order, with_progress
from tests.support.fakes.durable import Run

BOOM = Broken(Failure("InternalError", "boom"))
LOCKED = LockedOut(Failure("WorkspaceUnauthorized", "check it"))


def a_divided_job() -> Job:
    """A job of three parts."""
    return a_job(an_order(fallback_targets=()), shots_at_once={"ionq.simulator": 400})


def parts(*statuses: str | None) -> list[Part]:
    """Return the parts of the job in these states; None: the workspace does not have it."""
    pairs = zip(parts_of(a_divided_job()), statuses, strict=True)
    return [
        replace(part, status=status) if status else replace(part, status="Failed", error=BOOM.error, is_remote=False)
        for part, status in pairs
    ]


def a_look(*statuses: str | None) -> JobChecked:
    """What a check reads of the parts."""
    return replace(a_check("Waiting"), account=account_of(parts(*statuses), "ionq"))


def test_a_submission_that_keeps_breaking_is_followed_by_a_look_at_its_parts(run: Run) -> None:
    """Some exist: the job waits until they have ended, fails for the error, and shows each part."""
    looks = [a_look("Waiting", None, None), a_look("Cancelled", None, None)]
    context, job = run(a_divided_job(), submit_job=[BOOM] * 100, check_job=looks)

    assert (job.phase, job.error) == (Phase.FAILED, Failure("InternalError", "Part 2 of 3: boom"))
    assert [part.status for part in job.remote.parts or ()] == ["Cancelled", "Failed", "Failed"]
    first = context.called("check_job")[0]
    assert [(part.status, part.error) for part in first.parts] == [(None, BOOM.error)] * 3


def test_a_job_whose_parts_all_exist_goes_on(run: Run) -> None:
    """Only replies were lost."""
    looks = [a_look("Waiting", "Executing", "Waiting"), a_look("Succeeded", "Succeeded", "Succeeded")]
    _, job = run(a_divided_job(), submit_job=[BOOM] * 100, check_job=looks)

    assert (job.phase, job.error) == (Phase.SUCCEEDED, None)
    assert job.remote.since is not None


@pytest.mark.parametrize(
    ("failure", "phase"),
    [(BOOM, Phase.FAILED), (Refused(Failure("Refused", "no")), Phase.REJECTED), (LOCKED, Phase.REJECTED)],
)
def test_without_any_part_the_failure_stands(run: Run, failure: Broken, phase: Phase) -> None:
    """The job ends as any that was not submitted."""
    _, job = run(a_divided_job(), submit_job=[failure] * 100, check_job=[a_look(None, None, None)])

    assert (job.phase, job.error, job.remote.parts, job.remote.since) == (phase, failure.error, None, None)


def test_the_look_at_the_parts_is_repeated_for_days(run: Run) -> None:
    """Unexpected exceptions of the check do not end it after a quarter of an hour either."""
    looks = [BOOM] * 20 + [a_look("Succeeded", "Succeeded", "Succeeded")]
    context, job = run(a_divided_job(), submit_job=[BOOM] * 100, check_job=looks)

    assert job.phase is Phase.SUCCEEDED
    assert len(context.called("check_job")) == 21


def test_a_look_that_never_succeeds_ends_the_job_with_its_first_failure(run: Run) -> None:
    """After a week."""
    _, job = run(a_divided_job(), submit_job=[BOOM] * 100, check_job=[LOCKED] * 2000)

    assert (job.phase, job.error) == (Phase.FAILED, BOOM.error)
    assert codec.moment(job.history[-1]["at"]) - NOW > codec.duration("P7D")


def test_a_job_that_is_taken_up_again_and_cannot_be_staged_is_looked_for(run: Run) -> None:
    """Its former process may have submitted parts."""
    taken_up = with_progress(a_divided_job(), may_be_submitted=True)
    looks = [a_look("Succeeded", "Succeeded", "Succeeded")]
    context, job = run(taken_up, stage_input=[BOOM] * 100, check_job=looks)

    assert (job.phase, len(context.called("submit_job"))) == (Phase.SUCCEEDED, 0)


def test_a_job_that_is_not_divided_ends_as_before(run: Run) -> None:
    """Without a look."""
    context, job = run(a_job(), submit_job=[BOOM] * 100)

    assert (job.phase, context.called("check_job")) == (Phase.FAILED, [])
