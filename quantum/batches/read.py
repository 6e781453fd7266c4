"""Parses a batch from untrusted JSON: it is valid, or the faults of all members are reported at once, by place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quantum.batches.expand import Members
from quantum.batches.rank import rank_faults
from quantum.contract.batches import BATCH, BATCH_KIND, MAX_MEMBERS, sweep_faults
from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import TOO_LARGE, Limits, printable, type_of
from quantum.contract.orders import SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import MAX_ORDER_BYTES, MAX_ORDER_ITEMS, order_from
from quantum.programs.prices import unit_faults
from quantum.wire import strict_json
from quantum.wire.encodings import encoding_mistake

MAX_FAULTS = 100
MADE_OF = ("", "order", "orders", "targets", "sweep", "answerTo", "session")
SAID_TWICE = ("order.target", "order.arguments", "order.answerTo")  # the batch's own goes before
NOT_KEPT = ("kind", "traceparent")  # which say nothing about the members


class InvalidBatchError(InvalidOrderError):
    """An invalid batch; `members` are there where its form admits them, so that more can be checked."""

    def __init__(self, faults: Iterable[Fault], members: Members | None = None) -> None:
        self.members = members
        super().__init__(limited(faults))


def parse_batch(body: bytes, limits: Limits) -> Members:
    """Parse a batch whose orders are in it, or raise InvalidBatchError with every fault."""
    return batch_from(json_of_batch(body), limits)


def json_of_batch(body: bytes) -> Any:
    """Parse the JSON of a batch within its limits, or raise InvalidBatchError."""
    if len(body) > MAX_ORDER_BYTES:
        raise InvalidBatchError(
            [Fault("", f"is {len(body):,} bytes; {MAX_ORDER_BYTES:,} are allowed: send several batches")]
        )
    if body.count(b",") > MAX_ORDER_ITEMS:
        raise InvalidBatchError([Fault("", f"has more than {MAX_ORDER_ITEMS:,} commas: send several batches")])
    try:
        return strict_json.loads(body)
    except strict_json.InvalidJsonError as error:
        if error.places:
            raise InvalidBatchError([Fault(place, TOO_LARGE) for place in error.places]) from error
        mistake = encoding_mistake(body)
        reason = f"is no batch but {mistake}" if mistake else f"is no batch: {error}"
        raise InvalidBatchError([Fault("", reason)]) from error


def batch_from(data: Any, limits: Limits, lines: Mapping[int, str] | None = None) -> Members:
    """Convert parsed JSON to the members of a batch, or raise InvalidBatchError with every fault.

    `lines` says what is wrong with lines of a blob of orders, by their numbers. With `partial` the faults of members
    are passed over, unless all have some: those members are rejected when they start.
    """
    if not isinstance(data, dict):
        raise InvalidBatchError([Fault("", f"must be a JSON object, not {type_of(data)}")])
    faults = list(_form_faults(data, limits))
    if any(_hides_members(fault) for fault in faults):
        raise InvalidBatchError(faults)
    if isinstance(data.get("orders"), dict):
        raise InvalidBatchError(
            [*faults, Fault("orders", "names a blob, which is not read here: give the list itself")]
        )
    faulty_fields = {fault.field.partition(".")[0] for fault in faults} - {*MADE_OF}
    left_out = {*NOT_KEPT, *faulty_fields}
    members = Members({name: value for name, value in data.items() if name not in left_out and value is not None})
    if len(members) > MAX_MEMBERS:
        faults.append(Fault("", f"has {len(members):,} members; {MAX_MEMBERS:,} are allowed"))
        raise InvalidBatchError(faults)
    faults += [*_window_faults(members), *_cost_faults(members), *_rank_faults(members)]
    faulty = {
        number: reported
        for number in checked_numbers(members)
        if (reported := _faults_of(number, members, limits, lines))
    }
    if not (members.request.get("partial") is True and len(faulty) < sum(1 for _ in checked_numbers(members))):
        faults += (fault for reported in faulty.values() for fault in reported)
    if faults:
        raise InvalidBatchError(faults, members)
    return members


def read_member(members: Members, number: int, limits: Limits) -> SubmittedOrder:
    """Read the order of a member, or raise InvalidOrderError with every fault of it."""
    if reason := members.request.get("faultyLines", {}).get(str(number)):
        raise InvalidOrderError((Fault("", reason),))
    return order_from(members.value_of(number), limits)


def _hides_members(fault: Fault) -> bool:
    """Say whether a fault is one of the fields that members are made of."""
    return fault.field.partition(".")[0] in MADE_OF and fault.field not in SAID_TWICE


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


def own_faults(data: Mapping[str, Any], limits: Limits) -> list[Fault]:
    """Report the faults of a batch's own fields by which its orders cannot be read."""
    return [fault for fault in _form_faults(data, limits) if _hides_members(fault)]


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
    return rank_faults(rank, len(members)) if isinstance(rank, dict) else []


def _window_faults(members: Members) -> list[Fault]:
    """Report targets of the window that no member has."""
    window = members.request.get("window")
    named = window.get("targets") if isinstance(window, dict) else None
    if not isinstance(named, dict):
        return []
    present = {members.target_of(number) for number in range(len(members))}
    return [
        Fault(f"window.targets.{printable(name)}", "is no target of this batch")
        for name in named
        if name not in present
    ]


def _faults_of(number: int, members: Members, limits: Limits, lines: Mapping[int, str] | None) -> list[Fault]:
    """Report what is wrong with a member, by place."""
    if reason := (lines or {}).get(number):
        return [Fault(f"orders[{number}]", reason)]
    try:
        order_from(members.value_of(number), limits)
    except InvalidOrderError as error:
        return placed(error, number, members)
    return []


def placed(error: InvalidOrderError, number: int, members: Members) -> list[Fault]:
    """Name the places of a member's faults in the request of the batch."""
    return [
        Fault(members.place_of(number, fault.field), fault.reason, fault.line, fault.column) for fault in error.faults
    ]
