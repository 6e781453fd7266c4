"""Removes generated files of set-up, tests and runs, and nothing that a person wrote."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.setup.checkout import ROOT, SetupError, say
from local.setup.stamps import is_locked

MADE = (
    ".venv",
    "node_modules",
    ".local",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".coverage*",
    "benchmarks/results",
    "packages/*/dist",
    "dist",
)
MADE_ANYWHERE = ("__pycache__", "*.egg-info")


def clean(root: Path = ROOT) -> None:
    """Remove all generated files; raise `SetupError` while a stack runs on them."""
    locks = [*root.glob(".local/stack.lock"), *root.glob(".local/*/stack.lock")]
    if any(is_locked(lock) for lock in locks):
        raise SetupError("a stack is running here: stop it first (Ctrl-C where `make start` or `make emulator` runs)")
    paths = [path for pattern in MADE for path in sorted(root.glob(pattern))]
    for path in paths:
        say(f"removing {path.relative_to(root)}")
        _remove(path)
    for folder, names, _ in os.walk(str(root)):
        names[:] = [name for name in names if name != ".git"]
        for path in [path for pattern in MADE_ANYWHERE for path in Path(folder).glob(pattern)]:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(str(path))
    else:
        path.unlink()
