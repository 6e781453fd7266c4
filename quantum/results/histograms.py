"""Histograms, the same for every provider: outcomes with counts and probabilities, and their registers.

Bits read from left to right as qubit 0, 1, 2, …; a space separates registers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quantum.results.outcome_keys import BITS, sort_keys
from quantum.wire.records import record

MAX_OUTCOMES = 100_000
MAX_SHOTS = 2**53


class UnreadableResultError(Exception):
    """The output does not match its declared format, or exceeds a limit of this app."""


@record
class Register:
    """A part of every outcome: its width in bits, and its name where the provider has one."""

    bits: int
    name: str | None = None


@record
class Histogram:
    """Outcomes with their counts and probabilities.

    `sampled` is false where the provider returned probabilities, from which the counts are calculated. `registers` is
    empty where outcomes are not bits. An output of several programs has a part for each; its counts are their sum.
    """

    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    sampled: bool = True
    warnings: tuple[str, ...] = ()
    registers: tuple[Register, ...] = ()
    parts: tuple["Histogram", ...] = ()


@record
class Solutions:
    """The solutions of a solver, best first: each with its `configuration` of variables and its `cost`."""

    solutions: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...] = ()


def from_counts(
    counts: Mapping[str, int],
    warnings: tuple[str, ...] = (),
    names: Sequence[str | None] = (),
    *,
    are_bits: bool = True,
) -> Histogram:
    """Make a histogram from counted shots; numeric outcomes have no registers and are sorted as numbers."""
    total = sum(counts.values())
    if not 0 < total <= MAX_SHOTS or len(counts) > MAX_OUTCOMES:
        raise UnreadableResultError(f"the output holds {len(counts):,} outcomes and {total:,} shots")
    ordered = {key: counts[key] for key in sort_keys(counts, are_bits=are_bits)}
    shares = {key: count / total for key, count in ordered.items()}
    registers = registers_of(ordered, names) if are_bits else ()
    return Histogram(ordered, shares, warnings=warnings, registers=registers)


def from_probabilities(probabilities: Mapping[str, float], shots: int, *, are_bits: bool = True) -> Histogram:
    """Make a histogram from probabilities, with counts by largest remainder, so that they add up to the shots."""
    total = sum(probabilities.values())
    if not 0.5 < total < 1.5 or len(probabilities) > MAX_OUTCOMES or min(probabilities.values()) < 0:
        raise UnreadableResultError(f"the output holds {len(probabilities):,} probabilities that add up to {total:.3g}")
    ordered = {key: probabilities[key] for key in sort_keys(probabilities, are_bits=are_bits)}
    exact = {key: share / total * shots for key, share in ordered.items()}
    counts = {key: int(count) for key, count in exact.items()}
    short = shots - sum(counts.values())
    for key in sorted(exact, key=lambda key: counts[key] - exact[key])[:short]:
        counts[key] += 1
    counted = {key: count for key, count in counts.items() if count}
    return Histogram(counted, ordered, sampled=False, registers=registers_of(ordered) if are_bits else ())


def merge(parts: Sequence[Histogram]) -> Histogram:
    """Merge the histograms of several programs that ran as one job; a single one stays unchanged."""
    if len(parts) == 1:
        return parts[0]
    total = sum_shares((key, count) for part in parts for key, count in part.counts.items())
    lost = tuple(dict.fromkeys(warning for part in parts for warning in part.warnings))
    warnings = (f"The output holds the results of {len(parts)} programs: `counts` adds them up", *lost)
    are_bits = all(part.registers for part in parts if part.counts)
    whole = from_counts({key: int(count) for key, count in total.items()}, warnings, are_bits=are_bits)
    return replace(whole, parts=tuple(parts))


def sum_shares[Share: (int, float)](shares: Iterable[tuple[str, Share]]) -> dict[str, Share]:
    """Sum the shares of equal outcomes."""
    sums: dict[str, Share] = {}
    for key, share in shares:
        sums[key] = sums[key] + share if key in sums else share
    return sums


def registers_of(outcomes: Iterable[str], names: Sequence[str | None] = ()) -> tuple[Register, ...]:
    """Return the registers that all these outcomes have; none where one is not bits, or where they differ."""
    widths = widths_of(outcomes)
    if names and len(names) != len(widths):
        return ()
    return tuple(Register(width, name) for width, name in zip(widths, names or [None] * len(widths), strict=True))


def widths_of(outcomes: Iterable[str]) -> tuple[int, ...]:
    """Return the widths of the registers of these outcomes; empty where one is not bits, or where they differ."""
    shapes = {_widths(key) for key in outcomes}
    return shapes.pop() if len(shapes) == 1 else ()


def _widths(key: str) -> tuple[int, ...]:
    parts = key.split(" ")
    return tuple(map(len, parts)) if all(part and BITS.issuperset(part) for part in parts) else ()
