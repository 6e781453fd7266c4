"""In the foreground a stack ends in good order, and shows what its parts complain about."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from local.stack.console import show_complaints
from local.stack.foreground import ENDINGS, run_until_stopped


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
async def test_a_signal_takes_the_work_down_in_good_order(ending: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and a closed terminal let the work clean up, even when given twice."""
    cleaned = asyncio.Event()

    async def work() -> None:
        try:
            os.kill(os.getpid(), ending)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), ending)
            await asyncio.sleep(0)
            cleaned.set()

    finished = await run_until_stopped(work())

    assert not finished
    assert cleaned.is_set()


async def test_work_that_ends_by_itself_says_so() -> None:
    """Only a signal makes it an interruption."""

    async def work() -> str:
        return "done"

    assert await run_until_stopped(work())


async def test_warnings_and_errors_are_shown_with_their_part_and_their_traceback(tmp_path: Path) -> None:
    """What needs a person's eye reaches the terminal; the rest stays in the log."""
    log = tmp_path / "host.log"
    log.touch()
    shown = list[str]()
    enough = asyncio.Event()
    following = asyncio.create_task(show_complaints({"host": log}, _until(shown, 4, enough)))

    with log.open("a") as writing:
        writing.write("12:00 INFO bell accepted\n12:01 ERROR it broke\nTraceback (most recent call last):\n")
        writing.write('  File "a.py"\nValueError: no\n12:02 INFO ghz accepted\n')
    async with asyncio.timeout(5):
        await enough.wait()
    following.cancel()

    assert [line.partition("| ")[2] for line in shown] == [
        "12:01 ERROR it broke",
        "Traceback (most recent call last):",
        '  File "a.py"',
        "ValueError: no",
    ]
    assert shown[0].startswith("host")


def _until(shown: list[str], count: int, enough: asyncio.Event) -> Callable[[str], None]:
    def say(line: str) -> None:
        shown.append(line)
        if len(shown) == count:
            enough.set()

    return say
