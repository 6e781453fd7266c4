"""Plots of text: where a value stands, how wide a picture is, and that it needs neither colours nor Unicode."""

import pytest

from quantumjobs import BatchTable
from quantumjobs.cli.batch_drawing import expectation, measure, values, verdict
from quantumjobs.cli.plots import MOST_LINES, Point, Value, comparison, curve, number

VALUES = [Value("ionq.simulator", 0.99, 0.003), Value("rigetti.sim.qvm", 0.97, 0.005), Value("exact", 0.9)]
WAVE = [Point("a", x / 10, (x - 5) ** 2 / 25, 0.1) for x in range(11)]


def test_values_stand_on_one_axis_with_their_errors() -> None:
    """The greatest is the furthest to the right; a value without an error is a point alone."""
    lines = comparison(VALUES, 72, blocks=True)

    places = [line.index("●") for line in lines[:3]]
    assert places == sorted(places, reverse=True)
    assert [line.split("  ")[-1].strip() for line in lines[:3]] == ["0.9900 ± 0.0030", "0.9700 ± 0.0050", "0.9"]
    assert "├" in lines[0]
    assert not set(lines[2]) & set("├┤─")


@pytest.mark.parametrize("width", [24, 40, 72, 200, None])
@pytest.mark.parametrize("blocks", [True, False])
def test_a_plot_fits_its_terminal(width: int | None, blocks: bool) -> None:  # noqa: FBT001 a parameter of the test
    """Labels are shortened before the axis is; ASCII is enough."""
    limit = max(width or 72, 40)  # a value with its error takes 15 columns
    for lines in (comparison(VALUES, width, blocks=blocks), curve(WAVE, "theta", "fidelity", width, blocks=blocks)):
        assert max(map(len, lines)) <= limit
        assert blocks or "".join(lines).replace("±", "").isascii()


def test_a_curve_has_a_mark_for_each_series() -> None:
    """The legend names them; the first and last value of the argument are below the axis."""
    lines = curve([*WAVE, Point("b", 0.5, 1.0)], "theta", "value", 60, blocks=True)

    assert lines[0] == "value"
    assert lines[-2:] == ["● a", "○ b"]
    assert lines[-3].split() == ["0", "theta", "1"]
    assert sum(line.count("●") for line in lines[1:13]) == 11
    assert sum(line.count("○") for line in lines[1:13]) == 1


def test_equal_values_have_an_axis_too() -> None:
    """Nothing is divided by nothing."""
    assert len(comparison([Value("a", 1.0), Value("b", 1.0)], 60, blocks=True)) == 3
    assert curve([Point("", 0.0, 0.0), Point("", 1.0, 0.0)], "x", "y", 60, blocks=True)
    assert comparison([], 60, blocks=True) == curve([], "x", "y", 60, blocks=True) == []


def test_a_long_comparison_is_cut() -> None:
    """How many more there are is said."""
    lines = comparison([Value(str(n), n, 1.0) for n in range(100)], 60, blocks=True)

    assert (len(lines), lines[-1]) == (MOST_LINES + 2, "… 76 more")


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [(0.99017, 0.0031, "0.9902 ± 0.0031"), (12.3, 2.0, "12.3 ± 2.0"), (0.25, None, "0.25"), (1.0, 0.0, "1")],
)
def test_a_value_has_the_digits_of_its_error(value: float, error: float | None, text: str) -> None:
    """Two digits of the error, and as many of the value."""
    assert number(value, error) == text


def table_of(**fields: object) -> BatchTable:
    """A table with one row."""
    return BatchTable.from_wire({"rows": [{"number": 0, "phase": "succeeded", **fields}], "by": fields.get("by")})


def test_the_expectation_is_of_all_bits() -> None:
    """Odd parities count against it; its error is that of a mean of shots; probabilities have none."""
    (row,) = table_of(counts={"00": 60, "01": 40}, shots=100, outcomes=2).rows
    exact = table_of(counts={"0": 0.75, "1": 0.25}, outcomes=2, sampled=False, shots=10).rows[0]

    assert expectation(row) == pytest.approx((0.2, 0.09797959))
    assert expectation(exact) == (0.5, None)


@pytest.mark.parametrize("fields", [{}, {"counts": {"0": 5}, "outcomes": 17}])
def test_there_is_no_expectation_of_unknown_outcomes(fields: dict[str, object]) -> None:
    """A table has the most frequent outcomes only: a sum over some of them would be another number."""
    assert expectation(table_of(**fields).rows[0]) is None


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"by": "fidelity", "fidelity": 0.9, "fidelityError": 0.1}, "fidelity", (0.9, 0.1)),
        ({"by": "cost", "cost": 2.5}, "cost", (2.5, None)),
        ({"by": "time", "queueSeconds": 1.0, "runSeconds": 2.0}, "seconds", (3.0, None)),
        ({"by": "weights", "score": 0.5}, "score", (0.5, None)),
        ({"by": "cost"}, "expectation of Z on all bits", None),
        ({"by": "solution"}, "expectation of Z on all bits", None),
    ],
)
def test_what_members_are_ranked_by_is_drawn(fields: dict[str, object], name: str, value: object) -> None:
    """Else the expectation."""
    table = table_of(**fields)
    drawn, measured = measure(table)

    assert (drawn, measured(table.rows[0])) == (name, value)


def test_a_verdict_names_targets() -> None:
    """A number alone says little; without a verdict there is no line."""
    document = {"rows": [{"number": n, "phase": "succeeded", "target": "ab"[n]} for n in range(2)]}
    tie = BatchTable.from_wire({**document, "outcome": "tie", "tie": [0, 1], "reason": "close"})
    none = BatchTable.from_wire({**document, "outcome": "notComparable", "reason": "two units"})

    assert [verdict(tie), verdict(none)] == ["tie: 0 a, 1 b (close)", "notComparable (two units)"]
    assert verdict(BatchTable.from_wire(document)) == ""
    assert verdict(BatchTable.from_wire({**document, "outcome": "none", "reason": "no criterion"})) == ""


def test_arguments_are_short() -> None:
    """By position or by name."""
    assert [values([0.123456, 1]), values({"theta": 0.5}), values(None)] == ["0.1235, 1", "theta=0.5", ""]
