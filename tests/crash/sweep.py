"""Kills the host of one order after another, each at another point, until every point has been somebody's last."""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from quantum.jobs.parts import part_id
from tests.crash.chronicle import Point
from tests.crash.lane import Lane
from tests.crash.paths import Way

TRIES = 5
BEHIND_PARTING = 1 / 3


@dataclass
class Sweep:
    """
    One way through the app, and the points on it.

    An order that meets no crash shows the points. Each order's host is then killed at `at_once` of them, one after
    another. Points that appear only while a host recovers are killed at as well; `known` holds for each point the
    kills that led to it, which are then made again. A sweep of `most` points takes a sample and learns no further ones.
    """

    way: Way
    at_once: int = 1
    most: int | None = None
    seen: dict[Point, tuple[Point, ...]] = field(default_factory=dict)
    waiting: deque[Point] = field(default_factory=deque)
    killed: set[Point] = field(default_factory=set)
    left_out: set[Point] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)
    kills: int = 0
    _tries: Counter[Point] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Tell how far it came, in one line."""
        recovering = [point for point in self.seen if self.seen[point]]
        return (
            f"{self.way.name}: killed at {len(self.killed)} of {len(self.seen)} points"
            f" ({len(self.killed.intersection(recovering))} of {len(recovering)} met only while recovering),"
            f" {self.kills} kills, {len(self.orders)} orders"
        )

    async def record(self, lanes: Sequence[Lane]) -> None:
        """Run orders without a crash, and take down the points of the last."""
        for lane in (*lanes, lanes[0]):  # a lane's first order makes containers and asks for what is then remembered
            await self._run(lane, set())
        self._learn(lanes[0], after=())

    def choose(self, share: float, elsewhere: Collection[Point], chance: Random) -> None:
        """Of the points that are tried elsewhere as well, keep only a share; bring all into another order.

        It is a larger share behind the step at which the way parts from others: the same step has another end there.
        """
        points = [point for point in self.seen if self.way.only in point.step]
        parting = next((n for n, point in enumerate(points) if point.step == self.way.parts_after), len(points))
        shares = {point: 1.0 if point not in elsewhere else share for point in points}
        shares |= {point: max(shares[point], BEHIND_PARTING) for point in points[parting + 1 :]}
        chosen = [point for point in points if chance.random() < shares[point]]
        chance.shuffle(chosen)
        self.waiting = deque(chosen[: self.most])
        self.left_out = self.seen.keys() - set(self.waiting)

    async def work(self, lane: Lane) -> None:
        """Take points until none is left; several lanes may do so at once."""
        while self.waiting:
            points = self._take()
            await self._run(lane, points.union(*(self.seen[point] for point in points)))
            self.killed.update(lane.fired)
            self.kills += len(lane.fired)
            for point in points - self.killed:
                self._try_again(point)
            if self.most is None and not any(self.seen[point] for point in lane.fired):
                self._learn(lane, after=tuple(lane.fired))

    def _take(self) -> set[Point]:
        """Take the points of the next order; one that only a former kill leads to is taken alone."""
        points = {self.waiting.popleft()}
        while self.waiting and len(points) < self.at_once and not any(self.seen[p] for p in (*points, self.waiting[0])):
            points.add(self.waiting.popleft())
        return points

    def unreached(self, kinds: Collection[str]) -> set[Point]:
        """Tell at which points no host was killed, though it was tried, nor on any way at one of these kinds."""
        missed = self.seen.keys() - self.left_out - self.killed
        return {point for point in missed if point.kind not in kinds and not self.seen[point]}

    def _try_again(self, point: Point) -> None:
        """Try a point again that was not reached: a look at a job, say, may be missing because that has ended."""
        self._tries[point] += 1
        if self._tries[point] < (1 if self.seen[point] else TRIES):
            self.waiting.append(point)

    def _learn(self, lane: Lane, after: tuple[Point, ...]) -> None:
        # One look more at a job, while it is slow, is nothing new.
        kinds = {point.kind for point in self.seen} if after else set()
        for point in lane.seen:
            if point not in self.seen and point.kind not in kinds:
                self.seen[point] = after
                self.waiting.append(point)

    async def _run(self, lane: Lane, armed: set[Point]) -> None:
        lane.begin(armed)
        job_id = await self.way.place(lane)
        self.orders.append(job_id)
        await lane.finished(job_id)


def faults_of(
    orders: Collection[str],
    phase: str,
    answers: Mapping[str, list[dict[str, Any]]],
    ledger: Mapping[str, Mapping[str, int]],
    *,
    must_submit: bool = True,
    parts: int = 1,
) -> list[str]:
    """Say what is not true of orders that ended in this phase: one logical answer, one job, one execution if it ran.

    An order that succeeded and must not submit has the result of another one.
    One that is divided has a job for each part.
    """
    faults = []
    for job_id in orders:
        ids = {answer["id"] for answer in answers.get(job_id, [])}
        if ids != {f"{job_id}-{phase}"}:
            errors = [answer.get("data", {}).get("error") for answer in answers.get(job_id, [])]
            faults.append(f"{job_id} was answered with {sorted(ids) or 'nothing'}: {errors}")
        if phase == "succeeded":
            allowed = [(1, 1)] if must_submit else [(0, 0)]
        else:
            allowed = [(1, 0)] if must_submit else [(1, 0), (0, 0)]
        for remote_id in (part_id(job_id, number) for number in range(1, parts + 1)):
            counts = ledger.get(remote_id, {"jobs": 0, "executions": 0})
            if (counts["jobs"], counts["executions"]) not in allowed:
                summary = f"{counts['jobs']} jobs and {counts['executions']} executions"
                faults.append(f"{job_id} made {summary} under the id {remote_id}")
    return faults
