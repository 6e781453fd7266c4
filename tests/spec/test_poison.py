"""An order on which our own code fails: tried a few times, answered, kept, and played again when the fault is gone."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from quantum import wiring
from quantum.contract.fields import Fault
from quantum.jobs.program import Compiled
from quantum.ports import Compiler
from quantum.storage import POISON_QUEUE
from tests.support.product import BELL, PATIENCE_SECONDS, SIMULATOR, Product, bell, circuit

MARK = "// on this our code fails\n"


class FailingCompiler:
    """A compiler with a fault: `RuntimeError` for every program that has the mark, until it is mended."""

    def __init__(self, inner: Compiler) -> None:
        self._inner = inner
        self.tries = 0
        self.mended = False

    async def compile(self, source: str, language: str, **how: object) -> Compiled | tuple[Fault, ...]:
        """Fail, or compile."""
        if source.startswith(MARK) and not self.mended:
            self.tries += 1
            raise RuntimeError("a fault of ours")
        return await self._inner.compile(source, language, **how)  # type: ignore[arg-type]  # handed through


@pytest.fixture
def compiler() -> Iterator[FailingCompiler]:
    """The app's compiler, with a fault in it."""
    services = wiring.app().services
    failing = FailingCompiler(services.compiler)
    with wiring.standing_in(replace(services, compiler=failing)):
        yield failing


@pytest.fixture
async def poison_queue(storage_account: str) -> AsyncIterator[QueueClient]:
    """The queue to which the host moves what failed too often."""
    policy = TextBase64DecodePolicy()
    async with QueueClient.from_connection_string(storage_account, POISON_QUEUE, message_decode_policy=policy) as queue:
        yield queue


async def test_an_order_on_which_our_code_fails_is_answered_kept_and_played_again(
    product: Product, compiler: FailingCompiler, poison_queue: QueueClient
) -> None:
    """Five tries, one answer; its neighbours go on meanwhile, and mended, it runs as if nothing had been."""
    bad = bell(name="poisonous", input={"format": "openqasm3", "text": MARK + BELL})
    neighbours = [await product.send(json.dumps(circuit()))]
    sent = await product.send(json.dumps(bad))
    neighbours.append(await product.send(json.dumps(circuit())))

    fine = [await product.answer_to(messageId=message) for message in neighbours]
    tries_meanwhile = compiler.tries
    rejected = await product.answer_to(messageId=sent)

    assert [answer["data"]["phase"] for answer in fine] == ["succeeded"] * 2
    assert tries_meanwhile < compiler.tries == 5
    assert (rejected["data"]["error"]["code"], rejected["subject"]) == ("Poisoned", rejected["data"]["id"])
    assert (await poison_queue.get_queue_properties()).approximate_message_count == 0
    assert (await product.job(rejected["subject"]))["phase"] == "rejected"
    (letter,) = (await product.api.get("/poison")).json()["poison"]
    assert letter == {"id": rejected["subject"], "messageId": letter["messageId"], "at": letter["at"]}

    compiler.mended = True
    replayed = await product.api.post(f"/poison/{letter['id']}/replay")
    again = await product.api.post(f"/poison/{letter['id']}/replay")

    (job,) = set(await jobs_named(product, "poisonous")) - {rejected["subject"]}
    assert (replayed.status_code, replayed.json()) == (202, {"id": letter["id"], "replayed": True, "job": job})
    assert (again.status_code, again.headers["content-type"]) == (404, "application/problem+json")
    assert (await product.api.get("/poison")).json() == {"poison": []}
    assert (await product.answer_to(id=job))["data"]["phase"] == "succeeded"
    assert len((await product.ledger(job))["executions"]) == 1


async def test_an_upload_on_which_our_code_fails_is_answered_kept_and_played_again(
    product: Product, compiler: FailingCompiler
) -> None:
    """The uploader of a program gets an answer, just like the sender of a message."""
    await product.upload(f"{SIMULATOR}/spoiled.qasm", MARK + BELL, shots="20")

    rejected = await product.answer_to(door="blob", phase="rejected")
    (letter,) = (await product.api.get("/poison")).json()["poison"]
    compiler.mended = True
    replayed = (await product.api.post(f"/poison/{letter['id']}/replay")).json()

    assert compiler.tries == 5
    assert rejected["data"]["error"]["code"] == "Poisoned"
    assert letter["blob"] == rejected["data"]["source"]["blob"] == f"orders/{SIMULATOR}/spoiled.qasm"
    assert (await product.answer_to(id=replayed["job"]))["data"]["phase"] == "succeeded"
    assert (await product.api.get("/poison")).json() == {"poison": []}


async def jobs_named(product: Product, name: str) -> list[str]:
    """Wait for a job of this name, and give the ids of all that there are."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (jobs := (await product.api.get("/jobs", params={"name": name})).json()["jobs"]):
            pass
    return [job["id"] for job in jobs]
