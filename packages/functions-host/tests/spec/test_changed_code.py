"""A change of code under running orchestrations is detected: the host names the step of the older code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions_host.clock import VirtualClock
from functions_host.host import Host

# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
# Of a change it only warns, and goes on with another step's result: the host is who notices.
pytestmark = [
    pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Potential duplicate Task completion:UserWarning"),
]

APP = """
import azure.durable_functions as df

app = df.DFApp()

@app.orchestration_trigger(context_name="context")
def brew(context):
{code}

@app.activity_trigger(input_name="what")
def boil(what: str) -> str:
    return "boiled " + what

@app.activity_trigger(input_name="what")
def grind(what: str) -> str:
    return "ground " + what
"""
YESTERDAY = """
    water = yield context.call_activity("boil", "water")
    context.set_custom_status("ready")
    yield context.wait_for_external_event("thirst")
    return water
"""
GRIND_FIRST = """
    yield context.call_activity("grind", "beans")
    water = yield context.call_activity("boil", "water")
    yield context.wait_for_external_event("thirst")
    return water
"""
NO_WAITING = """
    return (yield context.call_activity("boil", "water"))
"""
GRIND_LAST = """
    water = yield context.call_activity("boil", "water")
    yield context.wait_for_external_event("thirst")
    beans = yield context.call_activity("grind", "beans")
    return [water, beans]
"""


@asynccontextmanager
async def served(folder: Path, code: str) -> AsyncIterator[Host]:
    """Serve the app with this orchestrator, on the state that the last one left."""
    app = folder / "app"
    app.mkdir(exist_ok=True)
    (app / "host.json").write_text('{"version": "2.0"}')
    script = app / "function_app.py"
    script.write_text(APP.format(code=code))
    clock = VirtualClock(datetime(2026, 11, 1, 5, 0, tzinfo=UTC))
    async with Host(app, settings={}, state_dir=folder / "state", clock=clock) as host:
        yield host


async def start_and_stop(folder: Path) -> str:
    """Start an instance on yesterday's code, and stop the host while it waits for an event."""
    async with served(folder, YESTERDAY) as host:
        instance_id = await host.hub.start_instance("brew")
        await host.hub.wait_for(instance_id, lambda status: status["customStatus"] == "ready")
    return instance_id


@pytest.mark.parametrize(("code", "replayed"), [(GRIND_FIRST, "'activity grind'"), (NO_WAITING, "nothing")])
async def test_changed_code_is_called_non_deterministic(tmp_path: Path, code: str, replayed: str) -> None:
    """The instance fails, and the message names the former step and the present one."""
    instance_id = await start_and_stop(tmp_path)

    async with served(tmp_path, code) as host:
        await host.hub.raise_event(instance_id, "thirst", "1")
        status = await host.hub.wait_for_end(instance_id, 20)

    assert status is not None
    assert status["runtimeStatus"] == "Failed"
    assert "Non-Deterministic workflow detected" in status["output"]
    assert f"but the current replay took {replayed}" in status["output"]
    assert "Was a change made to the orchestrator code" in status["output"]


async def test_code_that_only_grew_at_its_end_goes_on(tmp_path: Path) -> None:
    """A step after all completed ones may be added."""
    instance_id = await start_and_stop(tmp_path)

    async with served(tmp_path, GRIND_LAST) as host:
        await host.hub.raise_event(instance_id, "thirst", "1")
        status = await host.hub.wait_for_end(instance_id, 20)

    assert status is not None
    assert status["output"] == ["boiled water", "ground beans"]
