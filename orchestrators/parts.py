"""The end of a submission that kept failing: a divided job whose first parts exist is watched, not given up.

An order that is not divided calls none of this.
"""

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import Any

from orchestrators.messages import AnyFailure, CheckJob, JobChecked
from orchestrators.retries import PATIENCE_ONCE_SUBMITTED, WEEK, perform
from quantum.jobs.model import Job
from quantum.jobs.parts import parts_of

PATIENCE = replace(PATIENCE_ONCE_SUBMITTED, broken=WEEK)  # what runs is not left alone for an unexpected exception

type Look = Generator[Any, Any, tuple[Job, JobChecked | None]]


def look_for_parts(context: Any, job: Job, failure: AnyFailure) -> Look:
    """Read which parts exist: the check marks the others as failed with this error, and cancels those that run.

    Where all exist, only the reply to the last one was lost, and the job goes on. Where none does, the failure stands.
    """
    job, outcome = yield from perform(context, job, partial(request_look, failure=failure), PATIENCE)
    if isinstance(outcome, JobChecked) and any(part.is_remote is not False for part in outcome.account.parts or ()):
        return job.submitted(None, context.current_utc_datetime), outcome
    return job, None


def request_look(job: Job, *, failure: AnyFailure) -> CheckJob:
    """Make the request for a look at parts of which none is known to exist."""
    parts = tuple(replace(part, error=failure.error) for part in parts_of(job))
    return CheckJob.about(replace(job, remote=replace(job.remote, parts=parts)))
