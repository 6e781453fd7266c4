"""Tables and histograms: nothing is cut, whatever the width."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from client_support.fake_jobs_api import a_view
from quantumjobs.cli import charts, drawing
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.tables import Cell, Column, Table, columns_of
from quantumjobs.cli.text import UTC
from quantumjobs.jobs import JobView
from quantumjobs.outcomes import Register
from quantumjobs.views import Target
from quantumjobs.workspace_views import Session

WIDTHS = (60, 80, 100, 140)
ID = "7d444840-9dc0-11d1-b245-5ffdce74fad{}"
WORD = re.compile(r"\S+")


def some_jobs() -> list[JobView]:
    """Jobs with long names, in long phases, with many shots, of every age."""
    now = datetime.now(UTC)
    return [
        JobView.from_wire(
            a_view(
                phase,
                id=ID.format(number),
                name=f"variational-sweep-beta-0.25-layer-{number}",
                target="quantinuum.sim.h2-1e",
                shots=shots,
                cost={"estimated": 1234.56, "currency": "eHQC", "source": "own estimate"},
                createdAt=(now - timedelta(seconds=age)).isoformat(),
            )
        )
        for number, (phase, shots, age) in enumerate(
            [("succeeded", 5000, 24), ("failed", 50, 90_000), ("cancelling", 1_000_000, 754), ("collecting", 1, 4000)]
        )
    ]


def test_a_list_says_who_started_each_job_where_callers_sign_in() -> None:
    """The readable name for people, the door where there is none; without sign-in there is no such column."""
    sources = [{"door": "http", "principal": "a1", "principalName": "alice@lab"}, {"door": "queue"}]
    jobs = [JobView.from_wire(a_view(id=ID.format(n), source=source)) for n, source in enumerate(sources)]

    head, *lines = drawing.jobs(jobs).lines(300)

    assert head.split()[-1] == "by"
    assert [line.split()[-1] for line in lines] == ["alice@lab", "queue"]
    assert drawing.jobs(jobs[1:]).lines(300)[0].split()[-1] != "by"


@pytest.mark.parametrize("width", [*WIDTHS, 48, 20, 300])
def test_no_id_phase_or_number_is_cut_at_any_width(width: int) -> None:
    """What stands under a heading is whole, or the heading is not there; names show that they were shortened."""
    jobs = some_jobs()

    head, *lines = drawing.jobs(jobs).lines(width)

    assert all(columns_of(line) <= max(width, 48) for line in lines)
    for job, line in zip(jobs, lines, strict=True):
        words = WORD.findall(line)
        assert words[:2] == [job.id, job.phase]
        assert ("shots" in head) == (f"{job.shots:,}" in words)
        assert ("cost" in head) == ("1,234.56 eHQC" in line)
        assert job.name
        shown = {word for word in words if word.startswith("variational")}
        assert shown <= {job.name} or all(word.endswith("…") and len(word) >= 12 for word in shown)


def test_what_does_not_fit_goes_in_a_stated_order() -> None:
    """Cost first, then age, target, name and shots; id and phase always stay."""
    heads = [drawing.jobs(some_jobs()).lines(width)[0].split() for width in (200, 100, 80, 62, 50)]

    assert heads == [
        ["id", "phase", "target", "shots", "name", "age", "cost"],
        ["id", "phase", "target", "shots", "name", "age"],
        ["id", "phase", "shots", "name"],
        ["id", "phase", "shots"],
        ["id", "phase"],
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_targets_and_sessions_are_whole_too(width: int) -> None:
    """A target's id, and a session's."""
    target = Target("quantinuum.sim.h2-1e", "quantinuum", "Available", 90.0, ("openqasm3", "qir.v1", "qsharp"), 56)
    session = Session.from_wire({"id": ID.format(1), "status": "Waiting", "name": "n" * 90, "target": "t" * 60})

    of_target, of_session = drawing.targets([target]).lines(width), drawing.sessions([session]).lines(width)

    assert of_target[1].startswith("quantinuum.sim.h2-1e  Available     1 min 30 s")
    assert of_session[1].startswith(f"{ID.format(1)}  Waiting")
    assert all(columns_of(line) <= width for line in (*of_target, *of_session))


def test_wide_letters_and_marks_take_the_columns_that_they_take() -> None:
    """A name in Chinese or with combining accents moves no other column."""
    table = Table((Column("a"), Column("b", rank=1)), [[Cell("量子"), Cell("x")], [Cell("e\u0301"), Cell("x")]])

    lines = table.lines(80)

    assert {columns_of(line) for line in lines} == {7}


def test_styles_take_no_room() -> None:
    """The text is where it is without them."""
    plain, styled = (drawing.jobs(some_jobs()).lines(100, styled=on) for on in (False, True))

    assert [re.sub(r"\x1b\[\d+m", "", line) for line in styled] == plain


@pytest.mark.parametrize("width", WIDTHS)
def test_bars_come_by_frequency_and_fit(width: int) -> None:
    """The greatest first; what is left is summed up, in the singular too."""
    lines = charts.chart({"00": 1, "01": 60, "10": 14, "11": 25}, 3, width, blocks=True, styled=False)

    assert [line.split()[0] for line in lines] == ["01", "11", "10", "…"]
    assert lines[-1] == "…  1 other outcome  1.0%"
    assert all(columns_of(line) <= width for line in lines)


def test_a_flat_histogram_is_a_sentence() -> None:
    """Full bars of 0.0% tell nothing; how many outcomes there are, and how rare each is, tells all."""
    flat: dict[str, float] = {f"{number:020b}": 1 for number in range(4988)} | {f"{4988:020b}": 2}

    lines = charts.chart(flat, 16, 80, blocks=True, styled=False)

    assert lines == ["flat: 4,989 outcomes, none above 0.04% (to draw some: --top 4989)"]
    assert (
        len(
            charts.chart(
                {f"{number:06b}": number + 1 for number in range(64)} | {"x": 900}, 16, 80, blocks=True, styled=False
            )
        )
        == 17
    )


def test_registers_are_counted_alone() -> None:
    """By name or number, in the order in which they are named; the others are summed over."""
    counts = {"00 1": 10, "01 1": 20, "00 0": 30}
    registers = (Register(2, "data"), Register(1, None))

    assert charts.marginal(counts, registers, ["data"]) == {"00": 40, "01": 20}
    assert charts.marginal(counts, registers, ["1"]) == {"1": 30, "0": 30}
    assert charts.marginal(counts, registers, ["1", "data"]) == {"1 00": 10, "1 01": 20, "0 00": 30}


@pytest.mark.parametrize("name", ["nowhere", "2", "-1"])
def test_a_register_that_is_not_there_is_answered_with_those_that_are(name: str) -> None:
    """And nothing is counted."""
    with pytest.raises(CommandLineError, match="data, 1"):
        charts.marginal({"00 1": 1}, (Register(2, "data"), Register(1, None)), [name])


@pytest.mark.parametrize(("cost", "text"), [(None, ""), ({"estimated": 0, "currency": "USD"}, "0 USD"), ({}, "")])
def test_a_cost_of_nothing_is_a_cost(cost: Any, text: str) -> None:
    """Free is told; not known is left blank."""
    assert drawing.cost(cost) == text
