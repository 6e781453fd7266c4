"""Handles running orchestrations that do not move: each is woken, then its job is continued outside it, and logged.

An orchestration moves with each turn, and announces its pauses (`orchestrators.custom_status`). When it moves again, it
continues from the newer state of the job in the index.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from quantum.jobs.model import Job
from quantum.ports import Entry, InstanceStatus, Orchestrations, Services
from quantum.telemetry import names as telemetry
from quantum.wire import codec

MISSED_PAUSES = 3
LONGEST_ACTIVITY = timedelta(minutes=15)  # three times that is longer than the platform's limit for a function
SHORTEST_STALL = timedelta(minutes=10)
WAKE_PATIENCE = timedelta(minutes=4)  # housekeeping runs every five
AT_ONCE = 8
MAX_PER_ROUND = 400
WOKEN, STEP_TAKEN, ENDED = "woken", "stepTaken", "ended"

type TakeStep = Callable[[Job], Awaitable[bool]]  # True where the job has ended and its caller is answered


def is_stalled(status: InstanceStatus, now: datetime) -> bool:
    """Say whether an orchestration has not moved for three times its announced pause, or the longest activity."""
    moved_at, until = status.moved_at, status.pauses_until
    if status.state != "running" or moved_at is None:
        return False
    expected = until - moved_at if until else LONGEST_ACTIVITY
    return now - moved_at > max(MISSED_PAUSES * expected, SHORTEST_STALL)


@dataclass
class StalledOrchestrations:
    """The stalled orchestrations of a round; `ended` are the jobs that ended, `failures` the errors."""

    services: Services
    orchestrations: Orchestrations
    take_step: TakeStep
    a_round: int = MAX_PER_ROUND
    entries: list[tuple[Entry, datetime]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def add(self, entry: Entry, status: InstanceStatus) -> None:
        """Add an orchestration if it has stalled."""
        if is_stalled(status, self.services.now()) and status.moved_at is not None:
            self.entries.append((entry, status.moved_at))

    async def handle(self) -> None:
        """Handle the stalled orchestrations, several at a time, and measure their number."""
        self.services.telemetry.measure(telemetry.SILENT, len(self.entries), {})
        semaphore = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._handle_one(semaphore, *each) for each in self._selection()))

    def _selection(self) -> Sequence[tuple[Entry, datetime]]:
        """Select as many as a round has time for, in a different order each time, so that none is always last."""
        salt = codec.timestamp(self.services.now())
        return sorted(self.entries, key=lambda each: crc32(f"{each[0].job.id}:{salt}".encode()))[: self.a_round]

    async def _handle_one(self, semaphore: asyncio.Semaphore, entry: Entry, moved_at: datetime) -> None:
        async with semaphore:
            try:
                action = await self._act(entry, moved_at)
            except Exception as error:  # noqa: BLE001  # one failure stops no other job; it is raised at the end
                self.failures.append(error)
                action = None
        if action is not None:
            stalled_for = (self.services.now() - moved_at).total_seconds()
            facts = {telemetry.SECONDS: round(stalled_for), telemetry.OUTCOME: action}
            telemetry.log_event(telemetry.JOB_SILENT, telemetry.about(entry.job) | facts)

    async def _act(self, entry: Entry, moved_at: datetime) -> str | None:
        """Wake the orchestration; if it was woken before and has not moved since, continue its job outside it."""
        now, woken = self.services.now(), entry.woken_at
        if woken is None or codec.moment(woken) < moved_at:
            await self.services.index.note_wake(entry.job.id, codec.timestamp(now))
            await self.orchestrations.wake(entry.job.id)
            return WOKEN
        if now - codec.moment(woken) < WAKE_PATIENCE:
            return None
        if not await self.take_step(entry.job):
            return STEP_TAKEN
        self.ended.append(entry.job.id)
        return ENDED
