"""Random orchestrations return the reference's outcomes, in any order of completion, with duplicates, and together."""

import itertools
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions_host.durable.actions import Answer, read_answer, read_failure
from functions_host.durable.batching import take
from functions_host.durable.engine import Ending, Turn, close_turn, open_turn
from functions_host.durable.execution import Execution
from functions_host.durable.history import Event, EventType, event, to_text
from functions_host.durable.live import Live
from functions_host.durable.records import Parent
from functions_host.worker import Failed, Json
from host_support.random_programs import Step, StepFailedError, events_in, expected, interpret, number_all, programs
from host_support.sdk_app import SdkApp

# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")

EXAMPLES = 400 if "CI" in os.environ else 100
START = datetime(2026, 11, 1, tzinfo=UTC)
APP = SdkApp({"interpret": interpret}, {"work": lambda step: step})


@dataclass(frozen=True)
class Message:
    """A message to an execution; an external event is for any execution of the instance."""

    instance_id: str
    execution_id: str | None
    event: Event


@dataclass
class Instance:
    """An instance with the record of its current execution."""

    live: Live
    history: list[Event] = field(default_factory=list)
    ending: Ending | None = None


@dataclass
class World:
    """A task hub without time, threads or disk, in which everything ends in the order that chance chooses."""

    chance: Random
    instances: dict[str, Instance] = field(default_factory=dict)
    pending: list[Message] = field(default_factory=list)
    attempts: Counter[tuple[str, int]] = field(default_factory=Counter)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def start(self, instance_id: str, start_input: str, parent: Parent | None = None) -> None:
        """Begin an instance, and raise every event that it will ever wait for, sooner or later."""
        live = Live(instance_id, Execution(self._fresh(), "interpret"), None, start_input, parent)
        self.instances[instance_id] = Instance(live)
        self._post_start(live)
        for program in json.loads(json.loads(start_input))["rounds"]:
            for name in events_in(program):
                raised = event(EventType.EVENT_RAISED, START, Name=name.upper(), Input=to_text({"heard": name}))
                self.pending.append(Message(instance_id, None, raised))

    def run(self) -> None:
        """Deliver what is pending, some at a time, until nothing is."""
        while self.pending:
            self.chance.shuffle(self.pending)
            together = self.chance.randint(1, 6)
            delivered, self.pending = self.pending[:together], self.pending[together:]
            for message in delivered:
                self._deliver(message)
            for instance_id in {message.instance_id: None for message in delivered}:
                self._take_turns(self.instances[instance_id])

    def _deliver(self, message: Message) -> None:
        live = self.instances[message.instance_id].live
        if message.execution_id not in {None, live.execution.execution_id}:
            return
        # A duplicate counts once; only an external event that is raised twice happened twice.
        copies = 1 if message.execution_id is None else self.chance.choice((1, 1, 1, 2))
        for _ in range(copies):
            live.inbox[next(self.numbers)] = message.event

    def _take_turns(self, instance: Instance) -> None:
        live = instance.live
        while instance.ending is None:
            batch = take(live.execution, live.inbox)
            messages = [live.inbox[number] for number in batch.taken]
            for number in batch.taken + batch.dropped:
                del live.inbox[number]
            if not messages:
                return
            turn = open_turn(live.execution, messages, START)
            texts = [to_text(item) for item in turn.events]
            close_turn(live.execution, turn, self._ask(live, texts) if turn.wakes_code else None, APP.catalogue)
            self._record(instance, turn)

    def _ask(self, live: Live, texts: Sequence[str]) -> Answer:
        match APP.answer("interpret", live.context(texts)):
            case Failed(message, stack_trace):
                return read_failure(message, stack_trace)
            case completed:
                assert isinstance(completed.return_value, Json)
                return read_answer(completed.return_value.text)

    def _record(self, instance: Instance, turn: Turn) -> None:
        live, execution = instance.live, instance.live.execution
        instance.history += turn.events
        live.keep([to_text(item) for item in turn.events])
        assert Execution.replayed(execution.execution_id, execution.name, instance.history) == execution
        if turn.ending is not None:
            self._end(instance, turn.ending)
            return
        for task_id, activity in turn.activities.items():
            self._post(live, self._worked(live, task_id, json.loads(activity.input or "")))
        for task_id in turn.timers:
            self._post(live, event(EventType.TIMER_FIRED, START, TimerId=task_id))
        for task_id, child in turn.children.items():
            assert child.instance_id
            assert child.input
            parent = Parent(live.instance_id, execution.execution_id, task_id)
            self.start(child.instance_id, to_text(child.input), parent)

    def _end(self, instance: Instance, ending: Ending) -> None:
        live = instance.live
        if ending.status == "ContinuedAsNew":
            execution, live.input, live.played = Execution(self._fresh(), "interpret"), to_text(ending.output), []
            live.inbox = {n: m for n, m in live.inbox.items() if m["EventType"] == EventType.EVENT_RAISED}
            live.execution, instance.history = execution, []
            self._post_start(live)
            return
        instance.ending = ending
        if (parent := live.parent) is not None:
            outcome = ending.for_parent(parent.task_id, START)
            self.pending.append(Message(parent.instance_id, parent.execution_id, outcome))

    def _post_start(self, live: Live) -> None:
        self._post(live, event(EventType.EXECUTION_STARTED, START, Name="interpret", Input=live.input, Version=None))

    def _post(self, live: Live, item: Event) -> None:
        self.pending.append(Message(live.instance_id, live.execution.execution_id, item))

    def _worked(self, live: Live, task_id: int, step: Step) -> Event:
        key = (live.instance_id, step["number"])
        self.attempts[key] += 1
        if self.attempts[key] <= step["failures"]:
            return event(EventType.TASK_FAILED, START, TaskScheduledId=task_id, Reason="stumbled", Details="")
        done = to_text({"did": step["number"]})
        return event(EventType.TASK_COMPLETED, START, TaskScheduledId=task_id, Result=done)

    def _fresh(self) -> str:
        return f"execution {next(self.numbers)}"


@settings(deadline=None, max_examples=EXAMPLES)
@given(rounds=st.lists(programs(2), min_size=1, max_size=3), chance=st.randoms(use_true_random=False))
def test_an_orchestration_gives_what_its_program_says(rounds: list[list[Step]], chance: Random) -> None:
    """Sequences, fan-out, races, exceptions, retries, children, events and continue-as-new, in any nesting."""
    program = number_all(rounds)
    world = World(chance)

    world.start("root", to_text(to_text({"rounds": program, "results": []})))
    world.run()

    assert outcome_of(world.instances["root"]) == reference(program)


def outcome_of(instance: Instance) -> Any:
    """Return how an instance ended."""
    assert instance.ending is not None, "nothing is pending, and it has not ended"
    if instance.ending.status == "Completed":
        return json.loads(instance.ending.output or "")
    return instance.ending.status if "stumbled" in instance.ending.reason else instance.ending.reason


def reference(rounds: list[list[Step]]) -> Any:
    """Predict how it must end."""
    try:
        return expected(rounds)
    except StepFailedError:
        return "Failed"
