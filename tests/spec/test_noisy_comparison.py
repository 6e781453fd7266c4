"""Targets that are as noisy as published are compared by the whole product, and the best is named."""

from tests.spec.test_batches import answered, start
from tests.support.product import OTHER_QPU, QPU, Product

QUBITS = 16
GHZ = (
    f'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[{QUBITS}] q;\nbit[{QUBITS}] c;\nh q[0];\n'
    + "".join(f"cx q[{number}], q[{number + 1}];\n" for number in range(QUBITS - 1))
    + "c = measure q;\n"
)
TARGETS = ["quantinuum.sim.helios-1e", "quantinuum.sim.h2-1e", OTHER_QPU, QPU]  # from few errors to many


async def test_the_best_of_four_noisy_targets_is_named(product: Product) -> None:
    """A GHZ program runs on each; the key of the batch decides about its shots, so that they repeat."""
    for target in TARGETS:
        await product.set_target(target, noise="published")
    order = {"shots": 1400, "input": {"format": "openqasm3", "text": GHZ}}
    rank = {"by": "fidelity", "reference": {"counts": {"0" * QUBITS: 0.5, "1" * QUBITS: 0.5}}}
    batch = await start(product, {"order": order, "targets": TARGETS, "rank": rank}, "four-noisy-targets")
    verdict = (await answered(product, batch))["data"]["verdict"]
    rows = (await product.api.get(f"/batches/{batch['id']}/table")).json()["rows"]

    assert (verdict["outcome"], verdict["best"]) == ("best", 0), rows
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    assert all(0.7 < row["fidelity"] < 1 for row in rows)
