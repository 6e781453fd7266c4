"""The parts of a job with more shots than its target takes at once: their number, shots and ids, and their sum.

All of it follows from the job, and so is fixed before anything is sent. The first part has the job's own remote id:
where that is not in the workspace, no part is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from quantum.jobs.lifecycle import FINAL, Phase, phase_of
from quantum.jobs.model import Account, Failure, Job, Part

MOST_PARTS = 20  # the job carries all of them through its orchestration, its row and its answer
ENDED = FINAL | {Phase.COLLECTING}
STOPPED = frozenset({Phase.FAILED, Phase.CANCELLED, Phase.CANCELLING})
COST_ITEMS = 8


def shares(shots: int, limit: int) -> tuple[int, ...]:
    """Divide shots into the fewest parts that a target takes, which differ by one shot at most."""
    number = -(-shots // limit)
    least, more = divmod(shots, number)
    return tuple(least + (index < more) for index in range(number))


def parts_of(job: Job) -> tuple[Part, ...]:
    """Return the parts of a job on its current target as they will be submitted; none of a job that is not divided."""
    limit = (job.shots_at_once or {}).get(job.target)
    if limit is None:
        return ()
    sizes = shares(job.order.shots, limit)
    return tuple(Part(part_id(job.remote_id, number), size) for number, size in enumerate(sizes, start=1))


def parts_under(submission: str, job: Job) -> tuple[Part, ...]:
    """Return the parts of a job on the target where it had this remote id; none where it was not divided there."""
    fallback = job.remote_ids.index(submission)
    return parts_of(replace(job, progress=replace(job.progress, fallback=fallback)))


def part_id(remote_id: str, number: int) -> str:
    """Return the remote id of a part, counted from 1."""
    return remote_id if number == 1 else str(uuid5(UUID(remote_id), f"part:{number}"))


def remote_ids(job: Job) -> tuple[str, ...]:
    """Return the ids of all remote jobs on the current target."""
    return tuple(part.remote_id for part in parts_of(job)) or (job.remote_id,)


def belongs(remote_id: str, job: Job) -> bool:
    """Say whether a remote job is one of a job, or one of its parts, on this target or an earlier one."""
    if remote_id in job.remote_ids:
        return True
    if job.shots_at_once is None:
        return False
    return any(part.remote_id == remote_id for each in job.remote_ids for part in parts_under(each, job))


def phase_of_part(part: Part) -> Phase | None:
    """Return the phase of a part in the workspace; None before it is submitted."""
    return phase_of(part.status) if part.status else None


def has_ended(part: Part) -> bool:
    """Say whether a part has ended, or will never begin."""
    return phase_of_part(part) in ENDED


def is_given_up(parts: Iterable[Part]) -> bool:
    """Say whether a part did not succeed or is being cancelled, so that the others are of no use."""
    return any(phase_of_part(part) in STOPPED for part in parts)


def never_submitted(part: Part, error: Failure | None = None) -> Part:
    """Return the part as one that is not in the workspace: refused for an error, or not needed any more."""
    return replace(part, status="Failed" if error else "Cancelled", error=error, is_remote=False)


def account_of(parts: Sequence[Part], provider_id: str) -> Account:
    """Sum the parts up as one remote job: it runs until each has ended, and succeeds if each does."""
    errors = [_numbered(part.error, number, len(parts)) for number, part in enumerate(parts, start=1) if part.error]
    times = _times(parts)
    return Account(_status(parts), provider_id, cost_of_parts(parts), times, errors[0] if errors else None, (*parts,))


def _status(parts: Sequence[Part]) -> str:
    words = [part.status or "Waiting" for part in parts]
    phases = {phase_of(word) for word in words}
    if len(set(words)) == 1:
        return words[0]
    if phases <= ENDED:
        return "Failed" if Phase.FAILED in phases else "Cancelled" if Phase.CANCELLED in phases else "Succeeded"
    return "Waiting" if phases == {Phase.WAITING} else "Executing"


def _numbered(error: Failure, number: int, of: int) -> Failure:
    return replace(error, message=f"Part {number} of {of}: {error.message}")


def _times(parts: Sequence[Part]) -> Mapping[str, str] | None:
    """Return when the first part was created and began, and when the last ended."""
    times = {}
    for name, choose in (("created", min), ("began", min), ("ended", max), ("cancelled", max)):
        moments = [part.times[name] for part in parts if part.times and name in part.times]
        is_over = name in ("created", "began") or all(map(has_ended, parts))
        if moments and is_over:
            times[name] = choose(moments)
    return times or None


def cost_of_parts(parts: Iterable[Part]) -> dict[str, Any] | None:
    """Add up what the service says that parts cost, by unit; None where it says nothing."""
    costs = [part.cost for part in parts if part.cost]
    units = {cost.get("currency") for cost in costs}
    if not costs:
        return None
    amounts = [cost.get("estimated") for cost in costs]
    numbers = [amount for amount in amounts if isinstance(amount, int | float)]
    is_sum = len(units) == 1 and len(numbers) == len(costs)
    total = {"estimated": round(sum(numbers), 6) if is_sum else None, "currency": units.pop() if is_sum else None}
    items = _items(item for cost in costs for item in cost.get("items") or ())
    return total | {"source": "service"} | ({"items": items} if items else {})


def _items(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up equal billing items; the amounts of different units stay apart."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        total = sums.setdefault(tuple(item.get(name) for name in ("dimension", "unit", "unitPrice")), {})
        for name, value in item.items():
            is_amount = name in ("consumed", "billed") and name in total
            total[name] = total[name] + value if is_amount else value
    return list(sums.values())[:COST_ITEMS]
