"""Stacks of either checkout, each in a process of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from benchmarks.measuring.checkouts import FOLDER, Checkout, former_or_none, this
from benchmarks.measuring.children import ended_within
from benchmarks.measuring.processes import processor_seconds

PROGRAM = Path(__file__).parents[1] / "programs" / "stack_of_checkout.py"
STOPS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class RunningStack:
    """A stack: addresses, keys, the processes of its parts, and its state folder."""

    state: Path
    api: str
    function_key: str = field(repr=False)
    storage: str = field(repr=False)
    workspace: Mapping[str, str] = field(repr=False)
    pids: Mapping[str, int]

    @property
    def journal(self) -> Path:
        """The host's database of orchestrations."""
        return self.state / "host" / "journal.sqlite"

    @property
    def spent(self) -> Mapping[str, float]:
        """The processor seconds of each part, until now."""
        return {name: processor_seconds(pid) for name, pid in self.pids.items()}


@contextmanager
def running_stack(checkout: Checkout, state: Path, settings: Mapping[str, str] | None) -> Iterator[RunningStack]:
    """Run a stack of a checkout; without settings, storage and workspace alone."""
    command = [str(checkout.python), str(PROGRAM), str(state), json.dumps(settings)]
    state.mkdir(parents=True, exist_ok=True)
    with (
        (state / "stack.log").open("a") as log,
        subprocess.Popen(
            command, cwd=checkout.root, env=checkout.environ, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"the stack did not start: {(state / 'stack.log').read_text()[-500:]}"
            yield described(state, json.loads(line))
        finally:
            process.terminate()
            ended_within(process, STOPS_WITHIN_SECONDS)


def described(state: Path, endpoints: Mapping[str, Any]) -> RunningStack:
    """Read the addresses of a stack."""
    api, key, storage, workspace, pids = (
        endpoints[name] for name in ("api", "functionKey", "storage", "workspace", "pids")
    )
    return RunningStack(state, api, key, storage, workspace, pids)


class Stacks:
    """A stack of this checkout and one of the older revision, each started at its first use, for several benchmarks."""

    def __init__(self) -> None:
        """Begin without stacks."""
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        """Nothing runs yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop those that run."""
        self._closing.close()

    @cached_property
    def ours(self) -> RunningStack:
        """The stack of this checkout."""
        return self._start(this())

    @cached_property
    def former(self) -> RunningStack | None:
        """The stack of the older revision, or None, with a line on why, where it cannot be had."""
        earlier = former_or_none()
        return self._start(earlier) if earlier else None

    @property
    def sides(self) -> list[RunningStack]:
        """All stacks that can be compared, this checkout's first."""
        return [self.ours, *([self.former] if self.former else [])]

    def _start(self, checkout: Checkout) -> RunningStack:
        FOLDER.mkdir(parents=True, exist_ok=True)
        state = Path(self._closing.enter_context(TemporaryDirectory()))
        return self._closing.enter_context(running_stack(checkout, state, {}))
