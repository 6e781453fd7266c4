"""Reads an order from a stranger's JSON: all of it is right, or every fault is named at once, by field."""

from collections.abc import Mapping
from typing import Any

from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits, type_of
from quantum.contract.orders import ORDER, RESERVED, WITHOUT_SHOTS, Order, ProgramInput, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.cross_field import together_faults
from quantum.orders.program_fields import input_faults
from quantum.telemetry.names import traceparent
from quantum.wire import codec as wire
from quantum.wire import strict_json
from quantum.wire.encodings import disguise_of

MAX_ORDER_BYTES = 4 * 1024 * 1024
MAX_ORDER_ITEMS = 500_000  # counted by their commas, before reading them takes any time


def parse_order(body: bytes, limits: Limits) -> SubmittedOrder:
    """Read an order from JSON, or raise InvalidOrderError with every fault."""
    if len(body) > MAX_ORDER_BYTES:
        raise InvalidOrderError(
            (Fault("", f"is {len(body):,} bytes; {MAX_ORDER_BYTES:,} are allowed: put the program in a blob"),)
        )
    if body.count(b",") > MAX_ORDER_ITEMS:
        raise InvalidOrderError((Fault("", f"has more than {MAX_ORDER_ITEMS:,} commas: put the program in a blob"),))
    if not body.strip():
        raise InvalidOrderError((Fault("", "is empty; an order is a JSON object"),))
    try:
        data = strict_json.loads(body, unbounded="arguments")
    except strict_json.InvalidJsonError as error:
        disguise = disguise_of(body)
        reason = f"is no order but {disguise}" if disguise else f"is no order: {error}"
        raise InvalidOrderError((Fault("", reason),)) from error
    return order_from(data, limits)


def order_from(data: Any, limits: Limits) -> SubmittedOrder:
    """Read an order from parsed JSON, or raise InvalidOrderError with every fault."""
    if not isinstance(data, dict):
        raise InvalidOrderError((Fault("", f"must be a JSON object, not {type_of(data)}"),))
    program = data.get("input")
    solves = isinstance(program, dict) and program.get("format") == WITHOUT_SHOTS
    faults = faults_in(data, ORDER, limits, not_needed=("shots",) if solves else ())
    if isinstance(program, dict):
        faults += input_faults(program, limits)
    faults += together_faults(data)
    faulty = {fault.field.partition(".")[0] for fault in faults}
    sound = {field: data[field] for field in ORDER if field in data and field not in {RESERVED.name, *faulty}}
    order = Order.from_wire({"name": default_name(sound), "target": "", "shots": 1} | sound)
    if "input" not in sound:
        raise InvalidOrderError(tuple(faults), order if order.target else None)
    program = wire.from_wire(ProgramInput, sound["input"])
    submitted = SubmittedOrder(order, program, traceparent(data.get("traceparent")))
    if faults:
        raise InvalidOrderError(tuple(faults), submitted if order.target else None)
    return submitted


def default_name(data: Mapping[str, Any]) -> str:
    """The name of an order that has none: its target and its entry point, if it names one."""
    return ":".join(part for part in (data.get("target"), data.get("entryPoint")) if part)[:128]
