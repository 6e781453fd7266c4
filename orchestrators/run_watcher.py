"""The process of a workspace's watcher, which exists only while many jobs wait there: look at all of them, and pause.

There is one instance for each workspace (`quantum.jobs.ids.watcher_id`). Nothing depends on it: each job has a timer of
its own, so a watcher may be killed, doubled or late.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, assert_never

from orchestrators import cadence
from orchestrators.messages import AnyFailure, Busy, Failed, Overtaken
from orchestrators.retries import attempt
from orchestrators.watcher_messages import Watched, WatcherState, WatchWorkspace
from quantum.jobs.ids import NEXT_LOOK, WAKE
from quantum.wire import codec

ROUNDS_PER_HISTORY = 20  # a replay must begin its histories where the engine did, so this number must not change
LEAST_RETRY_SECONDS = 5.0
GIVES_UP_AFTER = timedelta(hours=1)  # its jobs look for themselves meanwhile; housekeeping starts it again


def run_watcher(context: Any) -> Generator[Any, Any, dict[str, Any] | None]:
    """Watch a workspace until few jobs wait; an event ends a pause."""
    state = WatcherState.from_wire(context.get_input())
    wake = context.wait_for_external_event(WAKE)
    for _ in range(ROUNDS_PER_HISTORY):
        outcome = yield from attempt(context, WatchWorkspace(state.workspace, state.may_end))
        moment = context.current_utc_datetime
        state = _after(state, outcome, moment)
        if _is_over(state, outcome, moment):
            return {"workspace": state.workspace, "rounds": state.rounds}
        woken = yield from _pause(context, moment + _length(state, outcome, moment), wake)
        if woken:
            break  # an event completes each task that waits for it, so that a new history begins with a new one
    context.continue_as_new(state.to_wire())
    return None


def _after(state: WatcherState, outcome: Watched | AnyFailure | Overtaken, moment: datetime) -> WatcherState:
    match outcome:
        case Watched():
            return state.after_round(may_end=outcome.may_end)
        case Failed() | Overtaken():
            return state.after_failure(codec.timestamp(moment))
        case _:
            assert_never(outcome)


def _is_over(state: WatcherState, outcome: Watched | AnyFailure | Overtaken, moment: datetime) -> bool:
    if isinstance(outcome, Watched):
        return outcome.has_ended
    return moment - codec.moment(state.failing_since or codec.timestamp(moment)) >= GIVES_UP_AFTER


def _length(state: WatcherState, outcome: Watched | AnyFailure | Overtaken, moment: datetime) -> timedelta:
    """Choose the pause after a round; a failure is followed by one that grows and honours Retry-After."""
    seed = f"{state.workspace}:{state.rounds}"
    if isinstance(outcome, Watched):
        return timedelta(seconds=outcome.pause_seconds * (1 + cadence.SPREAD * cadence.spread(seed)))
    failing = moment - codec.moment(state.failing_since or codec.timestamp(moment))
    least = outcome.retry_after_seconds if isinstance(outcome, Busy) else LEAST_RETRY_SECONDS
    return cadence.backoff(failing, seed, least=least)


def _pause(context: Any, until: datetime, wake: Any) -> Generator[Any, Any, bool]:
    context.set_custom_status({NEXT_LOOK: codec.timestamp(until)})
    timer = context.create_timer(until)
    yield context.task_any([wake, timer])
    if wake.is_completed and not timer.is_completed:
        timer.cancel()
    return bool(wake.is_completed)
