"""The app's telemetry: the names of its spans, metrics and log events, in one table each.

No payload belongs here: an order's name, program, parameters and tags are private to its caller. `METRICS`, `SPANS`
and `ATTRIBUTES` list everything that is exported; the queries of `infra/monitor` are checked against them.
"""

import logging
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol

from quantum.jobs.lifecycle import Phase
from quantum.wire.records import record

LOGGER = "quantumjobs"
log = logging.getLogger(LOGGER)

JOB_ID, PHASE, TARGET, DOOR = "job.id", "job.phase", "job.target", "order.door"
OUTCOME, ACTIVITY, CURRENCY, SECONDS = "outcome", "activity", "currency", "seconds"
ATTRIBUTES: Mapping[str, str] = {
    JOB_ID: "the job; on spans and log lines, never on a metric",
    PHASE: "the job's phase",
    TARGET: "the job's current target; absent for a refused order",
    DOOR: "http, blob or queue",
    OUTCOME: "the outcome of an order or a step, or what housekeeping did for a silent job",
    ACTIVITY: "the name of the step",
    CURRENCY: "the provider's name for the currency of a cost",
    SECONDS: "the duration so far, in seconds",
}


@record
class Metric:
    """A metric: a counter adds up, a histogram keeps each value, a gauge the last one."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    unit: str
    meaning: str
    attributes: tuple[str, ...] = ()


ORDERS = Metric("quantumjobs.orders", "counter", "{order}", "Orders that came in", (DOOR, OUTCOME, TARGET))
PHASES = Metric("quantumjobs.phases", "counter", "{job}", "Jobs that came to a phase", (PHASE, TARGET))
POLLS = Metric("quantumjobs.polls", "counter", "{poll}", "Looks at a job in the workspace", (TARGET,))
RETRIES = Metric("quantumjobs.retries", "counter", "{call}", "Steps to try again", (ACTIVITY, OUTCOME, TARGET))
QUEUE = Metric(
    "quantumjobs.queue", "histogram", "s", "Time in the workspace's queue, as the workspace reports it", (TARGET,)
)
DURATION = Metric("quantumjobs.duration", "histogram", "s", "Time from the order to its end", (PHASE, TARGET))
COST = Metric("quantumjobs.cost", "counter", "{currency}", "What the provider estimates", (CURRENCY, TARGET))
OVERDUE = Metric("quantumjobs.overdue", "gauge", "{job}", "Jobs that take longer than expected")
SILENT = Metric("quantumjobs.silent", "gauge", "{job}", "Jobs whose orchestration runs and does not move")
WATCHED = Metric("quantumjobs.watched", "gauge", "{job}", "Waiting jobs that a watcher looks after")
METRICS = (ORDERS, PHASES, POLLS, RETRIES, QUEUE, DURATION, COST, OVERDUE, SILENT, WATCHED)

ORDER_OUTCOMES = ACCEPTED, REFUSED, POISONED, SHED = "accepted", "refused", "poisoned", "shed"

TAKE_ORDER, REFUSE_ORDER, SEND_ANSWER = "take_order", "refuse_order", "send_answer"
# The span kinds; each activity that is not named here has an `internal` span of its own name.
SPANS: Mapping[str, str] = {TAKE_ORDER: "consumer", REFUSE_ORDER: "consumer", SEND_ANSWER: "producer"}

JOB_MOVED, ORDER_ACCEPTED, ORDER_REFUSED = "job moved", "order taken", "order refused"
ORDER_WAITS = "order waits for a compiler"
STEP_RETRIED, JOB_OVERDUE, ORDER_POISONED = "step to be tried again", "job overdue", "order poisoned"
JOB_SILENT = "job silent"
UNANNOUNCED_UPLOAD = "unannounced upload found"
EVENTS: Mapping[str, int] = {
    ORDER_ACCEPTED: logging.INFO,
    ORDER_REFUSED: logging.INFO,
    ORDER_POISONED: logging.WARNING,
    ORDER_WAITS: logging.INFO,
    JOB_MOVED: logging.INFO,
    STEP_RETRIED: logging.INFO,
    JOB_OVERDUE: logging.WARNING,
    JOB_SILENT: logging.WARNING,
    UNANNOUNCED_UPLOAD: logging.WARNING,
}

Facts = Mapping[str, Any]
CONTEXT = re.compile(r"(?!ff)[0-9a-f]{2}-(?P<rest>(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})")
TRACEPARENT_FIELD = re.compile(rb'"traceparent"\s*:\s*"([0-9a-f-]{55})"')


def traceparent(value: object) -> str | None:
    """Return a W3C trace context in its first version, or None for a value that is not valid."""
    match = CONTEXT.fullmatch(value) if isinstance(value, str) else None
    return f"00-{match['rest']}" if match else None


def traceparent_in(body: bytes) -> str | None:
    """Find the trace context in the text of an order that cannot be parsed."""
    match = TRACEPARENT_FIELD.search(body)
    return traceparent(match[1].decode()) if match else None


class JobLike(Protocol):
    """A job, or a message about one."""

    @property
    def id(self) -> str:
        """The job's id."""
        ...

    @property
    def phase(self) -> Phase:
        """The job's phase."""
        ...

    @property
    def target(self) -> str:
        """The job's current target."""
        ...


def about(job: JobLike) -> dict[str, str]:
    """Return the attributes that identify a job on spans and log lines."""
    return {JOB_ID: job.id, PHASE: job.phase.value, TARGET: job.target}


def log_event(event: str, facts: Facts) -> None:
    """Write a log line with the facts in its text, for people, and as fields, for queries."""
    text = " ".join(f"{name}={value}" for name, value in facts.items())
    log.log(EVENTS[event], "%s: %s", event, text, extra=dict(facts))


class Span(Protocol):
    """An open span; `traceparent` is the parent of the spans that follow it."""

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context, where there is one."""
        ...

    def note(self, facts: Facts) -> None:
        """Add attributes to the span."""
        ...


class Telemetry(Protocol):
    """Exports spans and metrics; a failure to export never stops the app."""

    def span(self, name: str, parent: str | None, facts: Facts) -> AbstractContextManager[Span]:
        """Open a span below `parent`, or below the current invocation without one."""
        ...

    def measure(self, metric: Metric, amount: float, facts: Facts) -> None:
        """Record a value of a metric, with those of the facts that are its attributes."""
        ...

    async def close(self) -> None:
        """Flush what has not been exported."""
        ...


@record
class NoopSpan:
    """A span that is not recorded; it passes its caller's trace context on."""

    traceparent: str | None

    def note(self, facts: Facts) -> None:
        """Ignore the call."""


class NoopTelemetry:
    """Exports nothing; a caller's trace context still goes from the order to the answer."""

    def span(self, name: str, parent: str | None, facts: Facts) -> AbstractContextManager[Span]:  # noqa: ARG002
        """Return a span that passes the caller's trace context on."""
        return nullcontext(NoopSpan(parent))

    def measure(self, metric: Metric, amount: float, facts: Facts) -> None:
        """Ignore the call."""

    async def close(self) -> None:
        """Do nothing: there is nothing to flush."""
