"""The process of a batch: advance its members, wait until some have ended, and again, until all have; then finish it.

The members are jobs with orchestrations of their own, and the state of the batch is one row: the history of a round
holds an id, and each round begins a new one.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from orchestrators import cadence
from orchestrators.batch_messages import AdvanceBatch, BatchAdvanced, BatchFinished, FinishBatch
from orchestrators.messages import Busy
from orchestrators.retries import attempt
from quantum.jobs.ids import NEXT_LOOK, WAKE
from quantum.wire import codec

FIRST_SECONDS, LONGEST_SECONDS = 5.0, 300.0
GATHER_SECONDS = 1.0  # members that end together wake the batch once (`quantum.service.batches`)


def run_batch(context: Any) -> Generator[Any, Any, dict[str, Any] | None]:
    """Run a batch to its end. The input is its id, and for how many rounds nothing has changed."""
    carried = context.get_input()
    batch_id, idle = carried["id"], carried.get("idle", 0)
    outcome = yield from attempt(context, AdvanceBatch(batch_id))
    if isinstance(outcome, BatchAdvanced) and outcome.has_ended:
        end = yield from attempt(context, FinishBatch(batch_id))
        if isinstance(end, BatchFinished) and end.phase:
            return {"phase": end.phase}
    idle = 0 if isinstance(outcome, BatchAdvanced) and outcome.has_moved else idle + 1
    yield from pause(context, idle, outcome.retry_after_seconds if isinstance(outcome, Busy) else 0.0)
    context.continue_as_new({"id": batch_id, "idle": idle})
    return None


def pause(context: Any, idle: int, least: float) -> Generator[Any, Any]:
    """Wait until a member has ended, which is a hint, or until a time that grows while nothing changes."""
    seconds = min(FIRST_SECONDS * 2 ** min(idle, 10), LONGEST_SECONDS)
    jitter = 1 + cadence.SPREAD * cadence.spread(f"{context.instance_id}:{idle}")
    until = context.current_utc_datetime + timedelta(seconds=max(seconds, least) * jitter)
    context.set_custom_status({NEXT_LOOK: codec.timestamp(until)})
    wake, timer = context.wait_for_external_event(WAKE), context.create_timer(until)
    yield context.task_any([wake, timer])
    if not timer.is_completed:
        timer.cancel()
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=GATHER_SECONDS))
