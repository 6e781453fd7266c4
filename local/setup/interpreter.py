"""Finds the Python that the app runs on: 3.13 or later, whether or not it is on PATH."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from local.setup.checkout import output_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEEDED = (3, 13)
WHAT_TO_INSTALL = (
    "Python 3.13 or later is needed and was not found: install it (`apt install python3.13`, "
    "`brew install python@3.13`, `pyenv install 3.13`) or name it, `make PYTHON=/path/to/python3.13 …`"
)
# A free-threaded build is another ABI, for which the pinned packages have no wheels.
ABOUT_ITSELF = (
    "import sys, sysconfig; assert sys.implementation.name == 'cpython'; "
    "assert not sysconfig.get_config_var('Py_GIL_DISABLED'); "
    "print(*sys.version_info[:2], sys.executable)"
)


def find_interpreter(environ: Mapping[str, str]) -> str | None:
    """Return the first interpreter that really starts and is new enough; None if there is none."""
    for candidate in candidates(environ):
        told = output_of([candidate, "-c", ABOUT_ITSELF], environ)
        if told:
            major, minor, path = told.rstrip("\n").split(" ", 2)
            if (int(major), int(minor)) >= NEEDED:
                return path
    return None


def candidates(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield where an interpreter may be: $PYTHON, PATH, then pyenv's folder, the nearest to 3.13 first."""
    for name in (environ.get("PYTHON"), "python3.13", "python3"):
        found = shutil.which(name, path=environ.get("PATH", os.defpath)) if name else None
        if found:
            yield found
    for folder in (environ.get("PYENV_ROOT"), Path(environ.get("HOME", "~")).expanduser() / ".pyenv"):
        if folder:
            yield from _pyenv_versions(Path(folder) / "versions")


def _pyenv_versions(versions: Path) -> Iterator[str]:
    numbered = {}
    for folder in versions.glob("3.*"):
        match = re.match(r"3\.(\d+)\.(\d+)$", folder.name)
        if match and int(match.group(1)) >= NEEDED[1]:
            numbered[int(match.group(1)), -int(match.group(2))] = folder
    for _, folder in sorted(numbered.items()):
        yield str(folder / "bin" / "python3")
