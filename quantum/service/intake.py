"""Turns an order into a job, the same for every door: validate, store, claim in the index, start.

1. The order is validated completely before anything is stored.
2. The program is stored before the claim, so that a claimed job always has its program.
3. The claim is an insert that fails if the id is taken: a repeated order starts once.
4. A claim without an orchestration is started by whoever finds it: a process may have died between the two.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from weakref import WeakValueDictionary

from quantum.contract.constraints import AUTO
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
from quantum.orders.read import part_of_order
from quantum.ports import COMPILER_PATIENCE_SECONDS, Entry, Orchestrations, Services
from quantum.programs.prices import price_faults
from quantum.programs.providers import reuse_notes
from quantum.programs.shot_limits import division_faults, shots_at_once
from quantum.service.own_workspaces import workspace_faults
from quantum.service.prepare import Checked, check_program, store_program
from quantum.service.sending import send_answer
from quantum.service.sessions import session_faults
from quantum.service.targets import Targets, size_faults, target_faults
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.wire.records import record
from quantum.workspaces.remote import Target

# An HTTP caller waits for the compiler, too. A waiting message would block others.
PATIENCE_AT_DOORS = {"http": COMPILER_PATIENCE_SECONDS}
SHORT_PATIENCE_SECONDS = 2.0
POISONED = "Poisoned"  # the error code of an order on which the app itself failed


@record
class Intake:
    """Takes orders for one deployment."""

    services: Services
    targets: Targets
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    async def take(
        self,
        submitted: SubmittedOrder,
        job_id: str,
        source: Mapping[str, str],
        orchestrations: Orchestrations,
        *,
        is_new: bool = False,
    ) -> Job:
        """Accept an order and start its job, or return the existing job; with `is_new` there is none.

        Raises InvalidOrderError with every fault, and ConflictingOrderError where the id belongs to another order.
        After a ServiceError nothing was started, unless it is an UnknownClaimError.
        """
        # Of simultaneous copies of an order only the first is compiled; the others find its claim.
        facts = {telemetry.JOB_ID: job_id, telemetry.TARGET: submitted.order.target, telemetry.DOOR: source["door"]}
        async with self._turns.setdefault(job_id, asyncio.Lock()):
            with self.services.telemetry.span(telemetry.TAKE_ORDER, submitted.traceparent, facts) as span:
                traced = replace(submitted, traceparent=span.traceparent)
                try:
                    entry = None if is_new else await self.services.index.find(job_id)
                    return await self._take(traced, job_id, source, orchestrations, entry)
                except InvalidOrderError as error:
                    raise error.about(_found_by(submitted.order)) from error

    async def _take(
        self,
        submitted: SubmittedOrder,
        job_id: str,
        source: Mapping[str, str],
        orchestrations: Orchestrations,
        entry: Entry | None,
    ) -> Job:
        digest = digest_of(submitted)
        if entry is None:
            patience = PATIENCE_AT_DOORS.get(source["door"], SHORT_PATIENCE_SECONDS)
            checked = await self._check(submitted, job_id, patience)
            await store_program(self.services, checked)
            now, trace = self.services.now(), submitted.traceparent
            order = checked.order or submitted.order
            accepted = Job.accepted(job_id, order, now, source, trace)
            warnings = (*checked.notes, *reuse_notes(order.targets, order.reuse))
            job = replace(accepted, program=checked.program, warnings=warnings, choice=checked.choice)
            job = replace(job, shots_at_once=shots_at_once(order, self.services.limits))
            entry = await self._claim(job, digest)
            if entry is None:
                self._record(telemetry.ORDER_ACCEPTED, telemetry.ACCEPTED, source, telemetry.about(job))
                with suppress(ServiceError):  # the claim is the acceptance: housekeeping starts it, too
                    await orchestrations.start(job)
                return job
        if entry.job.phase is Phase.REJECTED and not entry.digest:
            raise InvalidOrderError(_faults_of(entry.job))  # the same rejection as before
        if entry.digest != digest:
            raise ConflictingOrderError(job_id)
        if not entry.job.is_final:
            with suppress(ServiceError):
                await self.start_if_lost(entry.job, orchestrations)
        return entry.job

    async def _claim(self, job: Job, digest: str) -> Entry | None:
        """Claim a job's id, or return the entry that has it."""
        try:
            if await self.services.index.claim(job, digest):
                return None
            entry = await self.services.index.find(job.id)
            if entry is None:  # the entry is gone: this claim is as uncertain as one without an answer
                raise ServiceUnavailableError("The job index says that the id is taken, and does not have it.")
        except ServiceError as error:  # the request may still be processed
            raise UnknownClaimError(job.id, error) from error
        return entry

    async def start_if_lost(self, job: Job, orchestrations: Orchestrations) -> None:
        """Start a job's orchestration if there is none: a process may have died between claim and start."""
        if await orchestrations.state(job.id) == "unknown":
            await orchestrations.start(job.resumed())

    async def complete(self, error: InvalidOrderError, patience: float = SHORT_PATIENCE_SECONDS) -> InvalidOrderError:
        """Add the faults of an order's target and program to those of its fields, so that all are reported at once."""
        rest = error.rest
        if rest is None:
            return error
        refused = {fault.field.partition(".")[0] for fault in error.faults}
        if isinstance(rest, Order):
            _, faults = await self._target_faults(rest, None)
            return error.with_more(faults)
        if "entryPoint" in refused:  # without the entry point, other checks mean nothing
            _, faults = await self._target_faults(rest.order, rest.input.format)
            return error.with_more(faults)
        try:
            await self._check(rest, "", patience)
        except InvalidOrderError as program_error:
            new = (fault for fault in program_error.faults if fault.field.partition(".")[0] not in refused)
            return error.with_more(new)
        except ServiceError:  # the faults so far suffice to refuse it
            return error
        return error

    async def check(self, submitted: SubmittedOrder, door: str) -> None:
        """Check an order as if it were to be taken, and store nothing; InvalidOrderError lists every fault."""
        await self._check(submitted, "", PATIENCE_AT_DOORS.get(door, SHORT_PATIENCE_SECONDS))

    async def refuse(
        self, job_id: str, source: Mapping[str, str], error: InvalidOrderError, traceparent: str | None = None
    ) -> Job:
        """Record an invalid order as a rejected job, with all its faults, and send its answer.

        First the claim, then the answer: a redelivered order is answered again, under the same id.
        """
        job = await self.reject(job_id, source, (await self.complete(error)).failure, traceparent, error.partial)
        await send_answer(self.services, job)
        return job

    async def reject(
        self,
        job_id: str,
        source: Mapping[str, str],
        error: Failure,
        traceparent: str | None = None,
        partial: Order | None = None,
    ) -> Job:
        """Record an invalid order as a rejected job; `partial` is what could be read of it."""
        facts = {telemetry.JOB_ID: job_id, telemetry.DOOR: source["door"]}
        with self.services.telemetry.span(telemetry.REFUSE_ORDER, traceparent, facts) as span:
            name = (partial and partial.name) or source.get("blob") or source.get("messageId") or job_id
            order = replace(partial or Order(name, target="", shots=0), name=name)
            job = Job.rejected(job_id, order, self.services.now(), source, error, span.traceparent)
            await self.services.index.claim(job, digest="")
            poisoned = error.code == POISONED
            event = telemetry.ORDER_POISONED if poisoned else telemetry.ORDER_REFUSED
            self._record(event, telemetry.POISONED if poisoned else telemetry.REFUSED, source, facts)
        return job

    def _record(self, event: str, outcome: str, source: Mapping[str, str], facts: Mapping[str, str]) -> None:
        facts = {**facts, telemetry.DOOR: source["door"], telemetry.OUTCOME: outcome}
        self.services.telemetry.measure(telemetry.ORDERS, 1, facts)
        telemetry.log_event(event, facts)

    async def _check(self, submitted: SubmittedOrder, job_id: str, patience: float) -> Checked:
        order = submitted.order
        if order.target == AUTO:
            from quantum.service.choice import choose  # noqa: PLC0415  # most orders name their target

            return await choose(self.services, self.targets, submitted, job_id, patience)
        targets, faults = await self._target_faults(order, submitted.input.format)
        faults += await session_faults(self.services, order)
        faults += division_faults(order, self.services.limits)
        try:
            checked = await check_program(self.services, submitted, job_id, patience)
        except InvalidOrderError as error:
            raise InvalidOrderError((*faults, *error.faults)) from error
        sizes = size_faults(order.targets, checked.program.qubits, targets)
        if faults := faults or [*sizes, *price_faults(order, checked.program, self.services.limits)]:
            raise InvalidOrderError(tuple(faults))
        return checked

    async def _target_faults(self, order: Order, word: str | None) -> tuple[Sequence[Target], list[Fault]]:
        """Read the targets of the order's workspace, and validate the order's targets and format against them."""
        faults = await workspace_faults(self.services, order.workspace)
        targets = () if faults else await self.targets.best_effort(order.workspace)
        return targets, [*faults, *target_faults(order.targets, word, targets)]


def _faults_of(rejected: Job) -> tuple[Fault, ...]:
    """Return the faults of a rejected order; without any, its error is the fault."""
    error = rejected.error
    return (error.errors if error else ()) or (Fault("", error.message if error else "was rejected before"),)


def _found_by(order: Order) -> Order:
    """Keep of an order that cannot be run what lists find it by, and where its answer goes."""
    return part_of_order(codec.to_wire(order))


def digest_of(submitted: SubmittedOrder) -> str:
    """Hash an order, without its trace context, to tell different orders apart."""
    request = replace(submitted, traceparent=None)
    return hashlib.sha256(json.dumps(codec.to_wire(request), sort_keys=True).encode()).hexdigest()
