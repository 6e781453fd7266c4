"""The rounds of a workspace's watcher, and what it tells the jobs that sleep while it watches them.

A round reads the workspace's list of unfinished jobs, wakes those that changed, and writes a small record of what it
saw. A job sleeps long only while that record is fresh; nothing here decides anything else about a job.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import batched
from math import ceil

from quantum.jobs.errors import ServiceError
from quantum.jobs.lifecycle import Phase, phase_of
from quantum.jobs.model import Job
from quantum.jobs.progress import Watcher
from quantum.ports import Orchestrations, Services
from quantum.service.targets import Targets
from quantum.storage import WATCHING_CONTAINER
from quantum.telemetry import names as telemetry
from quantum.wire import codec, strict_json
from quantum.wire.records import record
from quantum.workspaces.remote import ListedJob, RemoteJob
from quantum.workspaces.watching import FEW, MANY, Reading, Watch, pause_after

PAGE = 100  # the page size of azure-quantum-python
MOST_PAGES = 300  # a longer list is only read so far: the jobs beyond keep their own timers
WOKEN_AT_ONCE = 8
MOST_REPEATED = 50  # index reads in one round, for jobs that were woken before
MISSED_PAUSES = 3  # a record is fresh for so many pauses: then the watcher is late, and jobs look for themselves
LATENESS = timedelta(seconds=30)
RECORD_SECONDS = 10.0  # each process reads the record this often
WITHOUT_RECORD = timedelta(seconds=30)  # a job that is younger looks often anyway, and need not read the record
LISTED_AFTER = timedelta(seconds=5)  # a list has a job that is so old; if not, the job's own timer ends its pause
SLOW = timedelta(minutes=1)  # a queue that takes this long
COUNTED = timedelta(minutes=5)  # waiting jobs were checked so recently, by this process


@record
class Record:
    """A watcher's last round: who relies on it may do so `until` then.

    `began` is when its reading of the list began, `scanned_at` its reading of the index. `waiting` and `queue_seconds`
    are by target, and so is `oldest`, when the job was submitted that has waited longest.
    """

    at: str
    until: str
    began: str
    scanned_at: str
    waiting: Mapping[str, int] = field(default_factory=dict)
    oldest: Mapping[str, str] = field(default_factory=dict)
    queue_seconds: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number of jobs that wait."""
        return sum(self.waiting.values())

    def has_listed(self, created: datetime, *, has_own_id: bool) -> bool:
        """Say whether the watcher has met a job of this time: one with another id here only in the index."""
        return created + LISTED_AFTER <= codec.moment(self.began if has_own_id else self.scanned_at)

    def has_queue(self, target: str, now: datetime) -> bool:
        """Say whether so many jobs have waited for this target for so long that a new job waits, too."""
        oldest = self.oldest.get(target)
        return self.waiting.get(target, 0) >= MANY and oldest is not None and now - codec.moment(oldest) >= SLOW


@record
class Round:
    """The outcome of a round: how many jobs wait, how many were woken, and the pause that should follow."""

    waiting: int
    woken: int
    pause_seconds: float

    @property
    def may_end(self) -> bool:
        """Say whether so few jobs wait that each may look for itself."""
        return self.waiting < FEW


class Watching:
    """The watchers' rounds in this process, and the records of all."""

    def __init__(self, services: Services, targets: Targets) -> None:
        self._services = services
        self._targets = targets
        self._watches: dict[str, Watch] = {}
        self._records: dict[str, tuple[datetime, Record | None]] = {}
        self._unwatched: dict[str, dict[str, datetime]] = {}

    async def round(self, workspace: str, orchestrations: Orchestrations) -> Round:
        """Read the list, wake the jobs that changed, and record what was seen; harmless when two do so at once."""
        began = time.perf_counter()
        watch = self._watches.setdefault(workspace, Watch())
        await self._read_index(workspace, watch)
        reading = await self._read_list(workspace)
        waiting = watch.waiting(reading)
        youngest = watch.youngest(reading)
        pages, cost = ceil(len(reading.listed) / PAGE), time.perf_counter() - began  # without the work for news
        pause = pause_after(pages, cost, self._services.now() - youngest)
        woken = await self._wake_changed(watch, reading, orchestrations)
        await self._write_record(workspace, watch, reading, waiting, pause)
        self._services.telemetry.measure(telemetry.WATCHED, sum(waiting.values()), {})
        return Round(sum(waiting.values()), woken, pause)

    async def finish(self, workspace: str, orchestrations: Orchestrations) -> None:
        """End the watch: the jobs that still wait go back to their own timers."""
        await self._services.blobs.remove(_path(workspace))
        self._records.pop(workspace, None)
        watch = self._watches.pop(workspace, Watch())
        waiting = [each.job_id for each in watch.jobs.values() if each.phase is Phase.WAITING]
        await _wake(waiting, orchestrations)

    async def watcher_of(self, workspace: str, job_id: str, remote: RemoteJob) -> Watcher | None:
        """Return what the watcher says of a job that waits, where there is one and it is on time."""
        created = _moment(remote.created)
        if phase_of(remote.status) is not Phase.WAITING or created is None:
            return None
        now = self._services.now()
        record = await self._fresh_record(workspace, only_again=now - created < WITHOUT_RECORD)
        if record is None:
            self._count(workspace, job_id, now)
            return None
        listed = record.has_listed(created, has_own_id=remote.id == job_id)
        return Watcher(record.total, listed) if listed or record.has_queue(remote.target, now) else None

    async def start_where_needed(self, connect: Callable[[], Orchestrations]) -> None:
        """Start a watcher where this process has lately checked many waiting jobs that none looks after."""
        for workspace in [each for each, counted in self._unwatched.items() if len(counted) >= MANY]:
            del self._unwatched[workspace]
            with suppress(ServiceError):  # it is counted again
                await connect().start_watcher(workspace)

    async def with_estimate(self, job: Job) -> Job:
        """Return the job with its target's average queue time as a watcher saw it lately, while it waits."""
        record = await self._fresh_record(job.order.workspace) if job.phase is Phase.WAITING else None
        seconds = record.queue_seconds.get(job.target) if record else None
        return job if seconds is None else replace(job, remote=replace(job.remote, queue_seconds=seconds))

    def _count(self, workspace: str, job_id: str, now: datetime) -> None:
        counted = self._unwatched.setdefault(workspace, {})
        if len(counted) >= MANY:
            return
        counted = {each: at for each, at in counted.items() if now - at < COUNTED}
        self._unwatched[workspace] = counted | {job_id: now}

    async def _read_index(self, workspace: str, watch: Watch) -> None:
        now = self._services.now()
        if watch.needs_index(now):
            watch.replace_jobs([job async for job in self._services.index.open_jobs(workspace)], now)

    async def _read_list(self, workspace: str) -> Reading:
        """Read the list page by page; a job that ends meanwhile moves the others up, so that one may be missed."""
        began = self._services.now()
        source = await self._services.workspaces.get(workspace)
        listed: dict[str, ListedJob] = {}
        skip, more = 0, True
        while more and skip < PAGE * MOST_PAGES:
            page, more = await source.unfinished_jobs(skip, PAGE)
            listed |= {job.id: job for job in page}
            skip += len(page)
        return Reading(began, listed, is_complete=not more)

    async def _wake_changed(self, watch: Watch, reading: Reading, orchestrations: Orchestrations) -> int:
        wakes = watch.compare(reading, self._services.now())
        await _wake([watch.jobs[remote_id].job_id for remote_id in wakes.first], orchestrations)
        woken = len(wakes.first)
        for remote_id in wakes.repeated[:MOST_REPEATED]:
            job_id = watch.jobs[remote_id].job_id
            entry = await self._services.index.find(job_id)
            if watch.correct(remote_id, entry.job if entry else None) and watch.has_changed(remote_id, reading):
                await orchestrations.wake(job_id)
                woken += 1
        return woken

    async def _write_record(
        self, workspace: str, watch: Watch, reading: Reading, waiting: Mapping[str, int], pause: float
    ) -> None:
        now = self._services.now()
        until = now + timedelta(seconds=MISSED_PAUSES * pause) + LATENESS
        targets = await self._targets.best_effort(workspace)
        record = Record(
            at=codec.timestamp(now),
            until=codec.timestamp(until),
            began=codec.timestamp(reading.covers_until),
            scanned_at=codec.timestamp(min(watch.scanned_at or now, reading.covers_until)),
            waiting=waiting,
            oldest={target: codec.timestamp(since) for target, since in watch.oldest(reading).items()},
            queue_seconds={each.id: each.average_queue_seconds for each in targets if each.id in waiting},
        )
        await self._services.blobs.write(_path(workspace), json.dumps(codec.to_wire(record)).encode())
        self._records[workspace] = (now, record)

    async def _fresh_record(self, workspace: str, *, only_again: bool = False) -> Record | None:
        """Return the record of a watcher that is on time; where it cannot be read, none.

        `only_again`: read it only if there was one the last time.
        """
        now = self._services.now()
        read_at, record = self._records.get(workspace, (None, None))
        if (record or not only_again) and (read_at is None or (now - read_at).total_seconds() > RECORD_SECONDS):
            record = await self._read_record(workspace)
            self._records[workspace] = (now, record)
        return record if record and now < codec.moment(record.until) else None

    async def _read_record(self, workspace: str) -> Record | None:
        with suppress(ServiceError, ValueError, KeyError, TypeError):
            blob = await self._services.blobs.open(_path(workspace))
            return codec.from_wire(Record, strict_json.loads(await blob.read()))
        return None


async def _wake(job_ids: Sequence[str], orchestrations: Orchestrations) -> None:
    for some in batched(job_ids, WOKEN_AT_ONCE, strict=False):
        await asyncio.gather(*map(orchestrations.wake, some))


def _moment(text: str | None) -> datetime | None:
    """Parse a time of the workspace; a check must not fail because of its form."""
    with suppress(ValueError):
        moment = codec.moment(text) if text else None
        return moment if moment and moment.tzinfo else None
    return None


def _path(workspace: str) -> str:
    return f"{WATCHING_CONTAINER}/{workspace}.json"
