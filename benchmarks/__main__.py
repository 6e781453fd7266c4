"""`python -m benchmarks [--only NAME]… [--json FILE]`: run the benchmarks, print a table, write JSON.

Exit status 1 where a promise is broken or a benchmark did not run.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bell, cadence, compiling, faults, lists, polling, rate, size, start, waiting, wake_up
from benchmarks.figures import Figure, Row, table

type Benchmark = Callable[[], Awaitable[Sequence[Figure]]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "start": start.measure,
    "waiting": waiting.measure,
    "rate": rate.measure,
    "polling": polling.measure,
    "bell": bell.measure,
    "cadence": cadence.measure,
    "wake_up": wake_up.measure,
    "size": size.measure,
    "faults": faults.measure,
    "lists": lists.measure,
    "compiling": compiling.measure,
}
LATEST = Path(__file__).parent / "results" / "latest.json"


def main(words: list[str]) -> int:
    """Run the chosen benchmarks; return 1 unless every promise is kept."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the promises; exit 1 if one is broken."
    )
    parser.add_argument("--only", action="append", choices=BENCHMARKS, metavar="NAME", help=" | ".join(BENCHMARKS))
    parser.add_argument("--json", type=Path, default=LATEST, metavar="FILE", help="output file")
    arguments = parser.parse_args(words)
    rows = [asyncio.run(run(name)) for name in arguments.only or BENCHMARKS]
    print("\n" + table(rows))
    write(arguments.json, rows)
    return 0 if all(row.passes for row in rows) else 1


async def run(name: str) -> Row:
    """Run one benchmark; an error in it does not stop the others."""
    print(f"{name} …", end=" ", flush=True)
    began = time.perf_counter()
    figures: Sequence[Figure] = ()
    failure = None
    try:
        figures = await BENCHMARKS[name]()
    except Exception as error:  # noqa: BLE001  # every error is reported, with its place
        traceback.print_exc()
        failure = f"{type(error).__name__}: {error}".partition("\n")[0][:80]
    row = Row(name, figures, time.perf_counter() - began, failure)
    print(f"{row.seconds:.0f} s", flush=True)
    return row


def write(file: Path, rows: Sequence[Row]) -> None:
    """Write the figures and a description of the machine."""
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    document = {"at": datetime.now(UTC).isoformat(), "on": machine, "rows": [row.to_wire() for row in rows]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
