"""Watches the activities from outside: each is a span in its order's trace, and what it did is counted and logged.

A step that is made twice is told twice: measures say what was done, not what was meant.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from quantum.jobs.errors import Outcome
from quantum.jobs.model import Job
from quantum.telemetry import names as told
from quantum.telemetry.names import Telemetry
from quantum.wire import codec as wire

LOCKED_OUT = "lockedOut"  # ends an order at once, unless the workspace may have its job
TRIED_AGAIN = frozenset({"busy", "unavailable", "missing", "broken", "unauthorized", LOCKED_OUT})

type Activity = Callable[[dict[str, Any]], Awaitable[Outcome]]


def observed(activity: Activity, telemetry: Callable[[], Telemetry]) -> Activity:
    """Give an activity a span; it sees the span's own trace context as its payload's `traceparent`."""
    name = activity.__name__

    @wraps(activity)
    async def run(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
        teller, facts = telemetry(), _facts(payload)
        with teller.span(name, payload.get("traceparent"), facts) as span:
            try:
                outcome = await activity(payload | {"traceparent": span.traceparent})
            except Exception:
                _tell(teller, name, payload, facts | {told.OUTCOME: "broken"})
                raise
            facts |= {told.OUTCOME: outcome["outcome"]}
            span.note(facts)
            _tell(teller, name, payload, facts)
            return outcome

    return run


def _facts(payload: dict[str, Any]) -> dict[str, str]:
    """What a payload says of its job: it is the job, or its `brief`."""
    if "order" in payload:
        return told.about(Job.from_wire(payload))
    return {told.JOB_ID: payload["id"], told.PHASE: payload["phase"], told.TARGET: payload["target"]}


def _tell(teller: Telemetry, name: str, payload: dict[str, Any], facts: dict[str, str]) -> None:
    outcome = facts[told.OUTCOME]
    if outcome in TRIED_AGAIN and (outcome != LOCKED_OUT or payload.get("mayBeSubmitted", True)):
        facts = facts | {told.ACTIVITY: name}
        teller.measure(told.RETRIES, 1, facts)
        told.tell(told.STEP_RETRIED, facts)
    elif outcome == "seen":
        teller.measure(told.POLLS, 1, facts)
    elif outcome == "recorded":
        teller.measure(told.PHASES, 1, facts)
        told.tell(told.JOB_MOVED, {key: facts[key] for key in (told.JOB_ID, told.PHASE, told.TARGET)})
    elif outcome == "sent":
        _tell_end(teller, Job.from_wire(payload), facts)


def _tell_end(teller: Telemetry, job: Job, facts: dict[str, str]) -> None:
    taken = wire.moment(job.history[-1]["at"]) - wire.moment(job.created_at)
    teller.measure(told.DURATION, taken.total_seconds(), facts)
    amount = (job.cost or {}).get("estimated")
    if isinstance(amount, int | float) and amount > 0:
        currency = str((job.cost or {}).get("currency") or "unknown")
        teller.measure(told.COST, amount, facts | {told.CURRENCY: currency})
