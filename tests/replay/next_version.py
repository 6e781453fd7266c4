"""What works today on the next major version of the durable SDK, and what does not.

Runs in the environment of `tests.replay.on_next_version`; docs/decisions/0013 says what follows from it.
"""

import asyncio
import importlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from orchestrators.run_job import run_job
from tests.replay.next_engine import engine, problem_of_instance, use_adapter
from tests.replay.next_turns import let_tasks_say_is_completed, replay, stories

ROOT = Path(__file__).resolve().parents[2]
FIRST_ID_OF_VERSION_1 = 0  # Azure/durabletask, TaskOrchestrationContext.cs, 2026-06-24: its counter begins there

type Check = tuple[str, str | None]


def the_app() -> Iterator[Check]:
    """Load the app and describe its functions, as the worker does."""
    settings = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))["Values"]
    os.environ.update(settings)
    try:
        functions = importlib.import_module("function_app").app.get_functions()
    except Exception as error:  # noqa: BLE001  # whatever stops the app is what is to be reported
        yield "its functions", f"{type(error).__name__}: {error}"
    else:
        yield "its functions", None if functions else "there are none"


def replays(first: int | None = None) -> Iterator[Check]:
    """Replay every recording."""
    for story, recording in stories():
        yield story, replay(run_job, recording, first)


def an_instance() -> Iterator[Check]:
    """Run a job on the version's own engine, through our adapter."""
    recording = dict(stories())["happy"]
    with engine(recording) as address:
        problems = asyncio.run(use_adapter(address, recording))
        yield "a job to its end", problem_of_instance(address, recording)
    yield from problems.items()


def groups() -> Iterator[tuple[str, Iterator[Check]]]:
    """Yield what is checked: the code as it is, then with the one renamed property, to see what lies behind it."""
    yield "the app as the worker describes it", the_app()
    for suffix in ("", ", once tasks have is_completed again"):
        if suffix:
            let_tasks_say_is_completed()
        yield f"instances that begin on this version, replayed{suffix}", replays()
        yield f"the adapter and run_job on this version's engine{suffix}", an_instance()
        yield f"instances in flight, begun on version 1{suffix}", replays(FIRST_ID_OF_VERSION_1)


def main() -> int:
    """Print every group with its problems; 1 where anything does not work."""
    warnings.simplefilter("ignore", DeprecationWarning)
    logging.disable()
    names = ("azure-functions-durable", "durabletask", "azure-functions")
    print(", ".join(f"{name} {version(name)}" for name in names))
    outcomes: list[bool] = []
    for group, checks in groups():
        problems = {name: problem and " ".join(problem.split())[:300] for name, problem in checks}
        works = [name for name, problem in problems.items() if problem is None]
        print(f"{group}: {len(works)} of {len(problems)} work", flush=True)
        for text in dict.fromkeys(problem for problem in problems.values() if problem):
            print(f"  {', '.join(name for name, problem in problems.items() if problem == text)}: {text}")
        outcomes += [problem is None for problem in problems.values()]
    print(f"{outcomes.count(True)} of {len(outcomes)} checks work on this version")
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
