"""`python3 -m local.setup [clean | exporters | infra | rivals | lock]`: makes the checkout ready; silent when it is."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from local.setup.checkout import SetupError
from local.setup.clean import clean
from local.setup.environments import APP, EXPORTERS, INFRA, RIVALS, make_environment
from local.setup.lock import lock
from local.setup.node import NoNodeError, install_azurite

if TYPE_CHECKING:
    from collections.abc import Callable


def make_ready() -> None:
    """Make the app's environment and install Azurite side by side, each only where its lock changed."""
    with ThreadPoolExecutor() as beside:
        azurite = beside.submit(install_azurite, os.environ)
        make_environment(APP, os.environ)
    try:
        azurite.result()
    except NoNodeError:
        install_azurite(os.environ)  # now there is the Node of .venv


COMMANDS: dict[str, Callable[[], object]] = {
    "clean": clean,
    "exporters": lambda: make_environment(EXPORTERS, os.environ),
    "infra": lambda: make_environment(INFRA, os.environ),
    "rivals": lambda: make_environment(RIVALS, os.environ),
    "lock": lambda: lock(os.environ, upgrade=bool(os.environ.get("UPGRADE"))),
}


def main(words: list[str]) -> int:
    """Run the command; on errors print the remedy and return 1."""
    try:
        COMMANDS.get("".join(words), make_ready)()
    except SetupError as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
    except OSError as error:
        place, reason = error.filename or "a file of this checkout", error.strerror or str(error)
        remedy = "make room on the disk, or move it away"
        print(f"set-up stopped: {place} cannot be used ({reason}): {remedy}", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
