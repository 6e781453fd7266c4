"""Lists of jobs, against Azurite: a page costs the same requests, and nearly the same time, in any index.

Every kind of list is read at 1,000 jobs. Those of LARGE are read at 1,000 and in a larger index,
one kind after the other, in the same order and as often, so that times can be compared; then the index has only the
rows of that kind, since Azurite scans each row of a table. Only full pages are compared. The time to add up the counts
of the newest jobs of the same lists is measured, too. A range is a range of keys; a search filters jobs in one.
"""

import asyncio
import logging
import os
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.measuring.children import ended_within
from benchmarks.measuring.figures import TIMES, Figure, p95
from local.setup.node import find_node
from local.stack.parts import AZURITE
from quantum.adapters.blobs import AzureBlobStore
from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.list_pieces import ANSWERS
from quantum.adapters.list_rows import digest_of, ended_rows, ended_search
from quantum.adapters.table_service import Answer
from quantum.adapters.table_wire import Query, Write
from quantum.adapters.tables import EmulatedTables, Tables
from quantum.contract.orders import Order
from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import SERIES, Listing, Ordering, values
from quantum.jobs.model import Job, RemoteState
from quantum.service.counts import Sum
from quantum.settings import StorageSettings
from quantum.storage import result_path

FEW = 1_000
ON_THEIR_WAY = 50
ADDED_UP = 40  # jobs with counts to add up
TOPS, PAGES, ROUNDS = (10, 50, 200), 3, 20
SPACING = timedelta(seconds=100)
START = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = (Phase.SUCCEEDED, Phase.SUCCEEDED, Phase.SUCCEEDED, Phase.FAILED)
TARGETS = ("ionq.simulator", "ionq.qpu.aria-1", "quantinuum.sim.h2-1e", "rigetti.sim.qvm")
LARGE = ("newest", "newest tag", "name", "search newest", "search name")
ACCOUNT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
)


class CountedTables(EmulatedTables):
    """Tables that count their queries, and the rows that they return."""

    rows_read = 0
    queries = 0

    async def answer(self, table: str, query: Query, size: int, token: Any = None) -> Answer:
        """Query, and count the rows."""
        self.queries += 1
        answer = await super().answer(table, query, size, token)
        self.rows_read += len(answer.rows)
        return answer


class Requests(logging.Handler):
    """Counts the SDK's requests for blobs by its log records."""

    sent = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.sent += record.getMessage().startswith("Request URL")


@dataclass
class Seen:
    """The cost of pages: the worst ratio of rows read to rows returned, requests, and times.

    `counting` has the times of adding up counts.
    """

    ratio: float = 0
    requests: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    counting: list[float] = field(default_factory=list)
    counting_requests: set[int] = field(default_factory=set)
    filled: float = 0


async def measure(many: int) -> AsyncIterator[Figure]:
    """Read the same lists in a small and in a large index, each in an Azurite of its own."""
    every, small, large = Seen(), Seen(), Seen()
    await read_index(FEW, None, every, rounds=1)
    for kind in LARGE:
        await read_index(FEW, kind, small, ROUNDS)
        await read_index(many, kind, large, ROUNDS)
    for figure in [
        *costs([every, small, large]),
        *times(small, large, many),
        Figure(f"filling {many:,} jobs", large.filled, "s"),
    ]:
        yield figure


def costs(indices: Sequence[Seen]) -> Iterator[Figure]:
    """Return rows and requests of pages, over all indexes."""
    ranges, searches = (
        {number for seen in indices for what, counted in seen.requests.items() for number in counted if what == kind}
        for kind in ("range", "search")
    )
    # Among jobs in progress each filter is a search, which reads at least 40 rows where there are as many.
    ratio = max(seen.ratio for seen in indices)
    yield Figure("rows read for a row returned, any range, newest first", ratio, TIMES, at_most=5)
    yield Figure("requests for a page, any range: the most", max(ranges), at_most=2)
    yield Figure("requests for a page, any range: the fewest", min(ranges), at_least=2)
    yield Figure("requests for a page, any search: the most", max(searches), at_most=2 * ANSWERS)
    most = max(number for seen in indices for number in seen.counting_requests)
    yield Figure(f"requests to add up the counts of {ADDED_UP} jobs: the most", most, at_most=ADDED_UP + 2 * ANSWERS)


def times(small: Seen, large: Seen, many: int) -> Iterator[Figure]:
    """Compare the times of pages."""
    kinds = sorted(small.seconds.keys() & large.seconds.keys())
    before, after = ({kind: p95(seen.seconds[kind]) for kind in kinds} for seen in (small, large))
    worst = max(kinds, key=lambda kind: after[kind] / before[kind])
    for number, took in ((FEW, before), (many, after)):
        yield Figure(f"page of 50, newest first, of {number:,} jobs, p95", took["newest", 50] * 1000, "ms")
    what = f"p95 at {many:,} against {FEW:,}, worst ({worst[0]}, {worst[1]})"
    yield Figure(what, after[worst] / before[worst], TIMES, at_most=4)
    slower = p95(large.counting) / p95(small.counting)
    yield Figure(f"counts of {ADDED_UP} jobs added up, p95 at {many:,} against {FEW:,}", slower, TIMES, at_most=4)


async def read_index(number: int, kind: str | None, seen: Seen, rounds: int) -> None:
    """Fill an index, or its rows for one kind of list, and read every list that it serves."""
    with azurite() as connection:
        counted = CountedTables(StorageSettings(connection))
        index = AzureTableJobIndex(StorageSettings(connection), counted)
        began = time.perf_counter()
        await fill(counted, number, kind)
        for job in jobs(ON_THEIR_WAY, number):
            await index.claim(replace(job, phase=Phase.WAITING), "")
        seen.filled += time.perf_counter() - began
        served = [each for each in listings(number) if kind in (None, kind_of(each))]
        with counting_requests() as requests:
            for listing in rounds * served:
                await read(index, counted, listing, seen)
            blobs = AzureBlobStore(StorageSettings(connection))
            ended = replace(served[0], until=START + FEW * SPACING)  # before jobs in progress
            await add_up(index, counted, blobs, requests, ended, seen)
        await index.close()


async def read(index: AzureTableJobIndex, counted: CountedTables, listing: Listing, seen: Seen) -> None:
    """Read the first pages of a list, of several sizes."""
    for top in TOPS:
        continuation = None
        for _ in range(PAGES):
            rows, sent, began = counted.rows_read, counted.queries, time.perf_counter()
            page, continuation = await index.page(listing, top, continuation)
            if len(page) == top:
                seen.seconds[kind_of(listing), top].append(time.perf_counter() - began)
            what = "search" if ended_search(listing).tests else "range"
            seen.requests[what].add(counted.queries - sent)
            if not ended_search(listing).tests and listing.order is Ordering.NEWEST:  # others read all open jobs
                seen.ratio = max(seen.ratio, (counted.rows_read - rows) / max(len(page), 1))
            if continuation is None:
                break


async def add_up(
    index: AzureTableJobIndex,
    counted: CountedTables,
    blobs: AzureBlobStore,
    requests: Requests,
    listing: Listing,
    seen: Seen,
) -> None:
    """Add up the counts of the newest ended jobs of a list, some of which did not succeed."""
    for job in (await index.page(listing, ADDED_UP, None))[0]:
        await blobs.write(result_path(job.id), b'{"counts": {"00": 497, "11": 503}}')
    for _ in range(ROUNDS):
        sent, began, total = requests.sent + counted.queries, time.perf_counter(), Sum()
        for job in (await index.page(listing, ADDED_UP, None))[0]:
            await total.add(job, blobs)
        seen.counting.append(time.perf_counter() - began)
        seen.counting_requests.add(requests.sent + counted.queries - sent)
        assert len(total.used) + len(total.left_out) == ADDED_UP
    await blobs.close()


def jobs(number: int, first: int = 0) -> Iterator[Job]:
    """Make jobs as varied as in a workspace, the same every time."""
    random = Random(first)  # noqa: S311  # no secret
    for place in range(first, first + number):
        order = Order(
            f"bell {place // 100:04d}",
            random.choice(TARGETS),
            1000,
            tags={"run": str(place % 4)},
            workspace=random.choice(("default", "default", "other")),
        )
        job = Job.accepted(str(UUID(int=place + 2**120)), order, START + place * SPACING, {"door": "http"})
        yield replace(job, phase=random.choice(ENDS), remote=RemoteState(provider_id=order.target.partition(".")[0]))


def listings(number: int) -> Iterator[Listing]:
    """Every kind of list, as a range of keys and as a search in one, from the start and from the middle."""
    (example,) = jobs(1)
    middle = START + (number // 2) * SPACING
    for order, choices in SERIES.items():
        for choice in choices:
            (value,) = values(example, choice)
            chosen = ((choice, value),) if choice not in ("", "phase") else ()
            listing = Listing(order, chosen, value if choice == "phase" else "")
            for each in (listing, replace(listing, chosen=(*chosen, ("provider", "ionq")))):
                if order is Ordering.NAME:
                    yield replace(each, name="bell")
                    yield replace(each, name=f"bell {number // 200:04d}")
                else:
                    yield each
                    yield replace(each, until=middle)
                    yield replace(each, since=middle, until=middle + 2000 * SPACING)


def kind_of(listing: Listing) -> str:
    """The kind of a list: range or search, order, and range of time."""
    search = "search" if ended_search(listing).tests else ""
    return f"{search} {listing.order} {listing.series.choice}".strip()


async def fill(tables: Tables, number: int, only: str | None) -> None:
    """Write the rows of ended jobs, in transactions as large as a partition allows."""
    digests = {digest_of(listing.series) for listing in listings(number) if only in (None, kind_of(listing))}
    batches: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for job in jobs(number):
        for row in ended_rows(job):
            if only is None or row["PartitionKey"].partition(".")[0] in digests:
                batches[row["PartitionKey"]].append(row)
    for table in {tables.of_series(partition) for partition in batches}:
        await tables.make(table)
    waiting = ((tables.of_series(partition), rows) for partition, rows in batches.items())

    async def write() -> None:
        for table, rows in waiting:
            for start in range(0, len(rows), 100):
                await tables.submit(table, [Write("insert", row) for row in rows[start : start + 100]])

    await asyncio.gather(*(write() for _ in range(4)))


@contextmanager
def counting_requests() -> Iterator[Requests]:
    """Count every request of the SDK."""
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
    """Run Azurite in memory, since saving its tables takes long, and return its connection string."""
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = [find_node(os.environ).command, str(AZURITE), *ports, *options]
    # A group of its own: `node` may be a wrapper whose child would outlive it.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            matches = (re.search(r"(\w+) service is successfully listening at (\S+)", line) for line in process.stdout)
            services = (match.groups() for match in matches if match)
            yield ACCOUNT + "".join(f"{name}Endpoint={at}/devstoreaccount1;" for name, at in islice(services, 3))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            ended_within(process, 10)
