"""`python -m local.checks [--all | --chaos]`: runs every check, even after a failure, and prints one verdict."""

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
# A file of tests stays on one worker: its stories share a stack. SEED repeats the order of a failed run.
PYTEST = ["pytest", "--dist", "loadfile", f"--randomly-seed={os.environ.get('SEED', '1')}"]
TESTS = {"tests": [*PYTEST, "-n", "3", "--ignore=tests/crash", "--ignore=tests/faults"]}  # much of it is waiting
# These run last: kills and time-outs are sensitive to other load.
CHAOS = {"crashes and faults": [*PYTEST, "-n", "2", "tests/crash", "tests/faults"]}


# Many tests depend on real time, on purpose. Failures among the others are retried once, alone, and reported.
ALONE = ["-n", "0", "--last-failed", "--last-failed-no-failures=none"]
SOME_FAILED = 1  # pytest's exit code for failed tests; all others mean another error


def main(words: list[str]) -> int:
    """Run the quick checks, with `--all` every test too, with `--chaos` those that kill; return 1 if one fails."""
    checks = CHAOS if "--chaos" in words else LINT | (TESTS | CHAOS if "--all" in words else HOUSE)
    verdicts = {name: verdict(name, command) for name, command in checks.items()}
    print("\n" + "\n".join(f"{result:<6} {name}" for name, result in verdicts.items()))
    return 1 if "FAILED" in verdicts.values() else 0


def verdict(name: str, command: list[str]) -> str:
    """Run one check in the foreground: `ok`, `ok on the second try` for tests that passed alone, or `FAILED`."""
    code = run(name, command)
    if code == SOME_FAILED and "-n" in command:
        return "FAILED" if run(f"{name}, those that failed", [*command, *ALONE]) else "ok on the second try"
    return "FAILED" if code else "ok"


def run(name: str, command: list[str]) -> int:
    """Run a Python module and return its exit code."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    completed = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    return completed.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
