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
PYTEST = ["pytest", "--dist", "loadfile", f"--randomly-seed={os.environ.get('SEED', '1')}"]
TESTS = {"tests": [*PYTEST, "-n", "3", "--ignore=tests/crash", "--ignore=tests/faults"]}  # much of it is waiting
# These come after the others: kills and time-outs race with whatever else runs.
CHAOS = {"crashes and faults": [*PYTEST, "-n", "2", "tests/crash", "tests/faults"]}


# Many tests race with real time, on purpose. What fails among the others is run once more, alone, and told of.
ALONE = ["-n", "0", "--last-failed", "--last-failed-no-failures=none"]
SOME_FAILED = 1  # of pytest's exit codes; all others tell that something else is wrong


def main(words: list[str]) -> int:
    """Run the quick checks, with `--all` every test too, with `--chaos` those that kill; return 1 if one failed."""
    checks = CHAOS if "--chaos" in words else LINT | (TESTS | CHAOS if "--all" in words else HOUSE)
    verdicts = {name: verdict(name, command) for name, command in checks.items()}
    print("\n" + "\n".join(f"{said:<6} {name}" for name, said in verdicts.items()))
    return 1 if "FAILED" in verdicts.values() else 0


def verdict(name: str, command: list[str]) -> str:
    """Run one check in the foreground: `ok`, `ok on the second try` for tests that passed alone, or `FAILED`."""
    code = run(name, command)
    if code == SOME_FAILED and "-n" in command:
        return "FAILED" if run(f"{name}, those that failed", [*command, *ALONE]) else "ok on the second try"
    return "FAILED" if code else "ok"


def run(name: str, command: list[str]) -> int:
    """Run a command of ours and give its exit code."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
