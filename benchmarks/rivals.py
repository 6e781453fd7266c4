"""The same burst by what a user could take instead, on the same workspace: the SDK in a pool of threads, and DBOS.

The rivals only run the jobs to their results: no HTTP, no lists, no answers on a queue. DBOS keeps its state in a
PostgreSQL of its own; its server's processor time is shown apart.
"""

import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.burst import ORDERS, Burst, burst
from benchmarks.measuring.figures import Figure, SkippedError
from benchmarks.measuring.orders import CHEAP, CIRCUIT
from benchmarks.measuring.postgres import postgres
from benchmarks.measuring.stacks import RunningStack, Stacks
from local.setup.checkout import ROOT

PROGRAM = Path(__file__).with_name("programs") / "rival.py"
PYTHON = ROOT / ".local" / "tools" / "rivals" / "bin" / "python"
WARM_UP, TURNS = 10, 3
NAMES = {"sdk": "azure-quantum in 16 threads", "dbos": "DBOS on PostgreSQL"}


@dataclass(frozen=True)
class Run:
    """A rival's run: jobs a second, and its own processor milliseconds for a job."""

    a_second: float
    milliseconds: float


async def measure(stacks: Stacks) -> AsyncIterator[Figure]:
    """Run the same number of cheap jobs by turns on this app's stack, its workspace and all."""
    if not PYTHON.exists():
        raise SkippedError("needs the rivals' packages: python3 -m local.setup rivals")
    with postgres() as database:
        await burst(stacks.ours, WARM_UP)
        for side in NAMES:
            run(stacks.ours, side, database, WARM_UP)
        ours: list[Burst] = []
        theirs: dict[str, list[Run]] = {side: [] for side in NAMES}
        for _ in range(TURNS):
            ours.append(await burst(stacks.ours, ORDERS))
            for side, runs in theirs.items():
                runs.append(run(stacks.ours, side, database, ORDERS))
    for figure in compared(ours, theirs):
        yield figure


def compared(ours: list[Burst], theirs: Mapping[str, list[Run]]) -> list[Figure]:
    """Compare medians; the promise is about the durable rival."""
    rate = median(each.a_second for each in ours)
    spent = median(each.milliseconds("host") for each in ours)
    figures = []
    for side, runs in theirs.items():
        promise = {"at_least": 1.2, "relative": True} if side == "dbos" else {}
        limits: dict[str, Any] = promise
        before = median(each.a_second for each in runs)
        figures.append(Figure(f"orders a second, against {NAMES[side]}", rate, former=before, **limits))
        before = median(each.milliseconds for each in runs)
        figures.append(Figure(f"  processor time, against {NAMES[side]}", spent, "ms", former=before))
    return figures


def run(stack: RunningStack, side: str, database: str, jobs: int) -> Run:
    """Run jobs with one of the rivals."""
    request = {
        "side": side,
        "workspace": dict(stack.workspace),
        "database": database,
        "jobs": jobs,
        "target": CHEAP["target"],
        "shots": CHEAP["shots"],
        "circuit": CIRCUIT,
    }
    done = subprocess.run([PYTHON, PROGRAM], input=json.dumps(request), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["results"] == jobs, outcome
    return Run(jobs / outcome["seconds"], outcome["processor"] / jobs * 1000)
