"""Azurite is found where npm installs it and runs for a block; an asynchronous server does so in a thread."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from embedded_server.azurite_process import SCRIPT, AzuriteError, find_azurite, running_azurite
from embedded_server.threads import in_thread

ENDS_AT_ONCE = [sys.executable, "-c", "print('no room on the disk')"]


def test_the_nearest_azurite_is_found(tmp_path: Path) -> None:
    """That of the project comes before that of a folder around it."""
    project = tmp_path / "project"
    for folder in (project, tmp_path):
        (folder / SCRIPT).parent.mkdir(parents=True)
        (folder / SCRIPT).touch()

    assert find_azurite([project, tmp_path])[1] == str(project / SCRIPT)


def test_where_none_is_installed_none_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty command says so, and starting it says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_azurite([tmp_path]) == []
    with pytest.raises(AzuriteError, match="npm install azurite"), running_azurite([], tmp_path):
        pass


def test_an_azurite_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    """Nobody waits for what will not come."""
    with pytest.raises(AzuriteError, match="ended before it listened"), running_azurite(ENDS_AT_ONCE, tmp_path):
        pass


def test_a_server_in_a_thread_ends_with_the_block() -> None:
    """It is entered and left in one task of its own loop, which callers can reach."""
    tasks: list[object] = []

    @asynccontextmanager
    async def server() -> AsyncIterator[str]:
        tasks.append(asyncio.current_task())
        yield "served"
        tasks.append(asyncio.current_task())

    async def answer() -> int:
        return 42

    with in_thread(server()) as (served, loop):
        answered = asyncio.run_coroutine_threadsafe(answer(), loop).result()

    assert (served, answered) == ("served", 42)
    assert tasks[0] is tasks[1]
    assert loop.is_closed()


def test_a_server_that_cannot_start_raises_its_own_error() -> None:
    """The caller gets the reason, not a time-out."""

    @asynccontextmanager
    async def server() -> AsyncIterator[None]:
        raise OSError("the port is taken")
        yield

    with pytest.raises(OSError, match="the port is taken"), in_thread(server()):
        pass
