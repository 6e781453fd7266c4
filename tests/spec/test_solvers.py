"""One optimisation problem goes to several solvers with several parameters; the table ranks the solutions by cost."""

import csv
import json
from io import StringIO
from typing import Any

from tests.spec.test_batches import answered, start
from tests.spec.test_provider_formats import BEST, PROBLEM
from tests.support.product import Product

SOLVERS = ["microsoft.simulatedannealing.cpu", "microsoft.tabu.cpu"]


def a_sweep(*params: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The problem on two solvers, each with all parameters."""
    order = {"input": {"format": "microsoft.qio.v2", "text": json.dumps(PROBLEM)}}
    return {"order": order, "targets": SOLVERS, "sweep": {"params": list(params)}, "rank": {"by": "solution"}} | changes


async def test_solvers_and_parameters_are_ranked_by_the_cost_of_the_solution(product: Product) -> None:
    """Each row has its configuration and what it costs; the lowest are a tie."""
    batch = await start(product, a_sweep({"sweeps": 1000, "seed": 7}, {"sweeps": 1000, "seed": 8}))
    answer = await answered(product, batch)
    table = (await product.api.get(f"/batches/{batch['id']}/table")).json()

    assert answer["type"] == "quantumjobs.batch.succeeded", answer
    assert (table["by"], table["outcome"], table["tie"]) == ("solution", "tie", [0, 1, 2, 3])
    assert [(row["target"], row["params"]["seed"]) for row in table["rows"]] == [
        (solver, seed) for seed in (7, 8) for solver in SOLVERS
    ]
    assert all(row["solution"] == BEST for row in table["rows"])
    text = (await product.api.get(f"/batches/{batch['id']}/table", headers={"Accept": "text/csv"})).text
    assert [json.loads(row["solution"]) for row in csv.DictReader(StringIO(text))] == [BEST] * 4


async def test_problems_that_differ_are_not_compared(product: Product) -> None:
    """The lower cost would belong to the problem, not to its solver."""
    double = json.loads(json.dumps(PROBLEM))
    double["cost_function"]["terms"][0]["c"] *= 2
    orders = [
        {"target": SOLVERS[0], "input": {"format": "microsoft.qio.v2", "text": json.dumps(problem)}}
        for problem in (PROBLEM, double)
    ]
    batch = await start(product, {"orders": orders, "rank": {"by": "solution"}})
    verdict = (await answered(product, batch))["data"]["verdict"]

    assert (verdict["outcome"], verdict["best"]) == ("notComparable", None)
