"""The views of a batch for callers, and its answer on the queue."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quantum.batches import progress
from quantum.batches.expand import Member, Members
from quantum.batches.model import Batch
from quantum.batches.pace import expected_end
from quantum.batches.progress import WORDS
from quantum.contract.batches import MEMBER_ANSWERS
from quantum.contract.constraints import AUTO
from quantum.ports import Services
from quantum.service.answers import SOURCE
from quantum.service.sending import send_message
from quantum.wire import codec

AT_ONCE = 16  # jobs that are read for a page of members


def batch_view(batch: Batch, now: datetime | None = None) -> dict[str, Any]:
    """Describe a batch as `BatchView` of the contract; with a time, also when it is likely to have ended."""
    ended, total = progress.ended_count(batch.members), len(batch.members)
    view = {
        "id": batch.id,
        "name": batch.name,
        "phase": batch.phase.value,
        "createdAt": batch.created_at,
        "history": batch.history,
        "members": total,
        "byPhase": progress.by_phase(batch.members),
        "progress": round(ended / total, 4) if total else 1.0,
        "costs": [{"unit": unit, "amount": round(amount, 9)} for unit, amount in batch.costs.items()],
        "window": batch.window,
        "targetWindows": batch.target_windows or None,
        "stopOnFailure": batch.stop_on_failure,
        "answers": batch.answers,
        "source": batch.source,
        "links": batch_links(batch),
        "answerTo": batch.answer_to,
        "error": batch.error,
        "verdict": batch.verdict,
        "cancelRequested": True if batch.is_cancelled else None,
        "pauseRequested": True if batch.is_paused and not batch.is_final else None,
        "eta": expected_end(batch, now) if now else None,
        "rerunOf": batch.rerun_of,
        "reused": batch.reused or None,
        "traceparent": batch.traceparent,
        "maxCost": batch.max_cost or None,
        "approval": batch.approval,
    }
    encoded: dict[str, Any] = codec.to_wire({name: value for name, value in view.items() if value is not None})
    return encoded


def batch_links(batch: Batch) -> dict[str, str]:
    """Return the paths of a batch's routes, relative to the deployment."""
    path = f"/api/batches/{batch.id}"
    moves = {move: f"{path}/{move}" for move in ("members", "cancel", "pause", "resume", "rerun")}
    links = {"self": path, **moves}
    return links | ({"table": f"{path}/table"} if batch.table else {})


def member_view(batch: Batch, members: Members, member: Member) -> dict[str, Any]:
    """Describe a member as `MemberView` of the contract; whatever else is to be known of it is in its job."""
    id_, letter = members.id_of(batch.id, member.number), batch.members[member.number]
    has_job = letter not in {progress.PENDING, progress.LEFT_OUT}
    return {
        "number": member.number,
        "id": id_,
        "name": member.order.get("name"),
        "target": member.target,
        "phase": WORDS[letter],
        "point": dict(member.point),
    } | ({"job": f"/api/jobs/{id_}"} if has_job else {})


def member_views(
    batch: Batch, members: Members, query: Mapping[str, str], start: int, top: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Describe up to `top` members from a number on, of one phase and target where the query has them.

    Returns the number of the next page as its cursor, or None.
    """
    views: list[dict[str, Any]] = []
    for number in range(start, len(members)):
        if query.get("phase", WORDS[batch.members[number]]) != WORDS[batch.members[number]]:
            continue
        member = members[number]
        if query.get("target", member.target) == member.target:
            if len(views) == top:
                return views, str(number)
            views.append(member_view(batch, members, member))
    return views, None


async def with_current_targets(
    services: Services, members: Members, views: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Name the target where the job is now, where its order leaves that open; other members need no request."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def current(view: dict[str, Any]) -> dict[str, Any]:
        order = members[view["number"]].order
        if "job" not in view or not (view["target"] == AUTO or order.get("fallbackTargets")):
            return view
        async with turns:
            entry = await services.index.find(view["id"])
        return view | {"target": entry.job.target} if entry else view

    return await asyncio.gather(*map(current, views))


def batch_answer(batch: Batch) -> dict[str, Any]:
    """Wrap an ended batch in a CloudEvents 1.0 envelope, whose `id` is always the same."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{batch.id}-{batch.phase.value}",
        "source": SOURCE,
        "type": f"quantumjobs.batch.{batch.phase.value}",
        "subject": batch.id,
        "time": batch.history[-1]["at"],
        "datacontenttype": "application/json",
        "data": batch_view(batch) | _table(batch),
    }
    return envelope | ({"traceparent": batch.traceparent} if batch.traceparent else {})


async def send_batch_answer(services: Services, batch: Batch) -> None:
    """Send the answer of a batch, unless only its members are answered."""
    if batch.answers != MEMBER_ANSWERS:
        await send_message(services, batch.answer_to, batch_answer(batch))


def _table(batch: Batch) -> dict[str, str]:
    return {"tableBlob": batch.table} if batch.table else {}
