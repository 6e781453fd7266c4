"""How a program in the foreground learns that it is to end."""

import asyncio
import signal


def stop_signal() -> asyncio.Event:
    """Return an event of the running loop that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
