"""Reads what is added to a log file while it is written, line by line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

LOOK_SECONDS = 0.3


async def added_lines(log: Path) -> AsyncIterator[list[str]]:
    """Yield the whole lines that were added since the last look, from the file's beginning on; never ends."""
    with log.open(encoding="utf-8", errors="replace") as file:
        begun = ""
        while True:
            *whole, begun = (begun + file.read()).split("\n")
            if whole:
                yield whole
            await asyncio.sleep(LOOK_SECONDS)
