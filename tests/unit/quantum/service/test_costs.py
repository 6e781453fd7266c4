"""Costs are added up unit by unit, and every job that is not in a sum is named with the reason."""

from dataclasses import replace
from typing import Any

import pytest

from quantum.doors.http.frame import Request, answer
from quantum.doors.http.lists import sum_costs
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.service.costs import CostSum
from tests.support.builders import NOW, App, a_job, an_order, with_remote


def ended(number: int, target: str, amount: float | None, unit: str = "USD", **changes: Any) -> Job:
    """A job that succeeded, and what the service says that it costs."""
    job = a_job(an_order(target=target, **changes), id=f"{number:08d}-5f5e-5a1c-9d7e-7a2f1b0c4d11", program=None)
    for phase in (Phase.STAGING, Phase.COLLECTING, Phase.SUCCEEDED):
        job = job.moved_to(phase, NOW)
    cost = None if amount is None else {"estimated": amount, "currency": unit, "source": "service"}
    return with_remote(job, cost=cost)


JOBS = (
    ended(1, "ionq.qpu.aria-1", 97.5),
    ended(2, "ionq.qpu.aria-1", 2.5),
    ended(3, "ionq.qpu.aria-1", 3.0, "AQT"),
    ended(4, "quantinuum.qpu.h2-1", 5.25, "HQC", workspace="chem"),
    ended(5, "ionq.simulator", None),
    ended(6, "new.qpu", None),
    replace(a_job(), id="00000007-5f5e-5a1c-9d7e-7a2f1b0c4d11"),
    replace(a_job(), id="00000008-5f5e-5a1c-9d7e-7a2f1b0c4d11").moved_to(Phase.REJECTED, NOW),
)


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        (
            "target",
            [
                ("ionq.qpu.aria-1", "AQT", 3.0, 1, 0),
                ("ionq.qpu.aria-1", "USD", 100.0, 2, 0),
                ("ionq.simulator", "USD", 0.0, 1, 1),
                ("quantinuum.qpu.h2-1", "HQC", 5.25, 1, 0),
            ],
        ),
        ("provider", [("ionq", "AQT", 3.0, 1, 0), ("ionq", "USD", 100.0, 3, 1), ("quantinuum", "HQC", 5.25, 1, 0)]),
        ("workspace", [("chem", "HQC", 5.25, 1, 0), ("default", "AQT", 3.0, 1, 0), ("default", "USD", 100.0, 3, 1)]),
        ("unit", [("AQT", "AQT", 3.0, 1, 0), ("HQC", "HQC", 5.25, 1, 0), ("USD", "USD", 100.0, 3, 1)]),
    ],
)
async def test_amounts_of_one_unit_are_added(by: str, sums: list[tuple[Any, ...]]) -> None:
    """By target, provider, workspace or unit; what we estimated ourselves is counted apart."""
    total = CostSum(by)
    for job in JOBS:
        await total.add(job)

    assert [tuple(share.values()) for share in total.to_wire()["costs"]] == sums


async def test_what_is_left_out_is_named() -> None:
    """A job without a cost, one that has not ended, one that never ran, and an amount that is no number."""
    odd = [ended(number, "ionq.qpu.aria-1", amount) for number, amount in ((9, True), (10, float("nan")))]
    total = CostSum("target")
    for job in (*JOBS, *odd):
        await total.add(job)

    codes = [left["code"] for left in total.to_wire()["leftOut"]]
    assert codes == ["NoCost", "NotEnded", "NotRun", "NoCost", "NoCost"]
    assert all(left["reason"] for left in total.left_out)


async def ask(app: App, **query: str) -> Any:
    """Ask for a sum of costs."""
    response = await answer(sum_costs, Request(query=query), app.core, app.orchestrations)
    return response.status, response.body


async def test_the_filters_of_a_list_choose_the_jobs() -> None:
    """As many as `top`; the continuation leads on to the rest, and nothing is counted twice."""
    app = App()
    app.index.entries.update({job.id: Entry(job, "digest") for job in JOBS})

    status, first = await ask(app, by="unit", provider="ionq", top="3")
    _, rest = await ask(app, by="unit", provider="ionq", continuation=first["continuation"])

    assert (status, first["by"], rest["continuation"]) == (200, "unit", None)
    assert sum(share["jobs"] for part in (first, rest) for share in part["costs"]) == 4
    assert len(first["leftOut"]) + len(rest["leftOut"]) == 2


async def test_all_that_is_wrong_with_a_question_is_named() -> None:
    """At once, and the words that are right."""
    status, problem = await ask(App(), by="colour", top="0", frm="2026-11-01")

    assert status == 400
    assert {fault["field"] for fault in problem["errors"]} == {"by", "top", "frm"}
    assert "target, provider, workspace, unit" in str(problem["errors"])


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (Phase.CANCELLED, "The job was cancelled: the service gave no cost."),
        (Phase.FAILED, "The job failed: the service gave no cost."),
    ],
)
async def test_a_job_that_did_not_succeed_is_left_out_for_its_own_reason(phase: Phase, reason: str) -> None:
    """The table of prices has its target's price, and does not say what a job costs that brought nothing."""
    total = CostSum("target")
    job = a_job(an_order(target="ionq.qpu.aria-1")).moved_to(Phase.STAGING, NOW)

    await total.add(job.moved_to(phase, NOW))

    assert [left["reason"] for left in total.left_out] == [reason]
