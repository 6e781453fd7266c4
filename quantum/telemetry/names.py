"""What the app tells of itself: spans, measures and log lines, each name of them in one table.

No payload has a place here: an order's name, program, parameters and tags are its caller's own. `METRICS`, `SPANS`
and `ATTRIBUTES` are the whole of what goes out; the queries of `infra/monitor` are checked against them.
"""

import logging
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from quantum.jobs.lifecycle import Phase

LOGGER = "quantumjobs"
log = logging.getLogger(LOGGER)

JOB_ID, PHASE, TARGET, DOOR = "job.id", "job.phase", "job.target", "order.door"
OUTCOME, ACTIVITY, CURRENCY, SECONDS = "outcome", "activity", "currency", "seconds"
ATTRIBUTES: Mapping[str, str] = {
    JOB_ID: "the job; on spans and log lines, never on a measure",
    PHASE: "the job's phase",
    TARGET: "the target that the job is on; of an order that was refused, it is not told",
    DOOR: "http, blob or queue",
    OUTCOME: "what became of an order or of a step, or what was done for a silent job",
    ACTIVITY: "the step that was tried",
    CURRENCY: "the currency of a cost, as the provider names it",
    SECONDS: "how long something has taken so far",
}


@dataclass(frozen=True)
class Metric:
    """A measure: a counter adds up, a histogram keeps each value, a gauge the last one."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    unit: str
    meaning: str
    attributes: tuple[str, ...] = ()


ORDERS = Metric("quantumjobs.orders", "counter", "{order}", "Orders that came in", (DOOR, OUTCOME, TARGET))
PHASES = Metric("quantumjobs.phases", "counter", "{job}", "Jobs that came to a phase", (PHASE, TARGET))
POLLS = Metric("quantumjobs.polls", "counter", "{poll}", "Looks at a job in the workspace", (TARGET,))
RETRIES = Metric("quantumjobs.retries", "counter", "{call}", "Steps to try again", (ACTIVITY, OUTCOME, TARGET))
QUEUE = Metric("quantumjobs.queue", "histogram", "s", "Time in the workspace's queue, as it tells it", (TARGET,))
DURATION = Metric("quantumjobs.duration", "histogram", "s", "Time from the order to its end", (PHASE, TARGET))
COST = Metric("quantumjobs.cost", "counter", "{currency}", "What the provider estimates", (CURRENCY, TARGET))
OVERDUE = Metric("quantumjobs.overdue", "gauge", "{job}", "Jobs that take longer than expected")
SILENT = Metric("quantumjobs.silent", "gauge", "{job}", "Jobs whose orchestration runs and does not move")
METRICS = (ORDERS, PHASES, POLLS, RETRIES, QUEUE, DURATION, COST, OVERDUE, SILENT)

ORDER_OUTCOMES = ACCEPTED, REFUSED, POISONED = "accepted", "refused", "poisoned"

TAKE_ORDER, REFUSE_ORDER, SEND_ANSWER = "take_order", "refuse_order", "send_answer"
# How a span appears to a reader; every other activity is a span of its own name, and `internal`.
SPANS: Mapping[str, str] = {TAKE_ORDER: "consumer", REFUSE_ORDER: "consumer", SEND_ANSWER: "producer"}

JOB_MOVED, ORDER_TAKEN, ORDER_REFUSED = "job moved", "order taken", "order refused"
ORDER_WAITS = "order waits for a compiler"
STEP_RETRIED, JOB_OVERDUE, ORDER_POISONED = "step to be tried again", "job overdue", "order poisoned"
JOB_SILENT = "job silent"
UPLOAD_FOUND = "upload found that no event told of"
EVENTS: Mapping[str, int] = {
    ORDER_TAKEN: logging.INFO,
    ORDER_REFUSED: logging.INFO,
    ORDER_POISONED: logging.WARNING,
    ORDER_WAITS: logging.INFO,
    JOB_MOVED: logging.INFO,
    STEP_RETRIED: logging.INFO,
    JOB_OVERDUE: logging.WARNING,
    JOB_SILENT: logging.WARNING,
    UPLOAD_FOUND: logging.WARNING,
}

Facts = Mapping[str, Any]
CONTEXT = re.compile(r"(?!ff)[0-9a-f]{2}-(?P<rest>(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})")
WRITTEN = re.compile(rb'"traceparent"\s*:\s*"([0-9a-f-]{55})"')


def traceparent(given: object) -> str | None:
    """Give back a W3C trace context in its first version; None for what is none: that is passed over."""
    found = CONTEXT.fullmatch(given) if isinstance(given, str) else None
    return f"00-{found['rest']}" if found else None


def traceparent_in(body: bytes) -> str | None:
    """Find the trace context in an order that cannot be read."""
    found = WRITTEN.search(body)
    return traceparent(found[1].decode()) if found else None


class OnItsWay(Protocol):
    """A job, or a message about one."""

    @property
    def id(self) -> str:
        """The job's id."""
        ...

    @property
    def phase(self) -> Phase:
        """Where it is."""
        ...

    @property
    def target(self) -> str:
        """The target that it is on."""
        ...


def about(job: OnItsWay) -> dict[str, str]:
    """What is told of a job on spans and log lines."""
    return {JOB_ID: job.id, PHASE: job.phase.value, TARGET: job.target}


def tell(event: str, facts: Facts) -> None:
    """Write a log line: the facts in its text for people, and as fields for queries."""
    text = " ".join(f"{name}={value}" for name, value in facts.items())
    log.log(EVENTS[event], "%s: %s", event, text, extra=dict(facts))


class Span(Protocol):
    """A piece of work under way; `traceparent` is what its trace goes on from."""

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context, where there is one."""
        ...

    def note(self, facts: Facts) -> None:
        """Add what has been learnt."""
        ...


class Telemetry(Protocol):
    """Takes what the app tells of itself; whatever becomes of it, the app goes on."""

    def span(self, name: str, parent: str | None, facts: Facts) -> AbstractContextManager[Span]:
        """Open a span in the trace of `parent`, or in that of whoever called the app."""
        ...

    def measure(self, metric: Metric, amount: float, facts: Facts) -> None:
        """Add to a measure; of the facts, those that it is told by."""
        ...

    async def close(self) -> None:
        """Send what has not been sent."""
        ...


@dataclass(frozen=True)
class Untold:
    """A span that nobody records: it hands its caller's trace on."""

    traceparent: str | None

    def note(self, facts: Facts) -> None:
        """Forget it."""


class SilentTelemetry:
    """Tells nothing; a caller's trace goes from the order to the answer all the same."""

    def span(self, name: str, parent: str | None, facts: Facts) -> AbstractContextManager[Span]:  # noqa: ARG002
        """Hand the caller's trace on."""
        return nullcontext(Untold(parent))

    def measure(self, metric: Metric, amount: float, facts: Facts) -> None:
        """Forget it."""

    async def close(self) -> None:
        """There is nothing to send."""
