"""The engine and the SDK stay in step, in any order of completion."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.durable_functions import RetryOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from functions_host.durable.actions import Answer, read_answer, read_failure
from functions_host.durable.batching import take
from functions_host.durable.engine import Turn, close_turn, open_turn
from functions_host.durable.execution import Execution
from functions_host.durable.history import Event, EventType, event, to_text
from functions_host.durable.live import Live
from functions_host.worker import Failed, Json
from host_support.sdk_app import Context, SdkApp, Steps

# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")

START = datetime(2026, 11, 1, tzinfo=UTC)


def juggle(context: Context) -> Steps:
    """Keep all chains of calls going at once; each call follows the one before it in its chain."""
    chains = context.get_input()
    results: list[list[Any]] = [[] for _ in chains]
    under_way = {number: call(context, number, chain[0]) for number, chain in enumerate(chains)}
    while under_way:
        done = yield context.task_any(list(under_way.values()))
        number = next(number for number, task in under_way.items() if task is done)
        results[number].append(value(done.result))
        following = len(results[number])
        if following < len(chains[number]):
            under_way[number] = call(context, number, chains[number][following])
        else:
            del under_way[number]
    return results


def value(result: Any) -> Any:
    """Make a task's result comparable: the SDK gives [None] for a timer that it had to split."""
    if isinstance(result, Exception):
        return "failed"
    return None if result == [None] else result


def call(context: Context, chain: int, step: dict[str, Any]) -> Any:
    """Start one step of a chain."""
    order = {"chain": chain, **step}
    match step["kind"]:
        case "activity":
            return context.call_activity("work", order)
        case "retried":
            return context.call_activity_with_retry("work", RetryOptions(1000, step["attempts"]), order)
        case "child":
            return context.call_sub_orchestrator("juggle", order)
        case "retried child":
            return context.call_sub_orchestrator_with_retry("juggle", RetryOptions(1000, step["attempts"]), order)
        case "event":
            return context.wait_for_external_event(f"Event {chain}")
        case _:
            return context.create_timer(context.current_utc_datetime + timedelta(days=step["days"]))


def outcome(step: dict[str, Any], chain: int) -> Any:
    """Predict a step's result."""
    match step["kind"]:
        case "timer":
            return None
        case "event":
            return {"event": chain}
        case kind:
            attempts = step["attempts"] if kind.startswith("retried") else 1
            return "failed" if step["failures"] >= attempts else {"chain": chain, **step}


APP = SdkApp({"juggle": juggle}, {"work": lambda order: order})
steps = st.one_of(
    st.fixed_dictionaries({"kind": st.just("activity"), "failures": st.integers(0, 1)}),
    st.fixed_dictionaries({"kind": st.just("child"), "failures": st.integers(0, 1)}),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["retried", "retried child"]),
            "attempts": st.integers(1, 3),
            "failures": st.integers(0, 3),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("timer"), "days": st.integers(0, 20)}),
    st.just({"kind": "event"}),
)


@dataclass
class World:
    """All that the host does around an instance, without time, threads or disk."""

    live: Live
    now: datetime = START
    pending: list[Event] = field(default_factory=list)
    history: list[Event] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    output: Any = None
    status: str = "Running"

    def take_turns(self) -> None:
        """Take turns until the inbox has nothing for the instance."""
        while (batch := take(self.live.execution, self.live.inbox)).taken and self.output is None:
            messages = [self.live.inbox.pop(number) for number in batch.taken]
            assert batch.dropped == ()
            turn = open_turn(self.live.execution, messages, self.now)
            texts = [to_text(item) for item in turn.events]
            answer = self.ask(texts) if turn.wakes_code else None
            close_turn(self.live.execution, turn, answer, APP.catalogue)
            self.live.keep([to_text(item) for item in turn.events])
            self.record(turn)

    def ask(self, texts: Iterable[str]) -> Answer:
        """Run the code."""
        match APP.answer("juggle", self.live.context(texts)):
            case Failed(message, stack_trace):
                return read_failure(message, stack_trace)
            case completed:
                assert isinstance(completed.return_value, Json)
                return read_answer(completed.return_value.text)

    def record(self, turn: Turn) -> None:
        """Keep the turn, start what it asks for, and compare the live state with the fold of the history."""
        self.history += turn.events
        execution = self.live.execution
        assert Execution.replayed(execution.execution_id, execution.name, self.history) == execution
        for task_id, activity in turn.activities.items():
            self.pending.append(self.finish(task_id, activity.input, "TASK"))
        for task_id, child in turn.children.items():
            self.pending.append(self.finish(task_id, child.input, "SUB_ORCHESTRATION"))
        for task_id in turn.timers:
            self.pending.append(event(EventType.TIMER_FIRED, self.now, TimerId=task_id))
        if turn.ending is not None:
            self.status, self.output = turn.ending.status, turn.ending.output

    def finish(self, task_id: int, text: str | None, kind: str) -> Event:
        """Fail a call as often as it asks to, by its input, then succeed."""
        order = json.loads(text or "null")
        key = to_text(order)
        if self.failures.setdefault(key, order["failures"]) > 0:
            self.failures[key] -= 1
            fields = {"TaskScheduledId": task_id, "Reason": "stumbled", "Details": ""}
            return event(EventType[f"{kind}_FAILED"], self.now, **fields)
        return event(EventType[f"{kind}_COMPLETED"], self.now, TaskScheduledId=task_id, Result=to_text(order))


@settings(deadline=None)
@given(
    chains=st.lists(st.lists(steps, min_size=1, max_size=4), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
    together=st.integers(1, 6),
)
def test_every_result_reaches_its_own_call(chains: list[list[dict[str, Any]]], order: Any, together: int) -> None:
    """Ids stay in step for chains with retries, children, events and long timers, alone or many in a turn."""
    numbers = itertools.count()
    chains = [[{**step, "number": next(numbers)} for step in chain] for chain in chains]
    execution = Execution("execution", "juggle")
    world = World(Live("instance", execution, None, to_text(to_text(chains)), None))
    begin = event(EventType.EXECUTION_STARTED, START, Name="juggle", Input=world.live.input, Version=None)
    world.live.inbox[next(numbers)] = begin
    for chain, steps_of_chain in enumerate(chains):
        for _ in [step for step in steps_of_chain if step["kind"] == "event"]:
            raised = event(EventType.EVENT_RAISED, START, Name=f"EVENT {chain}", Input=to_text({"event": chain}))
            world.pending.append(raised)

    world.take_turns()
    while world.pending and world.output is None:
        order.shuffle(world.pending)
        for message in [world.pending.pop() for _ in range(min(together, len(world.pending)))]:
            world.live.inbox[next(numbers)] = message
        world.take_turns()

    expected = [[outcome(step, number) for step in chain] for number, chain in enumerate(chains)]
    assert (world.status, json.loads(world.output or "null")) == ("Completed", expected)
