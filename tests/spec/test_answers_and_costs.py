"""An answer goes where its order wants it, and what jobs cost can be seen before and after they run."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from tests.support.product import PATIENCE_SECONDS, QPU, SIMULATOR, Product, circuit

OWN = {"queue": "mine", "keepFor": "P2D"}


@pytest.fixture
async def mine(storage_account: str) -> AsyncIterator[QueueClient]:
    """A queue of somebody's own, which its first answer makes."""
    policy = TextBase64DecodePolicy()
    async with QueueClient.from_connection_string(storage_account, "answers-mine", message_decode_policy=policy) as own:
        yield own
        with suppress(ResourceNotFoundError):
            await own.delete_queue()


async def first_in(queue: QueueClient) -> tuple[dict[str, Any], float]:
    """Wait for the first answer in a queue, and say for how many days it is kept there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(ResourceNotFoundError):
                async for message in queue.receive_messages():
                    assert message.expires_on
                    assert message.inserted_on
                    return json.loads(message.content), (message.expires_on - message.inserted_on).days


async def answered_on_the_default_queue(product: Product) -> set[str]:
    """The jobs whose answers are on the queue of all."""
    await product.receive()
    return {answers[0]["subject"] for answers in product.answers.values()}


async def test_an_answer_goes_to_the_queue_that_its_order_names(product: Product, mine: QueueClient) -> None:
    """It is made for it, the answer is gone after its time, and nobody else sees it."""
    job = await product.submit(circuit(answerTo=OWN))

    answer, days = await first_in(mine)

    assert (answer["subject"], answer["type"], days) == (job["id"], "quantumjobs.job.succeeded", 2)
    assert answer["data"]["answerTo"] == OWN
    assert job["id"] not in await answered_on_the_default_queue(product)


async def test_an_order_may_want_no_answer(product: Product) -> None:
    """Its job is there to be looked up, and the next answer is another's."""
    silent = await product.submit(circuit(answerTo="none"))
    await product.come_to_rest()

    ended = await product.ended(circuit(answerTo="default"))

    assert ((await product.job(silent["id"]))["phase"], ended["phase"]) == ("succeeded", "succeeded")
    assert silent["id"] not in await answered_on_the_default_queue(product)


async def test_a_message_that_cannot_be_run_is_answered_where_it_said(product: Product, mine: QueueClient) -> None:
    """Lists find it by its target and its phase."""
    await product.send(json.dumps({"name": "broken", "target": SIMULATOR, "shots": 10, "answerTo": OWN}))

    answer, _ = await first_in(mine)
    listed = (await product.api.get("/jobs", params={"target": SIMULATOR, "phase": "rejected"})).json()["jobs"]

    assert (answer["data"]["phase"], answer["data"]["shots"]) == ("rejected", 10)
    assert [(job["id"], job["name"]) for job in listed] == [(answer["subject"], "broken")]


async def test_a_queue_of_the_system_cannot_be_named(product: Product) -> None:
    """The prefix is put before every name."""
    response = await product.post(circuit(answerTo={"queue": "../job-orders"}))

    (fault,) = response.json()["errors"]
    assert (response.status_code, fault["field"]) == (400, "answerTo")


async def test_what_is_free_costs_nothing_and_passes_a_guard(product: Product) -> None:
    """The 202 says so before it runs; a dear target is refused with its estimate."""
    free = await product.submit(circuit(maxCost=0))
    dear = await product.post(circuit(target=QPU, maxCost=5))

    assert (free["cost"]["estimated"], free["cost"]["source"]) == (0, "own estimate")
    assert (dear.status_code, dear.json()["errors"][0]["field"]) == (400, "maxCost")


async def test_the_costs_of_jobs_are_added_up(product: Product) -> None:
    """Each target in its own unit; what has not ended is named."""
    for target in (SIMULATOR, QPU, QPU):
        await product.ended(circuit(target=target, tags={"project": "sum"}))

    sums = (await product.api.get("/costs", params={"by": "target", "tag": "project=sum"})).json()

    dear, free = sums["costs"]
    assert (dear["name"], dear["jobs"], dear["unit"]) == (QPU, 2, "USD")
    assert dear["amount"] > 0
    assert (free["name"], free["jobs"], free["amount"]) == (SIMULATOR, 1, 0)
    assert (sums["leftOut"], sums["continuation"]) == ([], None)
