"""Estimates an order on several targets: it is checked and compiled as for a submission, and nothing is run or stored.

A program is compiled once for each QIR profile among the targets. A target that would not take the order has its
reasons; a program that is wrong for every target is an invalid order.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.orders import Order, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError, ServiceError
from quantum.orders.estimates import Inquiry
from quantum.ports import Services
from quantum.programs.formats import profile_for, row_of, takes
from quantum.programs.prices import FREE, estimate_parts, price_faults, price_of, price_view, why_no_estimate
from quantum.programs.providers import RETIRED, param_faults, provider_of
from quantum.programs.shot_limits import division_faults, sizes_of
from quantum.service.own_workspaces import workspace_faults
from quantum.service.prepare import QIR, Checked, check_program
from quantum.service.sessions import faults_at, named_session
from quantum.service.targets import TargetList, Targets, size_faults, target_faults
from quantum.wire import codec
from quantum.wire.records import record
from quantum.workspaces.remote import Quota, Session, Target

type Programs = Mapping[str, Checked | tuple[Fault, ...]]


@record
class Findings:
    """What is known of an order before its targets are looked at one by one; programs and faults are by profile."""

    submitted: SubmittedOrder
    offer: TargetList
    programs: Programs
    session: Session | None


async def estimate_order(services: Services, targets: Targets, inquiry: Inquiry) -> dict[str, Any]:
    """Estimate an order on each target; InvalidOrderError lists every fault that no choice of targets would mend."""
    findings = await _findings(services, targets, inquiry)
    names = inquiry.targets or [target.id for target in findings.offer.targets]
    rows = [_row(findings, name, services.limits) for name in names]
    shown = [row for row in rows if inquiry.targets or row["takes"]]
    await _add_quotas(services, findings.submitted.order.workspace, shown)
    checked = [each for each in findings.programs.values() if isinstance(each, Checked)]
    return {
        "shots": findings.submitted.order.shots,
        "estimates": shown,
        "leftOut": [] if inquiry.targets else [row["target"] for row in rows if not row["takes"]],
        "warnings": list(dict.fromkeys(note for each in checked for note in each.notes)),
        "ageSeconds": round(findings.offer.age_seconds(services.now())),
    }


async def _findings(services: Services, targets: Targets, inquiry: Inquiry) -> Findings:
    submitted = inquiry.order
    faults = [*inquiry.faults, *await workspace_faults(services, inquiry.workspace)]
    if submitted is None:
        raise InvalidOrderError(tuple(faults))
    if faults:
        raise InvalidOrderError((*faults, *await _more_faults(services, submitted, inquiry.targets, faults)))
    offer = await targets.fresh(inquiry.workspace)
    session, faults = await named_session(services, submitted.order)
    names = inquiry.targets or [target.id for target in offer.targets]
    programs = await _programs(services, submitted, names)
    faults += _of_all(programs)
    if faults:
        raise InvalidOrderError(tuple(faults))
    return Findings(submitted, offer, programs, session)


async def _more_faults(
    services: Services, submitted: SubmittedOrder, names: Sequence[str], faults: Sequence[Fault]
) -> list[Fault]:
    """Find the faults of the program of an order that is refused for others already."""
    refused = {fault.field.partition(".")[0] for fault in faults}
    if "entryPoint" in refused:  # without the entry point, other checks mean nothing
        return []
    with suppress(ServiceError):  # the faults so far suffice
        programs = await _programs(services, submitted, names)
        return [fault for fault in _of_all(programs) if fault.field.partition(".")[0] not in refused]
    return []


async def _programs(services: Services, submitted: SubmittedOrder, names: Sequence[str]) -> Programs:
    """Check the program, and compile it if its format needs that, once for each profile of the targets that take it."""
    word = submitted.input.format
    takers = [name for name in names if name not in RETIRED and takes(name, word)]
    targets = {_profile(name, word): name for name in takers or list(names[:1]) or [submitted.order.target]}
    return {profile: await _program(services, submitted, name) for profile, name in targets.items()}


async def _program(services: Services, submitted: SubmittedOrder, target: str) -> Checked | tuple[Fault, ...]:
    try:
        return await check_program(services, replace(submitted, order=_at(submitted.order, target)), "")
    except InvalidOrderError as error:
        return error.faults


def _profile(target: str, word: str) -> str:
    """The profile that a program is compiled for on a target; one name for all targets where none is needed."""
    return profile_for((target,)) if row_of(word).is_compiled or word == QIR else ""


def _of_all(programs: Programs) -> list[Fault]:
    """The faults of a program that is sound for no profile, each once."""
    if any(isinstance(each, Checked) for each in programs.values()):
        return []
    return list(dict.fromkeys(fault for each in programs.values() if isinstance(each, tuple) for fault in each))


def _at(order: Order, target: str) -> Order:
    return replace(order, target=target, fallback_targets=())


def _row(findings: Findings, name: str, limits: Limits) -> dict[str, Any]:
    submitted, order = findings.submitted, _at(findings.submitted.order, name)
    word, available = submitted.input.format, findings.offer.targets
    faults = target_faults((name,), word, available) or _nowhere(name, available)
    faults += param_faults((name,), order.params) + faults_at(findings.session, name)
    checked = findings.programs.get(_profile(name, word)) if takes(name, word) else None
    if isinstance(checked, tuple):
        faults += checked
    row = {"target": name, "provider": provider_of(name), **_offered(name, available)}
    if isinstance(checked, Checked):
        faults += size_faults((name,), checked.program.qubits, available) + price_faults(order, checked.program, limits)
        faults += division_faults(order, limits)
        row |= {"qubits": checked.program.qubits, "gates": codec.to_wire(checked.program.gates)}
        row |= _cost(order, checked, name, limits)
        row |= {"parts": len(sizes)} if len(sizes := sizes_of(name, order, limits)) > 1 else {}
    price = price_view(name)
    view = {"qubits": None, "gates": None, "cost": None} | row | ({"price": price} if price else {})
    return view | {"takes": not faults, "faults": codec.to_wire(faults)}


def _nowhere(name: str, available: Sequence[Target]) -> list[Fault]:
    """Report a target of a workspace without any; `target_faults` cannot tell that from one that did not answer."""
    return [] if available else [Fault("target", f"{name!r} is not in this workspace, which has no targets")]


def _offered(name: str, available: Sequence[Target]) -> dict[str, Any]:
    target = next((each for each in available if each.id == name), None)
    if target is None:
        return {"availability": None, "averageQueueSeconds": None}
    return {"availability": target.availability, "averageQueueSeconds": target.average_queue_seconds}


def _cost(order: Order, checked: Checked, target: str, limits: Limits) -> dict[str, Any]:
    uses = [(size, None) for size in sizes_of(target, order, limits)]
    cost = estimate_parts(target, order, checked.program, uses)
    return {"cost": cost} if cost else {"cost": None, "whyNoCost": why_no_estimate(target)}


async def _add_quotas(services: Services, workspace: str, rows: Sequence[dict[str, Any]]) -> None:
    """Tell, where a target is not free, what its provider lets the workspace use; best effort."""
    billed = [row for row in rows if price_of(row["target"]) not in (None, FREE)]
    if not billed:
        return
    with suppress(ServiceError):
        quotas: Sequence[Quota] = await (await services.workspaces.get(workspace)).quotas()
        for row in billed:
            row["quotas"] = [codec.to_wire(quota) for quota in quotas if quota.provider == row["provider"]]
