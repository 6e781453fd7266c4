"""What a result answers beyond its counts, and what pandas and matplotlib make of it where they are installed."""

import importlib.util
import sys

import pytest

from client_support.fake_jobs_api import a_result, a_view
from quantumjobs import JobPage, MissingPackageError, Register, Result, UsageError

COUNTS = {"00 1": 10, "01 0": 30, "11 1": 60}
REGISTERS = [{"bits": 2, "name": "c"}, {"bits": 1, "name": None}]


def a_read_result(**fields: object) -> Result:
    """A result with two registers, one of them without a name."""
    probabilities = {outcome: count / 100 for outcome, count in COUNTS.items()}
    return Result.from_wire(
        a_result(**{"counts": COUNTS, "probabilities": probabilities, "registers": REGISTERS, **fields})
    )


def test_the_most_frequent_comes_first() -> None:
    """Those alike are in the order of their bits."""
    assert a_read_result().most_frequent() == "11 1"
    assert a_read_result().ranked(2) == [("11 1", 60), ("01 0", 30)]
    assert a_read_result(counts={}, probabilities={"1": 0.5, "0": 0.5}).most_frequent() == "0"

    with pytest.raises(UsageError, match="no outcome was counted"):
        a_read_result(counts={}, probabilities={}).most_frequent()


def test_registers_can_be_counted_alone() -> None:
    """By name or place, in any order; probabilities are added up like counts."""
    result = a_read_result()

    alone = result.marginal("c")
    assert (alone.counts, alone.registers) == ({"00": 10, "01": 30, "11": 60}, (Register(2, "c"),))
    assert result.marginal(1).counts == {"1": 70, "0": 30}
    assert result.marginal(1).probabilities == pytest.approx({"1": 0.7, "0": 0.3})
    assert result.marginal(1, "c").counts == {"1 00": 10, "0 01": 30, "1 11": 60}

    for register in ("d", 2, -1):
        with pytest.raises(UsageError, match="no register: there are: c, 1"):
            result.marginal(register)


def test_outcomes_without_blanks_are_parted_by_size() -> None:
    """The registers say how many bits are whose."""
    counts = {"001": 10, "110": 5}

    assert a_read_result(counts=counts, probabilities={}).marginal("c").counts == {"00": 10, "11": 5}


def test_expectations_of_strings_of_z() -> None:
    """Each letter stands for the bit at its place; an I leaves it out."""
    bell = a_read_result(counts={"00": 40, "11": 60}, registers=[])

    assert [bell.expectation(paulis) for paulis in ("ZZ", "ZI", "II")] == pytest.approx([1.0, -0.2, 1.0])
    assert a_read_result().expectation("IIZ") == pytest.approx(-0.4)
    for wrong in ("Z", "XZ", ""):
        with pytest.raises(UsageError, match="one letter for each bit"):
            bell.expectation(wrong)


@pytest.mark.skipif(not importlib.util.find_spec("pandas"), reason="pandas is not installed")
def test_a_result_and_a_page_become_frames() -> None:
    """A row for each outcome or job, and a column for each register that has a name."""
    frame = a_read_result().to_dataframe()
    assert list(frame.columns) == ["outcome", "c", "count", "probability"]
    assert list(frame["c"]) == ["11", "01", "00"]

    jobs = JobPage.from_wire({"jobs": [a_view("succeeded")], "continuation": None}).to_dataframe()
    assert list(jobs["phase"]) == ["succeeded"]
    assert JobPage.from_wire({"jobs": [], "continuation": None}).to_dataframe().empty


@pytest.mark.skipif(not importlib.util.find_spec("matplotlib"), reason="matplotlib is not installed")
def test_a_result_can_be_plotted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar for each of the most frequent outcomes."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    axes = a_read_result().plot(top=2)

    assert len(axes.patches) == 2
    assert [label.get_text() for label in axes.get_xticklabels()] == ["11 1", "01 0"]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither package is a dependency; the error says how to get it."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)

    with pytest.raises(MissingPackageError, match=r"pip install pandas, or quantumjobs\[data\]"):
        a_read_result().to_dataframe()
    with pytest.raises(MissingPackageError, match=r"pip install matplotlib, or quantumjobs\[plot\]"):
        a_read_result().plot()
