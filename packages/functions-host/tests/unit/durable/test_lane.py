"""The order in which waiting work runs: by age, fair to everybody, a bounded number at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import nullcontext

from functions_host.durable.lane import BY_ARRIVAL, Age, Job, Lane


class Work:
    """Pieces of work that end when the test says so, and the order in which they began."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}

    def piece(self, name: str) -> Job:
        """Return a piece that waits for `end`."""
        self._gates[name] = asyncio.Event()

        async def run() -> None:
            self.began.append(name)
            await self._gates[name].wait()

        return run

    async def end(self, name: str) -> None:
        """Let a running piece end, and the next one begin."""
        self._gates[name].set()
        await settle()

    async def end_all(self, names: Iterable[str]) -> None:
        """Let pieces end one by one, in the order in which they begin."""
        for _ in names:
            await self.end(next(name for name in self.began if not self._gates[name].is_set()))


async def settle() -> None:
    """Let everything run that is ready."""
    for _ in range(5):
        await asyncio.sleep(0)


def lane(width: int) -> Lane:
    """Make a lane."""
    return Lane(width, nullcontext)


def age(minute: int) -> Age:
    """Make the age of an orchestration that was created at this minute."""
    return Age(f"2026-11-30T12:{minute:02}:00.000000Z", f"instance-{minute:02}")


def run(scenario: Callable[[Work], Coroutine[None, None, None]]) -> list[str]:
    """Play a scenario and return what began, in order."""
    work = Work()
    asyncio.run(scenario(work))
    return work.began


def test_the_oldest_orchestration_comes_first() -> None:
    """A later step of an old orchestration runs before the first step of a new one, whichever arrived first."""

    async def scenario(work: Work) -> None:
        places = lane(1)
        for minute in (0, 3, 1, 2):
            places.put(work.piece(f"job {minute}"), age(minute))
        await settle()
        await work.end_all(range(4))

    assert run(scenario) == ["job 0", "job 1", "job 2", "job 3"]


def test_no_more_run_at_once_than_there_are_places() -> None:
    """The lane's width bounds what runs at once."""

    async def scenario(work: Work) -> None:
        places = lane(2)
        for minute in range(3):
            places.put(work.piece(f"job {minute}"), age(minute))
        await settle()
        assert (work.began, places.waiting) == (["job 0", "job 1"], 1)
        await work.end("job 1")

    assert run(scenario) == ["job 0", "job 1", "job 2"]


def test_an_old_orchestration_of_many_pieces_does_not_hold_up_new_ones() -> None:
    """Of an orchestration with many pieces only the first goes by age; the others come after everybody's first."""

    async def scenario(work: Work) -> None:
        places = lane(1)
        for number in range(3):
            places.put(work.piece(f"old {number}"), age(0))
        for minute in (1, 2):
            places.put(work.piece(f"new {minute}"), age(minute))
        await settle()
        await work.end_all(range(3))

    assert run(scenario)[:3] == ["old 0", "new 1", "new 2"]


def test_nothing_waits_for_ever() -> None:
    """However many older pieces keep coming, the one that arrived first has its turn."""

    async def scenario(work: Work) -> None:
        places = lane(1)
        places.put(work.piece("old"), age(0))
        places.put(work.piece("young"), age(59))
        for minute in range(1, BY_ARRIVAL + 2):
            places.put(work.piece(f"older {minute}"), age(minute))
        await settle()
        await work.end_all(range(BY_ARRIVAL))

    assert "young" in run(scenario)[: BY_ARRIVAL + 1]


def test_a_closed_lane_drops_what_waits() -> None:
    """What runs may end, what waits never begins, and what comes later is not taken."""

    async def scenario(work: Work) -> None:
        places = lane(1)
        for minute in range(2):
            places.put(work.piece(f"job {minute}"), age(minute))
        await settle()
        await places.close(grace_seconds=0)
        places.put(work.piece("late"), age(0))
        await settle()

    assert run(scenario) == ["job 0"]
