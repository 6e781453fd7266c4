"""An order with more shots than its target takes at once stays one job: its parts have one result and one answer."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support.product import OTHER_QPU, QPU, Product, bell, serve_product

SIMULATOR = "quantinuum.sim.h2-1e"
WITH_QUOTA = "ionq.qpu.forte-enterprise-1"  # no other story runs anything there


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served_product(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """Serve the app, which knows that some targets take few shots."""
    limits = {SIMULATOR: 2000, QPU: 2000, WITH_QUOTA: 2000, OTHER_QPU: 4000}
    settings = {"TARGET_SHOTS": json.dumps(limits)}
    async with serve_product(storage_account, tmp_path_factory.mktemp("product"), settings=settings) as product:
        yield product


def many(**changes: Any) -> dict[str, Any]:
    """An order for ten thousand shots."""
    return bell(shots=10_000) | changes


async def remote_jobs(product: Product, data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Read what the workspace has of the parts of a job."""
    return await product.ledger(*(part["remoteId"] for part in data["parts"] if part["remoteId"]))


async def test_ten_thousand_shots_on_a_target_that_takes_two_thousand(product: Product) -> None:
    """Five parts, each created and run once, and their sum is exact."""
    await product.set_target(SIMULATOR, maxShots=2000, pricePerShot=0.01)
    answer = await product.answer_to(id=(await product.submit(many(target=SIMULATOR)))["id"])
    data = answer["data"]
    ledger = await remote_jobs(product, data)
    result = (await product.api.get(f"/jobs/{data['id']}/result")).json()

    assert (data["phase"], data["shots"], len(product.answers[answer["id"]])) == ("succeeded", 10_000, 1)
    assert [(part["shots"], part["phase"]) for part in data["parts"]] == [(2000, "succeeded")] * 5
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (5, 5)
    assert data["cost"]["estimated"] == pytest.approx(100.0)
    assert sum(result["counts"].values()) == result["shots"] == 10_000
    sums: Counter[str] = Counter()
    for part in result["fromParts"]:
        sums.update(part["counts"])
    assert dict(sums) == result["counts"]


async def test_the_raw_output_of_each_part_can_be_read(product: Product) -> None:
    """What came back is kept as it came; a part that there is not is refused by name."""
    data = await product.ended(many(target=SIMULATOR))
    raw = f"/jobs/{data['id']}/result/raw"
    outputs = [(await product.api.get(raw, params={"part": str(number)})).text for number in range(1, 6)]
    refused = await product.api.get(raw, params={"part": "6"})

    assert all("Histogram" in output for output in outputs)
    assert len(set(outputs)) == 5
    assert (await product.api.get(raw)).text == outputs[0]
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "part")


async def test_a_cancellation_goes_to_every_part(product: Product) -> None:
    """The job is cancelled when all of them are, and none runs."""
    with product.time_held():
        job = await product.submit(many(target=QPU))
        await product.job_in(job["id"], "waiting")
        await product.cancel(job["id"])
    data = (await product.answer_to(id=job["id"]))["data"]

    assert (data["phase"], data["cancellation"]["requestedBy"]) == ("cancelled", "caller")
    assert {part["phase"] for part in data["parts"]} == {"cancelled"}
    assert (await remote_jobs(product, data))["executions"] == []


async def test_a_part_that_fails_ends_the_job_and_the_other_parts(product: Product) -> None:
    """The failure is the job's, with the number of the part; what has not run is cancelled."""
    await product.set_target(QPU, queueSeconds=0, executionSeconds=0, failure={"next": 1})
    data = await product.ended(many(target=QPU))

    assert data["phase"] == "failed"
    assert data["error"]["message"].startswith("Part ")
    assert "failed" in {part["phase"] for part in data["parts"]}


async def test_a_part_that_the_workspace_refuses_ends_the_others(product: Product) -> None:
    """What ran meanwhile is named, and nothing is submitted after the refusal, though other failures are retried."""
    await product.set_target(WITH_QUOTA, quota=2)
    data = await product.ended(many(target=WITH_QUOTA))

    phases = [part["phase"] for part in data["parts"]]
    assert (data["phase"], phases) == ("failed", ["succeeded", "succeeded", "failed", "cancelled", "cancelled"])
    assert [part["remoteId"] is None for part in data["parts"]] == [False, False, True, True, True]
    assert data["error"]["message"].startswith("Part 3 of 5: ")


async def test_a_fallback_target_has_its_own_number_of_parts(product: Product) -> None:
    """It takes more at once, so there are fewer."""
    await product.set_target(QPU, availability="Unavailable")
    data = await product.ended(many(target=QPU, fallbackTargets=[OTHER_QPU]))

    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert [part["shots"] for part in data["parts"]] == [3334, 3333, 3333]


async def test_a_lost_reply_to_a_part_is_not_submitted_twice(product: Product) -> None:
    """The reply to one submission is lost and the next fails: each part exists once in the end."""
    await product.add_fault(operation="create_job", effect="status", status=503, times=3)
    data = await product.ended(many(target=SIMULATOR))
    ledger = await remote_jobs(product, data)

    assert (data["phase"], len(ledger["jobs"]), len(ledger["executions"])) == ("succeeded", 5, 5)


async def test_an_order_within_the_limit_has_no_parts(product: Product) -> None:
    """It is one job of the workspace, under its own id, as ever."""
    data = await product.ended(bell(target=SIMULATOR, shots=2000))

    assert data["phase"] == "succeeded"
    assert "parts" not in data
    assert len((await product.ledger(data["id"]))["executions"]) == 1
