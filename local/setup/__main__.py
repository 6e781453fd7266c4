"""`python3 -m local.setup [clean | exporters | infra | lock]`: makes the checkout ready; silent when it already is."""

from __future__ import annotations

import os
import sys

from local.setup.checkout import SetupError
from local.setup.clean import clean
from local.setup.environments import EXPORTERS, INFRA, make_environment
from local.setup.lock import lock
from local.setup.ready import Setup


def main(words: list[str]) -> int:
    """Do what was asked; on trouble print what to do about it and return 1."""
    try:
        if words == ["clean"]:
            clean()
        elif words == ["infra"]:
            make_environment(INFRA, os.environ)
        elif words == ["exporters"]:
            make_environment(EXPORTERS, os.environ)
        elif words == ["lock"]:
            lock(os.environ, upgrade=bool(os.environ.get("UPGRADE")))
        else:
            Setup(os.environ).make_ready()
    except SetupError as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        place, reason = error.filename or "a file of this checkout", error.strerror or str(error)
        print(
            f"set-up stopped: {place} cannot be used ({reason}): make room on the disk, or move it away",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
