"""`python -m local.stack start | emulator`: a stack in the foreground until Ctrl-C."""

import argparse
import asyncio
import sys
from pathlib import Path

from local.setup.checkout import ROOT, SetupError
from local.stack.console import how_to_use_the_app, how_to_use_the_workspace, show_complaints
from local.stack.errors import StackError
from local.stack.foreground import run_until_stopped
from local.stack.stack import Stack


def say(text: str) -> None:
    """Print a line without buffering."""
    print(text, flush=True)


async def start(state: Path) -> None:
    """Run the whole stack; show warnings and errors of its logs."""
    async with Stack(state, report=say) as stack:
        say(how_to_use_the_app(stack.endpoints, stack.state))
        await show_complaints({name: stack.log(name) for name in ("emulator", "vault", "host")}, say)


async def emulator(state: Path) -> None:
    """Run the workspace emulator and its storage alone."""
    async with Stack(state, app=None, report=say) as stack:
        say(how_to_use_the_workspace(stack.endpoints))
        await show_complaints({"emulator": stack.log("emulator")}, say)


def main(words: list[str]) -> int:
    """Run the command until Ctrl-C or SIGTERM; return 1 if it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m local.stack", description=__doc__)
    parser.add_argument("what", choices=("start", "emulator"))
    parser.add_argument("--state", type=Path, help="the folder for ports, keys and data")
    arguments = parser.parse_args(words)
    state = arguments.state or ROOT / (".local" if arguments.what == "start" else ".local/emulator-alone")
    try:
        asyncio.run(run_until_stopped(start(state) if arguments.what == "start" else emulator(state)))
    except (StackError, SetupError) as error:
        print(error, file=sys.stderr)
        return 1
    say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
