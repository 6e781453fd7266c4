"""The task hub keeps its promises over restarts and kills, and under many instances."""

import asyncio
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions_host.clock import Clock, SystemClock, VirtualClock
from functions_host.durable.task_hub import DurableSettings, TaskHub
from functions_host.journal import Journal
from host_support.hub_code import CODE
from host_support.sdk_app import Context, SdkApp, Steps

TESTS = Path(__file__).parents[2]
START = datetime(2026, 11, 1, tzinfo=UTC)
# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")


@asynccontextmanager
async def running(
    path: Path, app: SdkApp, clock: Clock, settings: DurableSettings | None = None
) -> AsyncIterator[TaskHub]:
    """Run a hub on the journal of this folder."""
    with Journal(path / "journal.sqlite") as journal:
        hub = TaskHub(app, journal, clock, settings or DurableSettings())
        await hub.start()
        try:
            yield hub
        finally:
            await hub.stop()


async def outcome(hub: TaskHub, instance_id: str) -> tuple[str, Any]:
    """Wait for the end of an instance."""
    status = await asyncio.wait_for(hub.wait_for(instance_id), 20)
    return status["runtimeStatus"], status["output"]


async def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    """Timers, half-answered waits and children go on where they were, in a hub that never saw them start."""
    app = SdkApp(CODE, {"note": lambda number: number})
    clock = VirtualClock(START)
    with clock.busy():
        async with running(tmp_path, app, clock) as hub:
            sleeping = await hub.start_instance("sleep_five_days")
            waiting = await hub.start_instance("take_two")
            await hub.raise_event(waiting, "item", "1")
            await hub.suspend(waiting)
            await hub.wait_for(waiting, lambda status: status["runtimeStatus"] == "Suspended")
            await hub.raise_event(waiting, "ITEM", "2")
            calling = await hub.start_instance("call_child")

    async with running(tmp_path, app, clock) as hub:
        await hub.resume(waiting)

        assert await outcome(hub, sleeping) == ("Completed", "awake")
        assert await outcome(hub, waiting) == ("Completed", [1, 2])
        assert await outcome(hub, calling) == ("Completed", [0, 1, 2])
    assert clock.now() == START + timedelta(days=5)


@pytest.mark.parametrize("victim", ["call_three", "sleep_five_days", "take_two", "call_child"])
async def test_a_kill_loses_nothing(tmp_path: Path, victim: str) -> None:
    """SIGKILL in the middle of an activity or of a turn: the next hub runs that again, and nothing else."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(TESTS)])}
    command = [sys.executable, "-m", "host_support.killed_hub", str(tmp_path), victim]

    killed = await asyncio.create_subprocess_exec(*command, env=environment)
    await killed.wait()

    assert killed.returncode == -signal.SIGKILL
    ran: list[int] = []

    def note(number: int) -> int:
        ran.append(number)
        return number

    app = SdkApp(CODE, {"note": note})
    clock = VirtualClock(START)
    async with running(tmp_path, app, clock) as hub:
        if victim == "take_two":
            await hub.raise_event("victim", "item", "2")
        status, output = await outcome(hub, "victim")
    expected = {"sleep_five_days": "awake", "take_two": [1, 2]}.get(victim, [0, 1, 2])
    assert (status, output) == ("Completed", expected)
    assert ran == ([1, 2] if victim in {"call_three", "call_child"} else [])


async def test_no_more_run_at_once_than_allowed(tmp_path: Path) -> None:
    """host.json's limit on activities always holds."""
    now_running = 0
    most = 0

    async def note(number: int) -> int:
        nonlocal now_running, most
        now_running += 1
        most = max(most, now_running)
        for _ in range(5):
            await asyncio.sleep(0)
        now_running -= 1
        return number

    def fan_out(context: Context) -> Steps:
        return sum((yield context.task_all([context.call_activity("note", number) for number in range(40)])))

    app = SdkApp({"fan_out": fan_out}, {"note": note})
    settings = DurableSettings(max_concurrent_activities=3)
    async with running(tmp_path, app, VirtualClock(START), settings) as hub:
        instance = await hub.start_instance("fan_out")

        assert await outcome(hub, instance) == ("Completed", 780)
    assert most == 3


async def test_two_thousand_timers_need_no_threads(tmp_path: Path) -> None:
    """Waiting costs memory only, and every waiter is woken once."""
    app = SdkApp(CODE, {})
    clock = VirtualClock(START)
    async with running(tmp_path, app, clock, DurableSettings(max_concurrent_orchestrators=50)) as hub:
        with clock.busy():
            instances = [await hub.start_instance("sleep_five_days") for _ in range(2_000)]
            threads = threading.active_count()

        outcomes = Counter([await outcome(hub, instance) for instance in instances])

    assert outcomes == {("Completed", "awake"): 2_000}
    assert threads <= 32


async def test_a_termination_outruns_the_work(tmp_path: Path) -> None:
    """The outcome of a terminated instance's activity is dropped."""
    started, may_end = asyncio.Event(), asyncio.Event()

    async def note(number: int) -> int:
        started.set()
        await may_end.wait()
        return number

    app = SdkApp(CODE, {"note": note})
    async with running(tmp_path, app, SystemClock()) as hub:
        instance = await hub.start_instance("call_three")
        await started.wait()

        await hub.terminate(instance, "enough")

        assert await outcome(hub, instance) == ("Terminated", "enough")
        may_end.set()
    history = Journal(tmp_path / "journal.sqlite")
    with history:
        assert [tuple(row) for row in history.rows("SELECT * FROM inbox")] == []


async def test_a_cancelled_timer_never_fires(tmp_path: Path) -> None:
    """Virtual time does not stop for a cancelled timer."""

    app = SdkApp(CODE, {})
    clock = VirtualClock(START)
    async with running(tmp_path, app, clock) as hub:
        instance = await hub.start_instance("change_mind")
        await asyncio.wait_for(clock.wait_until(START + timedelta(days=6)), 20)

        status = hub.status(instance, show_history=True)

    assert status is not None
    kinds = Counter(event["EventType"] for event in status["historyEvents"])
    assert (kinds["TimerCreated"], kinds["TimerFired"]) == (3, 2)


async def test_a_busy_child_id_fails_the_call(tmp_path: Path) -> None:
    """A sub-orchestration never takes over a running instance of somebody else."""
    app = SdkApp({**CODE, "call_three": CODE["take_two"]}, {})
    async with running(tmp_path, app, VirtualClock(START)) as hub:
        await hub.start_instance("call_three", "the child")

        status, output = await outcome(hub, await hub.start_instance("call_child"))

    assert status == "Failed"
    assert "already exists" in output
