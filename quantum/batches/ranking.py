"""Ranks the rows of a comparison by one criterion: the order, and the best or the tie.

A row that lacks the value is listed without a rank, with the reason. Costs in different units are never compared.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from quantum.batches.rank import Rank
from quantum.batches.verdicts import BEST, NONE, NOT_COMPARABLE, TIE, Contender, Verdict, decide
from quantum.contract.views.comparisons import Comparison, ComparisonRow, TargetRow, Targets
from quantum.wire.records import record

SUCCEEDED = "succeeded"
SOLUTION = "solution"
LOWEST = ("cost", "time", SOLUTION)


@record
class Measured:
    """A row, and that part of the error of its fidelity which its own shots contribute.

    The shots of a reference move all members alike; differences between members do not contain their error.
    """

    row: ComparisonRow
    own_error: float = 0.0
    point: str = ""
    program: str = ""


def ranked(measured: Sequence[Measured], rank: Rank | None) -> Comparison:
    """Rank the rows; without a criterion they are only listed, unless they have solutions."""
    if (by := _criterion(rank, measured)) is None:
        return _comparison(None, Verdict(NONE, (), "the batch names no criterion"), [each.row for each in measured])
    weights = (rank.weights if rank else None) or {}
    if by == "weights":
        measured = _scored(measured, weights)
    rows = [_explained(each, by) for each in measured]
    if reason := _unlike_units(rows, by, weights) or _unlike_problems(measured, by):
        return _comparison(by, Verdict(NOT_COMPARABLE, (), reason), rows)
    contenders = [contender for each in measured if (contender := _contender(each, by))]
    verdict = decide(contenders, lowest=by in LOWEST)
    ranks = _ranks(contenders, verdict, lowest=by in LOWEST)
    rows = [replace(row, rank=ranks.get(row.number)) for row in rows]
    return replace(_comparison(by, verdict, rows), targets=_targets(measured, by))


def _comparison(by: str | None, verdict: Verdict, rows: Sequence[ComparisonRow]) -> Comparison:
    best = verdict.members[0] if verdict.outcome == BEST else None
    tie = verdict.members if verdict.outcome == TIE else ()
    return Comparison(by, verdict.outcome, verdict.reason, best, tie, tuple(rows))


def _criterion(rank: Rank | None, measured: Sequence[Measured]) -> str | None:
    """Return the criterion: for optimisation problems the cost of the solution takes the place of the fidelity."""
    if any(each.row.solution for each in measured) and (rank is None or rank.by == "fidelity"):
        return SOLUTION
    return rank.by if rank else None


def _value(row: ComparisonRow, by: str) -> float | None:
    if by == "time":
        return None if row.queue_seconds is None or row.run_seconds is None else row.queue_seconds + row.run_seconds
    if by == SOLUTION:
        return row.solution.cost if row.solution else None
    return {"fidelity": row.fidelity, "cost": row.cost, "weights": row.score}[by]


def _contender(measured: Measured, by: str) -> Contender | None:
    row, value = measured.row, _value(measured.row, by)
    if value is None or row.phase != SUCCEEDED:
        return None
    errors: Mapping[str, float] = {"fidelity": measured.own_error, "weights": row.score_error or 0.0}
    return Contender(row.number, value, errors.get(by, 0.0))


MISSING = {
    "fidelity": "not ranked: it has no fidelity",
    "cost": "not ranked: its cost is not known",
    "time": "not ranked: the workspace gave no times for it",
    "weights": "not ranked: a value that has a weight is missing",
    SOLUTION: "not ranked: it has no solution",
}


def _explained(measured: Measured, by: str) -> ComparisonRow:
    row = measured.row
    if row.phase != SUCCEEDED:
        return replace(row, notes=(*row.notes, f"not ranked: it is {row.phase}"))
    return row if _value(row, by) is not None else replace(row, notes=(*row.notes, MISSING[by]))


def _unlike_units(rows: Sequence[ComparisonRow], by: str, weights: Mapping[str, float]) -> str | None:
    """Say why costs cannot be compared; None where they can, or where they do not count."""
    if by != "cost" and not (by == "weights" and weights.get("cost")):
        return None
    units = sorted({row.cost_unit or "no unit" for row in rows if row.phase == SUCCEEDED and row.cost is not None})
    return f"the costs are in {' and '.join(units)}, which cannot be compared" if len(units) > 1 else None


def _unlike_problems(measured: Sequence[Measured], by: str) -> str | None:
    """Say why solutions cannot be compared: a cost belongs to its problem; None where they can."""
    problems = {each.program for each in measured if by == SOLUTION and each.row.solution}
    return f"the members solve {len(problems)} problems, whose costs cannot be compared" if len(problems) > 1 else None


def _scored(measured: Sequence[Measured], weights: Mapping[str, float]) -> list[Measured]:
    """Score each row: its fidelity, and for cost and time what it saves against the highest, by their weights."""
    total = sum(weights.values())
    shares = {name: weight / total for name, weight in weights.items() if weight}
    ended = [each.row for each in measured if each.row.phase == SUCCEEDED]
    highest = {
        name: max((value for row in ended if (value := _value(row, name)) is not None), default=0.0)
        for name in shares
        if name != "fidelity"
    }
    return [_with_score(each, shares, highest) for each in measured]


def _with_score(measured: Measured, shares: Mapping[str, float], highest: Mapping[str, float]) -> Measured:
    row, score = measured.row, 0.0
    for name, share in shares.items():
        value = _value(row, name)
        if value is None:
            return measured
        if name in highest:
            value = 1 - value / highest[name] if highest[name] else 1.0
        score += share * value
    error = shares.get("fidelity", 0.0) * measured.own_error
    return replace(measured, row=replace(row, score=round(score, 9), score_error=error or None))


def _ranks(contenders: Sequence[Contender], verdict: Verdict, *, lowest: bool) -> dict[int, int]:
    """Rank the contenders: the tied are first, the others follow by their values."""
    first = set(verdict.members)
    others = sorted(
        (each for each in contenders if each.number not in first),
        key=lambda each: (each.value if lowest else -each.value, each.number),
    )
    return dict.fromkeys(first, 1) | {each.number: place for place, each in enumerate(others, len(first) + 1)}


def _targets(measured: Sequence[Measured], by: str) -> Targets | None:
    """Rank the targets by their means over the points that all of them have, where these are several."""
    values: dict[str, dict[str, Contender]] = {}
    for each in measured:
        if each.row.target and (contender := _contender(each, by)):
            values.setdefault(each.row.target, {}).setdefault(each.point, contender)
    shared = set.intersection(*(set(points) for points in values.values())) if values else set()
    if len(values) < 2 or len(shared) < 2:
        return None
    names = list(values)
    means = [_mean(number, [values[name][point] for point in sorted(shared)]) for number, name in enumerate(names)]
    verdict = decide(means, lowest=by in LOWEST)
    ranks = _ranks(means, verdict, lowest=by in LOWEST)
    rows = tuple(TargetRow(names[each.number], ranks[each.number], each.value, each.error or None) for each in means)
    firsts = tuple(names[number] for number in verdict.members)
    is_best = verdict.outcome == BEST
    return Targets(verdict.outcome, firsts[0] if is_best else None, () if is_best else firsts, len(shared), rows)


def _mean(number: int, points: Sequence[Contender]) -> Contender:
    value = math.fsum(each.value for each in points) / len(points)
    return Contender(number, value, math.hypot(*(each.error for each in points)) / len(points))
