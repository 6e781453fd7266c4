"""The Telemetry port on OpenTelemetry, exported to Application Insights where the deployment names one.

The worker's switch `PYTHON_ENABLE_OPENTELEMETRY` makes the worker pass on the trace of each invocation and leave
exporting to the app: `connect_telemetry` sets it up at first use, after the app has been loaded.
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
    """A provider of the OpenTelemetry SDK, which buffers what has not been exported."""

    def shutdown(self) -> Any:
        """Flush it and stop."""
        ...


class OpenTelemetry:
    """Spans, metrics and log lines through three providers; those in `owned` are shut down with it."""

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
        """Open a span below `parent`; link the current invocation where that belongs to another trace."""
        caller = trace.get_current_span(W3C.extract({"traceparent": parent or ""})).get_span_context()
        parent_context, links = _parent_of(caller, trace.get_current_span().get_span_context())
        # An exception's text may hold a line of the program: only its type is exported.
        with self._tracer.start_as_current_span(
            name,
            trace.set_span_in_context(trace.NonRecordingSpan(parent_context)),
            kind=KINDS[SPANS.get(name, "internal")],
            attributes=_attributes(facts),
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
        """Record a value of a metric, with the attributes that its row names."""
        self._instruments[metric](amount, {name: facts[name] for name in metric.attributes if name in facts})

    def detach(self) -> None:
        """Remove the log handler and restore the log level."""
        logger = logging.getLogger(LOGGER)
        logger.removeHandler(self._handler)
        logger.setLevel(self._former_level)

    async def close(self) -> None:
        """Detach from the logger, and flush what has not been exported."""
        self.detach()
        for provider in self._owned:
            await asyncio.to_thread(provider.shutdown)


class _Open:
    """A recorded span."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        """The trace context of this span."""
        carrier: dict[str, str] = {}
        W3C.inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get("traceparent")

    def note(self, facts: Facts) -> None:
        """Add attributes to the span."""
        self._span.set_attributes(_attributes(facts))


class _LogHandler(logging.Handler):
    """Exports our log lines with their fields; the SDK's own handler is deprecated and would export any field."""

    def __init__(self, logs: LoggerProvider) -> None:
        super().__init__(logging.INFO)
        self._logger = logs.get_logger(LOGGER)

    def emit(self, record: logging.LogRecord) -> None:
        """Export one line, in the current trace."""
        self._logger.emit(
            timestamp=int(record.created * 1e9),
            severity_number=SEVERITIES.get(record.levelno, SeverityNumber.ERROR),
            severity_text=record.levelname,
            body=record.getMessage(),
            attributes=_attributes(vars(record)),
        )


def _parent_of(caller: SpanContext, invocation: SpanContext) -> tuple[SpanContext, list[Link]]:
    """Choose a span's parent: the invocation where it is in the caller's trace, or where there is no caller."""
    if not caller.is_valid or caller.trace_id == invocation.trace_id:
        return invocation, []
    return caller, [Link(invocation)] if invocation.is_valid else []


def _attributes(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ATTRIBUTES if name in facts}


def _instruments(measures: MeterProvider) -> dict[Metric, Any]:
    """Map each metric to the function that records a value of it."""
    meter = measures.get_meter(LOGGER)
    instruments: dict[Metric, Any] = {}
    for metric in METRICS:
        about = metric.name, metric.unit, metric.meaning
        match metric.kind:
            case "counter":
                instruments[metric] = meter.create_counter(*about).add
            case "histogram":
                instruments[metric] = meter.create_histogram(*about).record
            case _:
                instruments[metric] = meter.create_gauge(*about).set
    return instruments


def connect_telemetry(connection_string: str | None) -> OpenTelemetry:
    """Export to Application Insights; without a connection string, to the providers of this process.

    `APPLICATIONINSIGHTS_AUTHENTICATION_STRING` names the identity; the exporter reads it.
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

    # No offline storage: the disk of an instance may be gone in a minute.
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
