"""The console lines of a running stack about its jobs: one for each order, phase and end.

The lines come from the app's own log events. They hold no name, so each job is read once when it first appears, and
once more to show its error: an idle stack costs nothing.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from rich.text import Text

from local.stack.endpoints import Endpoints
from local.stack.following import added_lines
from quantum.jobs.lifecycle import FINAL, Phase
from quantum.telemetry.names import JOB_ID, JOB_MOVED, LOGGER, ORDER_ACCEPTED, ORDER_REFUSED, PHASE, TARGET
from quantumjobs.texts import duration, printable

EVENTS = f"{ORDER_ACCEPTED}|{ORDER_REFUSED}|{JOB_MOVED}"
LINE = re.compile(
    rf"(?P<at>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d),(?P<ms>\d{{3}}) INFO {LOGGER}: (?:{EVENTS}): (?P<facts>.*)"
)
EMULATED = re.compile(r"\d\d:\d\d:\d\d  ")
STYLES = {Phase.SUCCEEDED: "green", Phase.FAILED: "red", Phase.REJECTED: "red"}
ENDED_OTHERWISE = "yellow"
WITH_A_REASON = FINAL - {Phase.SUCCEEDED}
NAME_WIDTH, TARGET_WIDTH = 20, 24  # a longer target is shown in full
MOST_READ_AT_ONCE = 20  # in a flood of orders the others are shown without their names
MOST_REMEMBERED = 10_000

type Read = Callable[[str], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Move:
    """A change of a job's phase: one event of the app's log."""

    at: datetime
    job_id: str
    phase: Phase
    target: str


@dataclass
class Followed:
    """A job as the console shows it so far."""

    name: str
    target: str
    ordered_at: datetime | None
    phase: Phase | None = None


def move_of(line: str) -> Move | None:
    """Read a line of the host's log; None for other lines."""
    match = LINE.match(line)
    if match is None:
        return None
    facts = dict(fact.split("=", 1) for fact in match["facts"].split(" ") if "=" in fact)
    at = datetime.fromisoformat(f"{match['at']}.{match['ms']}")
    return Move(at, facts[JOB_ID], Phase(facts.get(PHASE, Phase.REJECTED)), facts.get(TARGET, ""))


class Life:
    """Turns moves into lines, each once."""

    def __init__(self, read: Read) -> None:
        """Take a function that reads a job from the API; it returns an empty view where that fails."""
        self._read = read
        self._jobs: dict[str, Followed] = {}

    async def lines(self, log_lines: list[str]) -> AsyncIterator[Text]:
        """Yield a line for every change of phase in the log lines."""
        reads = 0
        for move in filter(None, map(move_of, log_lines)):
            followed = self._jobs.get(move.job_id)
            if followed and followed.phase == move.phase:
                continue  # a step that was retried
            view: Mapping[str, Any] = {}
            if (followed is None or move.phase in WITH_A_REASON) and reads < MOST_READ_AT_ONCE:
                reads += 1
                view = await self._read(move.job_id)
            yield self._line(move, followed, view)

    def _line(self, move: Move, followed: Followed | None, view: Mapping[str, Any]) -> Text:
        if followed is None:
            ordered_at = move.at if move.phase == Phase.ACCEPTED else None
            followed = self._jobs[move.job_id] = Followed(printable(str(view.get("name", ""))), "", ordered_at)
        followed.phase = move.phase
        followed.target = move.target or printable(str(view.get("target", "")))
        line = Text(f"{move.at:%H:%M:%S}  {move.job_id[:8]}  {shortened(followed.name):{NAME_WIDTH}}  ")
        line.append(f"{followed.target:{TARGET_WIDTH}}  ")
        line.append(move.phase.value, STYLES.get(move.phase, ENDED_OTHERWISE) if move.phase in FINAL else "cyan")
        if move.phase in FINAL:
            line.append(_took(followed.ordered_at, move.at) + _reason(view))
        if len(self._jobs) > MOST_REMEMBERED:
            del self._jobs[next(iter(self._jobs))]
        return line


def shortened(name: str) -> str:
    """Shorten a name to its column, with an ellipsis."""
    return name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"


def _took(ordered_at: datetime | None, ended_at: datetime) -> str:
    return f" in {duration((ended_at - ordered_at).total_seconds())}" if ordered_at else ""


def _reason(view: Mapping[str, Any]) -> str:
    error = view.get("error") or {}
    text = str(error.get("message") or error.get("title") or "")
    return f": {printable(text.partition('\n')[0])}" if text else ""


async def show_jobs(log: Path, say: Callable[[str], None]) -> None:
    """Print every new event of a job in the emulator's log; never returns."""
    async for lines in added_lines(log):
        for line in filter(EMULATED.match, lines):
            say(line)


async def show_life(log: Path, endpoints: Endpoints, show: Callable[[Text], None]) -> None:
    """Print every new order, phase and end in the host's log; never returns."""
    async with reading(endpoints) as read:
        life = Life(read)
        async for log_lines in added_lines(log):
            async for line in life.lines(log_lines):
                show(line)


@asynccontextmanager
async def reading(endpoints: Endpoints) -> AsyncIterator[Read]:
    """Return a function that reads jobs of a stack; a failed read is empty, since the log has the phase."""
    headers = {"x-functions-key": endpoints.function_key}
    async with httpx.AsyncClient(base_url=endpoints.api, headers=headers, timeout=5, trust_env=False) as api:

        async def read(job_id: str) -> Mapping[str, Any]:
            try:
                answer = await api.get(f"/api/jobs/{job_id}")
            except httpx.HTTPError:
                return {}
            return answer.json() if answer.is_success else {}

        yield read
