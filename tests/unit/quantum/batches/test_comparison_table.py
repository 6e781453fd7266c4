"""The table of a comparison: a row for each member, ranked where that is honest, with the reason where it is not."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from quantum.batches import table
from quantum.batches.rank import Rank, read_rank
from quantum.batches.ranking import ranked
from quantum.batches.table import Member, as_csv, compare
from quantum.contract.views.comparisons import Comparison, ComparisonRow
from quantum.wire import codec

GHZ = {"by": "fidelity", "reference": {"counts": {"000": 0.5, "111": 0.5}}}


def a_result(counts: dict[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    """Make a result as it is stored."""
    counts = counts or {"000": 480, "111": 490, "001": 30}
    result = {"shots": sum(counts.values()), "counts": counts, "probabilities": None, "sampled": True}
    times = {"queueSeconds": 10.0, "durationSeconds": 2.0}
    return {**result, **times, "registers": [{"bits": 3}]} | changes


def a_member(number: int, target: str = "ionq.simulator", **changes: Any) -> Member:
    """Make a member that succeeded and cost a dollar."""
    cost = {"estimated": 1.0, "currency": "USD", "source": "service"}
    fields = {"number": number, "phase": "succeeded", "id": f"job-{number}", "target": target, "cost": cost}
    return Member(**fields | changes)


def costs(amount: float, unit: str = "USD") -> dict[str, Any]:
    """Make a cost as the service reports it."""
    return {"estimated": amount, "currency": unit, "source": "service"}


def row_of(comparison: Comparison, number: int) -> ComparisonRow:
    """Return the row of a member."""
    return next(row for row in comparison.rows if row.number == number)


def test_the_best_by_fidelity_has_numbers_with_errors() -> None:
    """Each row has both distances; those that are not the best follow by their values."""
    comparison = compare(
        [
            (a_member(0), a_result({"000": 400, "111": 400, "001": 200})),
            (a_member(1), a_result({"000": 490, "111": 490, "001": 20})),
            (a_member(2), a_result({"000": 300, "111": 300, "001": 400})),
        ],
        read_rank(GHZ),
    )
    row = row_of(comparison, 1)

    assert (comparison.by, comparison.outcome, comparison.best, comparison.tie) == ("fidelity", "best", 1, ())
    assert [each.rank for each in comparison.rows] == [2, 1, 3]
    assert row.fidelity == pytest.approx(0.98, abs=0.001)
    assert row.fidelity_error == pytest.approx(0.0044, abs=0.0002)
    assert row.distance == pytest.approx(0.02, abs=0.01)
    assert row.distance_error is not None
    assert (row.queue_seconds, row.run_seconds, row.cost, row.cost_unit, row.notes) == (10.0, 2.0, 1.0, "USD", ())


def test_a_tie_shares_the_first_rank() -> None:
    """The errors of two are larger than what lies between them."""
    comparison = compare([(a_member(0), a_result()), (a_member(1), a_result())], read_rank(GHZ))

    assert (comparison.outcome, comparison.best, comparison.tie) == ("tie", None, (0, 1))
    assert [row.rank for row in comparison.rows] == [1, 1]


def test_what_did_not_succeed_is_listed_without_a_rank() -> None:
    """Neither is what has other registers, or no counts; each row says why."""
    comparison = compare(
        [
            (a_member(0), a_result()),
            (a_member(1, phase="failed"), None),
            (a_member(2), a_result({"00 1": 10}, registers=[{"bits": 2}, {"bits": 1}])),
            (a_member(3), a_result() | {"counts": None, "sampled": None, "registers": []}),
        ],
        read_rank(GHZ),
    )

    assert [row.rank for row in comparison.rows] == [1, None, None, None]
    assert [row.notes for row in comparison.rows] == [
        (),
        ("not ranked: it is failed",),
        (
            "not compared: it has registers of 2 and 1 bits, but the reference has one register of 3 bits",
            "not ranked: it has no fidelity",
        ),
        ("not compared: its result has no counts", "not ranked: it has no fidelity"),
    ]


def test_probabilities_say_that_they_have_no_error() -> None:
    """They are ranked with the others."""
    exact = a_result(sampled=False, probabilities={"000": 0.5, "111": 0.5})
    comparison = compare([(a_member(0), exact), (a_member(1), a_result())], read_rank(GHZ))
    row = row_of(comparison, 0)

    assert comparison.best == 0
    assert (row.fidelity, row.fidelity_error, row.counts) == (1.0, None, {"000": 0.5, "111": 0.5})
    assert row.notes == ("the provider gave probabilities instead of samples: they have no sampling error",)


def test_a_member_as_reference_is_not_ranked() -> None:
    """Its own shots add to the errors of the others."""
    members = [(a_member(number), a_result()) for number in range(3)]
    comparison = compare(members, read_rank({"by": "fidelity", "reference": {"member": 1}}))
    exact = compare(members, read_rank(GHZ))
    error, other = row_of(comparison, 0).fidelity_error, row_of(exact, 0).fidelity_error

    assert row_of(comparison, 1).notes == ("it is the reference", "not ranked: it has no fidelity")
    assert comparison.tie == (0, 2)
    assert error is not None
    assert other is not None


@pytest.mark.parametrize(
    ("phase", "result", "reason"),
    [
        ("failed", None, "it has no result"),
        ("succeeded", a_result(parts=[{}, {}]), "its output holds the results of 2 programs"),
    ],
)
def test_a_reference_that_cannot_serve_says_why(phase: str, result: Any, reason: str) -> None:
    """Then nothing is ranked."""
    members = [(a_member(0, phase=phase), result), (a_member(1), a_result())]
    comparison = compare(members, read_rank({"by": "fidelity", "reference": {"member": 0}}))

    assert (comparison.outcome, comparison.reason) == ("none", "no member can be ranked")
    assert row_of(comparison, 1).notes[0] == f"not compared: the reference, member 0, cannot serve: {reason}"


def test_the_ideal_reference_is_that_of_the_same_point() -> None:
    """Each point of a sweep has its own; a point without one is not compared."""
    ones = {"111": 1000}
    comparison = compare(
        [
            (a_member(0, is_ideal=True, arguments=[0.1]), a_result()),
            (a_member(1, is_ideal=True, arguments=[0.2]), a_result(ones)),
            (a_member(2, "other", arguments=[0.1]), a_result()),
            (a_member(3, "other", arguments=[0.2]), a_result(ones)),
            (a_member(4, "other", arguments=[0.3]), a_result()),
        ],
        read_rank({"by": "fidelity", "reference": "ideal"}),
    )

    assert [row.fidelity for row in comparison.rows] == [None, None, pytest.approx(1), pytest.approx(1), None]
    assert row_of(comparison, 4).notes[0] == "not compared: no ideal simulator ran its point"


def test_costs_in_different_units_are_not_compared() -> None:
    """Neither as such nor within weights; there is no best and no tie."""
    members = [(a_member(0, cost=costs(1)), a_result()), (a_member(1, cost=costs(1, "HQC")), a_result())]

    for rank in (Rank("cost"), Rank("weights", {"cost": 1, "time": 1})):
        comparison = compare(members, rank)

        assert (comparison.outcome, comparison.best, comparison.tie) == ("notComparable", None, ())
        assert comparison.reason == "the costs are in HQC and USD, which cannot be compared"
        assert [row.rank for row in comparison.rows] == [None, None]


def test_a_failed_member_has_no_say_in_units() -> None:
    """The cheapest of those that succeeded is the best; equal costs are a tie; an unknown one is not ranked."""
    failed, unknown = a_member(0, phase="failed", cost=costs(1, "HQC")), a_member(4, cost=None)
    members = [a_member(1, cost=costs(3)), a_member(2, cost=costs(2)), a_member(3, cost=costs(2))]

    best = compare([(failed, None), *((each, a_result()) for each in members[:2])], Rank("cost"))
    tie = compare([(each, a_result()) for each in (*members, unknown)], Rank("cost"))

    assert (best.best, tie.tie) == (2, (2, 3))
    assert [row.rank for row in tie.rows] == [3, 1, 1, None]
    assert row_of(tie, 4).notes == ("not ranked: its cost is not known",)


def test_time_is_that_in_the_queue_and_that_of_the_run() -> None:
    """The shortest is the best; a member without times is not ranked."""
    results = [a_result(queueSeconds=5.0), a_result(queueSeconds=4.0, durationSeconds=9.0), a_result(queueSeconds=None)]
    comparison = compare([(a_member(number), result) for number, result in enumerate(results)], Rank("time"))

    assert [row.rank for row in comparison.rows] == [1, 2, None]
    assert row_of(comparison, 2).notes == ("not ranked: the workspace gave no times for it",)


def test_weights_trade_one_thing_for_another() -> None:
    """A cheap member may be ahead of a better one; the error is that of the fidelity, by its weight."""
    good = (a_member(0, cost=costs(10)), a_result({"000": 500, "111": 500}))
    cheap = (a_member(1, cost=costs(1)), a_result())
    rank = {"by": "weights", "weights": {"fidelity": 3, "cost": 1}, "reference": GHZ["reference"]}
    comparison = compare([good, cheap], read_rank(rank))
    row = row_of(comparison, 1)

    assert comparison.best == 1
    assert row.score == pytest.approx(0.75 * (row.fidelity or 0) + 0.25 * 0.9)
    assert row.score_error == pytest.approx(0.75 * (row.fidelity_error or 0))


def test_without_a_score_there_is_no_rank() -> None:
    """Where a weight counts a value that a member lacks; a weight of 0 counts nothing."""
    members = [(a_member(0, cost=None), a_result()), (a_member(1), a_result())]

    assert compare(members, Rank("weights", {"cost": 1, "time": 1})).best == 1
    assert compare(members, Rank("weights", {"cost": 0, "time": 1})).tie == (0, 1)


@pytest.mark.parametrize("rank", [None, {"by": "fidelity", "reference": "ideal"}, {"by": "solution"}])
def test_solvers_are_ranked_by_the_cost_of_their_solutions(rank: Any) -> None:
    """The lowest is the best, whatever its sign; the row shows the configuration."""
    results = [{"solutions": [{"configuration": {"0": 1, "1": -1}, "cost": cost}]} for cost in (-3.0, -5.5, -5.0)]
    comparison = compare([(a_member(number), result) for number, result in enumerate(results)], read_rank(rank))
    best = row_of(comparison, 1)

    assert (comparison.by, comparison.best) == ("solution", 1)
    assert codec.to_wire(best.solution) == {"configuration": {"0": 1, "1": -1}, "cost": -5.5}
    assert [row.rank for row in comparison.rows] == [3, 1, 2]


def a_solution(cost: float, variables: int = 2) -> dict[str, Any]:
    """Make the result of a solver."""
    return {"solutions": [{"configuration": {str(number): 1 for number in range(variables)}, "cost": cost}]}


def test_equal_costs_are_a_tie() -> None:
    """A solver's cost has no sampling error, but its last digit is one of floating-point numbers."""
    results = [a_solution(-5.0), a_solution(-5.0 + 1e-12), a_solution(-4.0)]
    comparison = compare([(a_member(number), result) for number, result in enumerate(results)], None)

    assert (comparison.outcome, comparison.tie) == ("tie", (0, 1))
    assert [row.rank for row in comparison.rows] == [1, 1, 3]


def test_costs_of_different_problems_are_not_compared() -> None:
    """Members of other programs than solvers' do not count."""
    members = [(a_member(0, program="a"), a_solution(-5.0)), (a_member(1, program="b"), a_solution(-7.0))]
    comparison = compare(members, Rank("solution"))
    others = compare([members[0], (a_member(1, program="b"), a_result())], Rank("solution"))

    assert (comparison.outcome, comparison.best) == ("notComparable", None)
    assert comparison.reason == "the members solve 2 problems, whose costs cannot be compared"
    assert others.best == 0


def test_a_row_shows_the_first_variables_of_a_large_problem() -> None:
    """A table of many members stays readable; the note says where the rest is."""
    small, large = compare([(a_member(0), a_solution(0, 64)), (a_member(1), a_solution(1, 5000))], None).rows

    assert small.solution
    assert large.solution
    assert (len(small.solution.configuration), small.notes) == (64, ())
    assert [*large.solution.configuration] == [str(number) for number in range(64)]
    assert large.notes == ("its solution has 5,000 variables: all are in its result",)


def a_sweep(*fidelities: tuple[str, float, int]) -> list[tuple[Member, dict[str, Any]]]:
    """Make members of a target and a point each, with so many outcomes of 1,000 right."""
    return [
        (
            a_member(number, target, arguments=[point]),
            a_result({"000": right // 2, "111": right // 2, "001": 1000 - right}),
        )
        for number, (target, point, right) in enumerate(fidelities)
    ]


def test_targets_of_a_sweep_are_ranked_over_the_points_that_they_share() -> None:
    """A point that one of them lacks counts for none."""
    members = a_sweep(("a", 1, 980), ("a", 2, 960), ("b", 1, 940), ("b", 2, 920), ("b", 3, 1000))
    targets = compare(members, read_rank(GHZ)).targets

    assert targets is not None
    assert (targets.outcome, targets.best, targets.tie, targets.points) == ("best", "a", (), 2)
    assert [(row.target, row.rank) for row in targets.rows] == [("a", 1), ("b", 2)]
    assert [row.value for row in targets.rows] == pytest.approx([0.97, 0.93], abs=1e-3)
    assert targets.rows[0].error == pytest.approx((0.98 * 0.02 + 0.96 * 0.04) ** 0.5 / 1000**0.5 / 2, rel=0.02)


def test_targets_of_a_sweep_can_be_a_tie() -> None:
    """Over all points together, though single points differ; costs have no errors."""
    members = a_sweep(("a", 1, 980), ("a", 2, 960), ("b", 1, 962), ("b", 2, 978))
    by_fidelity, by_cost = compare(members, read_rank(GHZ)).targets, compare(members, Rank("cost")).targets

    assert by_fidelity is not None
    assert by_cost is not None
    assert (by_fidelity.outcome, by_fidelity.best, set(by_fidelity.tie)) == ("tie", None, {"a", "b"})
    assert [(row.value, row.error) for row in by_cost.rows] == [(1.0, None), (1.0, None)]


def test_one_point_or_one_target_is_no_sweep_of_targets() -> None:
    """There the members say everything."""
    for members in (a_sweep(("a", 1, 980), ("b", 1, 960)), a_sweep(("a", 1, 980), ("a", 2, 960)), []):
        assert compare(members, read_rank(GHZ)).targets is None


def test_without_a_criterion_nothing_is_ranked() -> None:
    """The table lists what there is, without notes about it."""
    comparison = compare([(a_member(0), a_result()), (a_member(1, phase="executing"), None)], None)

    assert (comparison.by, comparison.outcome, comparison.reason) == (None, "none", "the batch names no criterion")
    assert [row.notes for row in comparison.rows] == [(), ()]


def test_a_row_shows_the_most_frequent_outcomes() -> None:
    """It says how many there were, so that a table of ten thousand members stays small."""
    counts = {format(number, "05b"): number + 1 for number in range(32)}
    row = table.measure(a_member(0), a_result(counts), table.References({})).row

    assert row.outcomes == 32
    assert list(row.counts or {})[:2] == ["11111", "11110"]
    assert len(row.counts or {}) == table.MOST_OUTCOMES


def test_csv_has_all_columns_in_a_stable_order() -> None:
    """Nested values are JSON, and a name that a spreadsheet would calculate is text."""
    member = a_member(0, "=1+1", arguments={"theta": -0.5}, params={"note": 'a "b", c'})
    text = as_csv(compare([(member, a_result()), (a_member(1, phase="failed"), None)], read_rank(GHZ)))
    header, first, second = csv.reader(io.StringIO(text, newline=""))
    row = dict(zip(header, first, strict=True))

    assert text.endswith("\r\n")
    assert header[:7] == ["number", "id", "target", "arguments", "params", "phase", "rank"]
    assert header == table.columns()
    assert (row["target"], row["arguments"]) == ("'=1+1", '{"theta":-0.5}')
    assert row["params"] == '{"note":"a \\"b\\", c"}'
    assert row["counts"] == '{"111":490,"000":480,"001":30}'
    assert dict(zip(header, second, strict=True))["notes"] == "not ranked: it is failed"


def test_a_comparison_survives_as_json() -> None:
    """It is stored, and read again."""
    comparison = compare([(a_member(0), a_result()), (a_member(1, phase="failed"), None)], read_rank(GHZ))
    measured = [table.measure(a_member(0), a_result(), table.References({}))]

    assert codec.from_wire(Comparison, codec.to_wire(comparison)) == comparison
    assert ranked(measured, None).rows == (measured[0].row,)


def test_the_example_of_the_page_is_true() -> None:
    """Its table comes out of its counts."""
    page = Path("docs/comparison.md").read_text(encoding="utf-8")
    lines = [line.split("|") for line in page.splitlines() if re.match(r"\| \d \|", line)]
    counts = [{key: int(count) for key, count in re.findall(r"(\d+): (\d+)", line[3])} for line in lines]
    comparison = compare([(a_member(n), a_result(each)) for n, each in enumerate(counts)], read_rank(GHZ))

    assert comparison.best == 0
    for row, line in zip(comparison.rows, lines, strict=True):
        assert f"{row.fidelity:.4f} ± {row.fidelity_error:.4f}" == line[4].strip()
        assert f"{row.distance:.4f} ± {row.distance_error:.4f}" == line[5].strip()
        assert str(row.rank) == line[6].strip()
