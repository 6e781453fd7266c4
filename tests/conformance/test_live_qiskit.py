"""Random circuits of Qiskit's own registry, written by Qiskit and run here, give Qiskit's distribution."""

import sys

import pytest

from tests.conformance.exporting import exported
from tests.conformance.verdicts import Verdict, verdicts

COUNT = 10  # `make conformance` runs 200
SEEDS = (101, 102)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_circuits_of_qiskit_are_right(seed: int) -> None:
    """Of gates, measurements in between, conditions, modifiers and parameters none comes back wrong or refused."""
    programs = list(exported(sys.executable, "qiskit_programs.py", COUNT, seed))

    results: list[Verdict] = [verdict for program in programs for verdict in verdicts(program, 1_000)]

    assert len(programs) == 4 * COUNT
    assert [verdict for verdict in results if verdict.word != "right"] == []


def test_submitted_circuits_of_qiskit_are_right() -> None:
    """What the client writes of random circuits gives the counts of Aer."""
    programs = list(exported(sys.executable, "client_qiskit_programs.py", COUNT, 103))

    results: list[Verdict] = [verdict for program in programs for verdict in verdicts(program, 1_000)]

    assert len(programs) == COUNT
    assert sum("simulated" in program for program in programs) >= COUNT // 2
    assert [verdict for verdict in results if verdict.word != "right"] == []
