"""Reads `ionq.circuit.v1`: JSON circuits of IonQ's two gate sets, `qis` and `native`.

A gate of one qubit with a list of targets is applied to each. `x`, `y` and `z` with a `rotation` turn by that much
and leave one eigenstate as it is, so that under a control they are controlled phases, as qiskit-ionq means them.
`pauliexp` is exp(-i time (c1 P1 + c2 P2 + ...)), a term's last letter belonging to its first target.

Native gates follow IonQ's definitions, with phases and angles in turns: GPi(f) exchanges |0> and |1> with phases
-+f, GPi2(f) is its square root up to a phase, MS(f0, f1, a) = exp(-i pi a GPi(f1) x GPi(f0)), ZZ(a) = RZZ(2 pi a).
"""

import cmath
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import (
    HGate,
    PauliEvolutionGate,
    PhaseGate,
    RXGate,
    RXXGate,
    RYGate,
    RYYGate,
    RZGate,
    RZZGate,
    SdgGate,
    SGate,
    SwapGate,
    SXdgGate,
    SXGate,
    TdgGate,
    TGate,
    UnitaryGate,
    XGate,
    YGate,
    ZGate,
)
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator, PauliList, SparsePauliOp

from quantum_emulator import errors
from quantum_emulator.programs import simulate
from quantum_emulator.programs.run import Distribution, Outcome, Run, shots_of

type Matrix = NDArray[np.complex128]


def run(program: bytes, run: Run) -> Outcome:
    """Run the circuit and measure every qubit."""
    circuit = read(program, run.qubits)
    if run.exact and run.rates is None and circuit.num_qubits <= simulate.EXACT_QUBITS:
        return Distribution(simulate.probabilities(circuit))
    circuit.measure_all()
    return shots_of(simulate.sample(circuit, run), lambda bits: [int(bit) for bit in bits])


def read(program: bytes, qubits: int) -> QuantumCircuit:
    """Turn the JSON into a circuit without measurements, or raise `ProgramError` naming the faulty gate."""
    document = _document(program)
    gates = document.get("circuit")
    if gates is None and (hint := _hint(document)):
        raise errors.input_unreadable(hint)
    gate_set = document.get("gateset", "qis")
    if not isinstance(gates, list):
        raise errors.input_unreadable("The circuit must be a list of gates under 'circuit'.")
    if not isinstance(gate_set, str) or gate_set not in _GATE_SETS:
        raise errors.input_unreadable(f"The gateset '{gate_set}' is unknown; there are qis and native.")
    placed = [one for index, gate in enumerate(gates) for one in _placed(index, gate, _GATE_SETS[gate_set])]
    needed = 1 + max((qubit for _, places in placed for qubit in places), default=-1)
    size = document.get("qubits", needed)
    if not isinstance(size, int) or isinstance(size, bool) or size < max(needed, 1):
        raise errors.input_unreadable(f"'qubits' must be a whole number of at least {max(needed, 1)}.")
    if size > qubits:
        raise errors.too_many_qubits(size, qubits)
    circuit = QuantumCircuit(size)
    for gate, places in placed:
        circuit.append(gate, places)
    return circuit


def _document(program: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(program)
    except (ValueError, RecursionError) as error:
        raise errors.input_unreadable(f"The circuit is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise errors.input_unreadable("The circuit must be a JSON object.")
    return document.get("body", document) if isinstance(document.get("body"), dict) else document


def _hint(document: Mapping[str, Any]) -> str:
    """The remedy for a whole request to IonQ's own service, or for several circuits."""
    if isinstance(document.get("input"), dict):
        return "This is a whole request to IonQ's own service: send the value of 'input' alone."
    return "This holds several circuits: send each as a job of its own." if "circuits" in document else ""


def _placed(index: int, spec: Any, gates: Mapping[str, "Maker"]) -> list[tuple[Gate, list[int]]]:
    name = spec.get("gate") if isinstance(spec, dict) else spec
    if not isinstance(spec, dict) or not isinstance(name, str) or name not in gates:
        raise errors.input_unreadable(f"Gate {index}: '{name}' is unknown; there are {', '.join(gates)}.")
    try:
        gate, controlled = gates[name](spec)
        controls, targets = _qubits(spec, "control"), _qubits(spec, "target")
    except (KeyError, TypeError, ValueError, IndexError, QiskitError) as error:
        raise errors.input_unreadable(f"Gate {index} ({name}): {error}") from error
    if controls and not controlled:
        raise errors.input_unreadable(f"Gate {index} ({name}) takes no controls.")
    places = [*controls, *targets]
    fits = gate.num_qubits in (1, len(targets)) and bool(targets)
    if not fits or len(set(places)) != len(places):
        raise errors.input_unreadable(f"Gate {index} ({name}) needs {gate.num_qubits} target(s), all qubits different.")
    whole = gate.control(len(controls)) if controls else gate
    groups = [[target] for target in targets] if gate.num_qubits == 1 else [targets]
    return [(whole, [*controls, *group]) for group in groups]


def _qubits(spec: Mapping[str, Any], word: str) -> list[int]:
    qubits = spec.get(f"{word}s", [spec[word]] if word in spec else [])
    if not isinstance(qubits, list) or not all(type(qubit) is int and qubit >= 0 for qubit in qubits):
        raise ValueError(f"{word}s must be whole numbers from 0")
    return qubits


def _number(spec: Mapping[str, Any], word: str, default: float | None = None) -> float:
    value = spec.get(word, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{word} must be a number")
    return float(value)


type Maker = Callable[[Mapping[str, Any]], tuple[Gate, bool]]


def _fixed(gate: Callable[[], Gate]) -> Maker:
    return lambda _spec: (gate(), True)


def _turned(gate: Callable[[float], Gate]) -> Maker:
    return lambda spec: (gate(_number(spec, "rotation")), True)


def _fixed_or_turned(gate: Callable[[], Gate], turned: Callable[[float], Gate]) -> Maker:
    return lambda spec: (turned(_number(spec, "rotation")) if "rotation" in spec else gate(), True)


def _phase_about(basis: list[Gate]) -> Callable[[float], Gate]:
    """A phase on the eigenstate of -1 of the Pauli that the gates of `basis` turn into Z."""

    def turned(rotation: float) -> Gate:
        circuit = QuantumCircuit(1)
        for gate in basis:
            circuit.append(gate, [0])
        circuit.p(rotation, 0)
        for gate in reversed(basis):
            circuit.append(gate.inverse(), [0])
        return UnitaryGate(Operator(circuit))

    return turned


def _pauliexp(spec: Mapping[str, Any]) -> tuple[Gate, bool]:
    terms, coefficients = spec["terms"], spec["coefficients"]
    if not isinstance(terms, list) or not isinstance(coefficients, list) or len(terms) != len(coefficients):
        raise ValueError("terms and coefficients must be lists of one length")
    numbers = [_number({"coefficients": number}, "coefficients") for number in coefficients]
    operator = SparsePauliOp(PauliList(terms), numbers)
    if operator.paulis.commutes_with_all(operator.paulis).size != len(terms):
        raise ValueError("the terms do not commute: IonQ approximates their exponential, this emulator does not run it")
    return PauliEvolutionGate(operator, time=_number(spec, "time")).definition.to_gate(), True  # exact: they commute


def _angle(spec: Mapping[str, Any]) -> float:
    """The angle of a native gate; cirq-ionq calls that of ZZ a phase."""
    return _number(spec, "angle" if "angle" in spec or "phase" not in spec else "phase", 0.25)


def _cnot(spec: Mapping[str, Any]) -> tuple[Gate, bool]:
    if not _qubits(spec, "control"):
        raise ValueError("control is missing")
    return XGate(), True


def gpi(phase: float) -> Matrix:
    """The matrix of GPi."""
    turn = cmath.exp(2j * math.pi * phase)
    return np.array([[0, turn.conjugate()], [turn, 0]])


def gpi2(phase: float) -> Matrix:
    """The matrix of GPi2."""
    turn = cmath.exp(2j * math.pi * phase)
    matrix: Matrix = np.array([[1, -1j * turn.conjugate()], [-1j * turn, 1]], dtype=np.complex128) / math.sqrt(2)
    return matrix


def ms(phases: list[float], angle: float) -> Matrix:
    """The matrix of MS; the first target is the lower bit of the index, as in qiskit."""
    both = np.kron(gpi(phases[1]), gpi(phases[0]))
    return math.cos(math.pi * angle) * np.eye(4) - 1j * math.sin(math.pi * angle) * both


def _ms(spec: Mapping[str, Any]) -> tuple[Gate, bool]:
    phases = spec["phases"]
    if not isinstance(phases, list) or len(phases) != 2:
        raise ValueError("phases must be two numbers")
    numbers = [_number({"phases": phase}, "phases") for phase in phases]
    return UnitaryGate(ms(numbers, _number(spec, "angle", 0.25))), False


_GATE_SETS: dict[str, dict[str, Maker]] = {
    "qis": {
        "x": _fixed_or_turned(XGate, _phase_about([HGate()])),
        "not": _fixed(XGate),
        "y": _fixed_or_turned(YGate, _phase_about([SdgGate(), HGate()])),
        "z": _fixed_or_turned(ZGate, PhaseGate),
        "h": _fixed(HGate),
        "s": _fixed(SGate),
        "si": _fixed(SdgGate),
        "t": _fixed(TGate),
        "ti": _fixed(TdgGate),
        "v": _fixed(SXGate),
        "vi": _fixed(SXdgGate),
        "swap": _fixed(SwapGate),
        "rx": _turned(RXGate),
        "ry": _turned(RYGate),
        "rz": _turned(RZGate),
        "xx": _turned(RXXGate),
        "yy": _turned(RYYGate),
        "zz": _turned(RZZGate),
        "cnot": _cnot,
        "pauliexp": _pauliexp,
    },
    "native": {
        "gpi": lambda spec: (UnitaryGate(gpi(_number(spec, "phase"))), False),
        "gpi2": lambda spec: (UnitaryGate(gpi2(_number(spec, "phase"))), False),
        "ms": _ms,
        "zz": lambda spec: (RZZGate(2 * math.pi * _angle(spec)), False),
    },
}
