"""The two checkouts that are compared in one run: this one, and an older revision with a set-up of its own.

The older one is unpacked into `.local/benchmarks`, and made ready there by its own `local.setup`, once.
"""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.setup.checkout import ROOT

REVISION = "eeaa75d"
FOLDER = ROOT / ".local" / "benchmarks"


class NoCheckoutError(Exception):
    """The older revision cannot be had here; the message says why."""


@dataclass(frozen=True)
class Checkout:
    """A checkout, its Python, and the environment for its programs."""

    root: Path
    python: Path
    environ: Mapping[str, str] = field(repr=False)


def this() -> Checkout:
    """Return this checkout, in the environment that runs."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return Checkout(ROOT, Path(sys.executable), {**os.environ, "PYTHONPATH": path})


def former(revision: str = REVISION) -> Checkout:
    """Return the older revision, after unpacking it and making it ready where that has not been done."""
    root = FOLDER / revision
    if not root.exists():
        _unpack(revision, root)
    environ = {**os.environ, "PYTHONPATH": str(root)}
    _run("its set-up failed", [sys.executable, "-m", "local.setup"], root, environ)
    return Checkout(root, root / ".venv" / "bin" / "python", environ)


def former_or_none() -> Checkout | None:
    """Return the older revision; where it cannot be had, print why, and return None."""
    try:
        return former()
    except NoCheckoutError as error:
        print(f"  no ratios against revision {REVISION}: {error}", flush=True)
        return None


def _unpack(revision: str, root: Path) -> None:
    archive = _run("git does not have it", ["git", "archive", revision], ROOT, os.environ)
    part = root.with_suffix(".part")  # an interrupted attempt must not look complete
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(part, filter="data")
    part.rename(root)


def _run(failure: str, command: list[str], folder: Path, environ: Mapping[str, str]) -> bytes:
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
        raise NoCheckoutError(f"{failure}: {lines[-1] if lines else f'exit code {done.returncode}'}")
    return done.stdout
