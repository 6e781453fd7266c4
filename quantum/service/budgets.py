"""Reserves what a submission may cost before it is made, and charges it what it has cost once its job has ended.

1. The claims of a submission are written first, then reserved, each by one conditional write under the remote job's id.
2. Charging and releasing can be repeated; housekeeping settles what a crash has left open.
3. What is still running in the workspace stays reserved, whatever has become of our job.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from quantum.budgets.amounts import millionths, nearest, number, text
from quantum.budgets.model import Budget, Claim, Definitions, Reservation, covering, period_end
from quantum.budgets.rules import Refusal
from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.jobs.lifecycle import IN_THE_WORKSPACE, Phase, phase_of
from quantum.jobs.model import Account, Approval, Job, Part
from quantum.jobs.parts import parts_of, parts_under, phase_of_part
from quantum.jobs.program import Program
from quantum.ports import Services
from quantum.programs.prices import estimate_parts, price_of, seconds_of, why_no_estimate
from quantum.wire import codec

# A process reads the budgets again after this time: a change takes effect everywhere within half a minute, and a
# thousand orders cost one more request.
FRESH = timedelta(seconds=30)
APPROVAL_PATIENCE = timedelta(days=7)  # of an order without a deadline
NEVER_CLAIMED = timedelta(days=1)
OF_A_BATCH, LIMIT = "maxCost of its batch", "maxCost"
OVER_BUDGET, COST_UNKNOWN = "OverBudget", "CostUnknown"

LARGER = (
    "Order fewer shots or another target, wait for the next period, or ask whoever looks after the budgets for a "
    "larger one (PUT /api/budgets)."
)
LARGER_BATCH = "Send what was left out as another batch (POST /api/batches/{id}/rerun), or give the batch a larger one."


class Budgets:
    """The budgets of a deployment, as one process knows them, and the ledger."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._read: tuple[Definitions, datetime] | None = None

    async def definitions(self, *, fresh: bool = False) -> Definitions:
        """Return the budgets, which may be half a minute old."""
        now = self._services.now()
        if self._read is None or fresh or abs(now - self._read[1]) >= FRESH:
            self._read = (await self._services.ledger().definitions(), now)
        return self._read[0]

    async def reserve(self, job: Job, program: Program) -> Approval | None:
        """Reserve what a job may cost on its target, or return the approval that it needs first.

        RefusedError says which budget has no room, or that the cost is not known before the job runs.
        """
        unit = _unit_of(job.target)
        budgets, limit = covering((await self.definitions()).budgets, job, unit), _limit_of_batch(job, unit)
        if not budgets and limit is None:
            return None
        amount = _amount(job, program)
        approval = self._approval(job, budgets, amount)
        if approval is not None and not await self._is_approved_with_its_batch(job):
            return approval
        for submission in job.remote_ids[:-1]:  # on targets before this one: what they reserved is free now
            await self._settle_submission(submission, job)
        now = self._services.now()
        claims = [Claim.on(budget, now, amount) for budget in budgets]
        if limit is not None:
            claims.append(Claim(f"batch:{job.source['batch']}:{unit}", OF_A_BATCH, unit, amount, limit))
        reservation = Reservation(job.remote_id, job.id, codec.timestamp(now), tuple(claims))
        await self._claim(await self._services.ledger().open(reservation), budgets)
        return None

    async def settle(self, job: Job) -> None:
        """Charge an ended job what its submissions cost, and release the rest of what they reserved."""
        # What was reserved before all budgets ended is left to housekeeping.
        if not (await self.definitions()).budgets and LIMIT not in job.source:
            return
        for submission in job.remote_ids:
            await self._settle_submission(submission, job)

    async def charge(self, job: Job) -> None:
        """Charge an ended job for which nothing could be reserved what the service says, if it says something."""
        cost = job.remote.cost or {}
        amount, unit = cost.get("estimated"), str(cost.get("currency") or "")
        if isinstance(amount, bool) or not isinstance(amount, int | float) or amount <= 0:
            return
        budgets = covering((await self.definitions()).budgets, job, unit)
        if budgets:
            at = job.history[-1]["at"]  # the same whenever this is repeated
            claims = tuple(Claim.on(budget, codec.moment(at), 0) for budget in budgets)
            reservation = Reservation(job.remote_id, job.id, at, claims)
            await self._settle(await self._services.ledger().open(reservation), job)

    async def reconcile(self) -> list[Exception]:
        """Settle what belongs to jobs that have ended or moved on; return the failures, of which none stops others."""
        failures: list[Exception] = []
        async for reservation in self._services.ledger().unsettled():
            try:
                await self._reconcile(reservation)
            except Exception as error:  # noqa: BLE001  # it is raised at the end of the round
                failures.append(error)
        return failures

    def _approval(self, job: Job, budgets: Sequence[Budget], amount: int) -> Approval | None:
        """Return the approval that a submission needs and does not have."""
        if job.approval and job.approval.submission == job.remote_id and job.approval.verdict == "approved":
            return None
        for budget in budgets:
            if budget.approve_above is not None and amount > millionths(budget.approve_above):
                until = job.deadline_at or self._services.now() + APPROVAL_PATIENCE
                above = budget.approve_above
                shown = number(amount)
                return Approval(job.remote_id, budget.name, budget.unit, shown, above, codec.timestamp(until))
        return None

    async def _is_approved_with_its_batch(self, job: Job) -> bool:
        """Say whether a job's batch was approved, with an estimate that has the target of this submission."""
        if "batch" not in job.source or job.choice or len(job.remote_ids) > 1:
            return False
        decision = await self._services.ledger().decision(job.source["batch"])
        return decision is not None and decision.verdict == "approved"

    async def _claim(self, reservation: Reservation, budgets: Sequence[Budget]) -> None:
        """Reserve all claims or none."""
        ledger = self._services.ledger()
        for place, claim in enumerate(reservation.claims):
            refusal = await ledger.reserve(reservation, claim)
            if refusal is not None:
                at = codec.timestamp(self._services.now())
                for earlier in reservation.claims[:place]:
                    await ledger.settle(reservation, earlier, 0, at)
                await ledger.close_reservation(reservation.submission)
                raise RefusedError(self._refusal(claim, refusal, budgets), code=OVER_BUDGET)

    def _refusal(self, claim: Claim, refusal: Refusal, budgets: Sequence[Budget]) -> str:
        budget = next((each for each in budgets if claim.budget == f"budget {each.name}"), None)
        ends = period_end(budget.period, self._services.now()) if budget else None
        period = f" until {ends.date().isoformat()}" if ends else ""
        return (
            f"The {claim.budget} has {text(refusal.left, claim.unit)} left of {text(claim.limit, claim.unit)}{period}; "
            f"this costs {text(claim.amount, claim.unit)} by our estimate. {LARGER if budget else LARGER_BATCH}"
        )

    async def _reconcile(self, reservation: Reservation) -> None:
        entry = await self._services.index.find(reservation.job)
        if entry is None:
            if self._services.now() - codec.moment(reservation.at) > NEVER_CLAIMED:
                await self._close(reservation, dict.fromkeys((claim.key for claim in reservation.claims), 0))
        elif entry.job.is_final or reservation.submission in entry.job.remote_ids[:-1]:
            await self._settle(reservation, entry.job)

    async def _settle_submission(self, submission: str, job: Job) -> None:
        reservation = await self._services.ledger().find(submission)
        if reservation is not None:
            await self._settle(reservation, job)

    async def _settle(self, reservation: Reservation, job: Job) -> None:
        """Charge what the workspace says; what still runs there stays reserved."""
        account = await self._account(reservation.submission, job)
        if account is None or phase_of(account.status) not in IN_THE_WORKSPACE:
            await self._close(reservation, {claim.key: _charge(claim, account, job) for claim in reservation.claims})

    async def _close(self, reservation: Reservation, charges: dict[str, int]) -> None:
        ledger, at = self._services.ledger(), codec.timestamp(self._services.now())
        for claim in reservation.claims:
            await ledger.settle(reservation, claim, charges[claim.key], at)
        await ledger.close_reservation(reservation.submission)

    async def _account(self, submission: str, job: Job) -> Account | None:
        """Return the workspace's account of a submission; None where it has none: then nothing ran."""
        status = job.remote.status
        if submission == job.remote_id and status and phase_of(status) not in IN_THE_WORKSPACE:
            return Account(
                status, job.remote.provider_id or "", job.remote.cost, job.remote.times, None, job.remote.parts
            )
        workspace = await self._services.workspaces.get(job.order.workspace)
        try:
            if parts := parts_under(submission, job):
                from quantum.service.parts import read_parts  # noqa: PLC0415  # few jobs are divided

                return await read_parts(workspace, parts)
            return (await workspace.job(submission)).account
        except NotFoundError:
            return None


def _limit_of_batch(job: Job, unit: str) -> int | None:
    """Return what all members of a job's batch may cost in a unit, where its batch has a limit."""
    pairs = (pair.partition("=") for pair in job.source.get(LIMIT, "").split(","))
    return next((millionths(float(amount)) for name, _, amount in pairs if name == unit), None)


def _unit_of(target: str) -> str:
    price = price_of(target)
    return price.currency if price else ""


def _amount(job: Job, program: Program) -> int:
    """Estimate what a job costs on its target, or raise RefusedError."""
    uses = [(part.shots, None) for part in parts_of(job)]
    cost = estimate_parts(job.target, job.order, program, uses or [(job.order.shots, None)])
    if cost is None:
        raise RefusedError(
            f"A budget in {_unit_of(job.target)} applies, and nothing can be reserved on {job.target}: "
            f"{why_no_estimate(job.target)}. Order it on a target whose cost can be estimated (POST /api/estimates "
            "lists them), or in a workspace without such a budget.",
            code=COST_UNKNOWN,
        )
    return millionths(cost["estimated"])


def _charge(claim: Claim, account: Account | None, job: Job) -> int:
    """Say what a claim is charged: the service's cost, else for what has succeeded our estimate."""
    if account is None:
        return 0
    cost: dict[str, Any] = account.cost or {}
    amount = cost.get("estimated")
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        # In another unit than that of the prices: it cannot be converted, so what was reserved is charged.
        return nearest(amount) if cost.get("currency") == claim.unit or not amount else claim.amount
    parts = account.parts or (Part("", job.order.shots, account.status, times=account.times),)
    uses = [(part.shots, seconds_of(part.times)) for part in parts if phase_of_part(part) is Phase.COLLECTING]
    if not uses:
        return 0
    own = estimate_parts(job.target, job.order, job.program, uses)
    return nearest(own["estimated"]) if own and own["currency"] == claim.unit else claim.amount
