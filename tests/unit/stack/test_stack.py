"""The real parts come up together, say where they are, and leave nothing running."""

import json
import os
from pathlib import Path

import httpx
import pytest
from azure.storage.queue.aio import QueueServiceClient

from local.stack import Stack, StackRunsAlreadyError


async def test_the_whole_stack_says_where_it_is_while_it_is_up(tmp_path: Path) -> None:
    """Another program finds the app, its key and its parts in `endpoints.json`, and only while they run."""
    file = tmp_path / "endpoints.json"

    async with Stack(tmp_path) as stack:
        published = json.loads(file.read_text())
        for pid in published["pids"].values():
            os.kill(pid, 0)  # raises where nobody has that id
        headers = {"x-functions-key": published["functionKey"]}
        async with httpx.AsyncClient(base_url=published["api"], headers=headers, trust_env=False) as api:
            listed = await api.get("/api/jobs")

    assert published == stack.endpoints.to_wire()
    assert set(published["pids"]) == {"azurite", "emulator", "vault", "host"}
    assert listed.json()["jobs"] == []
    assert not file.exists()
    for pid in published["pids"].values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_workspace_alone_keeps_its_storage_from_one_run_to_the_next(tmp_path: Path) -> None:
    """The same ports, keys and data are there again; an app is not started and not announced."""
    async with Stack(tmp_path, app=None) as first, _queues(first) as queues:
        await queues.get_queue_client("job-orders").send_message("kept")
        announced = (tmp_path / "endpoints.json").exists()

    async with Stack(tmp_path, app=None) as second, _queues(second) as queues:
        messages = [message.content for message in await queues.get_queue_client("job-orders").peek_messages()]

    assert not announced
    assert second.endpoints.storage == first.endpoints.storage
    assert second.endpoints.workspace == first.endpoints.workspace
    assert messages == ["kept"]


async def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """A second stack is refused before it starts or overwrites anything."""
    async with Stack(tmp_path, app=None):
        before = (tmp_path / "stack.json").read_text()

        with pytest.raises(StackRunsAlreadyError):
            await Stack(tmp_path, app=None).__aenter__()

        assert (tmp_path / "stack.json").read_text() == before


def _queues(stack: Stack) -> QueueServiceClient:
    return QueueServiceClient.from_connection_string(stack.endpoints.storage)
