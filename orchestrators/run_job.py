"""The process of one job: stage the input, submit, wait until it has ended, collect the result, announce it."""

from collections.abc import Generator
from typing import Any

from orchestrators import steps
from orchestrators.approval import wait_for_approval
from quantum.jobs.model import Job


def run_job(context: Any) -> Generator[Any, Any, dict[str, Any] | None]:
    """Run a job to its end. The input is the job as it was accepted, or as a former round carried it over.

    Every step passes over a job that is beyond it, so that a round can begin anywhere.
    """
    job = Job.from_wire(context.get_input())
    try:
        while not steps.has_ended_remotely(job):  # a second round is the next target, or an approval
            job = yield from wait_for_approval(context, job)
            job = yield from steps.stage_input(context, job)
            job = yield from steps.submit_job(context, job)
            job = yield from steps.wait_until_final(context, job)
        job = yield from steps.collect_result(context, job)
        yield from steps.close_session(context, job)
        return (yield from steps.announce(context, job))
    except steps.CarryOver as carried:  # the history is long enough: begin a fresh one
        context.continue_as_new(carried.job.to_wire())
        return None
