"""Makes the environment that reads and scans the templates: checkov's pins contradict those of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, run
from local.setup.interpreter import find_interpreter
from local.setup.stamps import Stamp, only_one
from local.setup.tool_uv import get_uv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCK = "requirements-infra.txt"


def make_infra_ready(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """Return the environment's Python; it is made anew only when its lock changed."""
    folder = root / ".local" / "tools" / "infra"
    python = folder / "bin" / "python"
    stamp = Stamp(folder / ".ready", [root / LOCK])
    with only_one(root / ".local" / "setup.lock"):
        if not (stamp.holds() and python.exists()):
            interpreter = find_interpreter(environ)
            uv = get_uv(environ, interpreter, root)
            stamp.remove()
            command = [uv.command, "venv", "--quiet", "--clear", "--python", interpreter or "3.13", str(folder)]
            run("making an environment for checkov", command, uv.environ, root)
            sync = [uv.command, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), LOCK]
            run("installing checkov and pycep-parser", sync, uv.environ, root)
            stamp.write()
    return python
