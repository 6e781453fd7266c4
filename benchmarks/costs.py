"""`python -m benchmarks.costs`: counts an order's requests and steps, and writes the costs in docs/operations.md.

`python -m benchmarks.costs --again` writes it from the counts that the page has, for example after a price has changed.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmarks.measuring.checkouts import this
from benchmarks.storage import Counts, counts_of
from local.setup.checkout import ROOT

PAGE = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- costs: written by `python -m benchmarks.costs` -->\n", "<!-- end of costs -->\n"
COUNTS = re.compile(
    r"^\| (?P<name>[A-Z][a-z]+ [a-z ]+|turns|activities|processor) \| (?P<number>[\d.]+) \|", re.MULTILINE
)
DAY_SECONDS, MONTH_DAYS = 86_400, 30
FEW, MANY = 1_000, 1_000_000  # jobs a day

# US dollars in East US, hot blobs, locally redundant. docs/operations.md names the sources.
TEN_THOUSAND: Mapping[str, float] = {
    "Table": 0.00036,
    "Queue": 0.004,
    "Blob read": 0.004,
    "Blob write": 0.05,
    "Blob list": 0.05,
    "Blob delete": 0.0,
}
GB_SECOND, MILLION_EXECUTIONS = 0.000026, 0.40
FREE_GB_SECONDS, FREE_EXECUTIONS = 100_000, 250_000  # a month

# The durable engine's own requests to tables and queues, by its documented design; nobody has counted them.
TABLE_A_TURN, QUEUE_A_TURN = 3, 2  # reads the history, writes it, writes the instance; takes and deletes a message
QUEUE_AN_ACTIVITY = 4  # puts, takes and deletes the work, and puts its outcome
TRIGGER_QUEUES = 3  # orders, and the two of dead letters
TIMER_RUNS_A_DAY = DAY_SECONDS // 300
EXECUTIONS_OUTSIDE = 2  # the door, and the event about the output
GB, ACTIVE_SECONDS = 2, 2.0  # of an instance; the time that is billed for an order that is alone
BUSY = 0.5  # the share of an instance's processor that is planned for


@dataclass(frozen=True)
class Order:
    """The counts of an order: requests by operation, turns, activities, and processor seconds of the app."""

    requests: Mapping[str, float]
    turns: float
    activities: float
    processor: float

    @property
    def executions(self) -> float:
        """The executions that are billed."""
        return self.turns + self.activities + EXECUTIONS_OUTSIDE

    @property
    def engine(self) -> Mapping[str, float]:
        """The engine's own requests, calculated."""
        queue = self.turns * QUEUE_A_TURN + self.activities * QUEUE_AN_ACTIVITY
        return {"Table": self.turns * TABLE_A_TURN, "Queue": queue}


def polls_a_day(host: Mapping[str, Any]) -> float:
    """The most requests of an instance that waits for work all day: the triggers' queues, and the engine's."""
    hub = host["extensions"]["durableTask"]["storageProvider"]
    queues: float = TRIGGER_QUEUES / seconds(host["extensions"]["queues"]["maxPollingInterval"])
    engine: float = (hub["partitionCount"] + 1) / seconds(hub["maxQueuePollingInterval"])
    return DAY_SECONDS * (queues + engine)


def seconds(span: str) -> int:
    """Read a length of time as host.json has it."""
    hours, minutes, rest = map(int, span.split(":"))
    return hours * 3600 + minutes * 60 + rest


def dollars(requests: Mapping[str, float]) -> float:
    """The price of requests; each operation has the price of its own or of its service."""
    return sum(number / 10_000 * price_of(name) for name, number in requests.items())


def price_of(operation: str) -> float:
    """The price of ten thousand requests."""
    return TEN_THOUSAND[operation] if operation in TEN_THOUSAND else TEN_THOUSAND[operation.partition(" ")[0]]


def gb_seconds(order: Order, jobs: int) -> float:
    """A day's billed time: of orders one by one, or of as many instances as their processor time fills."""
    instances = ceil(jobs * order.processor / DAY_SECONDS / BUSY)
    return min(jobs * ACTIVE_SECONDS, instances * DAY_SECONDS) * GB


def rows(order: Order, jobs: int, polls: float) -> Iterator[tuple[str, float, float]]:
    """List what a day with so many jobs costs: what, how many, dollars a month."""
    own = {name: number * jobs for name, number in order.requests.items()}
    engine = {name: number * jobs for name, number in order.engine.items()}
    executions, time = order.executions * jobs + TIMER_RUNS_A_DAY, gb_seconds(order, jobs)
    yield "the app's storage requests", sum(own.values()), dollars(own) * MONTH_DAYS
    yield "the engine's storage requests, calculated", sum(engine.values()), dollars(engine) * MONTH_DAYS
    yield "polls of queues by an instance that never stops", polls, dollars({"Queue": polls}) * MONTH_DAYS
    billed = max(executions * MONTH_DAYS - FREE_EXECUTIONS, 0)
    yield "executions", executions, billed / 1_000_000 * MILLION_EXECUTIONS
    yield "GB-seconds of instances", time, max(time * MONTH_DAYS - FREE_GB_SECONDS, 0) * GB_SECOND


def table(order: Order, polls: float) -> str:
    """Write both tables: counts for an order, and costs of a day's jobs."""
    counts = {**dict(sorted(order.requests.items())), "turns": order.turns, "activities": order.activities}
    lines = ["| of an order that waits for nothing | count |", "|---|---|"]
    lines += [f"| {name} | {number:.1f} |" for name, number in counts.items()]
    lines += [f"| processor | {order.processor:.3f} |", ""]
    lines += [f"| a day | {FEW:,} jobs | $ a month | {MANY:,} jobs | $ a month |", "|---|---|---|---|---|"]
    few, many = list(rows(order, FEW, polls)), list(rows(order, MANY, polls))
    for (what, number, price), (_, larger, dearer) in zip(few, many, strict=True):
        lines.append(f"| {what} | {number:,.0f} | {price:,.2f} | {larger:,.0f} | {dearer:,.2f} |")
    totals = [f"{sum(price for _, _, price in each):,.2f}" for each in (few, many)]
    lines.append(f"| all | | {totals[0]} | | {totals[1]} |")
    return "\n".join(lines) + "\n"


def counts_in(page: str) -> Order:
    """Read an order's counts from the page."""
    counts = {match["name"]: float(match["number"]) for match in COUNTS.finditer(page.partition(BEGIN)[2] or page)}
    turns, activities, processor = (counts.pop(name) for name in ("turns", "activities", "processor"))
    return Order(counts, turns, activities, processor)


def rounded(counts: Counts) -> Order:
    """Round the counts as the page shows them, without polls: so that the table can be calculated again from it."""
    requests = {name: round(number, 1) for name, number in counts.requests.items() if " of " not in name}
    return Order(requests, round(counts.turns, 1), round(counts.activities, 1), round(counts.processor, 3))


def written(page: str, order: Order) -> str:
    """Return the page with the table of these counts."""
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n" + table(order, polls_a_day(host)) + "\n" + END + rest.partition(END)[2]


def main(words: list[str]) -> None:
    """Count, or read the counts of the page, and write it."""
    page = PAGE.read_text(encoding="utf-8")
    order = counts_in(page) if words else rounded(asyncio.run(counts_of(this())))
    PAGE.write_text(written(page, order), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
