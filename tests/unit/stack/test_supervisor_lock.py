"""One stack has a folder at a time, and a killed one leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.setup.checkout import ROOT
from local.stack.errors import StackRunsAlreadyError
from local.stack.supervisor_lock import locked, wait_for_former_parts

# A supervisor with one part that ends only half a second after it was asked to.
SLOW_TO_END = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), exit()))
print('up', flush=True)
time.sleep(600)
"""
SUPERVISOR = f"""
import asyncio, subprocess, sys, time
from pathlib import Path
from local.stack.supervisor_lock import locked, wait_for_former_parts, watched

folder = Path(sys.argv[1])
with locked(folder):
    with watched(asyncio.run(wait_for_former_parts(folder, print)), folder / "endpoints.json") as watchdog:
        (folder / "endpoints.json").write_text("{{}}")
        part = subprocess.Popen([sys.executable, "-c", {SLOW_TO_END!r}], process_group=0, stdout=subprocess.PIPE)
        part.stdout.readline()
        watchdog.note(part.pid)
        print(part.pid, flush=True)
        time.sleep(600)
"""


def test_a_second_stack_on_a_folder_is_refused(tmp_path: Path) -> None:
    """Two supervisors would fight over ports and files, so the second one is told where the first is."""
    with locked(tmp_path), pytest.raises(StackRunsAlreadyError, match=r"endpoints\.json"), locked(tmp_path):
        pytest.fail("claimed twice")


def test_a_folder_is_free_again_after_its_stack(tmp_path: Path) -> None:
    """A claim ends with its block."""
    with locked(tmp_path):
        pass

    with locked(tmp_path):
        assert (tmp_path / "stack.lock").exists()


def test_the_parts_of_a_killed_supervisor_end_before_the_next_one_starts(tmp_path: Path) -> None:
    """SIGKILL of the supervisor ends its parts, and who comes next waits for that."""
    reports = list[str]()
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        part = int(supervisor.stdout.readline())
        os.kill(supervisor.pid, signal.SIGKILL)

    with locked(tmp_path), asyncio.run(wait_for_former_parts(tmp_path, reports.append)):
        group_is_left = Path(f"/proc/{part}").exists() and "Z" not in _state(part)

    assert not group_is_left
    assert reports == ["the stack that was killed here is still ending: waiting for it"]
    assert not (tmp_path / "endpoints.json").exists()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
