"""The running half of the Durable engine: takes turns, runs activities, rings timers.

The decisions are in `engine`, the writes in `records`; no work starts before it is recorded.
"""

import asyncio
import itertools
import uuid
from collections import defaultdict
from datetime import datetime
from functools import partial

from functions_host.clock import Alarm, Clock
from functions_host.journal import Journal

from . import records
from .app_functions import AppFunctions, DurableSettings, Invoker
from .batching import CONTROL, Batch, take
from .engine import Turn, close_turn, open_turn
from .execution import Execution
from .history import EventType, event, moment, to_text
from .lane import Age, Lane
from .live import Live, LiveInstances
from .records import Closing, Message, NewInstance, Parent, TurnRecord
from .withholding import Withholding

STOP_GRACE_SECONDS = 5.0


class Dispatcher:
    """Gives each message of each instance its turn, and each recorded piece of work its run."""

    def __init__(self, worker: Invoker, journal: Journal, clock: Clock, settings: DurableSettings) -> None:
        self.functions = AppFunctions(worker)
        self._version_of = settings.version
        self.withholding = Withholding(settings.withholds_turns_of_every)
        self._journal = journal
        self._clock = clock
        self._live = LiveInstances(journal)
        self._turns = Lane(settings.max_concurrent_orchestrators, clock.busy)
        self._work = Lane(settings.max_concurrent_activities, clock.busy)
        self._alarms: dict[str, dict[int, Alarm]] = defaultdict(dict)
        self._watchers: dict[str, list[asyncio.Future[None]]] = defaultdict(list)
        last: int = journal.rows("SELECT coalesce(max(number), 0) AS last FROM inbox")[0]["last"]
        self._numbers = itertools.count(last + 1)

    def start(self) -> None:
        """Take up timers, activities without an outcome, and messages without a turn."""
        rows = self._journal.rows
        for row in rows("SELECT * FROM timers"):
            self._set_alarm(row["instance_id"], row["execution_id"], row["task_id"], moment(row["fire_at"]))
        for row in rows("SELECT * FROM work"):
            self._put_work(self._live.age(row["instance_id"]), *row)
        for row in rows("SELECT DISTINCT instance_id FROM inbox"):
            self.queue_if_live(row["instance_id"])

    async def stop(self) -> None:
        """Stop the timers, and give running work a moment to end."""
        for alarms in self._alarms.values():
            for alarm in alarms.values():
                alarm.cancel()
        self._alarms.clear()
        await self._work.close(STOP_GRACE_SECONDS)
        await self._turns.close(STOP_GRACE_SECONDS)

    @property
    def backlog(self) -> int:
        """The number of activities that wait for a place."""
        return self._work.waiting

    def next_number(self) -> int:
        """Return the next number in the order of all messages."""
        return next(self._numbers)

    def live(self, instance_id: str) -> Live | None:
        """Return a running instance."""
        return self._live.get(instance_id)

    async def change_of(self, instance_id: str) -> None:
        """Wait for the next recorded turn of an instance."""
        changed = asyncio.get_running_loop().create_future()
        self._watchers[instance_id].append(changed)
        try:
            await changed
        finally:
            self._forget_watcher(instance_id, changed)

    def _forget_watcher(self, instance_id: str, watcher: "asyncio.Future[None]") -> None:
        watchers = self._watchers.get(instance_id, [])
        if watcher in watchers:
            watchers.remove(watcher)
        if not watchers:
            self._watchers.pop(instance_id, None)

    def deliver(self, live: Live, message: Message) -> None:
        """Put a message into the inbox in memory, after it was posted to the journal."""
        live.inbox[message.number] = message.event
        self._queue(live)

    def queue_if_live(self, instance_id: str) -> None:
        """Schedule a turn of an instance that is running."""
        if (live := self._live.get(instance_id)) is not None:
            self._queue(live)

    def release(self) -> None:
        """Run the turns that were withheld."""
        for instance_id in self.withholding.end():
            self.queue_if_live(instance_id)

    def _queue(self, live: Live) -> None:
        if not live.queued and not self.withholding.holds(live.instance_id):
            live.queued = True
            self._turns.put(partial(self._take_turn, live), live.age)

    async def _take_turn(self, live: Live) -> None:
        batch = take(live.execution, live.inbox)
        try:
            if batch.taken:
                await self._run_turn(live, batch)
            elif batch.dropped:
                self._journal.post(partial(records.drop_messages, numbers=batch.dropped))
        except BaseException:
            # Its memory may be ahead of the journal now; the next message loads it anew.
            self._live.forget(live)
            raise
        for number in batch.taken + batch.dropped:
            live.inbox.pop(number, None)
        live.queued = False
        if live.inbox and take(live.execution, live.inbox) != Batch((), ()):
            self._queue(live)

    async def _run_turn(self, live: Live, batch: Batch) -> None:
        turn = open_turn(live.execution, [live.inbox[number] for number in batch.taken], self._clock.now())
        texts = [to_text(item) for item in turn.events]
        answer = None
        if turn.wakes_code:
            answer = await self.functions.orchestrate(live.execution.name, live.context(texts))
        close_turn(live.execution, turn, answer, self.functions.catalogue)
        texts += [to_text(item) for item in turn.events[len(texts) :]]
        record = self._record(live, turn, batch, tuple(texts))
        recorded = self._journal.post(partial(records.commit_turn, record=record))
        if record.closing is not None:
            self._tell_parent(record.closing)
        refused = await recorded
        live.keep(texts)
        self._follow_up(live, record)
        for message in refused:
            self.deliver(live, message)
        self._tell_watchers(live.instance_id)

    def _record(self, live: Live, turn: Turn, batch: Batch, texts: tuple[str, ...]) -> TurnRecord:
        closing = self._closing(live, turn)
        consumed = batch.taken + batch.dropped
        if closing is not None and closing.restart is not None:
            consumed += _of_this_execution(live)
        return TurnRecord(
            live.instance_id,
            live.execution.execution_id,
            turn,
            live.stored,
            texts,
            consumed,
            tuple(self._child(live, turn, task_id) for task_id in turn.children),
            closing,
            "Suspended" if live.execution.suspended else "Running",
        )

    def _child(self, live: Live, turn: Turn, task_id: int) -> NewInstance:
        call = turn.children[task_id]
        return NewInstance(
            call.instance_id or "",
            uuid.uuid4().hex,
            call.name,
            None if call.input is None else to_text(call.input),
            turn.at,
            self.next_number(),
            self._version_of(call.version),
            Parent(live.instance_id, live.execution.execution_id, task_id),
        )

    def _closing(self, live: Live, turn: Turn) -> Closing | None:
        ending = turn.ending
        if ending is None:
            return None
        if ending.status == "ContinuedAsNew":
            text = None if ending.output is None else to_text(ending.output)
            execution, number = uuid.uuid4().hex, self.next_number()
            restart = NewInstance(live.instance_id, execution, live.execution.name, text, turn.at, number, live.version)
            return Closing("Running", None, restart)
        to_parent = None
        if live.parent is not None:
            outcome = ending.for_parent(live.parent.task_id, turn.at)
            to_parent = Message(self.next_number(), live.parent.instance_id, outcome)
        return Closing(ending.status, ending.output, None, to_parent, live.parent)

    # What follows from a recorded turn

    def _follow_up(self, live: Live, record: TurnRecord) -> None:
        turn = record.turn
        for task_id, call in turn.activities.items():
            self._put_work(live.age, live.instance_id, record.execution_id, task_id, call.name, call.input)
        for child in record.children:
            self.queue_if_live(child.instance_id)
        for task_id in turn.cancelled:
            self._cancel_alarm(live.instance_id, task_id)
        if record.closing is None:
            for task_id, fire_at in turn.timers.items():
                self._set_alarm(live.instance_id, record.execution_id, task_id, fire_at)
            return
        for task_id in tuple(self._alarms.get(live.instance_id, ())):
            self._cancel_alarm(live.instance_id, task_id)
        if record.closing.restart is not None:
            self._restart(live, record.closing.restart)
        else:
            live.inbox.clear()
            self._live.forget(live)

    def _restart(self, live: Live, new: NewInstance) -> None:
        for number in _of_this_execution(live):
            del live.inbox[number]
        live.execution = Execution(new.execution_id, new.name)
        live.input, live.played, live.stored = new.input, [], 0
        live.inbox[new.number] = records.started(new)

    def _tell_parent(self, closing: Closing) -> None:
        if closing.parent is None or closing.to_parent is None:
            return
        parent = self._live.get(closing.parent.instance_id)
        if parent is not None and parent.execution.execution_id == closing.parent.execution_id:
            self.deliver(parent, closing.to_parent)

    def _tell_watchers(self, instance_id: str) -> None:
        for watcher in self._watchers.pop(instance_id, ()):
            if not watcher.done():
                watcher.set_result(None)

    # Timers and activities

    def _set_alarm(self, instance_id: str, execution_id: str, task_id: int, fire_at: datetime) -> None:
        ring = partial(self._ring, instance_id, execution_id, task_id)
        self._alarms[instance_id][task_id] = self._clock.call_at(fire_at, ring)

    def _cancel_alarm(self, instance_id: str, task_id: int) -> None:
        alarms = self._alarms.get(instance_id, {})
        if (alarm := alarms.pop(task_id, None)) is not None:
            alarm.cancel()
        if not alarms:
            self._alarms.pop(instance_id, None)

    def _ring(self, instance_id: str, execution_id: str, task_id: int) -> None:
        self._cancel_alarm(instance_id, task_id)
        live = self._live.get(instance_id)
        if live is not None and live.execution.execution_id == execution_id:
            # Not recorded as a message: the timer's row stays until the turn that consumes it is recorded.
            fired = event(EventType.TIMER_FIRED, self._clock.now(), TimerId=task_id)
            self.deliver(live, Message(self.next_number(), instance_id, fired))

    def _put_work(
        self, age: Age, instance_id: str, execution_id: str, task_id: int, name: str, text: str | None
    ) -> None:
        self._work.put(partial(self._run_activity, instance_id, execution_id, task_id, name, text), age)

    async def _run_activity(
        self, instance_id: str, execution_id: str, task_id: int, name: str, text: str | None
    ) -> None:
        kind, fields = await self.functions.act(name, "null" if text is None else text)
        outcome = event(kind, self._clock.now(), TaskScheduledId=task_id, **fields)
        message = Message(self.next_number(), instance_id, outcome)
        live = self._live.get(instance_id)
        self._journal.post(partial(records.finish_work, execution_id=execution_id, task_id=task_id, message=message))
        if live is not None and live.execution.execution_id == execution_id:
            # Without waiting for the disk: the turn that takes it is recorded after it, or not at all.
            self.deliver(live, message)


def _of_this_execution(live: Live) -> tuple[int, ...]:
    """Return the messages that must not reach the next execution, whose task ids begin at 0 again."""
    surviving = {EventType.EVENT_RAISED, EventType.EXECUTION_TERMINATED, *CONTROL}
    return tuple(number for number, message in live.inbox.items() if message["EventType"] not in surviving)
