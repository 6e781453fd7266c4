"""Jobs that somebody else submitted, with code of their own and the unmodified azure-quantum SDK, become ours."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace
from azure.quantum.target import IonQ

from quantum import wiring
from tests.support.product import QPU, Product, circuit, phases_of

CIRCUIT = {"qubits": 3, "circuit": [{"gate": "x", "target": 0}]}


@contextmanager
def sdk(product: Product) -> Iterator[Workspace]:
    """The SDK on the app's workspace."""
    with Workspace(
        subscription_id="00000000-0000-0000-0000-000000000001",
        resource_group="local",
        name="spec",
        location="eastus",
        credential=AzureKeyCredential("k"),
        _quantum_endpoint=f"{product.admin.base_url}/",
    ) as workspace:
        yield workspace


async def submitted(product: Product, target: str = QPU, **options: Any) -> str:
    """Submit a job as the SDK's users do; its id comes back."""

    def submit() -> str:
        with sdk(product) as workspace:
            job = IonQ(workspace, target).submit(CIRCUIT, name="theirs", shots=40, **options)
            return str(job.id)

    return await asyncio.to_thread(submit)


async def adopt(product: Product, job_id: str, **fields: Any) -> httpx.Response:
    """Have the app adopt a job."""
    return await product.api.post("/jobs/adopt", json={"id": job_id, **fields})


async def test_a_job_of_the_sdk_is_waited_for_collected_and_announced(product: Product) -> None:
    """Like an order of our own: its view, its result, one answer; and it ran once."""
    with product.time_held():
        job_id = await submitted(product)
        adopted = await adopt(product, job_id, tags={"team": "chem"})

    answer = await product.answer_to(id=job_id)

    data, view = answer["data"], adopted.json()
    assert (adopted.status_code, adopted.headers["location"]) == (202, f"/api/jobs/{job_id}")
    assert (view["phase"], view["name"], view["target"], view["shots"]) == ("waiting", "theirs", QPU, 40)
    assert view["source"] == {"door": "http", "adopted": job_id}
    assert phases_of(data)[:2] == ["accepted", "waiting"]
    assert (data["phase"], data["adopted"], data["tags"], data["inputFormat"]) == (
        "succeeded",
        True,
        {"team": "chem"},
        "ionq.circuit.v1",
    )
    assert answer["data"]["result"]["counts"] == {"100": 40}
    ledger = await product.ledger(job_id)
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)


async def test_a_job_that_has_ended_already_is_collected_at_once(product: Product) -> None:
    """A job that has ended already still gets a result."""
    job_id = await submitted(product, "ionq.simulator")
    await adopt(product, job_id)

    assert (await product.answer_to(id=job_id))["data"]["result"]["counts"] == {"100": 40}


async def test_adopting_a_job_again_is_the_same_job(product: Product) -> None:
    """One orchestration, one answer, however often it is asked for, and after its end."""
    with product.time_held():
        job_id = await submitted(product)
        first, second = await asyncio.gather(adopt(product, job_id), adopt(product, job_id))
    await product.answer_to(id=job_id)
    late = await adopt(product, job_id)
    await product.come_to_rest()
    await product.receive()

    assert [answer.json()["id"] for answer in (first, second, late)] == [job_id] * 3
    assert late.json()["phase"] == "succeeded"
    assert [len(answers) for id_, answers in product.answers.items() if id_.startswith(job_id)] == [1]


async def test_adopting_a_job_of_ours_is_that_job(product: Product) -> None:
    """It is found by its id, on whatever target it is; nothing is started."""
    await product.set_target(QPU, availability="Unavailable")
    await product.set_target("ionq.qpu.forte-1", queueSeconds=600)
    with product.time_held():
        job = await product.submit(circuit(target=QPU, fallbackTargets=["ionq.qpu.forte-1"]))
        there = (await product.job_in(job["id"], "waiting"))["remoteId"]
        by_our_id, by_theirs = await adopt(product, job["id"]), await adopt(product, there)

    assert there != job["id"]
    assert [answer.json()["id"] for answer in (by_our_id, by_theirs)] == [job["id"]] * 2


async def test_an_adopted_job_can_be_cancelled(product: Product) -> None:
    """As an order of our own."""
    with product.time_held():
        job_id = await submitted(product)
        await adopt(product, job_id)
        await product.cancel(job_id)

    data = (await product.answer_to(id=job_id))["data"]

    assert (data["phase"], data["cancellation"]["requestedBy"]) == ("cancelled", "caller")


async def test_an_adopted_job_whose_orchestration_was_lost_is_waited_for_anew(product: Product) -> None:
    """It is never submitted again, for there is nothing here to submit."""
    with product.time_held():
        job_id = await submitted(product)
        await adopt(product, job_id)
        await product.kill(job_id)
        await product.keep_house()

    data = (await product.answer_to(id=job_id))["data"]

    assert data["phase"] == "succeeded"
    assert len((await product.ledger(job_id))["jobs"]) == 1


async def test_a_job_that_the_workspace_does_not_have_is_not_found(product: Product) -> None:
    """404 with the reason, and nothing is kept; what is no id is refused by name."""
    unknown = await adopt(product, "00000000-0000-4000-8000-000000000000")
    faulty = await adopt(product, "a/b", naem="x")

    assert (unknown.status_code, unknown.json()["detail"]) == (404, "The workspace has no job with this id.")
    assert await wiring.app().services.index.find("00000000-0000-4000-8000-000000000000") is None
    assert {fault["field"] for fault in faulty.json()["errors"]} == {"id", "naem"}


async def test_the_answer_of_an_adopted_job_goes_where_the_adoption_says(product: Product) -> None:
    """To a queue of somebody's own, or nowhere, and never to the queue of all; a second adoption changes nothing."""
    jobs = [await submitted(product) for _ in range(2)]
    places: list[Any] = [{"queue": "theirs", "keepFor": "P7D"}, "none"]

    views = [(await adopt(product, job_id, answerTo=place)).json() for job_id, place in zip(jobs, places, strict=True)]
    again = (await adopt(product, jobs[0], answerTo="default")).json()
    await product.come_to_rest()

    assert [view["answerTo"] for view in (*views, again)] == [*places, places[0]]
    assert [(await product.job(job_id))["phase"] for job_id in jobs] == ["succeeded"] * 2
    await product.receive()
    assert not {answers[0]["subject"] for answers in product.answers.values()} & set(jobs)


async def test_an_adoption_cannot_name_a_queue_of_the_system(product: Product) -> None:
    """It is refused before anything happens, in the words of an order."""
    job_id = await submitted(product)

    refused = await adopt(product, job_id, answerTo={"queue": "Job Answers"})

    assert refused.status_code == 400
    assert [fault["field"] for fault in refused.json()["errors"]] == ["answerTo"]
    assert (await product.api.get(f"/jobs/{job_id}")).status_code == 404
