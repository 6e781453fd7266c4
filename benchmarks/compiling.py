"""Compiling: processor time against a program's size, and against a compiler that is loaded for each program."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.measuring.figures import TIMES, Figure
from quantum.adapters.compiler import QdkCompiler, processor_seconds
from quantum.jobs.program import Compiled

MIB = 2**20
SECONDS = 5  # COMPILE_SECONDS, as it is unless the deployment says otherwise
FEW, MANY = 4_000, 16_000
AT_THE_DOOR = 50  # programs in one run
TURNS = 5
HEADS = {
    "openqasm2": ('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[4];\ncreg c[4];\n', "measure q -> c;\n"),
    "openqasm3": ('OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[4] q;\nbit[4] c;\n', "c = measure q;\n"),
}
BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'
AS_BEFORE = (sys.executable, "-I", "-S", str(Path(__file__).with_name("programs") / "compiled_by_qdk.py"))


@dataclass(frozen=True)
class Cost:
    """The cost of a run: processor time of all processes, and wall-clock time."""

    processor: float
    clock: float


async def measure() -> AsyncIterator[Figure]:
    """Compile programs of growing sizes, and Bell pairs both ways by turns."""
    figures = [figure for language in HEADS for figure in await growth(language)]
    turns = [(await bells_at_the_door(), bell_as_before()) for _ in range(TURNS + 1)][1:]
    first, later = (median(costs) for costs in zip(*((one.clock, each) for (one, each), _ in turns), strict=True))
    before = median(cost.processor for _, cost in turns)
    for figure in [
        *figures,
        Figure("a Bell pair, compiler loaded for it", before * 1000, "ms of a processor"),
        Figure("a Bell pair at the door", later * 1000, "ms of a processor"),
        Figure("a Bell pair at the door against that", later / before, TIMES, at_most=0.15),
        Figure("the first order, on the clock", first * 1000, "ms"),
        Figure(
            "the first order against a compiler loaded for it",
            first / median(cost.clock for _, cost in turns),
            TIMES,
            at_most=1.0,
        ),
    ]:
        yield figure


async def growth(language: str) -> Sequence[Figure]:
    """Compile 4,000 and 16,000 rotations whose angles are expressions, then a mebibyte of them."""
    start = (await cost_of(rotations(language, 1), language)).processor
    few, many = [(await cost_of(rotations(language, times), language)).processor - start for times in (FEW, MANY)]
    large = rotations(language, MIB // len(rotation(0)))
    large_seconds = (await cost_of(large, language)).processor - start
    allowed = processor_seconds(SECONDS, len(large))
    return [
        Figure(f"{language}, {MANY:,} rotations against {FEW:,}", many / few, TIMES, at_most=5.0),
        Figure(f"{language}, a program of 1 MiB", large_seconds, "s of a processor", at_most=allowed),
    ]


def rotations(language: str, times: int) -> str:
    """Write a program of so many rotations."""
    head, end = HEADS[language]
    return head + "".join(map(rotation, range(times))) + end


def rotation(place: int) -> str:
    """Write one rotation with an expression as its angle."""
    return f"rz(-pi*0.{1 + place % 9}/2) q[{place % 4}];\n"


async def cost_of(source: str, language: str, times: int = 1) -> Cost:
    """Compile a program so many times in a new compiler, which ends afterwards."""
    before, began = used(), time.perf_counter()
    compiler = QdkCompiler(seconds=SECONDS)
    try:
        for _ in range(times):
            compiled = await compiler.compile(source, language, profile="Base", entry_point=None, arguments=())
            assert isinstance(compiled, Compiled), compiled
        clock = time.perf_counter() - began
    finally:
        await compiler.close()
    return Cost(used() - before, clock)


async def bells_at_the_door() -> tuple[Cost, float]:
    """Compile one Bell pair, then many: cost of the first, and processor time of each later one."""
    one, many = [await cost_of(BELL, "openqasm3", times) for times in (1, 1 + AT_THE_DOOR)]
    return one, (many.processor - one.processor) / AT_THE_DOOR


def bell_as_before() -> Cost:
    """Compile a Bell pair in a process that loads qdk for it."""
    before, began = used(), time.perf_counter()
    spec = find_spec("qdk")
    assert spec is not None
    path = [str(Path(folder).parent) for folder in spec.submodule_search_locations or ()]
    request = {"source": BELL, "profile": "Base", "path": path}
    environ = {"QDK_PYTHON_TELEMETRY": "none"}
    completed = subprocess.run(
        AS_BEFORE, input=json.dumps(request).encode(), env=environ, capture_output=True, check=True
    )
    assert b"ENTRYPOINT__main" in completed.stdout
    return Cost(used() - before, time.perf_counter() - began)


def used() -> float:
    """Processor time of this process and its ended children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
