"""`python -m local.checks [--all | --chaos]`: runs every check, even after a failure, and prints one verdict."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.setup.checkout import ROOT

LINT = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "spelling": ["codespell_lib", "."],
    "types": ["mypy"],
}
HOUSE = {"house tests": ["pytest", "-q", "tests/house"]}
# A file of tests stays on one worker: its stories share a stack. SEED repeats the order of a failed run.
PYTEST = ["pytest", "--dist", "loadfile", f"--randomly-seed={os.environ.get('SEED', '1')}"]
KILLING = ["tests/crash", "tests/faults"]
LOOPING = ["tests/security/test_compile_bombs.py", "tests/security/test_programs_without_end.py"]
TESTS = {"tests": [*PYTEST, "-n", "4", *(f"--ignore={folder}" for folder in KILLING)]}  # much of it is waiting
# These run last: kills and time-outs are sensitive to other load.
CRASHES = {"crashes and faults": [*PYTEST, "-n", "2", *KILLING]}
CHAOS = {"all crashes, faults and loops": [*PYTEST, "-n", "2", "--chaos", *KILLING, *LOOPING]}
SOME_FAILED = 1  # an exit code of pytest; all others but 0 say that the run itself went wrong


def main(words: list[str]) -> int:
    """Run the quick checks, with `--all` every test too, with `--chaos` those that kill; return 1 if one fails."""
    checks = CHAOS if "--chaos" in words else LINT | (TESTS | CRASHES if "--all" in words else HOUSE)
    verdicts = {name: verdict(name, command) for name, command in checks.items()}
    print("\n" + "\n".join(f"{word}  {name}" for name, word in verdicts.items()))
    if "--all" in words:
        print("Left to `make chaos`: the whole crash matrix, the soak, and orders by the hundred; see SKIPPED above.")
    return 1 if "FAILED" in verdicts.values() else 0


def verdict(name: str, command: list[str]) -> str:
    """Run one check in the foreground; `ok` counts the flaky tests, and no others, that passed on a second try."""
    if "-n" not in command:
        return "FAILED" if run(name, command) else "ok"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "failures.json")
        code = run(name, [*command, f"--failures-to={report}"])
        failures: dict[str, bool] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    if not code:
        return "ok"
    if code != SOME_FAILED or not failures or not all(failures.values()):
        return "FAILED"
    again = ["pytest", *(["--chaos"] if "--chaos" in command else []), *failures]
    if run(f"{name}: tests marked as flaky, once more", again):
        return "FAILED"
    return f"ok ({len(failures)} flaky on the second try: {', '.join(failures)})"


def run(name: str, command: list[str]) -> int:
    """Run a Python module and return its exit code."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    completed = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    return completed.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
