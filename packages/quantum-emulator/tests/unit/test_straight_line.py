"""Which straight lines of gates one run tells all shots of."""

from collections.abc import Callable

import pytest
from qiskit import QuantumCircuit

from quantum_emulator.programs.straight_line import Line


def measured_at_the_end(circuit: QuantumCircuit) -> None:
    """Gates first, then measurements."""
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.x(1)
    circuit.measure(1, 1)


def measured_on_the_way(circuit: QuantumCircuit) -> None:
    """A gate follows a measurement of its qubit."""
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.cx(0, 1)
    circuit.measure(1, 1)


def measured_twice(circuit: QuantumCircuit) -> None:
    """One qubit, two results."""
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.measure(0, 1)


def reset_on_the_way(circuit: QuantumCircuit) -> None:
    """A qubit is used again."""
    circuit.h(0)
    circuit.reset(0)
    circuit.measure(0, 0)


@pytest.mark.parametrize(
    ("build", "at_once"),
    [(measured_at_the_end, True), (measured_on_the_way, False), (measured_twice, False), (reset_on_the_way, False)],
)
def test_a_line_is_sampled_at_once_where_nothing_follows_a_measurement(
    build: Callable[[QuantumCircuit], None], at_once: object
) -> None:
    """Others would be run anew for every shot, which a wide program has no time for."""
    circuit = QuantumCircuit(2, 2)
    build(circuit)

    assert Line(circuit).is_sampled_at_once is at_once
