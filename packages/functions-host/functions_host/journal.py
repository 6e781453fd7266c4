"""The host's persisted state: one SQLite file that survives SIGKILL of the process at any instant.

All writes go through one thread, which commits waiting writes together (group commit); a write has completed
when its future has. WAL with synchronous=NORMAL: after a kill nothing committed is lost, after a power cut the
last commits may be.
"""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from . import crash_points
from .state import DamagedStateError, make_private, usable

type Write[T] = Callable[[sqlite3.Connection], T]

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS instances (
    instance_id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT,
    status TEXT NOT NULL, input TEXT, output TEXT, custom_status TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    parent_id TEXT, parent_execution_id TEXT, parent_task_id INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
    instance_id TEXT, number INTEGER, event TEXT NOT NULL, PRIMARY KEY (instance_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (number INTEGER PRIMARY KEY, instance_id TEXT NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS inbox_of_instance ON inbox (instance_id);
CREATE TABLE IF NOT EXISTS work (
    instance_id TEXT, execution_id TEXT, task_id INTEGER, name TEXT NOT NULL, input TEXT,
    PRIMARY KEY (instance_id, execution_id, task_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS timers (
    instance_id TEXT, execution_id TEXT, task_id INTEGER, fire_at TEXT NOT NULL,
    PRIMARY KEY (instance_id, execution_id, task_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
LARGEST_GROUP = 256
REMEDY = (
    "make room on the disk if it is full, else move it away with the -wal and -shm beside it; the next start makes a "
    "new one, without the orchestrations in progress"
)


@crash_points.transaction
def put_receipt(db: sqlite3.Connection, key: str, value: str) -> None:
    """Write a value under a key, replacing the former one."""
    db.execute("INSERT OR REPLACE INTO receipts VALUES (?, ?)", (key, value))


class JournalInUseError(Exception):
    """Another living process holds this journal."""


class JournalVersionError(DamagedStateError):
    """The journal has the format of another version of the host."""


class _Pending[T]:
    """A pending write, and the future and loop that wait for it."""

    def __init__(self, write: Write[T], loop: asyncio.AbstractEventLoop) -> None:
        self.write = write
        self.loop = loop
        self.future: asyncio.Future[T] = loop.create_future()
        self.value: T | None = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Complete the caller's future, if its loop still runs."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)  # type: ignore[arg-type]  # a write that ended has its value


class Journal:
    """
    An open journal. Its lock is the kernel's, which frees it as soon as the process dies.

    Raises JournalInUseError while another process has it open, JournalVersionError for a foreign one, and
    DamagedStateError for one that cannot be used.
    """

    def __init__(self, path: Path) -> None:
        make_private(path.parent)
        lock = path.with_name(path.name + ".lock")
        with usable(lock, "move it away"):
            self._lock = _locked(lock)
        self._writes: SimpleQueue[_Pending[Any] | None] = SimpleQueue()
        try:
            with usable(path, REMEDY):
                writer = _prepared(_connect(path), path)
                self._reader = _connect(path)
        except BaseException:
            os.close(self._lock)
            raise
        self._thread = threading.Thread(target=self._work, args=(writer,), name="journal", daemon=True)
        self._thread.start()

    def post[T](self, write: Write[T]) -> "asyncio.Future[T]":
        """
        Queue a write; it runs after all earlier ones, as one transaction.

        The future has the write's return value, once that is on disk.
        """
        pending = _Pending(write, asyncio.get_running_loop())
        self._writes.put(pending)
        return pending.future

    def rows(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """Read committed rows; only quick queries, since they run on the caller's thread."""
        return self._reader.execute(query, parameters).fetchall()

    def receipt(self, key: str) -> str | None:
        """Read a trigger's receipt for this key."""
        rows = self.rows("SELECT value FROM receipts WHERE key = ?", (key,))
        return rows[0]["value"] if rows else None

    async def keep_receipt(self, key: str, value: str) -> None:
        """Store a receipt under this key; it is on disk when this returns."""
        await self.post(partial(put_receipt, key=key, value=value))

    def close(self) -> None:
        """Finish all queued writes, close the file and unlock it."""
        self._writes.put(None)
        self._thread.join()
        self._reader.close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self, db: sqlite3.Connection) -> None:
        closing = False
        while not closing:
            group = [self._writes.get()]
            while len(group) < LARGEST_GROUP and not self._writes.empty():
                group.append(self._writes.get())
            closing = None in group
            _carry_out(db, [pending for pending in group if pending is not None])
        db.close()


def _carry_out(db: sqlite3.Connection, group: list[_Pending[Any]]) -> None:
    try:
        _commit(db, group)
    except Exception:  # noqa: BLE001 - running them one by one shows which of them failed
        for pending in group:
            try:
                _commit(db, [pending])
            except Exception as error:  # noqa: BLE001 - it is raised where this write is awaited
                pending.error = error
    by_loop: dict[asyncio.AbstractEventLoop, list[_Pending[Any]]] = {}
    for pending in group:
        by_loop.setdefault(pending.loop, []).append(pending)
    for loop, waiting in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(group: list[_Pending[Any]]) -> None:
    for pending in group:
        pending.settle()


def _commit(db: sqlite3.Connection, group: list[_Pending[Any]]) -> None:
    if not group:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for pending in group:
            pending.value = pending.write(db)
        with crash_points.around("commit", [crash_points.name_of(pending.write) for pending in group]):
            db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise JournalInUseError(f"{path} is held by another running host") from error
    return descriptor


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection is used by one thread at a time; it is only opened on another.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _prepared(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        db.close()
        raise sqlite3.DatabaseError(verdict)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version not in (0, SCHEMA_VERSION):
        db.close()
        raise JournalVersionError(f"{path} has version {version}, this host writes {SCHEMA_VERSION}; move it away")
    db.executescript(SCHEMA)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return db
