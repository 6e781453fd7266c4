"""Parses an order from untrusted JSON: it is valid, or all faults are reported at once, by field."""

from collections.abc import Mapping
from typing import Any

from quantum.contract.answer_to import DEFAULT_ANSWER
from quantum.contract.fields import Fault, Table, faults_in
from quantum.contract.kinds import TOO_LARGE, Limits, type_of
from quantum.contract.orders import ORDER, RESERVED, WITHOUT_SHOTS, Order, ProgramInput, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.cross_field import cross_field_faults
from quantum.orders.program_fields import input_faults
from quantum.telemetry.names import traceparent
from quantum.wire import codec, strict_json
from quantum.wire.encodings import encoding_mistake

ANY_SHOTS = Limits(max_shots=100_000_000)  # an order that is refused may have asked for more than it may
FOUND_BY = ("name", "target", "shots", "tags", "workspace", "answerTo")
MAX_ORDER_BYTES = 4 * 1024 * 1024
MAX_ORDER_ITEMS = 500_000  # counted by their commas, before any time is spent on parsing


def parse_order(body: bytes, limits: Limits) -> SubmittedOrder:
    """Parse an order, or raise InvalidOrderError with every fault."""
    return order_from(json_of_order(body), limits)


def json_of_order(body: bytes) -> Any:
    """Parse the JSON of an order within its limits, or raise InvalidOrderError."""
    if len(body) > MAX_ORDER_BYTES:
        raise InvalidOrderError(
            (Fault("", f"is {len(body):,} bytes; {MAX_ORDER_BYTES:,} are allowed: put the program in a blob"),)
        )
    if body.count(b",") > MAX_ORDER_ITEMS:
        raise InvalidOrderError((Fault("", f"has more than {MAX_ORDER_ITEMS:,} commas: put the program in a blob"),))
    if not body.strip():
        raise InvalidOrderError((Fault("", "is empty; an order is a JSON object"),))
    try:
        return strict_json.loads(body, unbounded="arguments")
    except strict_json.InvalidJsonError as error:
        if error.places:
            raise InvalidOrderError(tuple(Fault(place, TOO_LARGE) for place in error.places)) from error
        mistake = encoding_mistake(body)
        reason = f"is no order but {mistake}" if mistake else f"is no order: {error}"
        raise InvalidOrderError((Fault("", reason),)) from error


def order_from(data: Any, limits: Limits, table: Table = ORDER) -> SubmittedOrder:
    """Convert parsed JSON to an order, or raise InvalidOrderError with every fault; the table may have more fields."""
    if not isinstance(data, dict):
        raise InvalidOrderError((Fault("", f"must be a JSON object, not {type_of(data)}"),))
    program = data.get("input")
    solves = isinstance(program, dict) and program.get("format") == WITHOUT_SHOTS
    faults = faults_in(data, table, limits, not_needed=("shots",) if solves else ())
    if isinstance(program, dict):
        faults += input_faults(program, limits)
    faults += cross_field_faults(data)
    faulty = {fault.field.partition(".")[0] for fault in faults}
    sound = {field: data[field] for field in ORDER if field in data and field not in {*RESERVED, *faulty}}
    if sound.get("answerTo") == DEFAULT_ANSWER:  # which is what it is without it: an order said so is the same order
        del sound["answerTo"]
    if sound.get("reuseResult") is False:
        del sound["reuseResult"]
    order = Order.from_wire({"name": default_name(sound), "target": "", "shots": 1} | sound)
    partial = part_of_order(data)
    if "input" not in sound:
        raise InvalidOrderError(tuple(faults), order if order.target else None, partial)
    program = codec.from_wire(ProgramInput, sound["input"])
    submitted = SubmittedOrder(order, program, traceparent(data.get("traceparent")))
    if faults:
        raise InvalidOrderError(tuple(faults), submitted if order.target else None, partial)
    return submitted


def part_of_order(data: Mapping[str, Any]) -> Order:
    """Read what lists find an order by, and where its answer goes, as far as that is sound; it is not to be run."""
    sound = {name: data[name] for name in FOUND_BY if name in data and ORDER[name].fault(data[name], ANY_SHOTS) is None}
    return Order.from_wire({"name": default_name(sound), "target": "", "shots": 0} | sound)


def part_in_text(text: bytes) -> Order | None:
    """Read the same from an order's text; None where it is no JSON object."""
    try:
        data = strict_json.loads(text, unbounded="arguments")
    except strict_json.InvalidJsonError:
        return None
    return part_of_order(data) if isinstance(data, dict) else None


def default_name(data: Mapping[str, Any]) -> str:
    """Name an order without a name after its target and its entry point, if any."""
    return ":".join(part for part in (data.get("target"), data.get("entryPoint")) if part)[:128]
