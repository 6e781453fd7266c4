"""The `qjobs` command's door: the version is told at once, all else is imported when it is needed."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as typing's, which takes a while to import
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and tell its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words == ["--version"]:
        from quantumjobs import __version__  # noqa: PLC0415 the shortest way

        print(f"qjobs {__version__}")
        return 0
    from quantumjobs.cli.running import run  # noqa: PLC0415 as above

    return run(words)
