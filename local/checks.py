"""`python -m local.checks [--all | --chaos]`: every check in turn, whatever those before it said, and one verdict."""

import os
import subprocess
import sys
import time

from local.setup.checkout import ROOT

LINT = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
}
HOUSE = {"house tests": ["pytest", "-q", "tests/house"]}
# A file of tests stays on one worker: its stories share a stack. A red run can be repeated: SEED tells the order.
PYTEST = ["pytest", "-n", "2", "--dist", "loadfile", f"--randomly-seed={os.environ.get('SEED', '1')}"]
TESTS = {"tests": [*PYTEST, "--ignore=tests/crash", "--ignore=tests/faults"]}
# These come after the others: kills and time-outs race with whatever else runs.
CHAOS = {"crashes and faults": [*PYTEST, "tests/crash", "tests/faults"]}


def main(words: list[str]) -> int:
    """Run the quick checks, with `--all` every test too, with `--chaos` those that kill; return 1 if one failed."""
    checks = CHAOS if "--chaos" in words else LINT | (TESTS | CHAOS if "--all" in words else HOUSE)
    verdicts = {name: passes(name, command) for name, command in checks.items()}
    print("\n" + "\n".join(f"{'ok    ' if good else 'FAILED'} {name}" for name, good in verdicts.items()))
    return 0 if all(verdicts.values()) else 1


def passes(name: str, command: list[str]) -> bool:
    """Run one check in the foreground; tell whether it passed."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
