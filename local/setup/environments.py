"""Makes environments beside the app's own, for tools whose pins contradict it: each from a lock, in its own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.setup.checkout import ROOT, run
from local.setup.interpreter import find_interpreter
from local.setup.stamps import Stamp, only_one
from local.setup.tool_uv import get_uv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXPORTERS = ("exporters", "requirements-conformance.txt", "the libraries whose exports are tried")
NEXT = ("next", "requirements-next.txt", "the next major version of the durable SDK")
INFRA = ("infra", "requirements-infra.txt", "checkov and pycep-parser")


def make_environment(which: tuple[str, str, str], environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """Return the environment's Python; it is made anew only when its lock changed."""
    name, lock, contents = which
    folder = root / ".local" / "tools" / name
    python = folder / "bin" / "python"
    stamp = Stamp(folder / ".ready", [root / lock])
    with only_one(root / ".local" / "setup.lock"):
        if not (stamp.holds() and python.exists()):
            interpreter = find_interpreter(environ)
            uv = get_uv(environ, interpreter, root)
            stamp.remove()
            command = [uv.command, "venv", "--quiet", "--clear", "--python", interpreter or "3.13", str(folder)]
            run(f"making an environment for {contents}", command, uv.environ, root)
            sync = [uv.command, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), lock]
            run(f"installing {contents}", sync, uv.environ, root)
            stamp.write()
    return python
