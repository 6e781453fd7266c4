"""What the benchmarks say of their figures: kept or not, and where the time went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.bell import seconds_by_part
from benchmarks.measuring.figures import TIMES, Figure, Row, table
from benchmarks.polling import mean_cost
from benchmarks.scripted_workspace import MIB, pieces
from benchmarks.size import QIR, padded
from quantum.results.readers import read_result

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("figure", "passes"),
    [
        (Figure("wait", 2.5, "s", at_most=2.5), True),
        (Figure("wait", 2.51, "s", at_most=2.5), False),
        (Figure("rate", 1.0, TIMES, at_least=1.0), True),
        (Figure("rate", 0.99, TIMES, at_least=1.0), False),
        (Figure("memory", 90.0, "MiB"), None),
    ],
)
def test_a_promise_is_kept_up_to_its_limit(figure: Figure, passes: bool | None) -> None:  # noqa: FBT001  # what is expected
    """A limit itself keeps the promise, beyond it is broken, and a figure without one is only told."""
    assert figure.passes is passes


def test_a_row_that_did_not_run_keeps_nothing() -> None:
    """A benchmark that broke is shown as not run, and the whole run does not pass."""
    broken = Row("bell", (), 1.0, failure="TimeoutError: no answer")

    assert not broken.passes
    assert "NOT RUN" in table([broken])


def test_the_table_shows_what_is_not_kept() -> None:
    """Each figure stands beside its promise, with a word for those that are broken."""
    row = Row("rate", (Figure("against the other", 0.5, TIMES, at_least=1.0), Figure("a second", 1234.0)), 1.0)

    lines = [line.split() for line in table([row]).splitlines()]

    assert lines[1:] == [
        ["rate", "against", "the", "other", f"0.50{TIMES}", "≥", f"1{TIMES}", "NOT", "KEPT"],
        ["a", "second", "1,234"],
    ]


def test_a_relative_promise_is_about_the_ratio() -> None:
    """It is judged against the older revision alone: without one nothing is kept or broken."""
    figure = Figure("rate", 12.0, "a second", at_least=3.0, former=4.0, relative=True)

    assert figure.passes
    assert replace(figure, former=5.0).passes is False
    assert replace(figure, former=None).passes is None
    assert figure.line().split()[1:] == [
        "12",
        "a",
        "second",
        "≥",
        f"3{TIMES}",
        f"3{TIMES}",
        "of",
        "4",
        "a",
        "second",
        "kept",
    ]


def test_what_was_skipped_breaks_no_promise() -> None:
    """A benchmark that cannot run here is named with its reason, and does not fail the run."""
    row = Row("rivals", (), 0.0, failure="skipped: needs PostgreSQL", skipped=True)

    assert row.passes
    assert "SKIPPED" in table([row])


def test_the_time_of_an_order_is_shared_out() -> None:
    """The door's time lasts until the orchestration begins; activities and pauses are added up."""

    def at(seconds: float) -> str:
        return (BEGAN + timedelta(seconds=seconds)).isoformat()

    look = {"EventType": "TaskCompleted", "FunctionName": "check_job"}
    spent = seconds_by_part(
        BEGAN,
        [
            {"EventType": "ExecutionStarted", "Timestamp": at(1)},
            look | {"ScheduledTime": at(1), "Timestamp": at(3)},
            {"EventType": "TimerFired", "Timestamp": at(7)},
            look | {"ScheduledTime": at(7), "Timestamp": at(8)},
        ],
    )

    assert {part: seconds for part, seconds in spent.items() if seconds} == {"compile": 1, "check_job": 3, "pause": 4}


def test_the_cost_of_a_look_is_the_mean_of_a_round() -> None:
    """A round has every age of a history in it, so that where it begins does not matter."""
    assert mean_cost([float(number) for number in range(100)], 50) == 1.0


@pytest.mark.parametrize("size", [1, 64 * 1024, 3 * MIB, 7 * MIB + 1])
def test_outputs_have_the_size_that_was_asked_for(size: int) -> None:
    """What a benchmark calls 64 KiB is 64 KiB, and is a result wherever it is large enough for one."""
    output = b"".join(pieces(size))

    assert len(output) == size
    if size > 1:
        assert read_result(output, "microsoft.quantum-results.v2", 100, 2).counts == {"01": 100}


@pytest.mark.parametrize("size", [len(QIR), 64 * 1024, 3 * MIB + 1])
def test_inputs_have_the_size_that_was_asked_for(size: int) -> None:
    """A padded program is as large as it should be, and a program still."""
    program = b"".join(padded(size))

    assert len(program) == size
    assert program.endswith(QIR)
