"""Chooses the targets of an order with `"target": "auto"`, and checks its program for them.

The program is compiled once for each QIR profile among the targets that are possible at all. The choice is an order
with a target and fallbacks: the submission turns to the next where the first is not available any more.
"""

from dataclasses import replace

from quantum.contract.fields import Fault
from quantum.contract.orders import SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.ports import Services
from quantum.programs.choice import Offer, obstacles, ranked
from quantum.programs.formats import profile_for, row_of
from quantum.programs.prices import estimate_parts, price_faults
from quantum.programs.providers import RETIRED, param_faults
from quantum.programs.shot_limits import division_faults, sizes_of
from quantum.service.own_workspaces import workspace_faults
from quantum.service.prepare import QIR, Checked, check_program
from quantum.service.targets import Targets, size_faults, target_faults
from quantum.workspaces.remote import Target

type Programs = dict[str, Checked | tuple[Fault, ...]]


async def choose(
    services: Services, targets: Targets, submitted: SubmittedOrder, job_id: str, patience: float
) -> Checked:
    """Choose targets and check the program; InvalidOrderError names each target and why it is not the one."""
    order = submitted.order
    if faults := await workspace_faults(services, order.workspace):
        raise InvalidOrderError(tuple(faults))
    available = (await targets.fresh(order.workspace)).targets
    programs: Programs = {}
    offers = [
        await _offer(services, submitted, target, programs, job_id, patience)
        for target in available
        if target.id not in RETIRED
    ]
    candidates = ranked(offers, has_max_cost=order.max_cost is not None)
    names = [candidate.target for candidate in candidates if candidate.rank]
    if not names:
        raise InvalidOrderError(_faults(programs, offers))
    checked = programs[next(offer.profile for offer in offers if offer.target.id == names[0])]
    if not isinstance(checked, Checked):  # pragma: no cover  # a target whose program has faults is not chosen
        raise InvalidOrderError(checked)
    chosen = replace(order, target=names[0], fallback_targets=tuple(names[1:]))
    return replace(checked, order=chosen, choice=candidates)


async def _offer(
    services: Services, submitted: SubmittedOrder, target: Target, programs: Programs, job_id: str, patience: float
) -> Offer:
    """Look at one target; the program is checked only where nothing else speaks against it."""
    order, word = replace(submitted.order, target=target.id, fallback_targets=()), submitted.input.format
    faults = [*target_faults((target.id,), word, [target]), *param_faults((target.id,), order.params)]
    if against := [*obstacles(target, order.constraints), *(fault.reason for fault in faults)]:
        return Offer(target, against=tuple(against))
    profile = profile_for((target.id,)) if row_of(word).is_compiled or word == QIR else ""
    if profile not in programs:
        programs[profile] = await _program(services, replace(submitted, order=order), job_id, patience)
    checked = programs[profile]
    if not isinstance(checked, Checked):
        return Offer(target, None, profile, tuple(f"{fault.field} {fault.reason}" for fault in checked))
    limits = services.limits
    more = [*size_faults((target.id,), checked.program.qubits, [target]), *division_faults(order, limits)]
    more += price_faults(order, checked.program, limits)
    against = [f"{fault.field} {fault.reason}" for fault in more]
    uses = [(size, None) for size in sizes_of(target.id, order, limits)]
    return Offer(target, estimate_parts(target.id, order, checked.program, uses), profile, tuple(against))


async def _program(
    services: Services, submitted: SubmittedOrder, job_id: str, patience: float
) -> Checked | tuple[Fault, ...]:
    try:
        return await check_program(services, submitted, job_id, patience)
    except InvalidOrderError as error:
        return error.faults


def _faults(programs: Programs, offers: list[Offer]) -> tuple[Fault, ...]:
    """Give the faults of a program that is wrong wherever it could run, or else the reasons by target."""
    wrong = [each for each in programs.values() if not isinstance(each, Checked)]
    if wrong and len(wrong) == len(programs):
        return tuple(dict.fromkeys(fault for each in wrong for fault in each))
    reasons = [Fault("target", f"auto: {offer.target.id} {'; '.join(offer.against)}") for offer in offers]
    return tuple(reasons) or (Fault("target", "auto: this workspace has no targets"),)
