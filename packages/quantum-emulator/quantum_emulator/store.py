"""The workspace's persisted state in SQLite: jobs, sessions, and an append-only ledger.

A change and its ledger line are committed together, so a process killed at any instant leaves a truthful ledger.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from quantum_emulator import jobs, sessions
from quantum_emulator.jobs import Job, Json, instant
from quantum_emulator.sessions import Session

LEDGER = "quantum_emulator.ledger"
log = logging.getLogger(LEDGER)  # a line for each line of the ledger

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, id TEXT NOT NULL, session TEXT,
    due REAL, document TEXT NOT NULL, UNIQUE (workspace, id));
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS jobs_session ON jobs (workspace, session) WHERE session IS NOT NULL;
CREATE TABLE IF NOT EXISTS sessions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, id TEXT NOT NULL,
    document TEXT NOT NULL, UNIQUE (workspace, id));
CREATE TABLE IF NOT EXISTS ledger (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, event TEXT NOT NULL, workspace TEXT NOT NULL,
    job TEXT NOT NULL, target TEXT NOT NULL, provider TEXT NOT NULL, detail TEXT NOT NULL);
"""


class DamagedStateError(Exception):
    """The persisted state cannot be used; the message names the file and the remedy."""


class Store:
    """One database; used from one thread, with transactions of microseconds.

    Raises DamagedStateError for a folder or a file that cannot be used.
    """

    def __init__(self, folder: Path | None) -> None:
        place = None if folder is None else folder / "workspace.db"
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = _opened(place)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise DamagedStateError(
                f"{place} cannot be used ({reason}): make room on the disk if it is full, else move it away with the "
                "-wal and -shm beside it, or give another folder by --state"
            ) from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def save(self, job: Job, event: str, at: datetime, detail: Json | None = None) -> None:
        """Write the job and its event's line in the ledger."""
        due = job.due.timestamp() if job.due else None
        with self._db:
            self._db.execute(
                "INSERT INTO jobs (workspace, id, session, due, document) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (workspace, id) DO UPDATE SET due = excluded.due, document = excluded.document",
                (job.workspace, job.id, job.session, due, json.dumps(jobs.encode(job))),
            )
            self._write(job, event, at, detail)

    def note(self, job: Job, event: str, at: datetime, detail: Json | None = None) -> None:
        """Write only a line in the ledger."""
        with self._db:
            self._write(job, event, at, detail)

    def _write(self, job: Job, event: str, at: datetime, detail: Json | None) -> None:
        line = (instant(at), event, job.workspace, job.id, job.target, job.provider, json.dumps(detail or {}))
        self._db.execute(
            "INSERT INTO ledger (at, event, workspace, job, target, provider, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            line,
        )
        log.info("%s  %-24s  %s: %s", job.id, job.target, event, job.state)

    def delete(self, job: Job, at: datetime) -> None:
        """Delete the job; the ledger keeps its lines and gets one more."""
        with self._db:
            self._db.execute("DELETE FROM jobs WHERE workspace = ? AND id = ?", (job.workspace, job.id))
            self._write(job, "jobDeleted", at, None)

    def job(self, workspace: str, job_id: str) -> Job | None:
        """Read one job."""
        rows = self._jobs("WHERE workspace = ? AND id = ?", workspace, job_id)
        return next(iter(rows), None)

    def jobs(self, workspace: str) -> list[Job]:
        """All jobs of a workspace, the oldest first."""
        return self._jobs("WHERE workspace = ? ORDER BY sequence", workspace)

    def jobs_of_session(self, workspace: str, session: str) -> list[Job]:
        """A session's jobs, the oldest first."""
        return self._jobs("WHERE workspace = ? AND session = ? ORDER BY sequence", workspace, session)

    def due(self, now: datetime) -> list[Job]:
        """The jobs that are due by `now`, in order."""
        return self._jobs("WHERE due <= ? ORDER BY due, sequence", now.timestamp())

    def unfinished(self) -> list[Job]:
        """Every job that has not ended."""
        return self._jobs("WHERE due IS NOT NULL ORDER BY sequence")

    def next_due(self, after: datetime) -> float | None:
        """The next due instant after `after`, as a timestamp."""
        row = self._db.execute("SELECT min(due) FROM jobs WHERE due > ?", (after.timestamp(),)).fetchone()
        return None if row[0] is None else float(row[0])

    def _jobs(self, where: str, *values: object) -> list[Job]:
        rows = self._db.execute(f"SELECT document FROM jobs {where}", values)  # noqa: S608  # our own constants
        with closing(rows):
            return [jobs.decode(json.loads(row[0])) for row in rows]

    def save_session(self, session: Session) -> None:
        """Write a session."""
        with self._db:
            self._db.execute(
                "INSERT INTO sessions (workspace, id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (workspace, id) DO UPDATE SET document = excluded.document",
                (session.workspace, session.id, json.dumps(sessions.encode(session))),
            )

    def session(self, workspace: str, session_id: str) -> Session | None:
        """Read one session."""
        row = self._db.execute(
            "SELECT document FROM sessions WHERE workspace = ? AND id = ?", (workspace, session_id)
        ).fetchone()
        return None if row is None else sessions.decode(json.loads(row[0]))

    def sessions(self, workspace: str) -> list[Session]:
        """All sessions of a workspace, the oldest first."""
        rows = self._db.execute("SELECT document FROM sessions WHERE workspace = ? ORDER BY sequence", (workspace,))
        return [sessions.decode(json.loads(row[0])) for row in rows.fetchall()]

    def ledger(self) -> Iterator[Json]:
        """Every line ever written, in order."""
        rows = self._db.execute(
            "SELECT sequence, at, event, workspace, job, target, provider, detail FROM ledger ORDER BY sequence"
        )
        names = ("sequence", "at", "event", "workspace", "jobId", "target", "providerId")
        for *values, detail in rows.fetchall():
            yield {**dict(zip(names, values, strict=True)), **json.loads(detail)}

    def executions_by_target(self, workspace: str | None) -> dict[tuple[str, str], int]:
        """How many executions each provider's target started, in one workspace or in all."""
        rows = self._db.execute(
            "SELECT provider, target, count(*) FROM ledger WHERE event = 'executionStarted'"
            " AND workspace = coalesce(?, workspace) GROUP BY provider, target",
            (workspace,),
        )
        return {(provider, target): count for provider, target, count in rows.fetchall()}

    def reset(self) -> None:
        """Delete everything, the ledger too."""
        with self._db:
            for table in ("jobs", "sessions", "ledger"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own constants


def _opened(place: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(place or ":memory:")
    try:
        # NORMAL under WAL loses nothing when a process is killed; only a power cut could take the last commits.
        db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
        _check(db)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(" ".join(verdict.split()))
