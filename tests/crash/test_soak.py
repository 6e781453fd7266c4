"""Fifty orders at once while everything around them dies now and then: all come to one end, and to one answer."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.crash.host import KillableHost
from tests.crash.lane import KEY, Lane, doors
from tests.crash.paths import by_blob, by_http, by_queue
from tests.crash.services import Services, running_services
from tests.crash.sweep import faults_of

ORDERS = 50
SEED = 20_261_121
SLOW_EXECUTION = {"ionq.simulator": {"executionSeconds": 0.5}}
PLACES = (by_http, by_queue, by_blob)
pytestmark = pytest.mark.chaos(reason="the soak: fifty orders while the host and its services die")


@asynccontextmanager
async def soaked(folder: Path) -> AsyncIterator[tuple[Services, Lane]]:
    """A host, storage and a workspace whose executions last long enough to be interrupted."""
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running_services(folder / "services", ["soak"], SLOW_EXECUTION))
        settings = services.settings("soak", services.storage_urls, services.emulator)
        settings |= {"FUNCTIONS_KEY": KEY, "FUNCTIONS_HOST_QUEUE_LEASE_SECONDS": "5"}
        host = KillableHost(settings, folder / "host", services.free_port())
        lane = await stack.enter_async_context(doors(host, services.connection_string("soak")))
        await stack.enter_async_context(host)
        yield services, lane


async def place_and_wait(lane: Lane, trouble: Callable[[], Coroutine[Any, Any, None]]) -> list[str]:
    """Hand in all orders while the trouble goes on, then wait in peace for what is still missing."""
    troubled: asyncio.Task[None] = asyncio.create_task(trouble())
    try:
        placed = await asyncio.gather(*(PLACES[number % 3](lane) for number in range(ORDERS)))
        await troubled
    finally:
        troubled.cancel()

    async def all_ended() -> bool:
        await lane.receive()
        return lane.answers.keys() >= set(placed) and not lane.left_over()

    await lane.until(all_ended, "all answers")
    return placed


async def test_random_kills_of_the_host(tmp_path: Path) -> None:
    """SIGKILL about every second of load, at any instant: fifty orders, fifty jobs, fifty executions, fifty answers."""
    async with soaked(tmp_path) as (services, lane):
        chance = Random(SEED)  # noqa: S311 - no secret

        async def kill_now_and_then() -> None:
            for _ in range(15):
                await passed(chance.uniform(0.5, 1.5))
                lane.host.kill()

        placed = await place_and_wait(lane, kill_now_and_then)

        assert lane.host.kills == 15
        assert faults_of(placed, "succeeded", lane.answers, await services.ledger()) == []


@pytest.mark.parametrize("part", ["azurite", "workspace"])
async def test_services_that_are_started_again_under_load(part: str, tmp_path: Path) -> None:
    """Storage that is restarted, or a workspace that is killed, while orders come in and run, costs nobody an order."""
    async with soaked(tmp_path) as (services, lane):
        service, number = {
            "azurite": (services.azurite, signal.SIGTERM),  # killed, it would lose what it has acknowledged
            "workspace": (services.workspace, signal.SIGKILL),
        }[part]

        async def restart_now_and_then() -> None:
            for _ in range(3):
                await passed(1.5)
                await service.end(number)
                await service.start()

        placed = await place_and_wait(lane, restart_now_and_then)

        assert faults_of(placed, "succeeded", lane.answers, await services.ledger()) == []


async def passed(seconds: float) -> None:
    """Let real time pass: what is tested here is that something happens at any instant."""
    loop = asyncio.get_running_loop()
    end: asyncio.Future[None] = loop.create_future()
    loop.call_later(seconds, end.set_result, None)
    await end
