"""Runs an asynchronous server in a thread, for tests and programs that block."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager

START_SECONDS = 60


@contextmanager
def in_thread[T](server: AbstractAsyncContextManager[T]) -> Iterator[tuple[T, asyncio.AbstractEventLoop]]:
    """Enter the server in a thread with an event loop of its own; yield what it gives, and that loop."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), Future[T]()

    async def serve() -> None:
        async with server as served:
            ready.set_result(served)
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)
        finally:
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield ready.result(timeout=START_SECONDS), loop
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
