"""`python -m local.demo`: sends three programs through three doors; exit code 0 means that every count is right."""

import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from local.demo.display import Display
from local.demo.doors import Caller, DoorError, calling
from local.demo.samples import SAMPLES, Sample
from local.setup.checkout import SetupError
from local.stack import Stack, StackError
from local.stack.foreground import run_until_stopped

PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.25

NEXT_STEPS = """
What to do next:
  make start                 the same stack, until Ctrl-C; it shows a line for each job
  .venv/bin/qjobs submit local/programs/bell.qasm --target ionq.simulator --shots 1000 --watch
                             a program of yours, from another shell while it runs; `.venv/bin/qjobs` lists the commands
  README.md                  the three doors by curl, upload and queue; docs/ tells how it works and is deployed"""

type Answers = dict[str, Mapping[str, Any]]


async def demonstrate(state: Path, display: Display) -> list[str]:
    """Start a stack, run the samples on it, and return the faults."""
    async with Stack(state, report=display.say) as stack:
        display.say(f"the app is at {stack.endpoints.api}/api\n")
        try:
            async with calling(stack.endpoints) as caller:
                answers = await send_and_wait(caller, display)
        except DoorError as error:
            faults = [str(error)]
        else:
            faults = [fault for sample in SAMPLES if (fault := judge(sample, answers.get(sample.name)))]
        if faults:
            for name in ("emulator", "host"):
                display.say(f"\n-- the last lines of {name}:\n{stack.tail(name)}")
        return faults


async def send_and_wait(caller: Caller, display: Display) -> Answers:
    """Send every sample and collect the answers, until all are there or PATIENCE_SECONDS have passed."""
    answers: Answers = {}
    with display.following():
        for sample in SAMPLES:
            display.ordered(sample.name)
            await caller.send(sample)
            display.phase(sample.name, f"sent by {sample.door}")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(answers) < len(SAMPLES) and time.monotonic() < deadline:
            for name, phase in (await caller.phases()).items():
                display.phase(name, phase)
            for answer in await caller.take_answers():
                sample = next(sample for sample in SAMPLES if sample.name == answer["data"]["name"])
                answers[sample.name] = answer
                display.answer(sample, answer)
            await asyncio.sleep(LOOK_SECONDS)
    return answers


def judge(sample: Sample, answer: Mapping[str, Any] | None) -> str | None:
    """Describe the fault of a sample's answer, or None."""
    if answer is None:
        return f"{sample.name}: no answer within {PATIENCE_SECONDS:.0f} s"
    data = answer["data"]
    if data["phase"] != "succeeded":
        return f"{sample.name} ({answer['subject']}): {data['phase']}: {data.get('error')}"
    fault = sample.fault_of(data["result"]["counts"])
    return f"{sample.name} ({answer['subject']}): {fault}" if fault else None


async def run(display: Display) -> int:
    """Run the demo on a folder of its own; return the exit code."""
    faults: list[str] = []
    with TemporaryDirectory(prefix="quantum-jobs-demo-") as state:

        async def work() -> None:
            faults.extend(await demonstrate(Path(state), display))

        if not await run_until_stopped(work()):
            display.say("stopped")
            return 130
    for fault in faults:
        display.say(f"FAILED  {fault}", style="red")
    if not faults:
        display.say(f"\n{len(SAMPLES)} jobs through {len(SAMPLES)} doors, every count as it should be.", style="green")
        display.say(NEXT_STEPS)
    return 1 if faults else 0


def main() -> int:
    """Run the demo in the foreground."""
    display = Display(Console())
    try:
        return asyncio.run(run(display))
    except (StackError, SetupError) as error:
        display.say(f"FAILED  {error}", style="red")
        return 1


if __name__ == "__main__":
    sys.exit(main())
