"""The Telemetry port on OpenTelemetry; where a deployment names Application Insights, it goes there.

The worker's switch `PYTHON_ENABLE_OPENTELEMETRY` makes the worker hand over the trace of each invocation and leave the
exporting to the app: `connect_telemetry` sets it up at the first use, after the app has been loaded.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from opentelemetry import trace
from opentelemetry._logs import LoggerProvider, SeverityNumber
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from quantum.telemetry.names import ATTRIBUTES, LOGGER, METRICS, SPANS, Facts, Metric, Span

W3C = TraceContextTextMapPropagator()
KINDS = {"consumer": SpanKind.CONSUMER, "producer": SpanKind.PRODUCER, "internal": SpanKind.INTERNAL}
SEVERITIES = {logging.INFO: SeverityNumber.INFO, logging.WARNING: SeverityNumber.WARN}
SECONDS_BETWEEN_MEASURES = 30
ROLE = "durable-quantum-jobs"


class Provider(Protocol):
    """A provider of the OpenTelemetry SDK, which holds what was not sent yet."""

    def shutdown(self) -> Any:
        """Send it."""
        ...


class OpenTelemetry:
    """Spans, measures and log lines through three providers; `owned` are shut down with it."""

    def __init__(
        self, spans: TracerProvider, measures: MeterProvider, logs: LoggerProvider, owned: Sequence[Provider] = ()
    ) -> None:
        self._tracer = spans.get_tracer(LOGGER)
        self._instruments = _instruments(measures)
        self._owned = owned
        self._handler = _LogHandler(logs)
        logger = logging.getLogger(LOGGER)
        logger.addHandler(self._handler)
        self._former_level = logger.level
        logger.setLevel(logging.INFO)

    @contextmanager
    def span(self, name: str, parent: str | None, facts: Facts) -> Iterator[Span]:
        """Open a span below `parent`; the invocation that it happens in is linked where it is of another trace."""
        given = trace.get_current_span(W3C.extract({"traceparent": parent or ""})).get_span_context()
        above, links = _above(given, trace.get_current_span().get_span_context())
        # An exception's text may hold a line of the program: its type is told, and no more.
        with self._tracer.start_as_current_span(
            name,
            trace.set_span_in_context(trace.NonRecordingSpan(above)),
            kind=KINDS[SPANS.get(name, "internal")],
            attributes=_told(facts),
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield _Open(span)
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def measure(self, metric: Metric, amount: float, facts: Facts) -> None:
        """Add to a measure, told by the attributes that its row names."""
        self._instruments[metric](amount, {name: facts[name] for name in metric.attributes if name in facts})

    def let_go(self) -> None:
        """Take no more log lines."""
        logger = logging.getLogger(LOGGER)
        logger.removeHandler(self._handler)
        logger.setLevel(self._former_level)

    async def close(self) -> None:
        """Send what has not been sent, and let go of the logger."""
        self.let_go()
        for provider in self._owned:
            await asyncio.to_thread(provider.shutdown)


class _Open:
    """A span that is recorded."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        """Where the trace goes on."""
        carrier: dict[str, str] = {}
        W3C.inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get("traceparent")

    def note(self, facts: Facts) -> None:
        """Add what has been learnt."""
        self._span.set_attributes(_told(facts))


class _LogHandler(logging.Handler):
    """Hands our log lines on with their fields; the SDK's own handler is deprecated, and would take any field."""

    def __init__(self, logs: LoggerProvider) -> None:
        super().__init__(logging.INFO)
        self._logger = logs.get_logger(LOGGER)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one line on, in the trace that is open."""
        self._logger.emit(
            timestamp=int(record.created * 1e9),
            severity_number=SEVERITIES.get(record.levelno, SeverityNumber.ERROR),
            severity_text=record.levelname,
            body=record.getMessage(),
            attributes=_told(vars(record)),
        )


def _above(given: SpanContext, around: SpanContext) -> tuple[SpanContext, list[Link]]:
    """Choose what a span is below: the invocation around it where that is of the same trace, or nothing was given."""
    if not given.is_valid or given.trace_id == around.trace_id:
        return around, []
    return given, [Link(around)] if around.is_valid else []


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ATTRIBUTES if name in facts}


def _instruments(measures: MeterProvider) -> dict[Metric, Any]:
    """Make the instrument of each row, as the function that adds to it."""
    meter = measures.get_meter(LOGGER)
    made: dict[Metric, Any] = {}
    for metric in METRICS:
        about = metric.name, metric.unit, metric.meaning
        match metric.kind:
            case "counter":
                made[metric] = meter.create_counter(*about).add
            case "histogram":
                made[metric] = meter.create_histogram(*about).record
            case _:
                made[metric] = meter.create_gauge(*about).set
    return made


def connect_telemetry(connection_string: str | None) -> OpenTelemetry:
    """Tell Application Insights; without a connection string, whatever providers this process was given.

    `APPLICATIONINSIGHTS_AUTHENTICATION_STRING` names the identity, and the exporter reads it.
    """
    if connection_string is None:
        from opentelemetry import _logs, metrics  # noqa: PLC0415

        return OpenTelemetry(trace.get_tracer_provider(), metrics.get_meter_provider(), _logs.get_logger_provider())
    return _application_insights(connection_string)


def _application_insights(connection_string: str) -> OpenTelemetry:
    from azure.monitor.opentelemetry import exporter  # noqa: PLC0415
    from opentelemetry.sdk._logs import LoggerProvider as Logs  # noqa: PLC0415
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415
    from opentelemetry.sdk.metrics import MeterProvider as Measures  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider as Spans  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    # Nothing is kept on the disk of an instance that may be gone in a minute.
    to: dict[str, Any] = {"connection_string": connection_string, "disable_offline_storage": True}
    resource = Resource.create({"service.name": ROLE})
    spans, logs = Spans(resource=resource), Logs(resource=resource)
    spans.add_span_processor(BatchSpanProcessor(exporter.AzureMonitorTraceExporter(**to)))
    logs.add_log_record_processor(BatchLogRecordProcessor(exporter.AzureMonitorLogExporter(**to)))
    reader = PeriodicExportingMetricReader(
        exporter.AzureMonitorMetricExporter(**to), export_interval_millis=SECONDS_BETWEEN_MEASURES * 1000
    )
    measures = Measures(metric_readers=[reader], resource=resource)
    return OpenTelemetry(spans, measures, logs, owned=(spans, logs, measures))
