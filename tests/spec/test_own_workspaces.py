"""One's own workspace: added once it opens, named in an order, removed; what its credential does when it is wrong."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.budgets import fill
from tests.support.product import QPU, Product, bell, circuit, phases_of
from tests.support.vaulted import GUEST, GUEST_SECRET, STRANGER, TENANT

LAB = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/lab"
REVOKED = {"effect": "status", "status": 401}  # what a token is answered that is no longer good


def own(product: Product, name: str = "chem", **changes: Any) -> dict[str, Any]:
    """A workspace as its owner describes it."""
    who = {"tenantId": TENANT, "clientId": GUEST, "clientSecret": GUEST_SECRET}
    endpoint = str(product.admin.base_url).rstrip("/")
    return {
        "name": name,
        "resourceId": f"{LAB}/providers/Microsoft.Quantum/Workspaces/{name}",
        "endpoint": endpoint,
        **who,
    } | changes


async def removed(product: Product, name: str = "chem") -> int:
    """Remove a workspace."""
    return (await product.api.delete(f"/workspaces/{name}")).status_code


@pytest.fixture
async def chem(product: Product) -> AsyncIterator[str]:
    """A workspace `chem` that was added, and goes with the story."""
    fill()  # of retries, which the process shares: to judge a credential takes one
    product.vault.directory.add(GUEST, GUEST_SECRET)
    added = await product.api.post("/workspaces", json=own(product))
    assert added.status_code == 201, added.text
    yield "chem"
    await product.come_to_rest()
    await removed(product)


async def test_an_own_workspace_runs_orders_that_name_it(product: Product, chem: str) -> None:
    """Its job is created there and nowhere else, and the view says where."""
    job = await product.ended(circuit(workspace=chem))

    (created,) = (await product.ledger(job["id"]))["jobs"]
    listed = (await product.api.get("/workspaces")).json()["workspaces"]
    assert (job["phase"], job["workspace"]) == ("succeeded", chem)
    assert "/workspaces/chem" in str(created).lower() or created["workspace"].endswith("/lab/chem")
    assert [(it["name"], it["origin"], it["credential"]["kind"]) for it in listed] == [(chem, "added", "clientSecret")]
    assert GUEST_SECRET not in str(listed)


async def test_a_provider_s_own_format_runs_in_an_own_workspace(product: Product, chem: str) -> None:
    """What its targets take is told; the program goes there as it is, and its raw output comes back from there."""
    quil = {"format": "rigetti.quil.v1", "text": "DECLARE ro BIT[2]\nX 0\nMEASURE 0 ro[0]\nMEASURE 1 ro[1]\n"}

    job = await product.ended(bell(workspace=chem, target="rigetti.sim.qvm", shots=3, input=quil))
    raw = (await product.api.get(f"/jobs/{job['id']}/result/raw")).json()
    targets = (await product.api.get("/formats", params={"workspace": chem})).json()["targets"]

    assert (job["phase"], job["result"]["counts"]) == ("succeeded", {"10": 3})
    assert raw == {"ro": [[1, 0]] * 3}
    assert quil["format"] in next(target["formats"] for target in targets if target["id"] == "rigetti.sim.qvm")


async def test_sessions_quotas_and_adoption_reach_an_own_workspace(product: Product, chem: str) -> None:
    """A session is opened there and joined there; a job in it is adopted there, and quotas count what ran there."""
    there = {"workspace": chem}
    session = (await product.api.post("/sessions", json={"target": "ionq.simulator", **there})).json()
    job = await product.ended(circuit(session=session["id"], **there))
    own = await product.ended(circuit(session="own", **there))
    listed = (await product.api.get(f"/sessions/{session['id']}/jobs", params=there)).json()["jobs"]
    closed = (await product.api.post(session["links"]["close"].removeprefix("/api"))).json()
    adopted = await product.api.post("/jobs/adopt", json={"id": job["id"], **there})
    quotas = (await product.api.get("/quotas", params={"provider": "ionq", **there})).json()["quotas"]
    elsewhere = await product.api.get(f"/sessions/{session['id']}")

    assert [it["id"] for it in listed] == [job["id"]]
    assert (job["phase"], own["phase"], closed["isOpen"], elsewhere.status_code) == (
        "succeeded",
        "succeeded",
        False,
        404,
    )
    assert (adopted.status_code, adopted.json()["phase"]) == (202, "succeeded")
    assert [quota["utilization"] for quota in quotas] == [2.0]


async def test_the_secret_is_in_the_vault_alone(product: Product, chem: str) -> None:
    """And goes from it with the workspace."""
    (name,) = product.vault.secrets.names

    assert name.startswith(f"workspace-{chem}-")
    assert product.vault.secrets.get(name).value == GUEST_SECRET
    assert await removed(product) == 204
    assert product.vault.secrets.names == []
    assert await removed(product) == 404


async def test_the_location_of_an_added_workspace_leads_to_it(product: Product, chem: str) -> None:
    """What is there is what was answered when it was added."""
    added = await product.api.post("/workspaces", json=own(product, chem))

    response = await product.api.get(added.headers["Location"].removeprefix("/api"))

    assert (response.status_code, response.json()) == (200, added.json())


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"clientSecret": "wrong"}, "AADSTS7000215"), ({"clientId": STRANGER}, "AADSTS700016")],
)
async def test_a_workspace_that_does_not_open_is_not_added(
    product: Product, changes: dict[str, Any], code: str
) -> None:
    """The real call says why, and nothing is kept."""
    refused = await product.api.post("/workspaces", json=own(product, "bio", **changes))

    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (400, "WorkspaceUnauthorized")
    assert code in problem["errors"][0]["reason"]
    assert "'bio'" in problem["errors"][0]["reason"]
    assert product.vault.secrets.names == []


async def test_an_order_for_a_workspace_that_nobody_knows_is_refused(product: Product, chem: str) -> None:
    """With the nearest names, and all that is wrong with it besides."""
    refused = await product.api.post("/jobs", json=circuit(workspace="chen") | {"shots": 0})

    faults = {fault["field"]: fault["reason"] for fault in refused.json()["errors"]}
    assert refused.status_code == 400
    assert faults.keys() == {"workspace", "shots"}
    assert faults["workspace"].startswith(f"'chen' is not known here; the nearest are {chem}")


async def test_a_credential_that_has_gone_wrong_is_told_at_once(product: Product, chem: str) -> None:
    """Not after a quarter of an hour: the answer says which profile, and what to check."""
    product.vault.directory.add(GUEST, "another")
    await product.add_fault(operation="sas_uri", **REVOKED)

    job = await product.ended(circuit(workspace=chem))

    assert phases_of(job) == ["accepted", "staging", "rejected"]
    assert job["error"]["code"] == "WorkspaceUnauthorized"
    assert "'chem'" in job["error"]["message"]
    assert "client secret has not expired" in job["error"]["message"]
    assert job["attempts"] == 0


async def test_jobs_on_their_way_outlive_an_expired_credential(product: Product, chem: str) -> None:
    """Once it is added again under its name, what waits goes on: no restart, no job lost, and none run twice."""
    await product.set_target(QPU, queueSeconds=600)
    seen = {}

    async def look_and_renew() -> None:
        seen["job"] = await product.job(job["id"])
        seen["removed"] = await removed(product)
        seen["added"] = (await product.api.post("/workspaces", json=own(product, clientSecret="renewed"))).status_code

    with product.time_held():
        job = await product.submit(circuit(workspace=chem, target=QPU))
        await product.job_in(job["id"], "waiting")
        product.vault.directory.add(GUEST, "renewed")
        await product.add_fault(operation="get_job", **REVOKED)
        late = product.clock.now() + timedelta(hours=1)
    await product.at(late, look_and_renew)

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (seen["job"]["phase"], seen["removed"], seen["added"]) == ("waiting", 409, 200)
    assert (data["phase"], data["attempts"] > 0) == ("succeeded", True)
    assert len((await product.ledger(job["id"]))["executions"]) == 1
