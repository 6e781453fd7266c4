"""Batches: taken as one, their members started in a window through the same intake as any order, their end told once.

A batch is claimed before it is started, as a job is; so is each member, under an id that derives from the batch's. The
state of a batch is one small row, so that every step can be repeated: what it finds done it passes over.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.progress import PENDING, BatchPhase
from quantum.batches.read import InvalidBatchError, batch_from, json_of_batch, own_faults
from quantum.contract.answer_to import AnswerQueue
from quantum.contract.batches import BATCH_ANSWER, DEFAULT_WINDOW
from quantum.contract.fields import Fault
from quantum.jobs.errors import (
    ConflictingOrderError,
    InvalidOrderError,
    NotFoundError,
    ServiceError,
    ServiceUnavailableError,
    UnknownClaimError,
)
from quantum.ports import Orchestrations, Services
from quantum.service.answers import encode
from quantum.service.batch_answers import send_batch_answer
from quantum.service.batch_checks import check_members, complete
from quantum.service.batch_lines import read_lines
from quantum.service.ended_members import EndedMembers
from quantum.service.intake import Intake
from quantum.service.shared_programs import SharingCompiler
from quantum.service.targets import Targets
from quantum.storage import BATCHES_CONTAINER
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.service.budgets import Budgets

MAX_REQUESTS = 8  # that a process remembers
GATHER_SECONDS = 1.0  # members that end together wake their batch once; the process waits as long before it looks


class Batches:
    """Takes batches for one deployment, and knows their members."""

    def __init__(self, services: Services, targets: Targets, budgets: Callable[[], "Budgets"] | None = None) -> None:
        self.services, self.budgets = services, budgets
        self.intake = Intake(replace(services, compiler=SharingCompiler(services.compiler)), targets)
        self._requests: OrderedDict[str, Members] = OrderedDict()
        self._woken: OrderedDict[str, float] = OrderedDict()
        self.ended_members = EndedMembers()

    async def read(self, body: bytes, door: str) -> Members:
        """Read a batch from its JSON, and its orders from a blob where it names one.

        Raises InvalidBatchError with the faults of its fields, its members, their targets and some of their programs.
        """
        try:
            data = json_of_batch(body)
            named = data.get("orders") if isinstance(data, dict) else None
            if not isinstance(named, dict) or own_faults(data, self.services.limits):
                return batch_from(data, self.services.limits)
            orders, lines = await read_lines(self.services.blobs, named["blob"])
            members = batch_from({**data, "orders": orders}, self.services.limits, lines)
            faulty = {"faultyLines": {str(number): reason for number, reason in lines.items()}} if lines else {}
            return Members({**members.request, "ordersFrom": named, **faulty})
        except InvalidBatchError as error:
            raise await complete(self.intake, error, door) from error

    async def take(
        self,
        members: Members,
        batch_id: str,
        source: Mapping[str, str],
        orchestrations: Orchestrations,
        traceparent: str | None = None,
    ) -> Batch:
        """Accept a batch and start it, or return the existing one.

        Raises InvalidOrderError with the faults of all members, and ConflictingOrderError where the id belongs to
        another batch. After a ServiceError nothing was started, unless it is an UnknownClaimError.
        """
        digest = digest_of(_as_sent(members.request))
        existing = await self.services.batches.find(batch_id)
        if existing is None:
            await check_members(self.intake, members, source["door"])
            accepted = self.accepted(members, batch_id, source)
            batch = replace(accepted, digest=digest, traceparent=traceparent)
            return await self.accept(batch, members, orchestrations)
        return await self.again(existing, digest, orchestrations)

    async def accept(self, batch: Batch, members: Members, orchestrations: Orchestrations) -> Batch:
        """Store the request of a batch, claim its id and start it; another process may have claimed it first."""
        content = encode(members.request)
        path = f"{BATCHES_CONTAINER}/{batch.id}/{batch.digest[:16]}.json"
        await self.services.blobs.write(path, content, size=len(content))
        batch = replace(batch, request=path)
        existing = await self._claim(batch)
        if existing is not None:
            return await self.again(existing, batch.digest, orchestrations)
        with suppress(ServiceError):  # the claim is the acceptance: housekeeping starts it, too
            await orchestrations.start_batch(batch.id)
        return batch

    async def again(self, existing: Batch, digest: str, orchestrations: Orchestrations) -> Batch:
        """Return the batch that has an id already, started again where that is needed; refuse another one."""
        if existing.phase is BatchPhase.REJECTED and existing.error and not existing.digest:
            raise InvalidOrderError(existing.error.errors or (Fault("", existing.error.message),))
        if existing.digest != digest:
            raise ConflictingOrderError(existing.id)
        if not existing.is_final:
            with suppress(ServiceError):
                await self.start_if_lost(existing, orchestrations)
        return existing

    async def refuse(self, batch_id: str, source: Mapping[str, str], error: InvalidOrderError) -> None:
        """Record an invalid batch that nobody waits for as rejected, and send its answer; idempotent."""
        now = self.services.now()
        batch = Batch(batch_id, batch_id, codec.timestamp(now), source, error=error.failure)
        batch = batch.moved_to(BatchPhase.REJECTED, now)
        if not await self.services.batches.claim(batch):
            batch = await self.services.batches.find(batch_id) or batch
        if batch.phase is BatchPhase.REJECTED:
            await send_batch_answer(self.services, batch)

    async def start_if_lost(self, batch: Batch, orchestrations: Orchestrations) -> bool:
        """Start a batch's orchestration if none runs: every step passes over what is done."""
        if await orchestrations.state(batch.id) == "running":
            return False
        await orchestrations.start_batch(batch.id)
        return True

    async def members_of(self, batch: Batch) -> Members:
        """Return the members of a batch, as they were accepted."""
        if batch.request is None:
            raise NotFoundError("The batch has no members.")
        if batch.request not in self._requests:
            blob = await self.services.blobs.open(batch.request)
            self._requests[batch.request] = Members(json.loads(await blob.read()))
            while len(self._requests) > MAX_REQUESTS:
                self._requests.popitem(last=False)
        return self._requests[batch.request]

    async def wake(self, batch_id: str, member: str, orchestrations: Orchestrations) -> None:
        """Hint to a batch that a member has ended, at most once in the time for which it gathers such hints."""
        self.ended_members.add(batch_id, member)
        now = self.services.now().timestamp()
        if abs(now - self._woken.get(batch_id, 0.0)) < GATHER_SECONDS:
            return
        self._woken[batch_id] = now
        self._woken.move_to_end(batch_id)
        while len(self._woken) > MAX_REQUESTS * 16:
            self._woken.popitem(last=False)
        await orchestrations.wake(batch_id)

    def accepted(self, members: Members, batch_id: str, source: Mapping[str, str]) -> Batch:
        """Make the batch of a request whose members have not started."""
        request, now = members.request, self.services.now()
        requested = request.get("window", DEFAULT_WINDOW)
        window = requested if isinstance(requested, dict) else {"all": requested}
        return Batch(
            batch_id,
            request.get("name") or f"{len(members)} orders",
            codec.timestamp(now),
            source,
            members=PENDING * len(members),
            window=window.get("all", DEFAULT_WINDOW),
            target_windows=window.get("targets", {}),
            stop_on_failure=request.get("stopOnFailure", False),
            answers=request.get("answers", BATCH_ANSWER),
            answer_to=_answer_to(request.get("answerTo")),
            max_cost=request.get("maxCost", {}),
            history=({"phase": BatchPhase.ACCEPTED.value, "at": codec.timestamp(now)},),
        )

    async def _claim(self, batch: Batch) -> Batch | None:
        """Claim a batch's id, or return the batch that has it."""
        try:
            if await self.services.batches.claim(batch):
                return None
            existing = await self.services.batches.find(batch.id)
            if existing is None:
                raise ServiceUnavailableError("The table of batches says that the id is taken, and does not have it.")
        except ServiceError as error:  # the request may still be processed
            raise UnknownClaimError(batch.id, error) from error
        return existing


def _as_sent(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a request with the blob in place of what was read of it."""
    if "ordersFrom" not in request:
        return request
    sent = {name: value for name, value in request.items() if name != "faultyLines"}
    return {**sent, "orders": request["ordersFrom"]}


def digest_of(request: Any) -> str:
    """Hash a request, to tell different ones under one id apart."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _answer_to(value: Any) -> str | AnswerQueue | None:
    return codec.from_wire(AnswerQueue, value) if isinstance(value, dict) else value
