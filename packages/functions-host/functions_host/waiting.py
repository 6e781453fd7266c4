"""Background tasks, and waiting for an event with a timeout."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("functions_host")


async def happens(event: asyncio.Event, within: float) -> bool:
    """Whether the event is set within so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True


def background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start work that nobody awaits; its errors are logged as soon as they happen."""
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("error in the host", exc_info=error)
