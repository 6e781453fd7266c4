"""How many jobs are staged and submitted at the same time is limited, and the others wait for a place by age."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from functions_host.durable.status import Filter
from quantum import wiring
from quantum.jobs.places import HOLD, Candidate
from quantum.service.submissions import KEY
from tests.spec.test_deadlines import took
from tests.support.product import PATIENCE_SECONDS, Product, circuit, phases_of, serve_product

ROOM = 7


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served_product(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """Serve the app with few places."""
    settings = {"SUBMISSIONS_AT_ONCE": str(ROOM)}
    async with serve_product(storage_account, tmp_path_factory.mktemp("product"), settings=settings) as product:
        yield product


@dataclass
class Gauge:
    """The workspaces, which count the jobs between the upload of their program and the end of their submission."""

    inner: Any
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    inside: set[str] = field(default_factory=set)
    most: list[int] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def get(self, name: str) -> Any:
        """The workspace, behind this gauge."""
        return replace(self, inner=await self.inner.get(name))

    async def upload_input(self, job_id: str, *arguments: Any) -> None:
        """Count a job that enters."""
        self.inside.add(job_id)
        self.order.append(job_id)
        self.most.append(len(self.inside))
        await self.inner.upload_input(job_id, *arguments)

    async def submit(self, job: Any, program: Any) -> Any:
        """Let nobody leave before the gate is open."""
        await self.gate.wait()
        remote = await self.inner.submit(job, program)
        self.inside.discard(job.remote_id)
        return remote


@contextmanager
def measured() -> Iterator[Gauge]:
    """Put a gauge before the workspaces."""
    services = wiring.app().services
    gauge = Gauge(services.workspaces)
    with wiring.standing_in(replace(services, workspaces=gauge)):  # type: ignore[arg-type]  # it delegates the rest
        yield gauge


@asynccontextmanager
async def all_places_taken(product: Product) -> AsyncIterator[None]:
    """Let jobs hold all places that died with them; the next story has them again."""
    limiter, now = wiring.app().services.limiter, product.clock.now().timestamp()
    dead = [Candidate(str(uuid4()), now - 3600) for _ in range(ROOM)]
    for job in dead:
        await limiter.take(KEY, job)
    yield
    for job in dead:
        await limiter.release(KEY, job.job_id)


async def wait_in_line(product: Product, number: int) -> None:
    """Wait until so many jobs say that they wait for a place."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            running = product.host.hub.list(Filter(statuses=["Running"])).statuses
            if sum((status["customStatus"] or {}).get("waitsFor") == "place" for status in running) == number:
                return
            await product.receive()


async def test_a_hundred_orders_and_room_for_seven(product: Product, *, chaos: bool) -> None:
    """Seven are between `staging` and `waiting`, never more, and the others follow by age; fewer without `chaos`."""
    with measured() as gauge:
        with product.time_held():
            jobs = []
            for _ in range(100 if chaos else 16):
                jobs.append(await product.submit(circuit()))
                product.clock.advance(timedelta(seconds=1))
            await wait_in_line(product, len(jobs) - ROOM)
            inside = len(gauge.inside)
        gauge.gate.set()
        answers = [await product.answer_to(id=job["id"]) for job in jobs]

    ages = {job["id"]: number for number, job in enumerate(jobs)}
    assert (inside, max(gauge.most)) == (ROOM, ROOM)
    assert {answer["data"]["phase"] for answer in answers} == {"succeeded"}
    assert all(abs(ages[job_id] - place) < ROOM for place, job_id in enumerate(gauge.order))
    assert len((await product.ledger(*ages))["executions"]) == len(jobs)


async def test_the_place_of_a_killed_job_comes_back(product: Product) -> None:
    """An order waits no longer for it than a place lasts."""
    async with all_places_taken(product):
        data = await product.ended(circuit())

    assert data["phase"] == "succeeded"
    assert took(data) < timedelta(seconds=2 * HOLD)


async def test_an_order_that_waits_for_a_place_can_be_cancelled(product: Product) -> None:
    """It is so at once, and has not been anywhere."""
    async with all_places_taken(product):
        with product.time_held():
            job = await product.submit(circuit())
            await wait_in_line(product, 1)
            accepted = await product.job(job["id"])

            await product.cancel(job["id"])
            data = (await product.answer_to(id=job["id"]))["data"]

    assert (accepted["phase"], data["phase"]) == ("accepted", "cancelled")
    assert (await product.ledger(job["id"]))["jobs"] == []


async def test_an_order_expires_while_it_waits_for_a_place(product: Product) -> None:
    """At its deadline."""
    async with all_places_taken(product):
        data = await product.ended(circuit(deadline="PT1M"))

    assert (data["phase"], took(data)) == ("expired", timedelta(minutes=1))
    assert phases_of(data)[0] == "accepted"
