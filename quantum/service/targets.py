"""Each workspace's targets, cached for a minute, and the validation of an order's targets."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches

from quantum.contract.constraints import AUTO
from quantum.contract.fields import Fault
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceError
from quantum.ports import Services
from quantum.programs.formats import formats_of, takes
from quantum.programs.providers import RETIRED
from quantum.wire.records import record
from quantum.workspaces.remote import Target

CACHE_SECONDS = 60
MOST_SUGGESTED = 5


@record
class TargetList:
    """A workspace's targets and the time of the reading."""

    targets: Sequence[Target]
    read_at: datetime

    def age_seconds(self, now: datetime) -> float:
        """Return the age of the list."""
        return (now - self.read_at).total_seconds()


class Targets:
    """Reads each workspace's target list, and caches it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cache: dict[str, TargetList] = {}

    async def fresh(self, workspace: str = DEFAULT, max_age: float = CACHE_SECONDS) -> TargetList:
        """Read the targets, at most `max_age` seconds old; ServiceError where the workspace does not answer."""
        cached = self._cache.get(workspace)
        if cached and cached.age_seconds(self._services.now()) <= max_age:
            return cached
        targets = await (await self._services.workspaces.get(workspace)).targets()
        self._cache[workspace] = fresh = TargetList(targets, self._services.now())
        return fresh

    async def best_effort(self, workspace: str = DEFAULT, *, cached: bool = True) -> Sequence[Target]:
        """Read the targets; without an answer of the workspace, return the last list, or none."""
        try:
            return (await self.fresh(workspace, CACHE_SECONDS if cached else -1)).targets
        except ServiceError:
            last = self._cache.get(workspace)
            return last.targets if last else ()


def select_targets(targets: Iterable[Target], names: Sequence[str]) -> list[Target]:
    """Select targets by their names."""
    return [target for target in targets if target.id in names]


def _suggestion(name: str, present: Sequence[str]) -> str:
    """Name the targets that resemble a name, or some of those that are there."""
    if near := get_close_matches(name, present, n=3, cutoff=0.4):
        return f"; the nearest are {', '.join(near)}"
    rest = len(present) - MOST_SUGGESTED
    return f", which has {', '.join(present[:MOST_SUGGESTED])}" + (f" and {rest} more" if rest > 0 else "")


def target_faults(names: Sequence[str], word: str | None, available: Sequence[Target]) -> list[Fault]:
    """Report which of an order's targets are missing in the workspace, or do not accept its format.

    A target that Azure has retired is refused with what to do instead. Without a list of `available` targets, as when
    the workspace does not answer, a target may be there: that shows when the job is submitted.
    """
    by_id = {target.id: target for target in available}
    faults = []
    for place, name in enumerate(names):
        field = "target" if place == 0 else "fallbackTargets"
        if name == AUTO:
            continue
        if name in RETIRED:
            faults.append(Fault(field, f"{name} {RETIRED[name]}"))
        elif available and name not in by_id:
            faults.append(Fault(field, f"{name!r} is not in this workspace{_suggestion(name, sorted(by_id))}"))
        else:
            faults += _format_faults(name, word)
    return faults


def size_faults(names: Sequence[str], qubits: int | None, available: Sequence[Target]) -> list[Fault]:
    """Report which of an order's targets have fewer qubits than its program needs."""
    needed = qubits or 0
    small = [target for target in select_targets(available, names) if needed > (target.qubits or needed)]
    return [Fault("input", f"needs {needed} qubits; {target.id} has {target.qubits}") for target in small]


def _format_faults(target: str, word: str | None) -> list[Fault]:
    if word is None or takes(target, word):
        return []
    return [Fault("input.format", f"{target} does not take {word}; it takes {', '.join(formats_of(target))}")]
