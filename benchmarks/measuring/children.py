"""Separate processes for the measured code: one that answers questions, and the host with an app."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions_host.keys import load_keys
from local.setup.checkout import ROOT

APPS = Path(__file__).parents[1] / "apps"


class Child:
    """A module that answers every line on its input with a line of JSON."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Take the running process."""
        self._process = process

    def ask(self, question: object) -> Any:
        """Ask, and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def child(module: str) -> Iterator[Child]:
    """Run a module; the end of its input tells it to stop."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Child(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            ended_within(process, 10)


@dataclass(frozen=True)
class RunningHost:
    """A host in a process of its own."""

    url: str
    pid: int
    system_key: str


@contextmanager
def host(app: str, state: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningHost]:
    """Serve one of the benchmarks' apps with `functions-host run`."""
    command = [sys.executable, "-m", "functions_host", "run", str(APPS / app), "--port", "0", "--state", str(state)]
    environ = {**os.environ, **(settings or {})}
    with (
        (state / "host.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            assert greeting.startswith("Serving on "), (state / "host.log").read_text()
            yield RunningHost(greeting.split()[-1], process.pid, load_keys(state, {}).system)
        finally:
            process.terminate()
            ended_within(process, 10)


def ended_within(process: "subprocess.Popen[str]", seconds: float) -> None:
    """Wait for a process to end, and kill it if it does not."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
