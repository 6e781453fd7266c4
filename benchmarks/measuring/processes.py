"""Processor time and memory of a process and its descendants, from `/proc`: Linux alone has it."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Places in `/proc/PID/stat` behind the command's name, which may hold blanks: proc_pid_stat(5).
PARENT, TIMES = 1, slice(11, 15)


@dataclass(frozen=True)
class Process:
    """A process: its parent, and its processor time in seconds with that of ended children."""

    pid: int
    parent: int
    seconds: float


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all its descendants, ended ones that were waited for included."""
    return total_seconds(pid, running())


def total_seconds(pid: int, processes: Iterable[Process]) -> float:
    """Add up the times in the tree below a process."""
    children: Mapping[int, list[Process]] = _by_parent(processes := list(processes))
    below = [process for process in processes if process.pid == pid]
    total = 0.0
    while below:
        process = below.pop()
        total += process.seconds
        below += children.get(process.pid, [])
    return total


def running() -> Iterator[Process]:
    """List all processes that can be read."""
    for folder in PROC.glob("[0-9]*"):
        try:
            yield parsed(int(folder.name), (folder / "stat").read_text(errors="replace"))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile


def parsed(pid: int, stat: str) -> Process:
    """Read the text of `/proc/PID/stat`."""
    fields = stat.rpartition(")")[2].split()
    return Process(pid, int(fields[PARENT]), sum(map(int, fields[TIMES])) / TICKS_A_SECOND)


def in_proc(pid: int, field: str) -> int:
    """Read a number of `/proc/PID/status`; sizes are in KiB."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1])


def forget_peak(pid: int) -> None:
    """Reset `VmHWM` of a process."""
    (PROC / str(pid) / "clear_refs").write_text("5")


def _by_parent(processes: Iterable[Process]) -> Mapping[int, list[Process]]:
    children = defaultdict(list)
    for process in processes:
        children[process.parent].append(process)
    return children
