"""Every durable step of the task hub, one function each.

Each step is one transaction. Work that was not recorded as finished runs again (at least once); a turn that was
not recorded is taken again, from the same inbox.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from functions_host.crash_points import transaction

from .engine import Turn
from .history import Event, EventType, event, stamp, to_text

FINISHED = ("Completed", "Failed", "Terminated", "Canceled")


@dataclass(frozen=True)
class Parent:
    """The instance that waits for a sub-orchestration, and its task id there."""

    instance_id: str
    execution_id: str
    task_id: int


@dataclass(frozen=True)
class NewInstance:
    """A new instance; `input` is JSON text, `number` the place of its start message in the inbox."""

    instance_id: str
    execution_id: str
    name: str
    input: str | None
    at: datetime
    number: int
    version: str | None = None
    parent: Parent | None = None


@dataclass(frozen=True)
class Message:
    """An event in the inbox of an instance, at its place."""

    number: int
    instance_id: str
    event: Event


@dataclass(frozen=True)
class Closing:
    """The end of an execution: the next one, or the outcome for the parent."""

    status: str
    output: str | None
    restart: NewInstance | None = None
    to_parent: Message | None = None
    parent: Parent | None = None


@dataclass(frozen=True)
class TurnRecord:
    """A turn as it is recorded."""

    instance_id: str
    execution_id: str
    turn: Turn
    first_number: int
    texts: tuple[str, ...]
    consumed: tuple[int, ...]
    children: tuple[NewInstance, ...] = ()
    closing: Closing | None = None
    status: str = "Running"


@transaction
def create_instance(db: sqlite3.Connection, new: NewInstance) -> str | None:
    """Record a new instance and its start; where one of that id is running, change nothing and return its status."""
    row = db.execute("SELECT status FROM instances WHERE instance_id = ?", (new.instance_id,)).fetchone()
    if row is not None and row["status"] not in FINISHED:
        status: str = row["status"]
        return status
    forget_instance(db, new.instance_id)
    parent = new.parent or Parent("", "", -1)
    db.execute(
        "INSERT INTO instances VALUES (?, ?, ?, ?, 'Pending', ?, NULL, NULL, ?, ?, ?, ?, ?)",
        (
            new.instance_id, new.execution_id, new.name, new.version, new.input, stamp(new.at), stamp(new.at),
            parent.instance_id or None, parent.execution_id or None, parent.task_id if new.parent else None,
        ),
    )  # fmt: skip
    _put(db, Message(new.number, new.instance_id, started(new)))
    return None


def started(new: NewInstance) -> Event:
    """Build the event that begins an execution."""
    return event(EventType.EXECUTION_STARTED, new.at, Name=new.name, Input=new.input, Version=new.version)


@transaction
def add_message(db: sqlite3.Connection, message: Message) -> bool:
    """Put an external event into the inbox of an instance that has not ended."""
    running = db.execute("SELECT status FROM instances WHERE instance_id = ?", (message.instance_id,)).fetchone()
    if running is None or running["status"] in FINISHED:
        return False
    _put(db, message)
    return True


@transaction
def finish_work(db: sqlite3.Connection, execution_id: str, task_id: int, message: Message) -> None:
    """Replace a running activity by its outcome."""
    db.execute(
        "DELETE FROM work WHERE instance_id = ? AND execution_id = ? AND task_id = ?",
        (message.instance_id, execution_id, task_id),
    )
    _put_for_execution(db, execution_id, message)


@transaction
def drop_messages(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Delete stale messages from the inbox."""
    db.executemany("DELETE FROM inbox WHERE number = ?", [(number,) for number in numbers])


@transaction
def commit_turn(db: sqlite3.Connection, record: TurnRecord) -> list[Message]:
    """Record a turn with its consequences; return failures of children that could not start."""
    turn, key = record.turn, (record.instance_id, record.execution_id)
    drop_messages(db, record.consumed)
    db.executemany(
        "INSERT INTO history VALUES (?, ?, ?)",
        [(record.instance_id, record.first_number + i, text) for i, text in enumerate(record.texts)],
    )
    timers = [e["TimerId"] for e in turn.events if e["EventType"] == EventType.TIMER_FIRED] + turn.cancelled
    db.executemany(
        "DELETE FROM timers WHERE instance_id = ? AND execution_id = ? AND task_id = ?",
        [(*key, task_id) for task_id in timers],
    )
    db.executemany(
        "INSERT INTO work VALUES (?, ?, ?, ?, ?)",
        [(*key, task_id, call.name, call.input) for task_id, call in turn.activities.items()],
    )
    db.executemany(
        "INSERT INTO timers VALUES (?, ?, ?, ?)",
        [(*key, task_id, stamp(fire_at)) for task_id, fire_at in turn.timers.items()],
    )
    refused = list(_create_children(db, record))
    _update_instance(db, record)
    return refused


def _create_children(db: sqlite3.Connection, record: TurnRecord) -> Iterator[Message]:
    for child in record.children:
        status = create_instance(db, child)
        if status is None or child.parent is None or record.closing is not None:
            continue
        reason = f"An Orchestration instance with the status {status} already exists."
        failed = event(
            EventType.SUB_ORCHESTRATION_FAILED,
            child.at,
            TaskScheduledId=child.parent.task_id,
            Reason=reason,
            Details=child.instance_id,
        )
        message = Message(child.number, child.parent.instance_id, failed)
        _put(db, message)
        yield message


def _update_instance(db: sqlite3.Connection, record: TurnRecord) -> None:
    closing = record.closing
    db.execute(
        "UPDATE instances SET status = ?, output = ?, custom_status = coalesce(?, custom_status), "
        "updated_at = ? WHERE instance_id = ?",
        (
            closing.status if closing else record.status,
            closing.output if closing else None,
            record.turn.custom_status,
            stamp(record.turn.at),
            record.instance_id,
        ),
    )
    if closing is None:
        return
    db.execute("DELETE FROM timers WHERE instance_id = ?", (record.instance_id,))
    if closing.restart is not None:
        _restart(db, closing.restart)
        return
    db.execute("DELETE FROM inbox WHERE instance_id = ?", (record.instance_id,))
    if closing.to_parent is not None and closing.parent is not None:
        _put_for_execution(db, closing.parent.execution_id, closing.to_parent)


def _restart(db: sqlite3.Connection, new: NewInstance) -> None:
    db.execute("DELETE FROM history WHERE instance_id = ?", (new.instance_id,))
    db.execute(
        "UPDATE instances SET execution_id = ?, input = ? WHERE instance_id = ?",
        (new.execution_id, new.input, new.instance_id),
    )
    _put(db, Message(new.number, new.instance_id, started(new)))


@transaction
def purge_instances(db: sqlite3.Connection, instance_ids: Iterable[str]) -> int:
    """Delete those of these instances that have ended; return how many."""
    purged = 0
    for instance_id in instance_ids:
        row = db.execute("SELECT status FROM instances WHERE instance_id = ?", (instance_id,)).fetchone()
        if row is not None and row["status"] in FINISHED:
            forget_instance(db, instance_id)
            purged += 1
    return purged


def forget_instance(db: sqlite3.Connection, instance_id: str) -> None:
    """Delete all rows of an instance but its running activities, whose outcomes are dropped."""
    db.execute("DELETE FROM instances WHERE instance_id = ?", (instance_id,))
    db.execute("DELETE FROM history WHERE instance_id = ?", (instance_id,))
    db.execute("DELETE FROM inbox WHERE instance_id = ?", (instance_id,))
    db.execute("DELETE FROM timers WHERE instance_id = ?", (instance_id,))


def _put(db: sqlite3.Connection, message: Message) -> None:
    db.execute("INSERT INTO inbox VALUES (?, ?, ?)", (message.number, message.instance_id, to_text(message.event)))


def _put_for_execution(db: sqlite3.Connection, execution_id: str, message: Message) -> None:
    # The execution may have ended or continued as new meanwhile: then the outcome is dropped.
    row = db.execute(
        "SELECT execution_id, status FROM instances WHERE instance_id = ?", (message.instance_id,)
    ).fetchone()
    if row is not None and row["execution_id"] == execution_id and row["status"] not in FINISHED:
        _put(db, message)


type Rows = Callable[..., list[sqlite3.Row]]


def load_instance(rows: Rows, instance_id: str) -> sqlite3.Row | None:
    """Read the row of an instance."""
    matching = rows("SELECT * FROM instances WHERE instance_id = ?", (instance_id,))
    return matching[0] if matching else None


def load_history(rows: Rows, instance_id: str) -> list[str]:
    """Read the event texts of an instance's current execution."""
    matching = rows("SELECT event FROM history WHERE instance_id = ? ORDER BY number", (instance_id,))
    return [row["event"] for row in matching]


def load_inbox(rows: Rows, instance_id: str) -> dict[int, Event]:
    """Read an instance's inbox, in order."""
    matching = rows("SELECT number, event FROM inbox WHERE instance_id = ? ORDER BY number", (instance_id,))
    return {row["number"]: json.loads(row["event"]) for row in matching}
