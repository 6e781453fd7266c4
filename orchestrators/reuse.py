"""An order that may reuse a result: its job waits for an equal one that is on its way, and takes that one's result."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from orchestrators.messages import FirstRuns, ResultReused
from orchestrators.places import wait_to_ask_again
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job


def follow_equal_job(
    context: Any, job: Job, before: Job, outcome: ResultReused | FirstRuns
) -> Generator[Any, Any, Job]:
    """End the job with the result of the equal one; or wait until that has ended, then ask again, as it was before."""
    if isinstance(outcome, FirstRuns):
        joined = replace(before, progress=job.progress, waits_for=outcome.first)
        return (yield from wait_to_ask_again(context, joined, outcome.pause_seconds, "result"))
    ended = job.moved_to(Phase.SUCCEEDED, context.current_utc_datetime)
    warnings = (*job.warnings, *outcome.warnings)
    return replace(ended, result=outcome.result, reused_from=outcome.source, waits_for=None, warnings=warnings)
