"""The facts of a job beside its phase: times, cost, priority, errors, who cancelled it; and where it could run."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.product import QPU, SIMULATOR, Product, bell, circuit

DECOHERED = {
    "code": "Decohered",
    "message": "Too warm.",
    "target": QPU,
    "innererror": {"code": "Chiller", "message": "Out of helium.", "innererror": {"code": "E42"}},
    "details": [{"code": "Shot", "message": "The 3rd.", "target": "shots[2]"}],
}


async def test_an_error_of_the_workspace_comes_whole(product: Product) -> None:
    """Code, message, target, the errors inside it and its details: in the job and in its answer."""
    await product.set_target(QPU, failure={"next": 1, "errorData": DECOHERED})

    data = await product.ended(bell(target=QPU))

    assert data["error"] == (await product.job(data["id"]))["error"]
    assert data["error"] == {
        "code": "Decohered",
        "message": "Too warm. Out of helium. The 3rd.",
        "target": QPU,
        "innerErrors": [{"code": "Chiller", "message": "Out of helium."}, {"code": "E42"}],
        "details": [{"code": "Shot", "message": "The 3rd.", "target": "shots[2]"}],
    }


async def test_a_job_tells_when_the_workspace_created_began_and_ended_it(product: Product) -> None:
    """As the service says it, with how long it queued and ran."""
    await product.set_target(QPU, queueSeconds=600, executionSeconds=30)

    data = await product.ended(circuit(target=QPU))

    created, began, ended = (datetime.fromisoformat(data["times"][name]) for name in ("created", "began", "ended"))
    assert (began - created, ended - began) == (timedelta(minutes=10), timedelta(seconds=30))
    assert (data["queueSeconds"], data["durationSeconds"]) == (600, 30)


@pytest.mark.parametrize("vocabulary", ["V1", "V2"])
async def test_both_kinds_of_workspace_lead_to_the_same_end(product: Product, vocabulary: str) -> None:
    """Each in its own words, which the job keeps."""
    await product.set_target(QPU, vocabulary=vocabulary)

    data = await product.ended(circuit(target=QPU))

    assert (data["phase"], data["azureStatus"]) == ("succeeded", {"V1": "Succeeded", "V2": "Completed"}[vocabulary])


async def test_a_cancelled_job_tells_who_asked_and_when_it_stopped(product: Product) -> None:
    """The caller's wish and the workspace's own time; a deadline is told as one."""
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        await product.cancel(job["id"])
    late = await product.ended(circuit(target=QPU, deadline="PT5S"))

    by_caller = (await product.answer_to(id=job["id"]))["data"]["cancellation"]

    assert by_caller.keys() == {"requestedBy", "requestedAt", "cancelledAt"}
    assert by_caller["requestedBy"] == "caller"
    requested, cancelled = (datetime.fromisoformat(by_caller[name]) for name in ("requestedAt", "cancelledAt"))
    assert timedelta() <= cancelled - requested < timedelta(seconds=1)
    assert (late["phase"], late["cancellation"]["requestedBy"]) == ("expired", "deadline")


async def test_a_priority_is_passed_to_the_workspace(product: Product) -> None:
    """With the tags, which the workspace keeps as texts."""
    data = await product.ended(circuit(priority="High", tags={"team": "chem"}))

    (there,) = [job for job in await workspace_jobs(product) if job["id"] == data["id"]]
    assert (data["priority"], there["priority"], there["tags"]) == ("High", "High", ["team=chem"])


async def test_a_cost_is_the_service_s_or_says_that_it_is_our_estimate(product: Product) -> None:
    """While nobody bills anything, the published prices; once the service has said a sum, that."""
    with product.time_held():
        job = await product.submit(circuit(target=QPU, shots=1000))
        waiting = (await product.job_in(job["id"], "waiting"))["cost"]

    ended = (await product.answer_to(id=job["id"]))["data"]["cost"]

    assert waiting == {
        "estimated": 97.72,
        "currency": "USD",
        "source": "own estimate",
        "pricesOf": "2025-09-17",
        "pricesFrom": "MicrosoftDocs/quantum-docs@bdaf6226, articles/pricing.md",
    }
    assert (ended["source"], ended["currency"], ended["estimated"]) == ("service", "USD", 30.0)
    assert ended["items"][0] == {
        "dimension": "Shots executed",
        "unit": "shot",
        "consumed": 1000.0,
        "billed": 1000.0,
        "unitPrice": 0.03,
    }


async def test_an_order_that_would_cost_too_much_is_refused_before_anything_is_sent(product: Product) -> None:
    """By the estimate; where none can be made, the limit cannot be kept, and that is said."""
    dear = await product.post(circuit(target=QPU, shots=1000, maxCost=50))
    unknown = await product.post(bell(target="quantinuum.sim.h2-1sc", maxCost=50))
    fair = await product.post(circuit(target=QPU, shots=1000, maxCost=100))

    assert "on ionq.qpu.aria-1 this costs 97.72 USD by an estimate" in dear.json()["errors"][0]["reason"]
    assert unknown.json()["errors"][0]["reason"].startswith("cannot be kept")
    assert fair.status_code == 202
    await product.answer_to(id=fair.json()["id"])
    assert [job["jobId"] for job in (await product.ledger())["jobs"]] == [fair.json()["id"]]


async def test_targets_are_told_with_what_one_chooses_by(product: Product) -> None:
    """Provider, availability, queue, qubits and formats; a list that may be a minute old says its age."""
    first = (await product.api.get("/targets")).json()
    calls = await product.calls("provider_status")
    second = (await product.api.get("/targets")).json()

    by_id = {target["id"]: target for target in first["targets"]}
    qpu = by_id[QPU]
    assert (qpu["provider"], qpu["availability"], qpu["qubits"]) == ("ionq", "Available", 25)
    assert qpu["averageQueueSeconds"] == 30
    assert "ionq.circuit.v1" in by_id[SIMULATOR]["formats"]
    assert 0 <= first["ageSeconds"] <= 60
    assert second["targets"] == first["targets"]
    assert await product.calls("provider_status") == calls


async def test_quotas_are_told_by_provider(product: Product) -> None:
    """With what is used of them at this moment."""
    await product.ended(circuit())

    quotas = (await product.api.get("/quotas", params={"provider": "ionq"})).json()["quotas"]
    every = (await product.api.get("/quotas")).json()["quotas"]

    assert {quota["provider"] for quota in every} > {"ionq"}
    wrong = await product.api.get("/quotas", params={"proivder": "ionq"})

    (quota,) = quotas
    assert [fault["field"] for fault in wrong.json()["errors"]] == ["proivder"]
    assert (quota["dimension"], quota["scope"], quota["period"]) == ("executions", "Workspace", "Monthly")
    assert quota["utilization"] == 1


async def workspace_jobs(product: Product) -> list[dict[str, Any]]:
    """The jobs as the workspace lists them."""
    base = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.Quantum"
    answer = await product.admin.get(f"{base}/workspaces/spec/jobs", headers={"x-ms-quantum-api-key": "k"})
    jobs: list[dict[str, Any]] = answer.json()["value"]
    return jobs
