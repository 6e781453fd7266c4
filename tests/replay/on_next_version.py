"""`python -m tests.replay.on_next_version`: our histories, orchestrator and adapter on azure-functions-durable 2.

In an environment of its own, pinned by `requirements-next.txt`. No other check waits for what it says.
"""

import os
import subprocess
import sys
from pathlib import Path

from local.setup.environments import NEXT, make_environment

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Make the environment where it is missing, and run the checks in it."""
    python = make_environment(NEXT, os.environ)
    quiet = {"GRPC_VERBOSITY": "NONE"}  # it remarks on the end of each connection
    environ = {**os.environ, **quiet, "PYTHONPATH": str(ROOT / "packages" / "functions-host")}
    command = [str(python), "-m", "tests.replay.next_version"]
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
