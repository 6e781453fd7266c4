"""The ways that an order can take, each with what must be true at its end however often the host was killed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from quantum.batches.expand import member_id
from quantum.jobs.model import job_id
from quantumjobs import ApiError, UnavailableError, UnreachableError
from tests.crash.lane import Lane
from tests.crash.services import LATE, QUEUED

CIRCUIT = json.dumps(
    {"qubits": 2, "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]}
)
SIMULATOR = "ionq.simulator"
DIVIDING = "rigetti.sim.qvm"  # takes 10,000 shots at once
QUIL = "DECLARE ro BIT[1]\nH 0\nMEASURE 0 ro[0]\n"
DEADLINE = "PT2S"
SHOTS = count(1)  # of orders that differ in nothing else
SUBMITTED = "finish_work of submit_job 1"


@dataclass(frozen=True)
class Way:
    """
    How an order comes in and goes on, the phase that is its end, and the step after which its way is its own.

    `kills` is how often the host of one order may be killed and the order still end like that; in `lanes`, orders go
    side by side. `parts` is how many jobs of the workspace an order makes. `only` leaves the points that are tried
    whose step has this word: the rest of the way is another's.
    """

    name: str
    place: Callable[[Lane], Awaitable[str]]
    phase: str = "succeeded"
    must_submit: bool = True
    parts_after: str = ""
    kills: int = 3
    lanes: int = 2
    only: str = ""
    parts: int = 1


def an_order(**changes: Any) -> Mapping[str, Any]:
    """An order for a coin toss, with some of its fields changed."""
    order = {"name": "coin", "target": SIMULATOR, "shots": 100}
    return order | {"input": {"format": "ionq.circuit.v1", "text": CIRCUIT}} | changes


def a_name() -> str:
    """A name that no order had before."""
    return f"order-{uuid4().hex}"


async def by_http(lane: Lane, **changes: Any) -> str:
    """Hand an order in by HTTP, as the client does: again and again under its key, until there is an answer."""
    key = a_name()
    view = await persistently(lambda: lane.client.submit(an_order(**changes), idempotency_key=key))
    assert view.id == job_id("http", key)
    return view.id


async def for_a_queue_of_its_own(lane: Lane) -> str:
    """Hand an order in whose answer goes to a queue that it names, which the first answer makes."""
    queue = a_name()
    lane.expect_answers_in(f"answers-{queue}")
    return await by_http(lane, answerTo={"queue": queue})


async def in_a_batch(lane: Lane) -> str:
    """Hand an order in as the only member of a batch, whose own end and answer are awaited with it."""
    key = a_name()
    request = {"orders": [an_order()], "answers": "both"}
    batch = await persistently(lambda: lane.client.submit_batch(request, idempotency_key=key))
    return member_id(batch.id, 0)


async def and_share_its_result(lane: Lane) -> str:
    """Hand an order in whose result others may have; each is another one, by its shots."""
    return await by_http(lane, shots=next(SHOTS), reuseResult=True)


async def equal_to_another(lane: Lane) -> str:
    """Hand two equal orders in: the second waits for the result of the first, or takes it."""
    shots = next(SHOTS)
    await by_http(lane, shots=shots, reuseResult=True)
    await lane.until(lambda: lane.has_done("stage_input"), "the row of the first")
    return await by_http(lane, shots=shots, reuseResult=True)


async def in_parts(lane: Lane) -> str:
    """Hand an order in with more shots than its target takes at once."""
    return await by_http(lane, target=DIVIDING, shots=20_000, input={"format": "rigetti.quil.v1", "text": QUIL})


async def by_queue(lane: Lane) -> str:
    """Put an order on the queue."""
    sent = await lane.orders.send_message(json.dumps(an_order()))
    return job_id("queue", str(sent.id))


async def by_blob(lane: Lane) -> str:
    """Upload a program."""
    name = f"{SIMULATOR}/{a_name()}.json"
    sent = await lane.blobs.get_blob_client("orders", name).upload_blob(CIRCUIT, metadata={"shots": "100"})
    lane.uploads += 1
    return job_id("blob", f"orders/{name}:{str(sent['etag']).strip('"')}")


async def and_cancel(lane: Lane) -> str:
    """Hand an order in, and cancel it when it waits in the workspace."""
    placed = await by_http(lane, target=QUEUED)
    await lane.until(lambda: lane.has_done("submit_job"), "the submission")
    await persistently(lambda: lane.client.cancel(placed))
    return placed


async def after_an_approval(lane: Lane) -> str:
    """Hand an order in that a budget covers and that has to be approved; cancel it when it waits in the workspace."""
    await persistently(lambda: a_budget(lane))
    placed = await by_http(lane, target=QUEUED)
    await lane.until(lambda: lane.has_done("check_approval"), "the wait for an approval")
    await persistently(lambda: approval_of(lane.client.approve, placed))
    await lane.until(lambda: lane.chronicle.finished["submit_job"] > 1, "the submission")
    await persistently(lambda: lane.client.cancel(placed))
    return placed


async def in_an_approved_batch(lane: Lane) -> str:
    """Hand a batch of one member in that has to be approved; cancel the member when it waits in the workspace."""
    await persistently(lambda: a_budget(lane))
    key, before = a_name(), lane.chronicle.finished["submit_job"]
    request = {"orders": [an_order(target=QUEUED)], "answers": "both"}
    batch = await persistently(lambda: lane.client.submit_batch(request, idempotency_key=key))
    await lane.until(lambda: lane.has_done("advance_batch"), "the wait for an approval")
    await persistently(lambda: approval_of(lane.client.approve_batch, batch.id))
    await lane.until(lambda: lane.chronicle.finished["submit_job"] > before, "the submission")
    placed = member_id(batch.id, 0)
    await persistently(lambda: lane.client.cancel(placed))
    return placed


async def a_budget(lane: Lane) -> None:
    """Set the budget of the lane, unless an order before has: then nothing may be reserved or spent for that."""
    present = await lane.client.budgets()
    assert [(budget.reserved, budget.spent) for budget in present.budgets] in ([], [(0, 0)])
    if not present.budgets:
        lab = {"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "total", "limit": 1e6}
        await lane.client.set_budgets([lab | {"approveAbove": 1}], version=present.version)


async def approval_of(approve: Callable[[str], Awaitable[object]], id_: str) -> None:
    """Approve a job or a batch; an approval whose answer was lost is a conflict, and as good."""
    try:
        await approve(id_)
    except UnavailableError:
        raise
    except ApiError as error:
        assert error.status == 409  # noqa: PT017  # the first one was recorded


async def too_late(lane: Lane) -> str:
    """Hand an order in that will still wait at its deadline."""
    return await by_http(lane, target=LATE, deadline=DEADLINE)


async def persistently[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer: the client itself gives up after some tries."""
    while True:
        try:
            return await ask()
        except (UnreachableError, UnavailableError):
            await asyncio.sleep(0)


WAYS = (
    Way("http", by_http, lanes=6),  # the only one on which every point is tried
    Way("queue", by_queue, kills=2),  # a message that is delivered five times in vain is given up
    Way("blob", by_blob),
    Way("ownqueue", for_a_queue_of_its_own, only="answers-"),
    Way("shared", and_share_its_result, only="firstruns"),
    Way("equal", equal_to_another, must_submit=False, only="firstruns"),
    Way("cancel", and_cancel, "cancelled", parts_after=SUBMITTED),
    Way("batch", in_a_batch),
    Way("parts", in_parts, parts=2),
    Way("approval", after_an_approval, "cancelled", parts_after="finish_work of check_approval 1", only="ledger"),
    Way(
        "batchapproval", in_an_approved_batch, "cancelled", parts_after="finish_work of advance_batch 1", only="ledger"
    ),
    Way("deadline", too_late, "expired", must_submit=False, parts_after=SUBMITTED),
)
