"""Updates the pins of every dependency, with hashes and without a registry's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.setup.checkout import run
from local.setup.node import find_node
from local.setup.tool_uv import get_uv

if TYPE_CHECKING:
    from collections.abc import Mapping

CLEAN = ("--universal", "--no-header", "--no-annotate", "--generate-hashes", "--python-version", "3.13")
LOCKS = ("requirements", *(f"requirements-{name}" for name in ("dev", "infra", "conformance", "next", "rivals")))
EXTRA = ("UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY")


def lock(environ: Mapping[str, str], *, upgrade: bool) -> None:
    """Write the requirements files and `package-lock.json`; keep versions where possible, unless `upgrade`."""
    uv = get_uv(environ)
    # Only the main index of pip's settings: another one may have fewer builds, and the pins would follow it.
    public = {name: value for name, value in uv.environ.items() if name in environ or name not in EXTRA}
    again = ["--upgrade"] if upgrade else []
    for name in LOCKS:
        files = [f"{name}.in", "--output-file", f"{name}.txt"]
        run(f"pinning {name}.txt", [uv.command, "pip", "compile", "--quiet", *CLEAN, *again, *files], public)
    node = find_node(environ)
    update = [*node.npm, "update" if upgrade else "install", "--package-lock-only"]
    run("pinning package-lock.json", [*update, "--no-audit", "--no-fund"], node.environ(environ))
