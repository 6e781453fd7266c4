"""By queue: an order in, an answer out."""

import json

from azure.storage.queue.aio import QueueClient

from tests.support.product import Product, bell

RANDOM_BITS = """
namespace Test {
    operation GenerateRandomBits(n : Int) : Result[] {
        use qubits = Qubit[n];
        ApplyToEach(H, qubits);
        return MResetEachZ(qubits);
    }
}"""


async def test_a_message_becomes_a_job_and_an_answer(product: Product) -> None:
    """A Q# operation with its arguments goes in by queue, and its counts come back by queue."""
    order = bell(
        target="quantinuum.sim.h2-1e",
        input={"format": "qsharp", "text": RANDOM_BITS},
        entryPoint="Test.GenerateRandomBits",
        arguments=[3],
    )

    message = await product.send(json.dumps(order))
    data = (await product.answer_to(messageId=message))["data"]

    assert data["phase"] == "succeeded"
    assert all(len(outcome) == 3 for outcome in data["result"]["counts"])
    assert sum(data["result"]["counts"].values()) == 100


async def test_an_order_that_cannot_be_run_is_answered_and_done(product: Product) -> None:
    """The caller gets one answer with every fault; the message is neither tried again nor poisoned."""
    messages = [await product.send(text) for text in ("no json", "", json.dumps(bell(shots=0, target="nowhere")))]

    answers = [await product.answer_to(messageId=message) for message in messages if message]

    assert {answer["type"] for answer in answers} == {"quantumjobs.job.rejected"}
    assert {fault["field"] for fault in answers[2]["data"]["error"]["errors"]} == {"shots", "target"}
    assert (await product.orders.get_queue_properties()).approximate_message_count == 0
    job = await product.job(answers[0]["subject"])
    assert (job["phase"], job["error"]["code"]) == ("rejected", "InvalidOrder")


async def test_one_bad_message_holds_up_no_other(product: Product) -> None:
    """Good orders between bad ones run."""
    sent = [await product.send(text) for text in ("{", json.dumps(bell()), "[]", json.dumps(bell()))]

    answers = [await product.answer_to(messageId=message) for message in sent]

    assert [answer["data"]["phase"] for answer in answers] == ["rejected", "succeeded", "rejected", "succeeded"]


async def test_a_message_may_be_plain_text(product: Product, storage_account: str) -> None:
    """A client that does not encode its messages is understood as well as one that sends base64."""
    async with QueueClient.from_connection_string(storage_account, "job-orders") as plain:
        sent = await plain.send_message(json.dumps(bell()))

    data = (await product.answer_to(messageId=str(sent.id)))["data"]

    assert data["phase"] == "succeeded"
