"""Readers of circuits and writers of results, held against other sources of the same truth."""

import cmath
import gzip
import json
import math

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from quantum_emulator.errors import ProgramError
from quantum_emulator.programs import ionq, outputs
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.recording import Record, nest
from quantum_emulator.programs.run import Distribution, Run, Shots

RUN = Run(format="qir.v1", output="microsoft.quantum-results.v2", shots=200, seed=1, qubits=20)


def test_records_that_do_not_fit_are_refused() -> None:
    """A container that promises more than was recorded cannot be written."""
    with pytest.raises(ProgramError, match="do not match"):
        nest([Record("array", count=10**12), Record("result")], [0])


def probabilities(circuit: object) -> dict[int, float]:
    """What an IonQ circuit gives exactly."""
    result = ionq.run(json.dumps(circuit).encode(), Run(**{**vars(RUN), "exact": True}))
    assert isinstance(result, Distribution)
    return result.probabilities


def test_ionq_outcomes_have_qubit_0_as_their_lowest_bit() -> None:
    """X on qubit 0 of three gives 1, on qubit 2 gives 4."""
    assert probabilities({"qubits": 3, "circuit": [{"gate": "x", "target": 0}]}) == {1: 1.0}
    assert probabilities({"qubits": 3, "circuit": [{"gate": "x", "target": 2}]}) == {4: 1.0}


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ([{"gate": "not", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}], {3: 1.0}),
        ([{"gate": "v", "target": 0}, {"gate": "v", "target": 0}], {1: 1.0}),
        ([{"gate": "v", "target": 0}, {"gate": "vi", "target": 0}], {0: 1.0}),
        ([{"gate": g, "target": 0} for g in ("h", "s", "s", "h")], {1: 1.0}),
        ([{"gate": g, "target": 0} for g in ("h", "t", "t", "si", "h")], {0: 1.0}),
        ([{"gate": "rx", "target": 0, "rotation": math.pi}, {"gate": "swap", "targets": [0, 1]}], {2: 1.0}),
        ([{"gate": "xx", "targets": [0, 1], "rotation": math.pi}], {3: 1.0}),
        ([{"gate": "x", "target": 0}, {"gate": "x", "controls": [0, 1], "target": 2}], {1: 1.0}),
        (
            [{"gate": "h", "targets": [0, 1]}, {"gate": "z", "targets": [0, 1]}, {"gate": "h", "targets": [0, 1]}],
            {3: 1.0},
        ),
        ([{"gate": "x", "target": 3}, {"gate": "x", "control": 3, "targets": [0, 1]}], {11: 1.0}),
        (
            [{"gate": "x", "target": q} for q in (0, 1, 2)] + [{"gate": "x", "controls": [0, 1, 2], "target": 3}],
            {15: 1.0},
        ),
    ],
)
def test_ionq_gates_do_what_ionq_says(gates: list[dict[str, object]], expected: dict[int, float]) -> None:
    """Identities that only the right gates fulfil."""
    assert probabilities({"qubits": 4, "circuit": gates}) == expected


EVOLUTION = {"gate": "pauliexp", "targets": [0, 1], "terms": ["XX", "ZZ"], "coefficients": [0.5, -0.3], "time": 0.7}


@pytest.mark.parametrize(
    ("name", "axis"), [("x", [[0, 1], [1, 0]]), ("y", [[0, -1j], [1j, 0]]), ("z", [[1, 0], [0, -1]])]
)
def test_a_pauli_with_a_rotation_is_a_phase_of_one_eigenstate(name: str, axis: list[list[complex]]) -> None:
    """qiskit-ionq writes `p`, `cp` and `mcp` so: under a control the phase is the difference."""
    gates = [{"gate": "h", "target": 0}, {"gate": "ry", "target": 1, "rotation": 0.8}]
    gates.append({"gate": name, "control": 0, "target": 1, "rotation": 0.4})
    amplitudes = Statevector(ionq.read(json.dumps({"circuit": gates}).encode(), 2)).data

    turn = (np.eye(2) + np.array(axis)) / 2 + cmath.exp(0.4j) * (np.eye(2) - np.array(axis)) / 2
    start = np.array([math.cos(0.4), math.sin(0.4)])
    # Qubit 0 is the lowest bit: the even entries have it 0, and are not turned.
    assert np.allclose(amplitudes[0::2], start / math.sqrt(2))
    assert np.allclose(amplitudes[1::2], turn @ start / math.sqrt(2))


def test_pauliexp_is_the_exponential_of_its_terms() -> None:
    """A term's last letter belongs to the first target, as qiskit-ionq and cirq-ionq write it."""
    gates = [{"gate": "ry", "target": 0, "rotation": 0.8}, {**EVOLUTION, "terms": ["XI", "IZ"], "targets": [0, 1]}]
    amplitudes = Statevector(ionq.read(json.dumps({"circuit": gates}).encode(), 2)).data

    low = np.array([cmath.exp(0.21j) * math.cos(0.4), cmath.exp(-0.21j) * math.sin(0.4)])  # exp(0.7 i 0.3 Z)
    high = np.array([math.cos(0.35), -1j * math.sin(0.35)])  # exp(-0.7 i 0.5 X)
    assert np.allclose(amplitudes, np.kron(high, low))


@pytest.mark.parametrize("word", ["angle", "phase"])
def test_the_native_zz_has_an_angle_in_turns(word: str) -> None:
    """qiskit-ionq calls it an angle, cirq-ionq a phase."""
    gates = [{"gate": "gpi2", "target": q, "phase": 0} for q in (0, 1)] + [{"gate": "zz", "targets": [0, 1], word: 0.1}]
    amplitudes = Statevector(ionq.read(json.dumps({"gateset": "native", "circuit": gates}).encode(), 2)).data

    turn = cmath.exp(0.1j * math.pi)
    start = np.array([1, -1j, -1j, -1]) / 2
    assert np.allclose(amplitudes, start * np.array([1 / turn, turn, turn, 1 / turn]))


def test_native_gates_are_ionqs() -> None:
    """GPi2 twice is GPi up to a phase, GPi flips, and MS(0, 0) makes the state that IonQ documents."""
    phase = 0.2
    square = ionq.gpi2(phase) @ ionq.gpi2(phase)
    ms_state = Statevector(
        ionq.read(
            json.dumps(
                {"gateset": "native", "circuit": [{"gate": "ms", "targets": [0, 1], "phases": [0.1, 0.3]}]}
            ).encode(),
            2,
        )
    ).data

    assert np.allclose(square, -1j * ionq.gpi(phase))
    # IonQ's matrix, first column: cos(pi/4) on |00>, -i e^{i 2 pi (phi0 + phi1)} sin(pi/4) on |11>.
    expected = np.array([1, 0, 0, -1j * cmath.exp(2j * math.pi * 0.4)]) / math.sqrt(2)
    assert np.allclose(ms_state, expected)


@pytest.mark.parametrize(
    ("circuit", "reason"),
    [
        ([], "JSON object"),
        ({"qubits": 1}, "list of gates"),
        ({"type": "ionq.circuit.v1", "input": {"circuit": []}}, "send the value of 'input'"),
        ({"qubits": 1, "circuits": [{"circuit": []}]}, "send each as a job of its own"),
        ({"circuit": [{"gate": "swap", "targets": [0, 1, 2]}]}, "needs 2 target"),
        ({"circuit": [{"gate": "h", "targets": []}]}, "needs 1 target"),
        ({"circuit": [{**EVOLUTION, "terms": ["XX", "ZI"]}]}, "do not commute"),
        ({"circuit": [{**EVOLUTION, "terms": ["XX"]}]}, "lists of one length"),
        ({"circuit": [{**EVOLUTION, "terms": ["XX", "AB"]}]}, r"Gate 0 \(pauliexp\)"),
        ({"circuit": [{**EVOLUTION, "targets": [0]}]}, "needs 2 target"),
        ({"gateset": "x", "circuit": []}, "gateset"),
        ({"gateset": [], "circuit": []}, "gateset"),
        ({"circuit": ["h"]}, "Gate 0"),
        ({"circuit": [{"gate": ["h"], "target": 0}]}, "Gate 0"),
        ({"circuit": [{"gate": "h", "target": -1}]}, "whole numbers"),
        ({"circuit": [{"gate": "h"}]}, "needs 1 target"),
        ({"circuit": [{"gate": "rx", "target": 0}]}, "rotation"),
        ({"circuit": [{"gate": "rx", "target": 0, "rotation": 1e999}]}, "rotation"),
        ({"circuit": [{"gate": "cnot", "target": 0}]}, "control is missing"),
        ({"circuit": [{"gate": "cnot", "control": 0, "target": 0}]}, "all qubits different"),
        ({"qubits": 1, "circuit": [{"gate": "h", "target": 1}]}, "at least 2"),
        ({"qubits": 99, "circuit": []}, "99 qubits"),
        ({"gateset": "native", "circuit": [{"gate": "ms", "targets": [0, 1], "phases": [0]}]}, "two numbers"),
        ({"gateset": "native", "circuit": [{"gate": "gpi", "target": 0, "control": 1, "phase": 0}]}, "no controls"),
    ],
)
def test_a_faulty_ionq_circuit_is_refused_by_gate(circuit: object, reason: str) -> None:
    """The message names the gate and what is wrong with it."""
    with pytest.raises(ProgramError, match=reason):
        ionq.read(json.dumps(circuit).encode(), 20)


def test_results_are_written_in_the_services_shapes() -> None:
    """Tuples become objects, booleans words, a lost qubit a dash."""
    shots = Shots([(0, [1, "-"]), (0, [1, "-"]), (True, [-2, 1.5])])

    [result] = json.loads(outputs.quantum_results_v2(shots))["Results"]

    assert result["Histogram"] == [
        {"Outcome": {"Item1": 0, "Item2": [1, "-"]}, "Display": "(0, [1, -])", "Count": 2},
        {"Outcome": {"Item1": True, "Item2": [-2, 1.5]}, "Display": "(true, [-2, 1.5])", "Count": 1},
    ]
    assert len(result["Shots"]) == 3
    assert json.loads(outputs.quantum_results_v1(Shots([[0], [1]]))) == {"Histogram": ["[0]", 0.5, "[1]", 0.5]}
    assert json.loads(outputs.ionq_results_v1(Shots([[1, 0], [0, 1]]))) == {"histogram": {"1": 0.5, "2": 0.5}}


def test_what_a_format_cannot_hold_is_refused() -> None:
    """Probabilities are no shots, and numbers no bits."""
    with pytest.raises(ProgramError, match="needs shots"):
        outputs.quantum_results_v2(Distribution({0: 1.0}))
    with pytest.raises(ProgramError, match="measured bits"):
        outputs.ionq_results_v1(Shots([5]))


def test_a_gzip_bomb_is_refused() -> None:
    """Unpacking stops at the limit."""
    header = {**vars(RUN), "encoding": "gzip", "max_bytes": 1000}

    with pytest.raises(ProgramError, match="larger than 1000"):
        execute(header, gzip.compress(bytes(10_000_000)))
    with pytest.raises(ProgramError, match="not gzip"):
        execute(header, b"plain")
