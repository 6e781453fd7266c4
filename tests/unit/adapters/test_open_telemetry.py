"""The OpenTelemetry adapter: whose trace a span joins, and what goes out of a log line."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from quantum.adapters.telemetry import connect_telemetry
from quantum.contract.fields import Fault
from quantum.jobs.errors import InvalidOrderError
from quantum.telemetry import names as told
from tests.support.fakes.telemetry import Exported, exporting, span_id, trace_id

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def exported() -> Iterator[Exported]:
    """Telemetry in memory."""
    with exporting() as exported:
        yield exported


def invocation_of(exported: Exported) -> AbstractContextManager[trace.Span]:
    """Stand where the platform has opened a span of its own round an invocation."""
    return exported.traces.get_tracer("host").start_as_current_span("invocation")


def test_an_invocation_of_another_trace_is_linked(exported: Exported) -> None:
    """The order's trace goes on; the platform's own span of the invocation is found from it."""
    with invocation_of(exported) as invocation, exported.telemetry.span("check_job", CALLER, {}):
        pass

    check = exported.spans[0]
    assert trace_id(check) == CALLER[3:35]
    assert [link.context for link in check.links] == [invocation.get_span_context()]


def test_an_invocation_of_the_same_trace_is_the_parent(exported: Exported) -> None:
    """Where the platform has read the caller's header, its span lies between the two."""
    with exported.telemetry.span("outer", CALLER, {}) as outer, exported.telemetry.span("take_order", CALLER, {}):
        pass

    inner = exported.spans[0]
    assert inner.parent is not None
    assert (inner.parent.span_id, inner.links) == (int(str(outer.traceparent)[36:52], 16), ())


def test_without_a_caller_the_invocation_is_the_parent(exported: Exported) -> None:
    """The trace begins where the platform began it."""
    with invocation_of(exported) as invocation, exported.telemetry.span("take_order", None, {}):
        pass

    assert exported.spans[0].context.trace_id == invocation.get_span_context().trace_id


def test_spans_are_of_the_kinds_that_readers_know(exported: Exported) -> None:
    """An order comes in, an answer goes out, the rest is inside."""
    for name in (told.TAKE_ORDER, told.SEND_ANSWER, "check_job"):
        with exported.telemetry.span(name, None, {}):
            pass

    assert [span.kind for span in exported.spans] == [SpanKind.CONSUMER, SpanKind.PRODUCER, SpanKind.INTERNAL]


def test_an_error_keeps_its_words_to_itself(exported: Exported) -> None:
    """A fault may quote the program."""
    with pytest.raises(InvalidOrderError), exported.telemetry.span("take_order", None, {}):
        raise InvalidOrderError((Fault("input", "H q[0];"),))

    (span,) = exported.spans
    assert (span.status.description, span.events) == ("InvalidOrderError", ())


def test_only_fields_of_the_table_go_out(exported: Exported) -> None:
    """A field that somebody adds to a log line stays here, and the line is part of the open trace."""
    with exported.telemetry.span("check_job", CALLER, {"program": "H q[0];"}):
        logging.getLogger(told.LOGGER).info("a line", extra={"job.id": "1", "program": "H q[0];"})

    assert exported.lines == [("a line", {"job.id": "1"})]
    (line,) = exported.log_exporter.get_finished_logs()
    assert f"{line.log_record.trace_id:032x}" == CALLER[3:35]
    assert f"{line.log_record.span_id:016x}" == span_id(exported.spans[0])
    assert "program" not in (exported.spans[0].attributes or {})


async def test_the_logger_is_let_go() -> None:
    """After the end, no line is handed on."""
    logger = logging.getLogger(told.LOGGER)
    before = (list(logger.handlers), logger.level)

    telemetry = connect_telemetry(None)
    with telemetry.span("check_job", CALLER, {}) as span:
        assert span.traceparent == CALLER  # nobody records here, and the caller's trace goes on
    await telemetry.close()

    assert (logger.handlers, logger.level) == before
    assert not trace.get_current_span().get_span_context().is_valid
