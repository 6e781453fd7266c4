"""Checks a batch with the services, before anything is stored: targets, workspaces, formats, and some programs."""

import json
from collections.abc import Iterator, Sequence

from quantum.batches.expand import Members
from quantum.batches.read import InvalidBatchError, placed
from quantum.contract.fields import Fault
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import order_from
from quantum.service.intake import Intake

MAX_EXAMPLES = 25  # a caller waits for their compilation; a member whose program was not among them is rejected alone
MAX_TARGETS = 200  # that are looked up in their workspaces
PLACE = ("target", "workspace", "fallbackTargets")


async def check_members(intake: Intake, members: Members, door: str) -> None:
    """Raise InvalidBatchError with the faults of all members; with `partial`, only where every example has some."""
    checked = await _checked(intake, members, door)
    if members.request.get("partial") is True and not all(checked):
        return
    if faults := [fault for faulty in checked for fault in faulty]:
        raise InvalidBatchError(faults, members)


async def complete(intake: Intake, error: InvalidBatchError, door: str) -> InvalidBatchError:
    """Add what the services know to the faults of a batch's form, so that all are reported at once."""
    if error.members is None:
        return error
    by_member = await _checked(intake, error.members, door)
    return InvalidBatchError((*error.faults, *(fault for each in by_member for fault in each)), error.members)


async def _checked(intake: Intake, members: Members, door: str) -> list[Sequence[Fault]]:
    """Check some members with their programs, and others by their targets alone; gives the faults of each."""
    examples = list(_examples(members))
    checked = [await _faults_of(intake, members, number, door) for number in examples]
    others = _other_targets(members, examples)
    return checked + [await _target_faults_of(intake, members, number) for number in others]


async def _faults_of(intake: Intake, members: Members, number: int, door: str) -> Sequence[Fault]:
    """Report the faults of a member with its target and its program."""
    try:
        await intake.check(order_from(dict(members[number].order), intake.services.limits), door)
    except InvalidOrderError as error:
        whole = await intake.complete(error) if error.rest is not None else error
        return placed(whole, number, members)
    return ()


async def _target_faults_of(intake: Intake, members: Members, number: int) -> Sequence[Fault]:
    """Report the faults of a member's target, where the member has no fault of form."""
    try:
        submitted = order_from(dict(members[number].order), intake.services.limits)
    except InvalidOrderError:
        return ()
    return placed(await intake.complete(InvalidOrderError((), rest=submitted.order)), number, members)


def _other_targets(members: Members, examples: Sequence[int]) -> Iterator[int]:
    """Choose a member for each target that no example has."""
    seen = {_place(members, number) for number in examples}
    for number in _objects(members) if "orders" in members.request else ():
        if (place := _place(members, number)) not in seen and len(seen) < MAX_TARGETS:
            seen.add(place)
            yield number


def _objects(members: Members) -> Iterator[int]:
    """Return the members of a list that are orders at all."""
    return (number for number, order in enumerate(members.request["orders"]) if isinstance(order, dict))


def _place(members: Members, number: int) -> str:
    return json.dumps([members[number].order.get(name) for name in PLACE])


def _examples(members: Members) -> Iterator[int]:
    """Choose members by example: one for each target of a comparison, one for each different program of a list."""
    if "orders" not in members.request:
        yield from range(max(len(members.targets), 1))
        return
    chosen: set[str] = set()
    for number in _objects(members):
        order = members[number].order
        parts = [order.get(name) for name in (*PLACE, "input", "entryPoint")]
        key = json.dumps(parts, sort_keys=True)
        if key not in chosen and len(chosen) < MAX_EXAMPLES:
            chosen.add(key)
            yield number
