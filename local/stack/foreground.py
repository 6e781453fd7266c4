"""Runs a coroutine in the foreground: Ctrl-C, SIGTERM or a closed terminal end it cleanly."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run_until_stopped(work: Coroutine[Any, Any, Any]) -> bool:
    """Run the work; return True if it ended by itself, False if a signal ended it."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    stopping = asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():  # a second cancel would interrupt the shutdown
            stopping.set()
            task.cancel()

    for ending in ENDINGS:
        loop.add_signal_handler(ending, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopping.is_set():
            raise
    finally:
        for ending in ENDINGS:
            loop.remove_signal_handler(ending)
    return not stopping.is_set()
