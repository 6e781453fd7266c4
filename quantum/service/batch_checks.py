"""Checks a batch with the services, before anything is stored: targets, workspaces, formats, and some programs."""

import json
from collections.abc import Iterator

from quantum.batches.expand import Members
from quantum.batches.read import limited
from quantum.contract.fields import Fault
from quantum.contract.orders import SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import order_from
from quantum.service.intake import Intake

MAX_EXAMPLES = 25  # a caller waits for their compilation; a member whose program was not among them is rejected alone


async def batch_faults(intake: Intake, members: Members, door: str) -> tuple[Fault, ...]:
    """Return the faults of all members, by place."""
    faults: list[Fault] = []
    for number, submitted in _examples(members, intake):
        try:
            await intake.check(submitted, door)
        except InvalidOrderError as error:
            faults += (
                Fault(members.place_of(number, fault.field), fault.reason, fault.line, fault.column)
                for fault in error.faults
            )
    return limited(faults)


def _examples(members: Members, intake: Intake) -> Iterator[tuple[int, SubmittedOrder]]:
    """Choose members by example: one for each target of a comparison, one for each different program of a list."""
    if "orders" not in members.request:
        numbers = range(max(len(members.targets), 1))
        yield from ((number, order_from(dict(members[number].order), intake.services.limits)) for number in numbers)
        return
    chosen: set[str] = set()
    for number in range(len(members)):
        order = members[number].order
        parts = [order.get(name) for name in ("target", "workspace", "fallbackTargets", "input", "entryPoint")]
        key = json.dumps(parts, sort_keys=True)
        if key not in chosen and len(chosen) < MAX_EXAMPLES:
            chosen.add(key)
            yield number, order_from(dict(order), intake.services.limits)
