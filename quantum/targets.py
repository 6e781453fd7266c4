"""The workspace's targets, asked for at most once a minute, and what an order gets wrong about them."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from quantum.errors import ServiceError
from quantum.formats import formats_of, takes
from quantum.model import Fault, Order, Target
from quantum.ports import Services

CACHE_SECONDS = 60


class Targets:
    """A short memory of the workspace's target list."""

    def __init__(self) -> None:
        self._known: Sequence[Target] = ()
        self._asked: datetime | None = None

    async def fresh(self, services: Services, max_age: float = CACHE_SECONDS) -> Sequence[Target]:
        """List the targets, at most `max_age` seconds old; ServiceError where the workspace does not answer."""
        if self._asked is None or self.age_seconds(services.now()) > max_age:
            self._known, self._asked = await services.workspace.targets(), services.now()
        return self._known

    async def at_hand(self, services: Services, *, cached: bool = True) -> Sequence[Target]:
        """List the targets, or what was last known of them where the workspace does not answer now."""
        try:
            return await self.fresh(services, CACHE_SECONDS if cached else -1)
        except ServiceError:
            return self._known

    def named(self, names: Sequence[str]) -> Sequence[Target]:
        """Those of the list that go by one of these names."""
        return [target for target in self._known if target.id in names]

    def age_seconds(self, now: datetime) -> float:
        """How old the list is."""
        return (now - self._asked).total_seconds() if self._asked else 0.0


def target_faults(order: Order, known: Sequence[Target]) -> list[Fault]:
    """Name the targets of an order that are not in the workspace, or do not take its format.

    Without a list, as when the workspace does not answer, a target may be there: the submission will tell.
    """
    by_id = {target.id: target for target in known}
    faults = []
    for place, name in enumerate(order.targets):
        field = "target" if place == 0 else "fallbackTargets"
        if known and name not in by_id:
            near = get_close_matches(name, by_id, n=3, cutoff=0.4) or sorted(by_id)
            faults.append(Fault(field, f"{name!r} is not in this workspace; the nearest are {', '.join(near)}"))
        else:
            faults += _format_faults(order, name)
    return faults


def _format_faults(order: Order, target: str) -> list[Fault]:
    word = order.input.format if order.input else None
    if word is None or takes(target, word):
        return []
    return [Fault("input.format", f"{target} does not take {word}; it takes {', '.join(formats_of(target))}")]
