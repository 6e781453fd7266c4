"""The table of a comparison: a row for each member, as JSON and as CSV.

Members are measured one by one against a reference, so that a batch of ten thousand needs no two results in memory.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from quantum.batches import statistics
from quantum.batches.rank import Rank, Reference
from quantum.batches.ranking import SUCCEEDED, Measured, ranked
from quantum.batches.statistics import Sample
from quantum.contract.views.comparisons import Comparison, ComparisonRow
from quantum.contract.views.results import Solution
from quantum.wire import codec
from quantum.wire.records import record

MOST_OUTCOMES = 16  # in one row
MOST_VARIABLES = 64  # of a solution in one row
FORMULA = tuple("=+-@\t\r\n\0")  # what makes a spreadsheet calculate


@record
class Member:
    """A member of a batch, by the state of its job.

    `cost` is what `prices.cost_of` returns; `program` tells programs apart, where a batch has several; `is_ideal` says
    that the target simulates without noise.
    """

    number: int
    phase: str
    id: str | None = None
    target: str | None = None
    arguments: Any = None
    params: Mapping[str, Any] | None = None
    program: str = ""
    cost: Mapping[str, Any] | None = None
    is_ideal: bool = False

    @property
    def point(self) -> str:
        """Tell the points of a batch apart: members of one point differ only in their targets."""
        return json.dumps([self.program, self.arguments, self.params], sort_keys=True)


@record
class References:
    """The distributions to compare with: one for all, or one for each point; each from a member, or from the caller."""

    samples: Mapping[str | None, Sample | str]
    numbers: frozenset[int] = frozenset()
    missing: str = ""

    def of(self, member: Member) -> Sample | str | None:
        """Return the reference of a member, or the reason why there is none; None for the reference itself."""
        if member.number in self.numbers:
            return None
        return self.samples.get(None) or self.samples.get(member.point) or self.missing


def reference_members(reference: Reference | None, members: Iterable[Member]) -> list[Member]:
    """Choose the members whose results are the reference: for `ideal`, the first of each point."""
    if reference is None or reference.counts is not None:
        return []
    if not reference.is_ideal:
        return [each for each in members if each.number == reference.member]
    chosen: dict[str, Member] = {}
    for each in members:
        if each.is_ideal and each.phase == SUCCEEDED:
            chosen.setdefault(each.point, each)
    return list(chosen.values())


def make_references(
    reference: Reference | None, chosen: Sequence[tuple[Member, Mapping[str, Any] | None]]
) -> References:
    """Make the references from the caller's distribution, or from the results of the members that were chosen."""
    if reference is None:
        return References({})
    if reference.counts is not None:
        return References({None: statistics.sample_of_counts(reference.counts)})
    samples = {
        member.point if reference.is_ideal else None: _reference_sample(member, result) for member, result in chosen
    }
    missing = "no ideal simulator ran its point" if reference.is_ideal else f"there is no member {reference.member}"
    return References(samples, frozenset(member.number for member, _ in chosen), missing)


def _reference_sample(member: Member, result: Mapping[str, Any] | None) -> Sample | str:
    sample = statistics.sample_of_result(result)
    return f"the reference, member {member.number}, cannot serve: {sample}" if isinstance(sample, str) else sample


def measure(member: Member, result: Mapping[str, Any] | None, references: References) -> Measured:
    """Make the row of a member, compared with its reference where both have a distribution."""
    return replace(_measured(member, result, references), point=member.point, program=member.program)


def _measured(member: Member, result: Mapping[str, Any] | None, references: References) -> Measured:
    row = _with_result(_row(member), result or {})
    if member.phase != SUCCEEDED or row.solution:
        return Measured(row)
    reference, sample = references.of(member), statistics.sample_of_result(result)
    if reference is None:
        return Measured(_noted(row, "it is the reference"))
    if isinstance(sample, str):
        return Measured(_noted(row, f"not compared: {sample}"))
    if isinstance(reference, str):
        return Measured(_noted(row, f"not compared: {reference}") if reference else row)
    if reason := statistics.reason_against(sample, reference):
        return Measured(_noted(row, f"not compared: {reason}"))
    return _compared(row, sample, reference)


def compare(members: Sequence[tuple[Member, Mapping[str, Any] | None]], rank: Rank | None) -> Comparison:
    """Compare members whose results are all at hand."""
    reference = rank.reference if rank else None
    numbers = {each.number for each in reference_members(reference, (member for member, _ in members))}
    references = make_references(reference, [pair for pair in members if pair[0].number in numbers])
    return ranked([measure(member, result, references) for member, result in members], rank)


def columns() -> list[str]:
    """Name the columns of the table, in their order."""
    return [codec.camel(each.name) for each in fields(ComparisonRow)]


def as_csv(comparison: Comparison) -> str:
    """Write the rows as CSV (RFC 4180), nested values as JSON; no text becomes a formula in a spreadsheet."""
    lines = [columns(), *(_cells(row) for row in comparison.rows)]
    return "".join(f"{','.join(map(_quoted, line))}\r\n" for line in lines)


def _row(member: Member) -> ComparisonRow:
    cost = member.cost or {}
    return ComparisonRow(
        number=member.number,
        id=member.id,
        target=member.target,
        arguments=member.arguments,
        params=member.params,
        phase=member.phase,
        cost=cost.get("estimated"),
        cost_unit=cost.get("currency"),
        cost_source=cost.get("source"),
    )


def _with_result(row: ComparisonRow, result: Mapping[str, Any]) -> ComparisonRow:
    sampled, solutions = result.get("sampled"), result.get("solutions")
    weights = result.get("probabilities" if sampled is False else "counts")
    row = _with_solution(row, solutions[0]) if solutions else row
    return replace(
        row,
        queue_seconds=result.get("queueSeconds"),
        run_seconds=result.get("durationSeconds"),
        shots=result.get("shots"),
        sampled=sampled,
        outcomes=None if weights is None else len(weights),
        counts=None if weights is None else dict(sorted(weights.items(), key=_most_frequent)[:MOST_OUTCOMES]),
    )


def _with_solution(row: ComparisonRow, best: Mapping[str, Any]) -> ComparisonRow:
    """Show a solver's best, of which a large problem has only the first variables here."""
    configuration = best["configuration"]
    row = replace(row, solution=Solution(dict(islice(configuration.items(), MOST_VARIABLES)), best["cost"]))
    if len(configuration) <= MOST_VARIABLES:
        return row
    return _noted(row, f"its solution has {len(configuration):,} variables: all are in its result")


def _most_frequent(entry: tuple[str, float]) -> tuple[float, str]:
    return -entry[1], entry[0]


def _compared(row: ComparisonRow, sample: Sample, reference: Sample) -> Measured:
    fidelity = statistics.hellinger_fidelity(sample, reference)
    distance = statistics.total_variation(sample, reference)
    row = replace(
        row,
        fidelity=fidelity.value,
        fidelity_error=fidelity.error,
        distance=distance.value,
        distance_error=distance.error,
    )
    if sample.shots is None:
        row = _noted(row, "the provider gave probabilities instead of samples: they have no sampling error")
    if warning := statistics.few_shots(sample, reference):
        row = _noted(row, warning)
    return Measured(row, fidelity.own_error)


def _noted(row: ComparisonRow, note: str) -> ComparisonRow:
    return replace(row, notes=(*row.notes, note))


def _cells(row: ComparisonRow) -> list[str]:
    return [_cell(getattr(row, each.name)) for each in fields(ComparisonRow)]


def _cell(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, tuple):
        return "; ".join(value)
    return json.dumps(codec.to_wire(value), ensure_ascii=False, separators=(",", ":"))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
