"""The set-up itself: a virtual environment with the pinned packages, the client in it, and Azurite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, SetupError, run
from local.setup.interpreter import WHAT_TO_INSTALL, find_interpreter
from local.setup.node import find_node
from local.setup.stamps import Stamp, only_one
from local.setup.tool_uv import get_uv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Setup:
    """What a checkout needs before anything in it runs; each part is made anew only when its lock changed."""

    def __init__(self, environ: Mapping[str, str], root: Path = ROOT) -> None:
        """Take the environment in which the person called, and the checkout."""
        self._environ = environ
        self._root = root
        self._venv = root / ".venv"
        self._python = Stamp(self._venv / ".ready", [root / "requirements-dev.txt", root / "client" / "pyproject.toml"])
        self._azurite = Stamp(root / "node_modules" / ".ready", [root / "package.json", root / "package-lock.json"])

    def make_ready(self) -> None:
        """Bring what is missing; return at once when nothing is."""
        if self._has_python() and self._azurite.holds():
            return
        with only_one(self._root / ".local" / "setup.lock"):
            if not self._has_python():
                self._bring_python()
            if not self._azurite.holds():
                self._bring_azurite()

    def _has_python(self) -> bool:
        return self._python.holds() and (self._venv / "bin" / "python").exists()

    def _bring_python(self) -> None:
        interpreter = find_interpreter(self._environ)
        uv = get_uv(self._environ, interpreter, self._root)
        environ = {**uv.environ, "VIRTUAL_ENV": str(self._venv)}
        self._make_venv(uv.command, interpreter, environ)
        sync = ["pip", "sync", "--quiet", "--require-hashes", "requirements-dev.txt"]
        run("installing the pinned Python packages", [uv.command, *sync], environ, self._root)
        # Nothing is looked up here: the build backend is one of the pinned packages.
        client = ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "client"]
        run("installing the client, `qjobs`", [uv.command, *client], environ, self._root)
        self._python.write()

    def _make_venv(self, uv: str, interpreter: str | None, environ: Mapping[str, str]) -> None:
        # Always from nothing: what an interrupted set-up left behind cannot be told from what is whole.
        command = [uv, "venv", "--quiet", "--clear", "--python", interpreter or "3.13", str(self._venv)]
        self._python.remove()
        if interpreter:
            run(f"making .venv with {interpreter}", command, environ, self._root)
            return
        try:
            run("no Python 3.13 on this machine: fetching one with uv", command, environ, self._root)
        except SetupError as error:
            reason = str(error).splitlines()[-1].strip()
            raise SetupError(f"{WHAT_TO_INSTALL} (uv could not fetch one: {reason})") from error

    def _bring_azurite(self) -> None:
        node = find_node(self._environ, self._root)
        command = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(
            "installing Azurite, the storage emulator",
            [*node.npm, *command],
            node.environ(self._environ),
            self._root,
        )
        self._azurite.write()
