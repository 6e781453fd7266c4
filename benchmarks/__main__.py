"""`python -m benchmarks [--suite bench | scale | rivals] [--only NAME]… [--json FILE]`: measure, and print each figure.

Exit status 1 where a promise is broken or a benchmark did not run.
"""

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring.checkouts import FOLDER
from benchmarks.measuring.figures import Figure, Row, SkippedError, table
from benchmarks.measuring.noise import summary, to_log
from benchmarks.measuring.stacks import Stacks
from benchmarks.suites import SUITES, Benchmark, names_of, suite

RESULTS = Path(__file__).parent / "results"
LOGS = FOLDER / "logs"


def main(words: list[str]) -> int:
    """Run the chosen benchmarks; return 1 unless every promise is kept."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the promises; exit 1 if one is broken."
    )
    parser.add_argument("--suite", choices=SUITES, default="bench", help=" | ".join(SUITES))
    parser.add_argument("--only", action="append", metavar="NAME", help=" | ".join(names_of("bench")) + " | …")
    parser.add_argument("--json", type=Path, metavar="FILE", help="output file")
    arguments = parser.parse_args(words)
    if unknown := set(arguments.only or ()) - set(names_of(arguments.suite)):
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(names_of(arguments.suite))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that stacks and servers stop too
    rows = run_all(arguments.suite, arguments.only or names_of(arguments.suite))
    print("\n" + table(rows), flush=True)
    write(arguments.json or RESULTS / f"{arguments.suite}.json", rows)
    return 0 if all(row.passes for row in rows) else 1


def run_all(chosen: str, only: Sequence[str]) -> list[Row]:
    """Run benchmarks one after the other; the stacks that some of them share stop before the others begin."""
    with Stacks() as stacks:
        paired, alone = suite(chosen, stacks)
        rows = [run(name, benchmark) for name, benchmark in paired.items() if name in only]
    return rows + [run(name, benchmark) for name, benchmark in alone.items() if name in only]


def run(name: str, benchmark: Benchmark) -> Row:
    """Run one benchmark and print its figures as they come; an error in it does not stop the others."""
    print(name, flush=True)
    began, log = time.perf_counter(), LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    figures: list[Figure] = []
    failure, skipped = None, False
    with to_log(log):
        try:
            asyncio.run(collect(benchmark(), figures))
        except SkippedError as reason:
            failure, skipped = f"skipped: {reason}", True
        except Exception as error:  # noqa: BLE001  # every error is reported, with its place
            traceback.print_exc()
            failure = f"{type(error).__name__}: {error}".partition("\n")[0][:80]
    seconds = time.perf_counter() - began
    for line in filter(None, (failure, summary(log), f"{seconds:.0f} s")):
        print(f"  {line}", flush=True)
    return Row(name, figures, seconds, failure, skipped)


async def collect(measured: AsyncIterator[Figure], figures: list[Figure]) -> None:
    """Print and collect the figures of a benchmark."""
    async for figure in measured:
        print(figure.line(), flush=True)
        figures.append(figure)


def write(file: Path, rows: Sequence[Row]) -> None:
    """Write the figures and a description of the machine."""
    load = dict(zip(("1 minute", "5 minutes", "15 minutes"), os.getloadavg(), strict=True))
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    document = {
        "at": datetime.now(UTC).isoformat(),
        "on": machine,
        "load": load,
        "rows": [row.to_wire() for row in rows],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
