"""Whatever comes twice, however close together or late, is one job with one answer."""

import asyncio
import json
from typing import Any

from quantum import wiring
from quantum.doors.blob import start_from_blob
from quantum.doors.queue import start_from_queue
from tests.support.product import ONE_OF_THREE, Product, bell, circuit

MOVING = {
    *("phase", "history", "azureStatus", "providerId", "polls", "attempts", "cost", "estimatedQueueSeconds"),
    *("inputFormat", "times", "queueSeconds", "durationSeconds"),
}


def steady(job: dict[str, Any]) -> dict[str, Any]:
    """What of a job does not change on its way."""
    return {name: fact for name, fact in job.items() if name not in MOVING}


async def deliver(product: Product, message_id: str, body: str) -> None:
    """Deliver a queue message once more."""
    await start_from_queue(message_id, body.encode(), wiring.app(), product.orchestrations)


async def test_a_hundred_impatient_callers_with_one_key_have_one_job(product: Product) -> None:
    """They are all told the same, but for how far the job had come; it is compiled once, and runs once.

    Those that the door had no room for are told the same when they come again.
    """
    first = await asyncio.gather(*(product.post(bell(), key="impatient") for _ in range(100)))
    shed = [answer for answer in first if answer.status_code == 429]
    again = await asyncio.gather(*(product.post(bell(), key="impatient") for _ in shed))

    answers = [answer for answer in (*first, *again) if answer.status_code != 429]
    jobs = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [202] * 100
    assert [steady(job) for job in jobs] == [steady(jobs[0])] * 100
    longest = max((job["history"] for job in jobs), key=len)
    assert all(job["history"] == longest[: len(job["history"])] for job in jobs)
    answer = await product.answer_to(id=jobs[0]["id"])
    ledger = await product.ledger(jobs[0]["id"])
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)
    assert (answer["data"]["phase"], len(product.answers[answer["id"]])) == ("succeeded", 1)


async def test_of_two_orders_that_race_for_one_key_one_wins(product: Product) -> None:
    """The other one is told so, every time, and reaches nobody."""
    answers = await asyncio.gather(*(product.post(circuit(tags={"n": str(n % 2)}), key="raced") for n in range(20)))

    statuses = {tuple(answer.status_code for answer in answers[n::2]) for n in range(2)}
    winner = next(answer.json() for answer in answers if answer.status_code == 202)
    assert statuses == {(202,) * 10, (422,) * 10}
    data = (await product.answer_to(id=winner["id"]))["data"]
    assert (data["phase"], data["tags"]) == ("succeeded", winner["tags"])
    assert len((await product.ledger(winner["id"]))["executions"]) == 1


async def test_a_message_that_is_delivered_again_and_again_is_one_order(product: Product) -> None:
    """While its job begins, and long after it has ended."""
    body = json.dumps(circuit())
    message = await product.send(body)
    await asyncio.gather(*(deliver(product, message, body) for _ in range(3)))
    answer = await product.answer_to(messageId=message)

    await deliver(product, message, body)
    await product.receive()

    ledger = await product.ledger(answer["subject"])
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)
    assert len(product.answers[answer["id"]]) == 1


async def test_the_same_text_in_two_messages_is_two_orders(product: Product) -> None:
    """Twice the same may be meant."""
    messages = [await product.send(json.dumps(circuit())) for _ in range(2)]

    answers = [await product.answer_to(messageId=message) for message in messages]

    assert answers[0]["subject"] != answers[1]["subject"]
    assert {answer["data"]["phase"] for answer in answers} == {"succeeded"}


async def test_a_blob_that_is_announced_again_and_again_is_one_order(product: Product) -> None:
    """By events that come twice, by another instance of the app, and when its job has ended."""
    path = "orders/ionq.simulator/announced.json"
    event = {"subject": "/blobServices/default/containers/orders/blobs/ionq.simulator/announced.json"}
    await product.upload("ionq.simulator/announced.json", ONE_OF_THREE, shots="10")
    await asyncio.gather(
        *(product.announce("blobs", "start_from_blob", event, event) for _ in range(2)),
        *(start_from_blob(path, wiring.app(), product.orchestrations) for _ in range(3)),
    )
    answer = await product.answer_to(blob=path)

    response = await product.announce("blobs", "start_from_blob", event)
    await start_from_blob(path, wiring.app(), product.orchestrations)
    await product.receive()

    ledger = await product.ledger(answer["subject"])
    assert response.status_code == 202
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)
    assert len(product.answers[answer["id"]]) == 1
