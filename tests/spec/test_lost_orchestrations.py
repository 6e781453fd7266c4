"""Housekeeping: an order that was accepted goes on, though what should run it was lost."""

from uuid import uuid4

from quantum import wiring
from quantum.contract.kinds import Limits
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.model import Job
from quantum.orders.read import order_from
from tests.support.fakes.orchestrations import InMemoryOrchestrations
from tests.support.product import OTHER_QPU, QPU, RETENTION, Product, circuit, minutes

A_WHILE = 300  # seconds in a queue


async def accepted_but_not_started(**changes: str) -> Job:
    """An order whose door was told by the durable engine that it is not there."""
    lost = InMemoryOrchestrations()
    lost.failure = ServiceUnavailableError("The durable engine did not take the job.")
    order = order_from(circuit(**changes), Limits())
    return await wiring.app().intake.take(order, str(uuid4()), {"door": "http"}, lost)


async def test_an_order_whose_start_was_lost_is_started_when_the_timer_rings(product: Product) -> None:
    """Its caller, who was told that it is accepted, hears its end."""
    job = await accepted_but_not_started()

    product.clock.advance(minutes(6))

    answer = await product.answer_to(id=job.id)
    assert answer["data"]["phase"] == "succeeded"
    assert len((await product.ledger(job.id))["executions"]) == 1


async def test_an_order_that_was_cancelled_before_it_was_started_never_reaches_the_workspace(product: Product) -> None:
    """It is cancelled by the time that it is found."""
    job = await accepted_but_not_started()
    await product.cancel(job.id)

    await product.keep_house()

    assert (await product.answer_to(id=job.id))["data"]["phase"] == "cancelled"
    assert (await product.ledger(job.id))["jobs"] == []


async def test_a_job_whose_orchestration_was_killed_goes_on_with_the_same_remote_job(product: Product) -> None:
    """Killed by an operator, or with its whole history gone; nothing is submitted or run again."""
    await product.set_target(QPU, queueSeconds=A_WHILE)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        await product.kill(job["id"])
        done = [await product.keep_house()]
        await product.kill(job["id"])
        await product.host.hub.purge(job["id"])
        done += [await product.keep_house(), await product.keep_house()]

    answer = await product.answer_to(id=job["id"])

    ledger = await product.ledger(job["id"])
    assert [round_["started"] for round_ in done] == [1, 1, 0]
    assert answer["data"]["phase"] == "succeeded"
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)


async def test_a_job_that_has_turned_to_its_fallback_does_not_turn_back(product: Product) -> None:
    """Though the first target is available again when a new orchestration takes the job up."""
    await product.set_target(QPU, availability="Unavailable")
    await product.set_target(OTHER_QPU, queueSeconds=A_WHILE)
    with product.time_held():
        job = await product.submit(circuit(target=QPU, fallbackTargets=[OTHER_QPU]))
        await product.job_in(job["id"], "waiting")
        await product.kill(job["id"])
        await product.set_target(QPU, availability="Available")
        await product.keep_house()

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert len((await product.ledger(data["remoteId"]))["executions"]) == 1
    assert (await product.ledger(job["id"]))["jobs"] == []


async def test_a_job_that_cannot_be_kept_alive_fails_aloud(product: Product) -> None:
    """After three restarts its caller is told, once, and nothing is executed for nobody."""
    await product.set_target(QPU, queueSeconds=A_WHILE)
    done = []
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        for _ in range(4):
            await product.kill(job["id"])
            done.append(await product.keep_house())
        done.append(await product.keep_house())

    answer = await product.answer_to(id=job["id"])

    assert [(round_["started"], round_["givenUp"]) for round_ in done] == [(1, 0)] * 3 + [(0, 1), (0, 0)]
    assert (answer["data"]["phase"], answer["data"]["error"]["code"]) == ("failed", "OrchestrationFailed")
    assert (await product.job(job["id"]))["phase"] == "failed"
    assert (await product.ledger(job["id"]))["executions"] == []


async def test_old_orchestrations_are_forgotten_but_their_keys_are_not(product: Product) -> None:
    """The same order under the same key is still the same job, and does not run again."""
    job = await product.submit(circuit(), key="of-old")
    await product.answer_to(id=job["id"])
    await product.keep_house()
    instance = product.host.hub.status(job["id"])

    for turn in range(16):  # a sixteenth of all ids a round
        await product.keep_house(after=RETENTION + minutes(1 + 5 * turn))
    again = await product.submit(circuit(), key="of-old")

    assert instance is not None
    assert product.host.hub.status(job["id"]) is None
    assert (again["id"], again["phase"]) == (job["id"], "succeeded")
    assert len((await product.ledger(job["id"]))["executions"]) == 1


async def test_a_job_that_takes_longer_than_histories_are_kept_has_its_history_when_it_has_ended(
    product: Product,
) -> None:
    """How long they are kept counts from the end, not from the order: an hour here, for a job that takes longer."""
    await product.set_target(QPU, queueSeconds=70 * 60)
    job = await product.ended(circuit(target=QPU))

    for turn in range(16):
        await product.keep_house(minutes(5 * turn - 20), retention=minutes(60))
    instance = product.host.hub.status(job["id"])
    for turn in range(16):
        await product.keep_house(minutes(61 + 5 * turn), retention=minutes(60))

    assert job["phase"] == "succeeded"
    assert instance is not None
    assert product.host.hub.status(job["id"]) is None


async def test_the_engine_tells_what_has_become_of_an_orchestration(product: Product) -> None:
    """Through Microsoft's own client: unknown, running, ended, died; and hints to nobody are no error."""
    orchestrations, unknown = product.orchestrations, str(uuid4())
    ended = await product.ended(circuit())
    await product.set_target(QPU, queueSeconds=A_WHILE)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        entry = await wiring.app().services.index.find(job["id"])
        assert entry is not None
        await orchestrations.start(entry.job)
        states = [await orchestrations.state(id_) for id_ in (unknown, job["id"], ended["id"])]
        await product.kill(job["id"])
        await orchestrations.wake(job["id"])
        await orchestrations.wake(unknown)

    assert states == ["unknown", "running", "ended"]
    assert await orchestrations.state(job["id"]) == "died"
