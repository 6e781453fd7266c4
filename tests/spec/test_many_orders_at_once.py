"""More orders at once than the app takes: the last ones are shed, leave nothing, and are taken when they come again."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from quantum import wiring
from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.jobs.program import Compiled
from quantum.ports import Compiler
from tests.support.product import Product, bell, circuit


class HeldCompiler:
    """The app's compiler, which begins when the test says so."""

    def __init__(self, inner: Compiler) -> None:
        self._inner = inner
        self.called, self.free = asyncio.Event(), asyncio.Event()

    async def compile(self, source: str, language: str, **how: object) -> Compiled | tuple[Fault, ...]:
        """Compile a program, but not yet."""
        self.called.set()
        await self.free.wait()
        return await self._inner.compile(source, language, **how)  # type: ignore[arg-type]  # handed through


@pytest.fixture
def compiler() -> Iterator[HeldCompiler]:
    """An app that takes one order at a time, and whose compiler holds it up."""
    services = wiring.app().services
    held = HeldCompiler(services.compiler)
    with wiring.standing_in(replace(services, compiler=held, limits=Limits(orders_at_once=1))):
        yield held


async def test_a_shed_order_has_left_nothing_and_is_taken_later(product: Product, compiler: HeldCompiler) -> None:
    """One order is being taken, one waits, the third hears when to come back; everybody else is served."""
    first = asyncio.create_task(product.post(bell(), "first"))
    await compiler.called.wait()
    order = circuit(tags={"burst": "yes"})
    others = [asyncio.create_task(product.post(order, key)) for key in ("second", "third")]
    (shed,), (waits,) = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)

    assert (shed.result().status_code, shed.result().headers["Retry-After"]) == (429, "1")
    assert (await product.api.get("/health")).status_code == 200
    assert (await product.api.get("/jobs", params={"tag": "burst=yes"})).json()["jobs"] == []

    compiler.free.set()
    taken = [await first, await waits, await product.post(order, "again")]

    assert [answer.status_code for answer in taken] == [202, 202, 202]
    for answer in taken:
        assert (await product.answer_to(id=answer.json()["id"]))["data"]["phase"] == "succeeded"
