"""Paths of this checkout, and how set-up prints progress and runs other programs."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local.setup.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
TAIL = 25
PROGRESS = Progress()


class SetupError(Exception):
    """Set-up cannot continue; the message says what to do."""


def say(text: str) -> None:
    """Print one line of progress at once."""
    PROGRESS.say(text)


def run(doing: str, command: Sequence[str], environ: Mapping[str, str], folder: Path = ROOT) -> None:
    """Run a command quietly and show its progress; raise `SetupError` with the end of its output if it fails."""
    say(f"{doing} …")
    began = time.monotonic()
    try:
        with PROGRESS.step(doing):
            completed = subprocess.run(
                list(command),
                cwd=str(folder),
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
    except OSError as error:
        raise SetupError(f"{doing} failed: {error}") from error
    if completed.returncode:
        tail = "\n".join(completed.stdout.decode(errors="replace").splitlines()[-TAIL:])
        raise SetupError(f"{doing} failed with exit code {completed.returncode}:\n{tail}")
    say(f"{doing}: took {time.monotonic() - began:.0f} s")


def output_of(command: Sequence[str], environ: Mapping[str, str], seconds: float = 30) -> str | None:
    """Return what a command prints, or None where it does not start, fails or hangs."""
    try:
        completed = subprocess.run(
            list(command),
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return completed.stdout.decode(errors="replace") if completed.returncode == 0 else None
