"""Tasks in the background, and waiting for something or for a time, whichever comes first."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("functions_host")


async def happens(event: asyncio.Event, within: float) -> bool:
    """Say whether the event was set within so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True


def background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start work that nobody awaits; an error in it is logged when it happens, not when it is collected."""
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the host made a mistake", exc_info=error)
