"""Installs uv, pinned and hash-checked like everything else, into a folder of this checkout."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, SetupError, output_of, run
from local.setup.registries import parse_pip_settings, uv_environ

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NO_PIP = (
    "this machine's Python has no pip to fetch anything with: install it (`apt install python3-venv` "
    "on Debian and Ubuntu) or install uv, then run the same command again"
)


@dataclass(frozen=True)
class Uv:
    """A uv that starts, and its environment with the person's registries."""

    command: str
    environ: dict[str, str]


def get_uv(environ: Mapping[str, str], root: Path = ROOT) -> Uv:
    """Return the pinned uv, installed by any available pip, else the machine's own; else raise `SetupError`."""
    pip = find_pip(environ, root)
    if pip:
        listing = output_of([*pip, "config", "list"], environ) or ""
        return Uv(fetch_uv(environ, pip, root), uv_environ(environ, parse_pip_settings(listing)))
    own = shutil.which("uv", path=environ.get("PATH", os.defpath))
    if own and output_of([own, "--version"], environ):
        return Uv(own, dict(environ))
    raise SetupError(NO_PIP)


def find_pip(environ: Mapping[str, str], root: Path) -> list[str] | None:
    """Return a pip that runs: this interpreter's own, or one from `venv`."""
    if output_of([sys.executable, "-m", "pip", "--version"], environ):
        return [sys.executable, "-m", "pip"]
    folder = root / ".local" / "tools" / "pip"
    if output_of([sys.executable, "-m", "venv", "--clear", str(folder)], environ, seconds=120) is not None:
        return [str(folder / "bin" / "python"), "-m", "pip"]
    return None


def fetch_uv(environ: Mapping[str, str], pip: list[str], root: Path) -> str:
    """Install the pinned uv into `.local/tools`, unless it is there; return its path."""
    pin = pinned("uv", (root / "requirements-dev.txt").read_text(encoding="utf-8"))
    folder = root / ".local" / "tools" / pin.split()[0].replace("==", "-")
    if not output_of([str(folder / "bin" / "uv"), "--version"], environ):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        requirement = folder.parent / "uv.txt"
        requirement.write_text(pin, encoding="utf-8")
        options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
        run(
            "fetching uv, which fetches the rest",
            [*pip, "install", "--quiet", *options, "--target", str(folder), "-r", str(requirement)],
            environ,
        )
    return str(folder / "bin" / "uv")


def pinned(name: str, requirements: str) -> str:
    """Return one package's entry of a pinned requirements file, hashes and all."""
    entries = re.split(r"\n(?=\S)", requirements)
    return next(entry + "\n" for entry in entries if entry.startswith(name + "=="))
