"""A process that runs a hub on a folder until it kills itself: inside an activity, or inside a turn."""

import asyncio
import itertools
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from functions_host.clock import VirtualClock
from functions_host.durable.task_hub import DurableSettings, TaskHub
from functions_host.journal import Journal
from host_support.hub_code import CODE
from host_support.sdk_app import Code, Context, SdkApp, Steps


def end_it() -> None:
    """End this process as hard as can be."""
    os.kill(os.getpid(), signal.SIGKILL)


def note(number: int) -> int:
    """Die in the second call."""
    if number == 1:
        end_it()
    return number


def dying(code: Code, turn: int) -> Code:
    """Let an orchestrator die in a turn."""
    turns = itertools.count(1)

    def wrapped(context: Context) -> Steps:
        if next(turns) == turn:
            end_it()
        return (yield from code(context))

    return wrapped


async def main(folder: Path, victim: str) -> None:
    """Run the victim to its death."""
    code = dict(CODE)
    if victim in {"sleep_five_days", "take_two"}:
        code[victim] = dying(code[victim], turn=2)
    app, clock = SdkApp(code, {"note": note}), VirtualClock(datetime(2026, 11, 1, tzinfo=UTC))
    with Journal(folder / "journal.sqlite") as journal:
        hub = TaskHub(app, journal, clock, DurableSettings())
        await hub.start()
        await hub.start_instance(victim, "victim")
        if victim == "take_two":
            await hub.raise_event("victim", "item", "1")
        await hub.wait_for("victim")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
