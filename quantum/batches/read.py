"""Parses a batch from untrusted JSON: it is valid, or the faults of all members are reported at once, by place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quantum.batches.expand import Member, Members
from quantum.batches.rank import rank_faults
from quantum.contract.batches import BATCH, BATCH_KIND, MAX_MEMBERS, sweep_faults
from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits, type_of
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import MAX_ORDER_BYTES, MAX_ORDER_ITEMS, order_from
from quantum.programs.prices import unit_faults
from quantum.wire import strict_json
from quantum.wire.encodings import encoding_mistake

MAX_FAULTS = 100
NOT_KEPT = ("kind", "traceparent")  # which say nothing about the members


def parse_batch(body: bytes, limits: Limits) -> Members:
    """Parse a batch, or raise InvalidOrderError with every fault."""
    if len(body) > MAX_ORDER_BYTES:
        raise _faulty([Fault("", f"is {len(body):,} bytes; {MAX_ORDER_BYTES:,} are allowed: send several batches")])
    if body.count(b",") > MAX_ORDER_ITEMS:
        raise _faulty([Fault("", f"has more than {MAX_ORDER_ITEMS:,} commas: send several batches")])
    try:
        data = strict_json.loads(body)
    except strict_json.InvalidJsonError as error:
        mistake = encoding_mistake(body)
        reason = f"is no batch but {mistake}" if mistake else f"is no batch: {error}"
        raise _faulty([Fault("", reason)]) from error
    return batch_from(data, limits)


def batch_from(data: Any, limits: Limits) -> Members:
    """Convert parsed JSON to the members of a batch, or raise InvalidOrderError with every fault."""
    if not isinstance(data, dict):
        raise _faulty([Fault("", f"must be a JSON object, not {type_of(data)}")])
    if faults := list(_form_faults(data, limits)):
        raise _faulty(faults)
    members = Members({name: value for name, value in data.items() if name not in NOT_KEPT and value is not None})
    if len(members) > MAX_MEMBERS:
        raise _faulty([Fault("", f"has {len(members):,} members; {MAX_MEMBERS:,} are allowed")])
    if faults := [*_cost_faults(members), *_rank_faults(members), *_member_faults(members, limits)]:
        raise _faulty(faults)
    return members


def is_batch(text: bytes) -> bool:
    """Say whether a message on the queue of orders is a batch."""
    if b'"kind"' not in text:
        return False
    try:
        data = strict_json.loads(text, unbounded="arguments")
    except strict_json.InvalidJsonError:
        return False
    return isinstance(data, dict) and data.get("kind") == BATCH_KIND


def limited(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Name each fault once, and no more of them than a caller can read."""
    once = list(dict.fromkeys(faults))
    if (more := len(once) - MAX_FAULTS) > 0:
        return (*once[:MAX_FAULTS], Fault("", f"has {more:,} more faults"))
    return tuple(once)


def checked_numbers(members: Members) -> Iterator[int]:
    """Choose the members by which all faults of form are discovered, without looking at every combination."""
    targets = max(len(members.targets), 1)
    if "orders" in members.request or "params" in (members.request.get("sweep") or {}):
        yield from range(len(members))
    else:
        yield from range(targets)
        yield from range(targets, len(members), targets)


def _cost_faults(members: Members) -> list[Fault]:
    """Report units of `maxCost` that no target has, and billed targets that it does not limit."""
    request = members.request
    if "maxCost" not in request:
        return []
    orders = request["orders"] if "orders" in request else [request["order"]]
    targets = request.get("targets") or [order.get("target") for order in orders if isinstance(order, dict)]
    return unit_faults(request["maxCost"], {target for target in targets if isinstance(target, str)})


def _form_faults(data: Mapping[str, Any], limits: Limits) -> Iterator[Fault]:
    yield from faults_in(data, BATCH, limits)
    forms = [name for name in ("order", "orders") if data.get(name) is not None]
    if len(forms) != 1:
        both = "both came" if forms else "neither came"
        yield Fault("", f"takes either `order`, with `targets` and `sweep`, or `orders`: {both}")
    elif forms == ["orders"]:
        yield from (
            Fault(name, "goes with `order`, not with `orders`") for name in ("targets", "sweep") if data.get(name)
        )
    if isinstance(sweep := data.get("sweep"), dict):
        yield from sweep_faults(sweep, limits)
    if isinstance(order := data.get("order"), dict):
        yield from _order_faults(order, data)


def _order_faults(order: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Fault]:
    """Report what the base order says although the members differ in it, or the batch says it."""
    if data.get("targets") and "target" in order:
        yield Fault("order.target", "does not go with `targets`: leave one of the two out")
    if (
        isinstance(data.get("sweep"), dict)
        and not data["sweep"].keys().isdisjoint({"arguments", "grid"})
        and order.get("arguments")
    ):
        yield Fault("order.arguments", "does not go with `sweep`, which has the arguments")
    if "answerTo" in order:
        yield Fault("order.answerTo", "belongs to the batch: give its `answerTo`, and `answers`")
    if "params" in order and not isinstance(order["params"], dict):
        yield Fault("order.params", f"must be an object, not {type_of(order['params'])}")


def _rank_faults(members: Members) -> list[Fault]:
    rank = members.request.get("rank")
    return rank_faults(rank, len(members)) if rank is not None else []


def _member_faults(members: Members, limits: Limits) -> Iterator[Fault]:
    for number in checked_numbers(members):
        if "orders" in members.request and not isinstance(one := members.request["orders"][number], dict):
            yield Fault(f"orders[{number}]", f"must be a JSON object, not {type_of(one)}")
        else:
            yield from _faults_of(members[number], members, limits)


def _faults_of(member: Member, members: Members, limits: Limits) -> Iterator[Fault]:
    try:
        order_from(dict(member.order), limits)
    except InvalidOrderError as error:
        for fault in error.faults:
            place = members.place_of(member.number, fault.field)
            yield Fault(place, fault.reason, fault.line, fault.column)


def _faulty(faults: Iterable[Fault]) -> InvalidOrderError:
    return InvalidOrderError(limited(faults))
