"""`python -m local.stack start | emulator`: a stack in the foreground until Ctrl-C."""

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from local.setup.checkout import ROOT, SetupError
from local.stack.console import how_to_use_the_app, how_to_use_the_workspace, show_complaints
from local.stack.errors import StackError
from local.stack.foreground import run_until_stopped
from local.stack.life import show_jobs, show_life
from local.stack.stack import Stack

CONSOLE = Console(highlight=False)  # it colours on a terminal alone


def say(text: str) -> None:
    """Print a line without buffering."""
    print(text, flush=True)


def show(line: Text) -> None:
    """Print a line with its colours, as wide as it is."""
    CONSOLE.print(line, soft_wrap=True)


async def start(state: Path, *, quiet: bool) -> None:
    """Run the whole stack; show warnings and errors of its parts and, unless quiet, its jobs."""
    async with Stack(state, report=say) as stack:
        say(how_to_use_the_app(stack.endpoints, stack.state))
        async with asyncio.TaskGroup() as showing:
            logs = {name: stack.log(name) for name in ("emulator", "vault", "host")}
            showing.create_task(show_complaints(logs, say))
            if not quiet:
                showing.create_task(show_life(stack.log("host"), stack.endpoints, show))


async def emulator(state: Path, *, quiet: bool) -> None:
    """Run the workspace emulator and its storage alone; show its warnings and errors and, unless quiet, its jobs."""
    async with Stack(state, app=None, report=say) as stack:
        say(how_to_use_the_workspace(stack.endpoints))
        async with asyncio.TaskGroup() as showing:
            showing.create_task(show_complaints({"emulator": stack.log("emulator")}, say))
            if not quiet:
                showing.create_task(show_jobs(stack.log("emulator"), say))


def main(words: list[str]) -> int:
    """Run the command until Ctrl-C or SIGTERM; return 1 if it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m local.stack", description=__doc__)
    parser.add_argument("what", choices=("start", "emulator"))
    parser.add_argument("--state", type=Path, help="the folder for ports, keys and data")
    parser.add_argument("--quiet", action="store_true", help="show warnings and errors, but no line for each job")
    arguments = parser.parse_args(words)
    state = arguments.state or ROOT / (".local" if arguments.what == "start" else ".local/emulator-alone")
    work = start if arguments.what == "start" else emulator
    try:
        asyncio.run(run_until_stopped(work(state, quiet=arguments.quiet)))
    except (StackError, SetupError) as error:
        print(error, file=sys.stderr)
        return 1
    say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
