"""The end of a submission that kept failing: a divided job whose first parts exist is watched, not given up.

An order that is not divided calls none of this.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any, assert_never

from orchestrators.messages import AnyFailure, CheckJob, Failed, JobChecked
from orchestrators.retries import PATIENCE_ONCE_SUBMITTED, WEEK, perform
from quantum.jobs.model import Job
from quantum.jobs.parts import parts_of

PATIENCE = replace(PATIENCE_ONCE_SUBMITTED, broken=WEEK)  # what runs is not left alone for an unexpected exception


type Look = Generator[Any, Any, tuple[Job, JobChecked | AnyFailure]]


def look_for_parts(context: Any, job: Job, failure: AnyFailure) -> Look:
    """Read which parts exist: the check marks the others as failed with this error, and cancels those that run.

    Where all exist, only the reply to the last one was lost, and the job goes on. Where none does, the failure stands.
    """
    parts = tuple(replace(part, error=failure.error) for part in parts_of(job))
    assumed = replace(job, remote=replace(job.remote, parts=parts))
    checked, outcome = yield from perform(context, assumed, CheckJob.about, PATIENCE)
    without_parts = replace(checked, remote=job.remote)
    match outcome:
        case JobChecked() if any(part.is_remote is not False for part in outcome.account.parts or ()):
            return checked.submitted(None, context.current_utc_datetime), outcome
        case JobChecked() | Failed():
            return without_parts, failure
        case _:
            assert_never(outcome)
