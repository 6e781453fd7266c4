"""An order can be estimated on many targets, and nothing of it is left behind."""

from tests.support.product import BELL, OTHER_QPU, QPU, SIMULATOR, Product

H2 = "quantinuum.sim.h2-1e"


async def blobs(product: Product) -> set[str]:
    """All that is stored, by name."""
    containers = [each.name async for each in product.blobs.list_containers()]
    return {
        f"{name}/{blob}"
        for name in containers
        async for blob in product.blobs.get_container_client(name).list_blob_names()
    }


async def test_an_order_is_estimated_on_every_target_that_is_named(product: Product) -> None:
    """Really compiled, priced by its gates in each target's unit; a target that would not take it says why."""
    before = await blobs(product)
    request = {"name": "only estimated", "targets": [SIMULATOR, QPU, H2, "pasqal.sim.emu-tn"], "shots": 1000}

    answer = await product.api.post("/estimates", json=request | {"input": {"format": "openqasm3", "text": BELL}})

    rows = {row["target"]: row for row in answer.json()["estimates"]}
    assert (rows[SIMULATOR]["cost"]["estimated"], rows[SIMULATOR]["qubits"]) == (0, 2)
    assert (rows[QPU]["gates"]["twoQubit"], rows[QPU]["cost"]["currency"], rows[H2]["cost"]["currency"]) == (
        1,
        "USD",
        "eHQC",
    )
    assert rows[QPU]["averageQueueSeconds"] == 30
    assert "does not take openqasm3" in rows["pasqal.sim.emu-tn"]["faults"][0]["reason"]
    assert (await product.ledger())["jobs"] == []
    assert (await product.api.get("/jobs", params={"name": "only estimated"})).json()["jobs"] == []
    assert await blobs(product) == before


async def test_an_estimate_is_what_the_job_then_says(product: Product) -> None:
    """The order that was estimated is sent as it was, and costs what was said."""
    order = {"target": OTHER_QPU, "shots": 100, "input": {"format": "openqasm3", "text": BELL}}

    (estimate,) = (await product.api.post("/estimates", json=order)).json()["estimates"]
    accepted = (await product.post(order)).json()

    assert estimate["takes"]
    assert accepted["cost"] == estimate["cost"]


async def test_a_program_that_does_not_compile_is_refused_with_its_place(product: Product) -> None:
    """As the door for orders would refuse it, together with the other faults of the request."""
    broken = BELL.replace("h q[0]", "hh q[0]")

    answer = await product.api.post(
        "/estimates", json={"targets": [SIMULATOR, H2], "shots": 0, "input": {"format": "openqasm3", "text": broken}}
    )

    faults = {fault["field"]: fault for fault in answer.json()["errors"]}
    assert (answer.status_code, faults.keys()) == (400, {"shots", "input"})
    assert faults["input"]["line"] == 5
