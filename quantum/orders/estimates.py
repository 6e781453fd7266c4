"""Parses the request of an estimate: an order without a target of its own, and the targets to estimate it for."""

from typing import Any

from quantum.contract.constraints import AUTO
from quantum.contract.estimates import BATCH, ESTIMATE, WHERE
from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits
from quantum.contract.orders import SubmittedOrder
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import json_of_order, order_from
from quantum.wire.records import record

NO_TARGET = "any"  # the target of an order until each target is put in its place; its provider has no rules


@record
class Inquiry:
    """An order to be estimated, on `targets`; without any, on all that take it.

    `faults` are what is wrong with the request itself. The order is None where its program cannot be read for them.
    """

    order: SubmittedOrder | None
    workspace: str
    targets: tuple[str, ...]
    faults: tuple[Fault, ...]


def parse_inquiry(body: bytes, limits: Limits) -> Inquiry:
    """Parse the request of an estimate; InvalidOrderError where it is no JSON object."""
    data = json_of_order(body)
    if not isinstance(data, dict):
        order_from(data, limits)  # which says so
    here = {name: value for name, value in data.items() if name in WHERE}
    faults = faults_in(here, WHERE, limits)
    if here.get("targets") == []:
        faults.append(Fault("targets", "is empty; leave it out for every target that takes the order"))
    targets = () if faults else _names(here)
    order = {name: value for name, value in data.items() if name not in WHERE} | {"target": NO_TARGET}
    try:
        submitted = order_from(order, limits, ESTIMATE)
    except InvalidOrderError as error:
        rest = error.rest.order if isinstance(error.rest, SubmittedOrder) else error.rest
        own = _of_one_order(error.faults) if any(data.get(name) for name in BATCH) else error.faults
        sound = error.rest if isinstance(error.rest, SubmittedOrder) else None
        return Inquiry(sound, rest.workspace if rest else DEFAULT, targets, (*faults, *own))
    return Inquiry(submitted, submitted.order.workspace, targets, tuple(faults))


def _names(here: dict[str, Any]) -> tuple[str, ...]:
    """The targets that are named, each once; `auto` names none."""
    named = here.get("targets") or (here.get("target"), *here.get("fallbackTargets", ()))
    return tuple(dict.fromkeys(name for name in named if name and name != AUTO))


def _of_one_order(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Leave out what a batch lacks because it is none of an order's own."""
    return tuple(fault for fault in faults if fault.field not in ("shots", "input"))
