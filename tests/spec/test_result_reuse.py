"""The same order with `reuseResult` runs once, however often and whenever it comes."""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any

from functions_host.durable.status import Filter
from tests.support.product import PATIENCE_SECONDS, QPU, Product, circuit

MANY = 100
SHOTS = count(1000)  # of orders that no other story has


def an_order(shots: int, **changes: Any) -> dict[str, Any]:
    """An order that may reuse a result."""
    return circuit(shots=shots, reuseResult=True, **changes)


async def ends_of(product: Product, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Wait for the answers to jobs."""
    return [(await product.answer_to(id=job["id"]))["data"] for job in jobs]


async def executions(product: Product, jobs: list[dict[str, Any]]) -> list[str]:
    """The ids of those jobs that ran."""
    ledger = await product.ledger(*(job["id"] for job in jobs))
    return [entry["jobId"] for entry in ledger["executions"]]


async def joined(product: Product, number: int) -> None:
    """Wait until so many jobs say that they wait for a result."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            running = product.host.hub.list(Filter(statuses=["Running"])).statuses
            if sum((status["customStatus"] or {}).get("waitsFor") == "result" for status in running) == number:
                return
            await product.receive()


async def test_a_hundred_equal_orders_at_once_run_once(product: Product, *, chaos: bool) -> None:
    """All have the same counts, each under its own id, and all but one name that one; fewer without `chaos`."""
    order = an_order(next(SHOTS))
    room = asyncio.Semaphore(48)  # more at once would be told to come again

    async def submit() -> dict[str, Any]:
        async with room:
            return await product.submit(order)

    jobs = await asyncio.gather(*(submit() for _ in range(MANY if chaos else 24)))

    ends = await ends_of(product, list(jobs))

    (ran,) = await executions(product, ends)
    assert {end["phase"] for end in ends} == {"succeeded"}
    assert {end["result"]["id"] for end in ends} == {job["id"] for job in jobs}
    assert len({str(end["result"]["counts"]) for end in ends}) == 1
    others = [end for end in ends if end["id"] != ran]
    assert {end["reusedFrom"]["job"] for end in others} == {ran}
    assert {end["cost"] for end in others} == {None}


async def test_an_order_after_another_has_its_result_at_once(product: Product) -> None:
    """Also after the first one was purged; another seed or another number of shots is another order."""
    shots = next(SHOTS)
    first = await product.ended(an_order(shots))
    second = await product.ended(an_order(shots, name="again", tags={"a": "b"}))
    for name in ("result.json", "raw"):
        await product.blobs.get_blob_client("results", f"{first['id']}/{name}").delete_blob()
    result = (await product.api.get(f"/jobs/{second['id']}/result")).json()
    others = [
        await product.ended(an_order(shots, params={"noiseSeed": 1})),
        await product.ended(an_order(next(SHOTS))),
        await product.ended(circuit(shots=shots)),
    ]

    assert second["reusedFrom"] == {"job": first["id"], "endedAt": first["history"][-1]["at"]}
    assert [entry["phase"] for entry in second["history"]] == ["accepted", "staging", "succeeded"]
    assert result["counts"] == first["result"]["counts"]
    assert (await product.api.get(f"/jobs/{second['id']}/result/raw")).status_code == 200
    assert sorted(await executions(product, [second, *others])) == sorted(other["id"] for other in others)


async def test_the_next_one_runs_where_the_first_was_cancelled(product: Product) -> None:
    """Those that wait go on waiting for that one."""
    await product.set_target(QPU, queueSeconds=3600)
    order = circuit(shots=next(SHOTS), target=QPU, reuseResult={"hardware": True})
    with product.time_held():
        first = await product.submit(order)
        await product.job_in(first["id"], "waiting")
        others = [await product.submit(order) for _ in range(5)]
        await joined(product, 5)
        waiting = [await product.job(other["id"]) for other in others]
        await product.set_target(QPU, queueSeconds=0)
        await product.cancel(first["id"])
    ends = await ends_of(product, others)

    assert {(job["phase"], job["waitsFor"]) for job in waiting} == {("accepted", first["id"])}
    assert (await product.answer_to(id=first["id"]))["data"]["phase"] == "cancelled"
    (ran,) = await executions(product, others)
    assert {end["phase"] for end in ends} == {"succeeded"}
    assert {end["reusedFrom"]["job"] for end in ends if end["id"] != ran} == {ran}


async def test_a_first_whose_orchestration_dies_does_not_block_the_others(product: Product) -> None:
    """Housekeeping starts it again, and one job runs."""
    await product.set_target(QPU, queueSeconds=600)
    order = circuit(shots=next(SHOTS), target=QPU, reuseResult={"hardware": True, "maxAge": "P1D"})
    with product.time_held():
        first = await product.submit(order)
        await product.job_in(first["id"], "waiting")
        second = await product.submit(order)
        await joined(product, 1)
        await product.kill(first["id"])
        product.clock.advance(timedelta(minutes=5))
        await product.keep_house()
    ends = await ends_of(product, [first, second])

    assert [end["phase"] for end in ends] == ["succeeded"] * 2
    assert await executions(product, ends) == [first["id"]]


async def test_hardware_runs_every_order_that_does_not_say_otherwise(product: Product) -> None:
    """The order is told so when it comes."""
    order = an_order(next(SHOTS), target=QPU)
    ends = [await product.ended(order) for _ in range(2)]

    assert len(await executions(product, ends)) == 2
    assert all("hardware" in end["warnings"][0] for end in ends)
