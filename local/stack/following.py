"""Follows a log file line by line while it is written."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

LOOK_SECONDS = 0.3


async def added_lines(log: Path) -> AsyncIterator[list[str]]:
    """Yield the new whole lines at intervals, from the file's beginning on; never ends."""
    with log.open(encoding="utf-8", errors="replace") as file:
        partial = ""
        while True:
            *whole, partial = (partial + file.read()).split("\n")
            if whole:
                yield whole
            await asyncio.sleep(LOOK_SECONDS)
