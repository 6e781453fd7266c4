"""The workspace's targets, asked for at most once a minute, and what an order gets wrong about them."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from quantum.jobs.errors import ServiceError
from quantum.jobs.model import Fault, Order
from quantum.ports import Services
from quantum.programs.formats import formats_of, takes
from quantum.workspaces.profiles import DEFAULT
from quantum.workspaces.remote import Target

CACHE_SECONDS = 60


class Targets:
    """A short memory of each workspace's target list."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Sequence[Target], datetime]] = {}

    async def fresh(
        self, services: Services, workspace: str = DEFAULT, max_age: float = CACHE_SECONDS
    ) -> Sequence[Target]:
        """List the targets, at most `max_age` seconds old; ServiceError where the workspace does not answer."""
        if workspace not in self._known or self.age_seconds(services.now(), workspace) > max_age:
            asked = await services.workspace_named(workspace)
            self._known[workspace] = await asked.targets(), services.now()
        return self._known[workspace][0]

    async def at_hand(self, services: Services, workspace: str = DEFAULT, *, cached: bool = True) -> Sequence[Target]:
        """List the targets, or what was last known of them where the workspace does not answer now."""
        try:
            return await self.fresh(services, workspace, CACHE_SECONDS if cached else -1)
        except ServiceError:
            return self._known.get(workspace, ((), None))[0]

    def named(self, names: Sequence[str], workspace: str = DEFAULT) -> Sequence[Target]:
        """Those of the list that go by one of these names."""
        return [target for target in self._known.get(workspace, ((), None))[0] if target.id in names]

    def age_seconds(self, now: datetime, workspace: str = DEFAULT) -> float:
        """How old the list is."""
        return (now - self._known[workspace][1]).total_seconds() if workspace in self._known else 0.0


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
