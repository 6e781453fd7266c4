"""Solves the optimisation problems of `microsoft.qio.v2` by simulated annealing, whatever solver the target names.

A problem is a sum of terms, each a coefficient times some of its variables; these are 0 and 1 (`pubo`) or -1 and 1
(`ising`). The library is imported in the child, for it takes most of a second and few programs need it.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantum_emulator import errors
from quantum_emulator.programs.run import Outcome, Run, Solutions

VERSIONS = ("1.0", "1.1")
MOST_SOLUTIONS = 10
READS, SWEEPS = 32, 1000
MOST_READS, MOST_SWEEPS = 10_000, 1_000_000
SEED_BITS = 31

type Term = tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """A polynomial to minimise; `is_ising` tells which two values a variable has."""

    terms: Mapping[Term, float]
    is_ising: bool


def run(program: bytes, run: Run) -> Outcome:
    """Minimise the cost, and return the best configurations."""
    problem = read(program)
    variables = sorted({variable for term in problem.terms for variable in term})
    if len(variables) > run.qubits:
        raise errors.input_unreadable(f"The problem has {len(variables)} variables; the target takes {run.qubits}.")
    params = run.params.get("params", {})
    if not isinstance(params, dict):
        raise errors.input_unreadable("'params' must be an object.")
    reads = _whole(params, "restarts", READS, MOST_READS)
    sweeps = _whole(params, "sweeps", SWEEPS, MOST_SWEEPS)
    count = _whole(params, "number_of_solutions", 1, MOST_SOLUTIONS)
    seed = _whole(params, "seed", run.seed, 2**64 - 1, least=0) % 2**SEED_BITS
    until = time.monotonic() + _whole(params, "timeout", 3600, 10**6)
    solutions = _annealed(problem, reads=reads, sweeps=sweeps, seed=seed, until=until) if variables else [({}, 0.0)]
    constant = problem.terms.get((), 0.0)
    best = [(configuration, cost + constant) for configuration, cost in solutions[:count]]
    return Solutions(best, {"restarts": reads, "sweeps": sweeps})


def read(program: bytes) -> Problem:
    """Read a problem, or raise `ProgramError` naming the faulty term."""
    try:
        document = json.loads(program)
        function = document["cost_function"]
        kind, version, entries = function["type"], function.get("version", VERSIONS[0]), function["terms"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise errors.input_unreadable(f"The problem needs cost_function with type and terms: {error!r}") from error
    if kind not in ("pubo", "ising") or version not in VERSIONS:
        raise errors.input_unreadable(
            f"This emulator solves pubo and ising problems of version 1.0 and 1.1, not {kind!r}."
        )
    if not isinstance(entries, list):
        raise errors.input_unreadable("'terms' must be a list.")
    sums: Counter[Term] = Counter()
    for number, entry in enumerate(entries):
        ids, coefficient = _term(number, entry)
        sums[_reduced(ids, is_ising=kind == "ising")] += coefficient  # type: ignore[assignment]  # a sum of floats
    return Problem(dict(sums), kind == "ising")


def _term(number: int, entry: Any) -> tuple[list[int], float]:
    ids = entry.get("ids") if isinstance(entry, dict) else None
    coefficient = entry.get("c", 1) if isinstance(entry, dict) else None
    if not isinstance(ids, list) or not all(type(variable) is int and variable >= 0 for variable in ids):
        raise errors.input_unreadable(f"Term {number}: 'ids' must be a list of whole numbers from 0.")
    if not isinstance(coefficient, int | float) or isinstance(coefficient, bool) or not math.isfinite(coefficient):
        raise errors.input_unreadable(f"Term {number}: 'c' must be a number.")
    return ids, float(coefficient)


def _reduced(ids: list[int], *, is_ising: bool) -> Term:
    """A variable times itself is itself, or 1 where it is -1 or 1."""
    times = Counter(ids)
    return tuple(sorted(variable for variable, count in times.items() if not is_ising or count % 2))


def _whole(params: Mapping[str, Any], name: str, default: int, most: int, least: int = 1) -> int:
    value = params.get(name)
    if value is None:
        return default
    if type(value) not in (int, float) or value != int(value) or not least <= value <= most:
        raise errors.input_unreadable(f"'{name}' must be a whole number from {least} to {most}.")
    return int(value)


def _annealed(
    problem: Problem, *, reads: int, sweeps: int, seed: int, until: float
) -> list[tuple[dict[int, int], float]]:
    """The distinct configurations from annealing, best first, without the constant."""
    from dimod import BinaryPolynomial, HigherOrderComposite, Vartype  # noqa: PLC0415  # see the module's docstring
    from dwave.samplers import SimulatedAnnealingSampler  # noqa: PLC0415

    kind = Vartype.SPIN if problem.is_ising else Vartype.BINARY
    polynomial = BinaryPolynomial({term: c for term, c in problem.terms.items() if term}, kind)
    sampled = HigherOrderComposite(SimulatedAnnealingSampler()).sample_poly(
        polynomial,
        num_reads=reads,
        num_sweeps=sweeps,
        seed=seed,
        interrupt_function=lambda: time.monotonic() > until,
    )
    best = sampled.aggregate().data(["sample", "energy"], sorted_by="energy")
    return [({int(v): int(value) for v, value in row.sample.items()}, float(row.energy)) for row in best]
