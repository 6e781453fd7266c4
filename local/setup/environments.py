"""Makes the virtual environments of a checkout with uv, each from its lock: the app's own, and those of two tools."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from local.setup.checkout import ROOT, SetupError, run
from local.setup.stamps import Stamp, only_one
from local.setup.tool_uv import get_uv

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST = ">=3.13"
WHAT_TO_INSTALL = (
    "Python 3.13 or later is needed: install it (`apt install python3.13`, `brew install python@3.13`, "
    "`pyenv install 3.13`) or name it, `make PYTHON=/path/to/python3.13 …`"
)


class Environment(NamedTuple):
    """A virtual environment: its folder, its lock, a description, and whether it holds our packages."""

    folder: str
    lock: str
    contents: str
    has_packages: bool = False


APP = Environment(".venv", "requirements-dev.txt", "the pinned Python packages", has_packages=True)
EXPORTERS = Environment(
    ".local/tools/exporters", "requirements-conformance.txt", "the libraries whose exports are tried"
)
NEXT = Environment(".local/tools/next", "requirements-next.txt", "the next major version of the durable SDK")
RIVALS = Environment(".local/tools/rivals", "requirements-rivals.txt", "the packages of rivals")
INFRA = Environment(".local/tools/infra", "requirements-infra.txt", "checkov and pycep-parser")  # pins contradict APP's


def make_environment(which: Environment, environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """Return the environment's Python; create it again only when its lock has changed."""
    python = root / which.folder / "bin" / "python"
    packages = sorted(root.glob("packages/*/pyproject.toml")) if which.has_packages else []
    stamp = Stamp(root / which.folder / ".ready", [root / which.lock, *packages])
    if not _is_ready(stamp, python):
        with only_one(root / ".local" / "setup.lock"):
            if not _is_ready(stamp, python):
                stamp.remove()
                _make(which, [str(file.parent) for file in packages], environ, root)
                stamp.write()
    return python


def _is_ready(stamp: Stamp, python: Path) -> bool:
    return stamp.holds() and python.exists()


def _make(which: Environment, packages: list[str], environ: Mapping[str, str], root: Path) -> None:
    uv = get_uv(environ, root)
    settings = {**uv.environ, "VIRTUAL_ENV": str(root / which.folder), "PATH": search_path(environ)}
    # Always from scratch: leftovers of an interrupted set-up look like a complete environment.
    venv = [uv.command, "venv", "--quiet", "--clear", "--python", REQUEST, which.folder]
    try:
        run(f"making {which.folder}", venv, settings, root)
    except SetupError as error:
        raise SetupError(f"{WHAT_TO_INSTALL}\n{error}") from error
    sync = [uv.command, "pip", "sync", "--quiet", "--require-hashes", which.lock]
    run(f"installing {which.contents}", sync, settings, root)
    if packages:
        # No index is needed: the lock has the dependencies and the build backend.
        install = [uv.command, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
        editable = [word for package in packages for word in ("--editable", package)]
        run("installing the packages of this checkout", [*install, *editable], settings, root)


def search_path(environ: Mapping[str, str]) -> str:
    """Return where uv looks for a Python: beside $PYTHON, on PATH, in pyenv's folder, the nearest to 3.13 first."""
    path = environ.get("PATH", os.defpath)
    configured = shutil.which(environ.get("PYTHON", ""), path=path)
    pyenv = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "~")).expanduser() / ".pyenv")
    # Not 3.13.1t: a free-threaded build is another ABI, for which the pinned packages have no wheels.
    versions = [folder for folder in pyenv.glob("versions/3.1[3-9].*") if folder.name.replace(".", "").isdigit()]
    versions.sort(key=lambda folder: (int(folder.name.split(".")[1]), -int(folder.name.split(".")[2])))
    beside = [str(Path(configured).parent)] if configured else []
    return os.pathsep.join([*beside, path, *(str(folder / "bin") for folder in versions)])
