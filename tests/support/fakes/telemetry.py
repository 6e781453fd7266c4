"""Telemetry kept in memory, as OpenTelemetry's own SDK exports it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from quantum.adapters.telemetry import OpenTelemetry


@dataclass(frozen=True)
class Exported:
    """The adapter, and what came out of it."""

    telemetry: OpenTelemetry
    traces: TracerProvider
    span_exporter: InMemorySpanExporter
    reader: InMemoryMetricReader
    log_exporter: InMemoryLogRecordExporter

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that have ended, in that order."""
        return list(self.span_exporter.get_finished_spans())

    @property
    def measured(self) -> dict[str, list[tuple[dict[str, Any], float]]]:
        """By the name of a measure, each combination of attributes and its sum."""
        data = self.reader.get_metrics_data()
        return {
            metric.name: [
                (dict(point.attributes), getattr(point, "sum", None) or getattr(point, "value", 0))
                for point in metric.data.data_points
            ]
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    @property
    def lines(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The log lines: text and fields."""
        records = [log.log_record for log in self.log_exporter.get_finished_logs()]
        return [(str(record.body), dict(record.attributes or {})) for record in records]


@contextmanager
def exporting() -> Iterator[Exported]:
    """Make the adapter on providers that export to memory."""
    spans, logs, reader = InMemorySpanExporter(), InMemoryLogRecordExporter(), InMemoryMetricReader()
    traces, records, measures = TracerProvider(), LoggerProvider(), MeterProvider(metric_readers=[reader])
    traces.add_span_processor(SimpleSpanProcessor(spans))
    records.add_log_record_processor(SimpleLogRecordProcessor(logs))
    telemetry = OpenTelemetry(traces, measures, records)
    try:
        yield Exported(telemetry, traces, spans, reader, logs)
    finally:
        telemetry.let_go()
        for provider in (traces, records, measures):
            provider.shutdown()


def trace_id(span: ReadableSpan) -> str:
    """Write a span's trace as a traceparent has it."""
    return f"{span.context.trace_id:032x}"


def span_id(span: ReadableSpan) -> str:
    """Write a span's id as a traceparent has it."""
    return f"{span.context.span_id:016x}"
