"""Orchestrations that run and do not move: each is woken, then its steps are taken outside of it, and somebody is told.

An orchestration moves with each of its turns, and announces its pauses (`orchestrators.custom_status`). When it moves
again, it goes on with what was done meanwhile, for the index has the newest account of the job.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from quantum.jobs.model import Job
from quantum.ports import Entry, InstanceStatus, Orchestrations, Services
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

PAUSES = 3
IN_AN_ACTIVITY = timedelta(minutes=15)  # thrice that is longer than the platform lets a function run
LEAST = timedelta(minutes=10)
FOR_WAKING = timedelta(minutes=4)  # housekeeping comes every five
AT_ONCE = 8
MINDED_A_ROUND = 400
WOKEN, STEP_TAKEN, ENDED = "woken", "stepTaken", "ended"

type TakeStep = Callable[[Job], Awaitable[bool]]  # True where the job has ended, and its caller was told


def is_silent(status: InstanceStatus, now: datetime) -> bool:
    """Whether an orchestration has not moved for three times the pause that it announced, or that a step may take."""
    moved_at, until = status.moved_at, status.pauses_until
    if status.state != "running" or moved_at is None:
        return False
    promised = until - moved_at if until else IN_AN_ACTIVITY
    return now - moved_at > max(PAUSES * promised, LEAST)


@dataclass
class Silent:
    """The silent orchestrations of one round of housekeeping; `ended` and `failures` are what came of them."""

    services: Services
    orchestrations: Orchestrations
    take_step: TakeStep
    a_round: int = MINDED_A_ROUND
    found: list[tuple[Entry, datetime]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def add(self, entry: Entry, status: InstanceStatus) -> None:
        """Note one that is silent; others are passed over."""
        if is_silent(status, self.services.now()) and status.moved_at is not None:
            self.found.append((entry, status.moved_at))

    async def mind(self) -> None:
        """Do for each what is next to be done, several at once, and tell how many there are."""
        self.services.telemetry.measure(telemetry.SILENT, len(self.found), {})
        few = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._one(few, *each) for each in self._some()))

    def _some(self) -> Sequence[tuple[Entry, datetime]]:
        """As many as a round has time for, in another order each time, so that nobody is always the last."""
        salt = wire.timestamp(self.services.now())
        return sorted(self.found, key=lambda each: crc32(f"{each[0].job.id}:{salt}".encode()))[: self.a_round]

    async def _one(self, few: asyncio.Semaphore, entry: Entry, moved_at: datetime) -> None:
        async with few:
            try:
                done = await self._next(entry, moved_at)
            except Exception as error:  # noqa: BLE001  # one job that cannot be minded holds up no other; it is raised
                self.failures.append(error)
                done = None
        if done is not None:
            silent_for = (self.services.now() - moved_at).total_seconds()
            facts = {telemetry.SECONDS: round(silent_for), telemetry.OUTCOME: done}
            telemetry.log_event(telemetry.JOB_SILENT, telemetry.about(entry.job) | facts)

    async def _next(self, entry: Entry, moved_at: datetime) -> str | None:
        """Wake it; one that was woken, and has not moved since, has a step taken for it."""
        now, woken = self.services.now(), entry.woken_at
        if woken is None or wire.moment(woken) < moved_at:
            await self.services.index.note_wake(entry.job.id, wire.timestamp(now))
            await self.orchestrations.wake(entry.job.id)
            return WOKEN
        if now - wire.moment(woken) < FOR_WAKING:
            return None
        if not await self.take_step(entry.job):
            return STEP_TAKEN
        self.ended.append(entry.job.id)
        return ENDED
