"""The wait for a place: how many jobs are staged and submitted at the same time is limited (`quantum.jobs.places`)."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from orchestrators.custom_status import set_status
from orchestrators.messages import NoPlace
from orchestrators.retries import CarryOver
from quantum.jobs.ids import WAKE
from quantum.jobs.model import Job


def wait_for_place(context: Any, job: Job, outcome: NoPlace) -> Generator[Any, Any, Job]:
    """Wait for a place, then ask again."""
    return (yield from wait_to_ask_again(context, job, outcome.pause_seconds, "place"))


def wait_to_ask_again(context: Any, job: Job, seconds: float, waits_for: str) -> Generator[Any, Any, Job]:
    """Wait until the job is woken or its pause ends, then begin a new round: it asks again, and no history grows.

    The wake-up may be lost, and then the timer is the truth. A deadline ends the wait, and so does a cancellation,
    whose request wakes the job.
    """
    moment = context.current_utc_datetime
    until = moment + timedelta(seconds=seconds)
    if job.deadline_at and moment < job.deadline_at:
        until = min(until, job.deadline_at)
    set_status(context, job, until, waits_for=waits_for)
    wake, timer = context.wait_for_external_event(WAKE), context.create_timer(until)
    yield context.task_any([wake, timer])
    if not timer.is_completed:
        timer.cancel()
    raise CarryOver(job)
