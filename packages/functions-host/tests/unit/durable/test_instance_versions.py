"""Versions: an instance keeps the `defaultVersion` with which it began, whatever is deployed meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions_host.clock import VirtualClock
from functions_host.durable.task_hub import DurableSettings, TaskHub
from functions_host.journal import Journal
from host_support.sdk_app import Context, SdkApp, Steps

START = datetime(2026, 11, 1, tzinfo=UTC)
# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")


def version_of(context: Context) -> Steps:
    """Return the version."""
    yield from ()
    return context.version


def versions(context: Context) -> Steps:
    """Wait, return the own version and a child's; a second round follows the first."""
    if context.get_input() is None:
        context.continue_as_new("the second round")
        return None
    yield context.wait_for_external_event("go")
    return [context.version, (yield context.call_sub_orchestrator("version_of"))]


def changed_process(context: Context) -> Steps:
    """Take the new step only in instances that began with it."""
    yield context.wait_for_external_event("go")
    if context.version != "1.0":
        yield context.call_activity("note", "new step")
    return (yield context.call_activity("note", "old step"))


def process(context: Context) -> Steps:
    """The process before the change."""
    yield context.wait_for_external_event("go")
    return (yield context.call_activity("note", "old step"))


@asynccontextmanager
async def deployed(path: Path, app: SdkApp, version: str | None) -> AsyncIterator[TaskHub]:
    """Run a hub on the journal of this folder, as a deployment whose `defaultVersion` is this one."""
    with Journal(path / "journal.sqlite") as journal:
        hub = TaskHub(app, journal, VirtualClock(START), DurableSettings(default_version=version))
        await hub.start()
        try:
            yield hub
        finally:
            await hub.stop()


async def output(hub: TaskHub, instance_id: str) -> Any:
    """Let an instance continue, and return its output."""
    await hub.raise_event(instance_id, "go", "null")
    status = await asyncio.wait_for(hub.wait_for(instance_id), 20)
    assert status["runtimeStatus"] == "Completed", status
    return status["output"]


async def test_an_instance_keeps_the_version_with_which_it_began(tmp_path: Path) -> None:
    """Restarts and fresh histories change nothing; a child that begins later has the version of that time."""
    app = SdkApp({"versions": versions, "version_of": version_of}, {})
    async with deployed(tmp_path, app, None) as hub:
        unversioned = await hub.start_instance("versions")
    async with deployed(tmp_path, app, "1.0") as hub:
        first = await hub.start_instance("versions")
        explicit = await hub.start_instance("versions", version="0.9")
    async with deployed(tmp_path, app, "2.0") as hub:
        outputs = [await output(hub, instance) for instance in (unversioned, first, explicit)]

    assert outputs == [[None, "2.0"], ["1.0", "2.0"], ["0.9", "2.0"]]


async def test_a_step_is_added_for_new_instances_alone(tmp_path: Path) -> None:
    """Older instances are replayed without the new step."""
    noted: list[str] = []
    async with deployed(tmp_path, SdkApp({"process": process}, {"note": noted.append}), "1.0") as hub:
        instance_id = await hub.start_instance("process")
    async with deployed(tmp_path, SdkApp({"process": changed_process}, {"note": noted.append}), "2.0") as hub:
        await output(hub, instance_id)
        assert noted == ["old step"]

        await output(hub, await hub.start_instance("process"))
    assert noted == ["old step", "new step", "old step"]
