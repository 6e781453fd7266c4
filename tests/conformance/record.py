"""`python -m tests.conformance.record`: writes the fixed samples that every run of the tests compares.

They are programs as today's exporters write them, small ones, with their exact distributions and versions.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.setup.environments import EXPORTERS, make_environment
from tests.conformance.exporting import SCRIPTS, exported

FOLDER = Path(__file__).with_name("recorded")
DRAWN, KEPT = 60, 24
LONGEST, MOST_OUTCOMES = 6_000, 32
SEED = 11


def main() -> None:
    """Record anew."""
    python = str(make_environment(EXPORTERS, os.environ))
    FOLDER.mkdir(exist_ok=True)
    for script in SCRIPTS:
        samples: dict[str, list[str]] = {}
        for program in exported(python, script, DRAWN, SEED):
            lines = samples.setdefault(program["exporter"], [])
            if len(lines) < KEPT and is_small(program):
                lines.append(json.dumps(program))
        for exporter, lines in samples.items():
            file_of(exporter).write_text("\n".join(lines) + "\n", encoding="utf-8")


def is_small(program: dict[str, Any]) -> bool:
    """Say whether a program may be kept."""
    return "exact" in program and len(program["text"]) <= LONGEST and len(program["exact"]) <= MOST_OUTCOMES


def file_of(exporter: str) -> Path:
    """Name the file of an exporter's samples."""
    return FOLDER / (re.sub(r"[^a-z0-9]+", "-", exporter.lower()).strip("-") + ".jsonl")


def recorded() -> Iterator[Path]:
    """List the files of samples."""
    return iter(sorted(FOLDER.glob("*.jsonl")))


def samples_of(file: Path) -> list[dict[str, Any]]:
    """Read an exporter's samples."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
