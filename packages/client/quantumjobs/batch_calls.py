"""The operations on batches: requests, and the views that their answers become; no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from quantumjobs.batches import Batch, BatchPage, BatchTable, MemberPage
from quantumjobs.calls import checked_id, checked_key, encoded, query
from quantumjobs.exchange import Request, ask, ask_with_key, read, read_under

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quantumjobs.calls import JobFilter, Named
    from quantumjobs.exchange import Steps


def submit_batch(request: Mapping[str, object], idempotency_key: str | None) -> Steps[Batch]:
    """Hand over a batch; however often it is sent, one key makes one batch."""
    key = str(uuid4()) if idempotency_key is None else checked_key(idempotency_key)
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    answer = yield from ask_with_key(Request("POST", "batches", body=encoded(request), headers=headers), key)
    return read_under(key, answer, Batch.from_wire)


def batch_request(batch_id: Named) -> Request:
    """Make the request for a batch's view."""
    return Request("GET", f"batches/{checked_id(batch_id)}")


def batch(batch_id: Named) -> Steps[Batch]:
    """Read a batch."""
    answer = yield from ask(batch_request(batch_id))
    return read(answer, Batch.from_wire)


def cancel_batch(batch_id: Named) -> Steps[Batch]:
    """Ask for every member of a batch to be stopped."""
    answer = yield from ask(Request("POST", f"batches/{checked_id(batch_id)}/cancel"))
    return read(answer, Batch.from_wire)


def pause_batch(batch_id: Named) -> Steps[Batch]:
    """Ask that no more members of a batch start for now."""
    answer = yield from ask(Request("POST", f"batches/{checked_id(batch_id)}/pause"))
    return read(answer, Batch.from_wire)


def resume_batch(batch_id: Named) -> Steps[Batch]:
    """Let a paused batch go on."""
    answer = yield from ask(Request("POST", f"batches/{checked_id(batch_id)}/resume"))
    return read(answer, Batch.from_wire)


def rerun_batch(batch_id: Named, idempotency_key: str | None) -> Steps[Batch]:
    """Run the members again that did not succeed, as a new batch; one key makes one batch."""
    key = str(uuid4()) if idempotency_key is None else checked_key(idempotency_key)
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    request = Request(
        "POST", f"batches/{checked_id(batch_id)}/rerun", body=encoded({"members": "failed"}), headers=headers
    )
    return read_under(key, (yield from ask_with_key(request, key)), Batch.from_wire)


def batch_table(batch_id: Named) -> Steps[BatchTable]:
    """Read the table of a batch that has ended."""
    answer = yield from ask(Request("GET", f"batches/{checked_id(batch_id)}/table"))
    return read(answer, BatchTable.from_wire)


def batches_page(top: int | None, continuation: str | None, phase: str | None = None) -> Steps[BatchPage]:
    """Read one page of the batches, newest first, of one phase where that is given."""
    filters: JobFilter = {} if phase is None else {"phase": phase}
    answer = yield from ask(Request("GET", "batches", query(top, continuation, filters)))
    return read(answer, BatchPage.from_wire)


def members_page(
    batch_id: Named, top: int | None, continuation: str | None, phase: str | None, target: str | None
) -> Steps[MemberPage]:
    """Read one page of a batch's members, by number."""
    filters: JobFilter = {}
    if phase is not None:
        filters["phase"] = phase
    if target is not None:
        filters["target"] = target
    answer = yield from ask(
        Request("GET", f"batches/{checked_id(batch_id)}/members", query(top, continuation, filters))
    )
    return read(answer, MemberPage.from_wire)
