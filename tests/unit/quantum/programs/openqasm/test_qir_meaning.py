"""What the back end writes means what the circuit means: random circuits, run by the emulator, against exact ones."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from quantum.programs.openqasm import qir
from quantum.programs.openqasm.circuit import Circuit
from quantum.results.histograms import from_counts
from quantum.results.layouts import fill_in
from quantum_emulator.programs import qir as emulator
from quantum_emulator.programs.run import Run, Shots
from tests.unit.quantum.programs.openqasm.exact_outcomes import distribution
from tests.unit.quantum.programs.openqasm.random_circuits import random_circuit

SHOTS = 1000


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI"])
def test_a_random_circuit_is_distributed_as_it_should_be(profile: str, seed: int) -> None:
    """Measurements midway, resets, values given, and, where the target branches, formulas and branches in branches."""
    circuit = random_circuit(f"{profile} {seed}", branches=profile != "Base")

    assert far_off(shares_of_a_run(circuit, profile), without_blanks(distribution(circuit))) == []


def shares_of_a_run(circuit: Circuit, profile: str) -> Mapping[str, float]:
    """Write a circuit, run it, and put the known bits back."""
    written = qir.write(circuit, profile)
    run = Run("qir.v1", "", SHOTS, seed=1, qubits=24, entry_point=written.entry_point)
    shots = emulator.run(written.text.encode(), run)
    assert isinstance(shots, Shots)
    histogram = from_counts(Counter(key_of(value) for value in shots.values))
    whole = fill_in(histogram, written.layout) if written.layout else histogram
    return without_blanks(whole.probabilities)


def without_blanks(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Bits on their own have none between them in an output."""
    return {key.replace(" ", ""): share for key, share in shares.items()}


def key_of(value: Any) -> str:
    """The bits of one shot, however they are nested; without blanks, as some providers give them."""
    return "".join(str(int(bit)) for bit in re.findall(r"\d", str(value).replace("True", "1").replace("False", "0")))


def far_off(seen: Mapping[str, float], expected: Mapping[str, float]) -> list[str]:
    """The outcomes that are more than five standard deviations away from where they should be."""
    pairs = {key: (seen.get(key, 0.0), expected.get(key, 0.0)) for key in {*seen, *expected}}
    return [
        f"{key}: {share}, not {exact:.3f}"
        for key, (share, exact) in pairs.items()
        if abs(share - exact) > 5 * (max(exact * (1 - exact), 1 / SHOTS) / SHOTS) ** 0.5
    ]
