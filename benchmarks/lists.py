"""Lists of jobs, against Azurite: a page costs the same requests and rows, and nearly the same time, in any index.

Every kind of list is read at 1,000 jobs. At 100,000 those of LARGE are: each kind has a table of its own, so that what
the others hold is in nobody's way, and is left out (LISTS_EVERY=1 fills all; LISTS_JOBS sets the larger number).
"""

import asyncio
import logging
import os
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from azure.data.tables.aio import TableClient

from benchmarks.children import ended_within, p95
from benchmarks.figures import TIMES, Figure
from local.setup.node import find_node
from local.stack.parts import AZURITE
from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.list_rows import ended_rows, table_of
from quantum.adapters.tables import Piece, Tables, make
from quantum.lifecycle import Phase
from quantum.lists import LISTS, Listing, Ordering, values
from quantum.model import Job, Order
from quantum.settings import StorageSettings

FEW, MANY = 1_000, int(os.environ.get("LISTS_JOBS", "100000"))
ON_THEIR_WAY = 50
TOPS, PAGES, ROUNDS = (10, 50, 200), 3, 5
SPACING = timedelta(seconds=100)
START = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = (Phase.SUCCEEDED, Phase.SUCCEEDED, Phase.SUCCEEDED, Phase.FAILED)
TARGETS = ("ionq.simulator", "ionq.qpu.aria-1", "quantinuum.sim.h2-1e", "rigetti.sim.qvm")
LARGE = ("jobsnewest", "jobsnewesttargetphase", "jobsnewesttag", "jobsname")
ACCOUNT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
)


class CountedTables(Tables):
    """Tables that count the rows that come from them."""

    rows_read = 0

    async def piece(self, table: TableClient, query: str, values: Mapping[str, str], size: int) -> Piece:
        """Read, and count."""
        found = await super().piece(table, query, values, size)
        self.rows_read += len(found.rows)
        return found


class Requests(logging.Handler):
    """Counts the requests that the SDK sends, by what it says of each."""

    sent = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.sent += record.getMessage().startswith("Request URL")


@dataclass
class Seen:
    """What pages cost: the most rows read for a row returned, the requests of each, and their times."""

    ratio: float = 0
    requests: set[int] = field(default_factory=set)
    seconds: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    filled: float = 0


async def measure() -> Sequence[Figure]:
    """Read the same lists in a small and in a large index, each in an Azurite of its own."""
    every = bool(os.environ.get("LISTS_EVERY"))
    small = await measured(FEW, None)
    large = await measured(MANY, None if every else LARGE)
    kinds = sorted(large.seconds)
    before = [p95(small.seconds[kind]) for kind in kinds]
    after = [p95(large.seconds[kind]) for kind in kinds]
    slowest = max(range(len(kinds)), key=lambda kind: after[kind] / before[kind])
    fifty = kinds.index(("jobsnewest", 50))
    return [
        Figure("rows read for a row returned, any list, any page", max(small.ratio, large.ratio), TIMES, at_most=2),
        Figure("requests for a page, any list: the most", max(small.requests | large.requests), at_most=2),
        Figure("requests for a page, any list: the fewest", min(small.requests | large.requests), at_least=2),
        Figure(f"page of 50, newest first, of {FEW:,} jobs, p95", before[fifty] * 1000, "ms"),
        Figure(f"page of 50, newest first, of {MANY:,} jobs, p95", after[fifty] * 1000, "ms"),
        Figure(
            f"p95 at {MANY:,} against {FEW:,}, worst ({kinds[slowest][0]}, {kinds[slowest][1]})",
            after[slowest] / before[slowest],
            TIMES,
            at_most=4,
        ),
        Figure(f"filling {MANY:,} jobs", large.filled, "s"),
    ]


async def measured(number: int, tables: Sequence[str] | None) -> Seen:
    """Fill an index, and read every list that the filled tables serve."""
    seen = Seen()
    with azurite() as connection:
        counted = CountedTables(StorageSettings(connection))
        index = AzureTableJobIndex(StorageSettings(connection), counted)
        began = time.perf_counter()
        await fill(counted, number, tables)
        for job in jobs(ON_THEIR_WAY, number):
            await index.claim(replace(job, phase=Phase.WAITING), "")
        seen.filled = time.perf_counter() - began
        with counting_requests() as requests:
            for _ in range(ROUNDS):
                for listing in listings(number):
                    if tables is None or table_of(listing.series) in tables:
                        await read(index, counted, requests, listing, seen)
        await index.close()
    return seen


async def read(
    index: AzureTableJobIndex, counted: CountedTables, requests: Requests, listing: Listing, seen: Seen
) -> None:
    """Read the first pages of a list, of several sizes."""
    for top in TOPS:
        continuation = None
        for _ in range(PAGES):
            rows, sent, began = counted.rows_read, requests.sent, time.perf_counter()
            found, continuation = await index.page(listing, top, continuation)
            seen.seconds[table_of(listing.series), top].append(time.perf_counter() - began)
            seen.requests.add(requests.sent - sent)
            seen.ratio = max(seen.ratio, (counted.rows_read - rows) / max(len(found), 1))
            if continuation is None:
                break


def jobs(number: int, first: int = 0) -> Iterator[Job]:
    """Make jobs that differ as those of a workspace do, the same every time."""
    random = Random(first)  # noqa: S311  # no secret
    for place in range(first, first + number):
        order = Order(
            f"bell {place // 100:04d}",
            random.choice(TARGETS),
            1000,
            tags={"run": str(place % 40)},
            workspace=random.choice(("default", "default", "other")),
        )
        job = Job.accepted(str(UUID(int=place + 2**120)), order, START + place * SPACING, {"door": "http"})
        yield replace(job, phase=random.choice(ENDS), provider_id=order.target.partition(".")[0])


def listings(number: int) -> Iterator[Listing]:
    """Every kind of list, with and without a phase, whole and from the middle of what there is."""
    (example,) = jobs(1)
    middle = START + (number // 2) * SPACING
    for order, dimensions in LISTS.items():
        for by in dimensions:
            for phase in ("", Phase.SUCCEEDED.value, Phase.FAILED.value):
                listing = Listing(order, by, values(example, by)[0], phase)
                if order is Ordering.NAME:
                    yield replace(listing, name="bell")
                    yield replace(listing, name=f"bell {number // 200:04d}")
                else:
                    yield listing
                    yield replace(listing, until=middle)
                    yield replace(listing, since=middle, until=middle + 2000 * SPACING)


async def fill(tables: Tables, number: int, only: Sequence[str] | None) -> None:
    """Write the rows of jobs that have ended, by transactions of all that one partition takes."""
    batches: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for job in jobs(number):
        for table, row in ended_rows(job):
            if only is None or table in only:
                batches[table, row["PartitionKey"]].append(row)
    for table in {table for table, _ in batches}:
        await make(tables.named(table))
    waiting = ((tables.named(table), rows) for (table, _), rows in batches.items())

    async def write() -> None:
        for table, rows in waiting:
            for start in range(0, len(rows), 100):
                await table.submit_transaction([("create", row) for row in rows[start : start + 100]])

    await asyncio.gather(*(write() for _ in range(4)))


@contextmanager
def counting_requests() -> Iterator[Requests]:
    """Hear of every request of the SDK."""
    log = logging.getLogger("azure.core.pipeline.policies.http_logging_policy")
    requests = Requests()
    log.addHandler(requests)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield requests
    finally:
        log.removeHandler(requests)
        log.setLevel(logging.NOTSET)
        log.propagate = True


@contextmanager
def azurite() -> Iterator[str]:
    """Run Azurite in memory, and give its connection string: it would spend its time on saving its tables."""
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = [find_node(os.environ).command, str(AZURITE), *ports, *options]
    # A group of its own: `node` may be a wrapper whose child would outlive it.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            lines = (re.search(r"Table service is successfully listening at (\S+)", line) for line in process.stdout)
            address = next(found[1] for found in lines if found)
            yield f"{ACCOUNT}TableEndpoint={address}/devstoreaccount1;"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            ended_within(process, 10)
