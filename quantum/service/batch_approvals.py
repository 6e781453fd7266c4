"""The approval of a batch: where its members together cost more than a budget lets pass, none starts without one.

1. Whether a batch needs one is decided before its first member starts, by the sum of the members' estimates.
2. A batch on targets without a price reads no budgets; without budgets that ask for approvals, nothing is estimated.
3. One decision holds for all members; denied, or not approved in time, none of them starts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from quantum.batches import progress
from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.progress import LEFT_OUT, PENDING, BatchPhase
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.approvals import DENIED, refusal
from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.model import Approval
from quantum.jobs.principal import owner_in
from quantum.orders.read import order_from
from quantum.programs.prices import FREE, estimate_parts, price_of
from quantum.programs.shot_limits import sizes_of
from quantum.service.batches import Batches
from quantum.service.prepare import check_program
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.budgets.model import Budget

type Cost = tuple[str, str, float]  # workspace, unit and amount

REMEDY = "Send it again, and let somebody approve it: POST /api/batches/{id}/approve"
OF_NO_COST = ("name", "answerTo", "tags", "deadline")  # members that differ in nothing else cost the same
MAX_ESTIMATED = 200  # different members of a batch; more would take longer than an activity may


async def check_approval(batches: Batches, batch: Batch) -> Batch:
    """Return a batch with the approval that it needs, and with the decision once there is one."""
    if batch.has_run or PENDING not in batch.members:
        return batch
    if batch.approval is not None:
        return await _decided(batches, batch, batch.approval)
    if batch.is_paused or batches.budgets is None:
        return batch
    return replace(batch, approval=await _needed(batches, batch))


def end_of_unapproved(batch: Batch) -> BatchPhase | None:
    """Return the end of a batch that was not approved; None for any other."""
    if batch.error is None:
        return None
    return BatchPhase.REJECTED if batch.error.code == DENIED else BatchPhase.EXPIRED


async def _decided(batches: Batches, batch: Batch, approval: Approval) -> Batch:
    """Apply a decision; no answer by the last moment is a denial."""
    if approval.verdict is None:
        decision = await batches.services.ledger().decision(batch.id)
        if decision is not None:
            verdict, by, at, why = decision.verdict, decision.by, decision.at, decision.why
            approval = replace(approval, verdict=verdict, by=by, at=at, why=why)
        elif codec.timestamp(batches.services.now()) < approval.until:
            return batch
    if approval.verdict == "approved":
        return replace(batch, approval=approval)
    letters = dict.fromkeys(progress.numbers_of(batch.members, PENDING), LEFT_OUT)
    members = progress.with_letters(batch.members, letters)
    return replace(batch, approval=approval, members=members, error=refusal(approval, "Its members cost", REMEDY))


async def _needed(batches: Batches, batch: Batch) -> Approval | None:
    """Return the approval that a batch needs, by the first budget that asks for one."""
    members = await batches.members_of(batch)
    numbers = [
        number
        for number in progress.numbers_of(batch.members, PENDING)
        if price_of(members.target_of(number)) not in (None, FREE)
    ]
    if not numbers or batches.budgets is None:
        return None
    budgets = (await batches.budgets().definitions()).budgets
    asking = sorted((each for each in budgets if each.approve_above is not None), key=lambda each: each.name)
    if not asking:
        return None
    return await _over(batches, batch, members, numbers, asking)


async def _over(
    batches: Batches, batch: Batch, members: Members, numbers: Sequence[int], budgets: Sequence["Budget"]
) -> Approval | None:
    """Compare what members cost together with what each budget lets pass."""
    from quantum.budgets.amounts import millionths, number  # noqa: PLC0415  # few batches get here
    from quantum.budgets.model import spender_in  # noqa: PLC0415

    source = {**owner_in(batch.source), "door": "batch"}
    costs = await _costs(batches, members, numbers)
    for budget in budgets:
        spent = sum(
            millionths(amount)
            for workspace, unit, amount in costs
            if unit == budget.unit and budget.of == spender_in(source, workspace, budget.scope)
        )
        above = budget.approve_above or 0
        if spent > millionths(above):
            until = codec.timestamp(_last_moment(batch, members, numbers, batches.services.now()))
            return Approval(batch.id, budget.name, budget.unit, number(spent), above, until)
    return None


async def _costs(batches: Batches, members: Members, numbers: Sequence[int]) -> list[Cost]:
    """Estimate members: workspace, unit and amount of each; equal ones once, others like the dearest before them."""
    by_key: dict[str, Cost] = {}
    dearest: dict[tuple[str, object], Cost] = {}
    costs = []
    for number in numbers:
        order = members[number].order
        key, where = _key(order), (members[number].target, order.get("workspace"))
        if key not in by_key and len(by_key) >= MAX_ESTIMATED and where in dearest:
            costs.append(dearest[where])
            continue
        if key not in by_key:
            by_key[key] = await _cost(batches, order)
            dearest[where] = max(dearest.get(where, by_key[key]), by_key[key], key=lambda cost: cost[2])
        costs.append(by_key[key])
    return costs


def _key(order: Mapping[str, object]) -> str:
    """Name what the cost of an order depends on; an angle changes no number of gates."""
    facts = {name: value for name, value in order.items() if name not in OF_NO_COST}
    arguments = facts.get("arguments")
    if isinstance(arguments, list):
        facts["arguments"] = [0.0 if isinstance(value, float) else value for value in arguments]
    return json.dumps(facts, sort_keys=True)


async def _cost(batches: Batches, order: Mapping[str, object]) -> Cost:
    """Estimate one member; one that is refused when it starts costs nothing."""
    services = batches.intake.services
    try:
        submitted = order_from(dict(order), services.limits)
        program = (await check_program(services, submitted, "")).program
    except InvalidOrderError:
        return DEFAULT, "", 0.0
    ordered = submitted.order
    uses = [(size, None) for size in sizes_of(ordered.target, ordered, services.limits)]
    cost = estimate_parts(ordered.target, ordered, program, uses) or {"currency": "", "estimated": 0.0}
    return ordered.workspace, cost["currency"], cost["estimated"]


def _last_moment(batch: Batch, members: Members, numbers: Sequence[int], now: datetime) -> datetime:
    """Return when no answer becomes a denial: at the first deadline of a member, counted from the acceptance."""
    from quantum.service.budgets import APPROVAL_PATIENCE  # noqa: PLC0415

    accepted = codec.moment(batch.created_at)
    lengths = [members[number].order.get("deadline") for number in numbers]
    deadlines: list[timedelta] = [codec.duration(length) for length in lengths if isinstance(length, str)]
    return accepted + min(deadlines) if deadlines else now + APPROVAL_PATIENCE
