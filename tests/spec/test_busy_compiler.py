"""While no compiler has time, orders that need one wait outside of the host, and others pass by."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from quantum import wiring
from quantum.contract.fields import Fault
from quantum.jobs.errors import CompilerBusyError
from quantum.jobs.program import Compiled
from quantum.ports import Compiler
from tests.support.product import BELL, SIMULATOR, Product, bell, circuit


class BusyCompiler:
    """The app's compiler, which has no time for the next few programs."""

    def __init__(self, inner: Compiler) -> None:
        self._inner = inner
        self.busy_for = 2

    async def compile(self, source: str, language: str, **how: object) -> Compiled | tuple[Fault, ...]:
        """Compile a program, or have no time for it."""
        if self.busy_for:
            self.busy_for -= 1
            raise CompilerBusyError("Too many programs wait to be compiled.")
        return await self._inner.compile(source, language, **how)  # type: ignore[arg-type]  # handed through


@pytest.fixture
def compiler() -> Iterator[BusyCompiler]:
    """A compiler that is busy at first."""
    services = wiring.app().services
    busy = BusyCompiler(services.compiler)
    with wiring.standing_in(replace(services, compiler=busy)):
        yield busy


async def nothing_waits(product: Product) -> bool:
    """Tell whether nothing is kept of an order that waited."""
    return [blob.name async for blob in product.blobs.get_container_client("waiting").list_blobs()] == []


async def test_a_message_waits_for_the_compiler(product: Product, compiler: BusyCompiler) -> None:
    """It has one answer under its own id, after one that came later and needs no compiler."""
    waits = await product.send(json.dumps(bell()))
    passes = await product.send(json.dumps(circuit()))

    first = await product.answer_to(messageId=passes)
    waited = await product.answer_to(messageId=waits)

    assert (first["data"]["phase"], waited["data"]["phase"]) == ("succeeded", "succeeded")
    assert first["time"] < waited["time"]
    assert compiler.busy_for == 0
    assert len((await product.ledger(waited["subject"]))["jobs"]) == 1
    assert await nothing_waits(product)


async def test_an_upload_waits_for_the_compiler(product: Product, compiler: BusyCompiler) -> None:
    """It is the job that it would have been, from the same blob."""
    await product.upload(f"{SIMULATOR}/waits.qasm", BELL, shots="10")

    waited = await product.answer_to(blob=f"orders/{SIMULATOR}/waits.qasm")

    assert waited["data"]["phase"] == "succeeded"
    assert compiler.busy_for == 0
    assert await nothing_waits(product)


@pytest.mark.usefixtures("compiler")
async def test_a_caller_by_http_is_told_to_come_again(product: Product) -> None:
    """Nothing was started; the same key is one job once there is time."""
    answers = [await product.post(bell(), "busy") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 202]
    assert "started nothing" in answers[0].json()["detail"]
    assert (await product.answer_to(id=answers[2].json()["id"]))["data"]["phase"] == "succeeded"
