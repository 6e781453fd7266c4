"""What the core tells of itself: trace contexts from strangers, and lines of the table."""

import logging
import re

import pytest

from quantum.telemetry import names as telemetry
from quantum.telemetry.names import ATTRIBUTES, METRICS, SilentTelemetry, traceparent, traceparent_in
from tests.support.builders import a_job

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        {},
        "",
        "x",
        GOOD.upper(),
        GOOD + "-00",
        GOOD + "\n",
        "ff" + GOOD[2:],
        "00-" + "0" * 32 + GOOD[35:],
        GOOD[:36] + "0" * 16 + "-01",
        GOOD.replace("-", "_"),
    ],
)
def test_a_bad_trace_context_is_none(bad: object) -> None:
    """What W3C's standard calls invalid is passed over, whatever it is."""
    assert traceparent(bad) is None


def test_a_good_one_is_read_in_its_first_version() -> None:
    """A later version's begins like the first's."""
    assert traceparent(GOOD) == GOOD
    assert traceparent("01" + GOOD[2:]) == GOOD


def test_an_order_that_cannot_be_read_keeps_its_trace() -> None:
    """The answer that refuses it belongs to its caller's trace, too."""
    assert traceparent_in(b'{"traceparent" : "' + GOOD.encode() + b'", "shots": ') == GOOD
    assert traceparent_in(b"no json") is None
    assert traceparent_in(b'{"traceparent": "' + b"0" * 55 + b'"}') is None


def test_a_silent_app_hands_a_trace_on() -> None:
    """Whoever asked can join the answer to the order, though we tell nothing."""
    with SilentTelemetry().span("take_order", GOOD, {}) as span:
        span.note({"outcome": "accepted"})

    assert span.traceparent == GOOD


def test_a_line_has_its_facts_as_text_and_as_fields(caplog: pytest.LogCaptureFixture) -> None:
    """People read the one, queries the other."""
    with caplog.at_level(logging.INFO, telemetry.LOGGER):
        telemetry.tell(telemetry.JOB_MOVED, telemetry.about(a_job()))

    (record,) = caplog.records
    assert record.getMessage().startswith("job moved: job.id=")
    assert vars(record)["job.phase"] == "accepted"


def test_no_measure_is_told_by_job() -> None:
    """A value for each job would make a measure as large as the list of jobs; and names are of one form."""
    assert [metric.name for metric in METRICS if telemetry.JOB_ID in metric.attributes] == []
    assert all(re.fullmatch(r"quantumjobs\.[a-z]+", metric.name) for metric in METRICS)
    assert {name for metric in METRICS for name in metric.attributes} <= ATTRIBUTES.keys()
