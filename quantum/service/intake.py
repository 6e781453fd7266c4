"""How an order becomes a job, the same for every door: checked whole, kept, claimed in the index, started.

1. Everything wrong with the order is found before anything is kept.
2. The program is stored before the claim, so that a claimed job always has its program.
3. The claim is an insert that fails if the id is taken: of a repeated order only one is started.
4. Whoever finds a claim without an orchestration starts it: a process may have died between the two.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from quantum.contract.fields import Fault
from quantum.contract.orders import Order, SubmittedOrder
from quantum.jobs.errors import (
    ConflictingOrderError,
    InvalidOrderError,
    ServiceError,
    ServiceUnavailableError,
    UnknownClaimError,
)
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.ports import COMPILER_PATIENCE_SECONDS, Entry, Orchestrations, Services
from quantum.programs.prices import price_faults
from quantum.service.own_workspaces import workspace_faults
from quantum.service.prepare import Checked, check_program, keep_program
from quantum.service.sessions import session_faults
from quantum.service.targets import Targets, named, target_faults
from quantum.telemetry import names as told
from quantum.wire import codec as wire
from quantum.workspaces.remote import Target

# A caller who waits for the answer waits for a turn at the compiler, too. A message would hold others up meanwhile.
PATIENCE_AT_DOORS = {"http": COMPILER_PATIENCE_SECONDS}
SHORT_PATIENCE_SECONDS = 2.0
POISONED = "Poisoned"  # the code of an order on which the app itself failed


@dataclass(frozen=True)
class Intake:
    """Takes orders for one deployment."""

    services: Services
    targets: Targets
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, init=False, compare=False
    )

    async def take(
        self, submitted: SubmittedOrder, job_id: str, source: Mapping[str, str], orchestrations: Orchestrations
    ) -> Job:
        """Accept an order and start its job, or return the job that it already is.

        Raises InvalidOrderError with every fault, and ConflictingOrderError where the id belongs to another order.
        After a ServiceError nothing was started, unless it is an UnknownClaimError.
        """
        # Of an order that comes many times at once, the first is compiled; the others find its claim.
        facts = {told.JOB_ID: job_id, told.TARGET: submitted.order.target, told.DOOR: source["door"]}
        async with self._turns.setdefault(job_id, asyncio.Lock()):
            with self.services.telemetry.span(told.TAKE_ORDER, submitted.traceparent, facts) as span:
                traced = replace(submitted, traceparent=span.traceparent)
                return await self._take(traced, job_id, source, orchestrations)

    async def _take(
        self, submitted: SubmittedOrder, job_id: str, source: Mapping[str, str], orchestrations: Orchestrations
    ) -> Job:
        digest = digest_of(submitted)
        entry = await self.services.index.find(job_id)
        if entry is None:
            patience = PATIENCE_AT_DOORS.get(source["door"], SHORT_PATIENCE_SECONDS)
            checked = await self._check(submitted, job_id, patience)
            await keep_program(self.services, checked)
            now, trace = self.services.now(), submitted.traceparent
            accepted = Job.accepted(job_id, submitted.order, now, source, trace)
            job = replace(accepted, program=checked.program, warnings=checked.notes)
            entry = await self._claim(job, digest)
            if entry is None:
                self._tell(told.ORDER_TAKEN, told.ACCEPTED, source, told.about(job))
                with suppress(ServiceError):  # the claim is the acceptance: housekeeping starts it, too
                    await orchestrations.start(job)
                return job
        if entry.job.phase is Phase.REJECTED and not entry.digest:
            raise InvalidOrderError(_faults_of(entry.job))  # as it was before
        if entry.digest != digest:
            raise ConflictingOrderError(job_id)
        if not entry.job.is_final:
            with suppress(ServiceError):
                await self.start_if_lost(entry.job, orchestrations)
        return entry.job

    async def _claim(self, job: Job, digest: str) -> Entry | None:
        """Claim a job's id, or give the entry of whoever has it."""
        try:
            if await self.services.index.claim(job, digest):
                return None
            entry = await self.services.index.find(job.id)
            if entry is None:  # whoever had it is gone since: this claim is as open as one without an answer
                raise ServiceUnavailableError("The job index says that the id is taken, and does not have it.")
        except ServiceError as error:  # the request may be on its way still, or its answer
            raise UnknownClaimError(job.id, error) from error
        return entry

    async def start_if_lost(self, job: Job, orchestrations: Orchestrations) -> None:
        """Start a job whose orchestration was never started: a process may have died between claim and start."""
        if await orchestrations.state(job.id) == "unknown":
            await orchestrations.start(job.taken_up())

    async def complete(self, error: InvalidOrderError, patience: float = SHORT_PATIENCE_SECONDS) -> InvalidOrderError:
        """Add the faults of an order's target and program to those that reading it found, so that all come at once."""
        rest = error.rest
        if rest is None:
            return error
        refused = {fault.field.partition(".")[0] for fault in error.faults}
        if isinstance(rest, Order):
            _, faults = await self._target_faults(rest, None)
            return InvalidOrderError((*error.faults, *faults))
        if "entryPoint" in refused:  # which operation it is decides what else is wrong
            _, faults = await self._target_faults(rest.order, rest.input.format)
            return InvalidOrderError((*error.faults, *faults))
        try:
            await self._check(rest, "", patience)
        except InvalidOrderError as more:
            new = (fault for fault in more.faults if fault.field.partition(".")[0] not in refused)
            return InvalidOrderError((*error.faults, *new))
        except ServiceError:  # what has been found is enough to refuse it
            return error
        return error

    async def reject(
        self, job_id: str, source: Mapping[str, str], error: Failure, traceparent: str | None = None
    ) -> Job:
        """Note an order that cannot be run, so that its caller can look it up; the answer is the door's."""
        facts = {told.JOB_ID: job_id, told.DOOR: source["door"]}
        with self.services.telemetry.span(told.REFUSE_ORDER, traceparent, facts) as span:
            job = await self._reject(job_id, source, error, span.traceparent)
            poisoned = error.code == POISONED
            event = told.ORDER_POISONED if poisoned else told.ORDER_REFUSED
            self._tell(event, told.POISONED if poisoned else told.REFUSED, source, facts)
        return job

    async def _reject(self, job_id: str, source: Mapping[str, str], error: Failure, traceparent: str | None) -> Job:
        name = source.get("blob") or source.get("messageId") or job_id
        rejected = Job.rejected(job_id, name, self.services.now(), source, error, traceparent)
        await self.services.index.claim(rejected, digest="")
        return rejected

    def _tell(self, event: str, outcome: str, source: Mapping[str, str], facts: Mapping[str, str]) -> None:
        facts = {**facts, told.DOOR: source["door"], told.OUTCOME: outcome}
        self.services.telemetry.measure(told.ORDERS, 1, facts)
        told.tell(event, facts)

    async def _check(self, submitted: SubmittedOrder, job_id: str, patience: float) -> Checked:
        order = submitted.order
        targets, faults = await self._target_faults(order, submitted.input.format)
        faults += await session_faults(self.services, order)
        try:
            checked = await check_program(self.services, submitted, job_id, patience)
        except InvalidOrderError as error:
            raise InvalidOrderError((*faults, *error.faults)) from error
        if faults := faults or [*_size_faults(order, checked, targets), *price_faults(order, checked.program)]:
            raise InvalidOrderError(tuple(faults))
        return checked

    async def _target_faults(self, order: Order, word: str | None) -> tuple[Sequence[Target], list[Fault]]:
        """Read the targets of the order's workspace, and name the faults that concern them and the program's format."""
        faults = await workspace_faults(self.services, order.workspace)
        targets = () if faults else await self.targets.at_hand(order.workspace)
        return targets, [*faults, *target_faults(order.targets, word, targets)]


def _faults_of(rejected: Job) -> tuple[Fault, ...]:
    """Name the faults for which an order was rejected; where none is known by its field, the error itself is one."""
    error = rejected.error
    return (error.errors if error else ()) or (Fault("", error.message if error else "was rejected before"),)


def _size_faults(order: Order, checked: Checked, targets: Sequence[Target]) -> list[Fault]:
    needed = checked.program.qubits or 0
    small = [target for target in named(targets, order.targets) if needed > (target.qubits or needed)]
    return [Fault("input", f"needs {needed} qubits; {target.id} has {target.qubits}") for target in small]


def digest_of(submitted: SubmittedOrder) -> str:
    """Tell two orders apart: a hash over everything that the caller asked for."""
    asked = replace(submitted, traceparent=None)
    return hashlib.sha256(json.dumps(wire.to_wire(asked), sort_keys=True).encode()).hexdigest()
