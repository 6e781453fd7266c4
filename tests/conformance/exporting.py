"""Has the exporters write programs, in the environment that they have to themselves, and reads what they wrote."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("exporters")
SCRIPTS = tuple(sorted(path.name for path in FOLDER.glob("*_programs.py")))
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "QISKIT_IN_PARALLEL": "FALSE"}


class ExporterError(Exception):
    """An exporter's script broke down."""


def exported(python: str, script: str, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the programs of a script's exporters, so many of each."""
    yield from _lines([python, "-W", "ignore", script, str(count), str(seed)])


def refusals(python: str) -> Iterator[dict[str, str]]:
    """Yield how the client refuses what it has to refuse: the words that are wanted, and what it said."""
    yield from _lines([python, "-W", "ignore", "refused_circuits.py"])


def _lines(command: list[str]) -> Iterator[dict[str, Any]]:
    with subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ONE_THREAD
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            yield json.loads(line)
        errors = process.stderr.read()
    if process.returncode:
        raise ExporterError(f"{command[3]} ended with {process.returncode}: {errors[-2000:]}")
