"""Runs those members of a batch again that did not succeed: a new batch, which takes over the jobs that did."""

from collections.abc import Mapping
from dataclasses import replace

from quantum.batches import progress
from quantum.batches.expand import Members
from quantum.batches.model import Batch
from quantum.batches.progress import PENDING, SUCCEEDED
from quantum.ports import Orchestrations
from quantum.service.batches import Batches, digest_of

UNSUCCESSFUL = "failed"  # which members run again: all that did not succeed


class NothingToRunError(Exception):
    """A batch cannot be run again; the message says why."""


async def rerun(
    batches: Batches,
    earlier: Batch,
    batch_id: str,
    source: Mapping[str, str],
    orchestrations: Orchestrations,
    traceparent: str | None = None,
) -> Batch:
    """Start a batch of the members of an earlier one that did not succeed, or return the existing batch of this id.

    Raises NothingToRunError, NotFoundError where the earlier request was removed, and ConflictingOrderError where the
    id belongs to another batch. The members were checked when the earlier batch was accepted.
    """
    digest = digest_of({"rerunOf": earlier.id, "members": UNSUCCESSFUL})
    existing = await batches.services.batches.find(batch_id)
    if existing is not None:
        return await batches.again(existing, digest, orchestrations)
    _require_members_to_run(earlier)
    request = (await batches.members_of(earlier)).request
    reused = progress.numbers_of(earlier.members, SUCCEEDED)
    members = Members(request)
    ids = {str(number): members.id_of(earlier.id, number) for number in reused}
    again = Members({**request, "reused": ids})
    letters = progress.with_letters(PENDING * len(again), dict.fromkeys(reused, SUCCEEDED))
    batch = replace(batches.accepted(again, batch_id, source), name=earlier.name, members=letters, digest=digest)
    batch = replace(batch, rerun_of=earlier.id, reused=len(reused), traceparent=traceparent)
    return await batches.accept(batch, again, orchestrations)


def _require_members_to_run(earlier: Batch) -> None:
    if not earlier.is_final:
        raise NothingToRunError(
            f"It is {earlier.phase.value}. Wait until it has ended, or cancel it; then its members can run again."
        )
    if earlier.request is None:
        raise NothingToRunError("It was rejected before it had members: correct its request, and send that.")
    if earlier.members == SUCCEEDED * len(earlier.members):
        raise NothingToRunError("Every member has succeeded: send the request itself to run all of them again.")
