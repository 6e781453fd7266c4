"""A comparison of targets by their published error rates, as the emulator simulates them, names the best."""

import json
import math
from functools import cache
from itertools import pairwise
from statistics import fmean
from typing import Any

import pyqir
import pytest

from quantum.batches.rank import Rank, Reference
from quantum.batches.table import Member, compare
from quantum.contract.views.comparisons import Comparison
from quantum.service import batch_tables
from quantum_emulator.programs.error_rates import TARGETS
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.run import Run

QUBITS, SHOTS = 16, 1400
GHZ = {"0" * QUBITS: 0.5, "1" * QUBITS: 0.5}
# In the order of their error rates; the first is the best.
NOISY = ("quantinuum.sim.helios-1e", "quantinuum.sim.h2-1e", "ionq.qpu.forte-1", "ionq.qpu.aria-1")


@cache
def ghz() -> bytes:
    """Write the program: all qubits alike, 0 or 1."""
    module = pyqir.SimpleModule("ghz", QUBITS, QUBITS)
    pyqir.qis.h(module.builder, module.qubits[0])
    for first, second in pairwise(module.qubits):
        pyqir.qis.cx(module.builder, first, second)
    for qubit, result in zip(module.qubits, module.results, strict=True):
        pyqir.qis.mz(module.builder, qubit, result)
    return module.ir().encode()


@cache
def counts(target: str, seed: int) -> dict[str, int]:
    """Run the program as noisy as the target is."""
    run = Run("qir.v1", "microsoft.quantum-results.v2", SHOTS, seed, QUBITS, target=target, noisy=True)
    [result] = json.loads(execute(vars(run), ghz()))["Results"]
    return {"".join(map(str, entry["Outcome"])): entry["Count"] for entry in result["Histogram"]}


def comparison(*runs: tuple[str, int]) -> Comparison:
    """Compare targets, each with a seed."""
    members = [
        (
            Member(number, "succeeded", target=target),
            {"counts": counts(target, seed), "registers": [{"bits": QUBITS}]},
        )
        for number, (target, seed) in enumerate(runs)
    ]
    return compare(members, Rank("fidelity", reference=Reference(counts=GHZ)))


@pytest.fixture
def comparisons(*, chaos: bool) -> list[Comparison]:
    """Twenty of them with `chaos`, six without; no two targets share a seed."""
    return [
        comparison(*((target, seed + 1000 * place) for place, target in enumerate(NOISY)))
        for seed in range(1, 21 if chaos else 7)
    ]


def test_the_neighbours_are_three_standard_errors_apart(comparisons: list[Comparison]) -> None:
    """So much do the published error rates differ; the errors are those of the differences."""
    for first, second in pairwise(range(len(NOISY))):
        rows = [(each.rows[first], each.rows[second]) for each in comparisons]
        gap = fmean((a.fidelity or 0) - (b.fidelity or 0) for a, b in rows)
        error = fmean(math.hypot(a.fidelity_error or 0, b.fidelity_error or 0) for a, b in rows)

        assert gap > 3 * error


def test_the_best_of_four_noisy_targets_is_named(comparisons: list[Comparison]) -> None:
    """In all seeds but one; `chaos` has twenty."""
    assert sum(each.best == 0 for each in comparisons) >= len(comparisons) - 1


def test_a_target_is_no_better_than_itself() -> None:
    """Samples of one target are a tie."""
    target = NOISY[0]

    assert comparison((target, 1), (target, 2)).outcome == "tie"


def test_an_ideal_target_has_no_published_errors() -> None:
    """The reference `ideal` is never a target that the emulator can make noisy."""
    assert not set(batch_tables.IDEAL_TARGETS) & set(TARGETS)


IDEAL = ({}, {"noiseModel": "ideal", "noiseSeed": 7}, {"noise": {"model": "ideal", "seed": 7}}, {"noise": {"seed": 7}})
ASKED = ({"noiseModel": "aria-1"}, {"noise": {"model": "aria-1"}}, {"gate-noise": [0.1]})


@pytest.mark.parametrize(
    ("params", "is_ideal"), [*((each, True) for each in IDEAL), *((each, False) for each in ASKED)]
)
def test_a_simulator_is_ideal_unless_noise_is_asked_of_it(params: dict[str, Any], *, is_ideal: bool) -> None:
    """A seed alone asks for none."""
    assert batch_tables._is_ideal("ionq.simulator", params) is is_ideal
    assert not batch_tables._is_ideal("quantinuum.sim.h2-1e", params)
