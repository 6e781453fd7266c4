"""The exact distribution of a circuit's outcomes, by following every measurement both ways; for a few qubits."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from quantum.programs.openqasm.circuit import (
    Barrier,
    Bit,
    Both,
    Branch,
    Circuit,
    Formula,
    Gate,
    Measure,
    Not,
    Operation,
    SetBit,
)
from quantum.programs.openqasm.faults import FaultyProgramError, Places
from quantum.programs.openqasm.lowering import bind_values, lower
from quantum.programs.openqasm.reading import read
from tests.unit.quantum.programs.openqasm.exact_unitaries import core_matrix

H2 = 'OPENQASM 2.0; include "qelib1.inc";\n'
H3 = 'OPENQASM 3.0; include "stdgates.inc";\n'

Way = tuple[tuple[bool, ...], np.ndarray]  # bits so far, and amplitudes whose squares sum to the way's probability


def circuit_of(source: str, *arguments: object) -> Circuit:
    """Read and lower a program; its head says its language."""
    places = Places(source)
    language = "openqasm2" if "OPENQASM 2" in source else "openqasm3"
    program = read(source, language)
    circuit = lower(program, arguments or None, lambda at: places.line_and_column(at)[0])
    return circuit.bound(bind_values(circuit, arguments))


def faults_of(source: str, *arguments: object) -> list[str]:
    """List what is wrong with a program, each with its line and column."""
    places = Places(source)
    try:
        circuit_of(source, *arguments)
    except FaultyProgramError as error:
        return [
            fault.reason
            if fault.at is None
            else f"{':'.join(map(str, places.line_and_column(fault.at)))} {fault.reason}"
            for fault in error.faults
        ]
    return []


def outcomes(source: str, *arguments: object) -> dict[str, float]:
    """Say how probable each outcome is: registers as they are declared, bit 0 first."""
    return distribution(circuit_of(source, *arguments))


def distribution(circuit: Circuit) -> dict[str, float]:
    """Say the same of a circuit that is bound."""
    start = np.zeros(2**circuit.qubits, complex)
    start[0] = 1
    totals: Counter[str] = Counter()
    for bits, amplitudes in _run(circuit.operations, [((False,) * circuit.bits, start)]):
        key = " ".join("".join(str(int(bits[bit])) for bit in register.bits) for register in circuit.registers)
        totals[key] += float(np.vdot(amplitudes, amplitudes).real)
    return {key: round(total, 6) for key, total in totals.items() if total > 1e-9}


def _run(operations: Sequence[Operation], ways: Iterable[Way]) -> list[Way]:
    ways = list(ways)
    for operation in operations:
        ways = [after for way in ways for after in _step(operation, way)]
    return ways


def _step(operation: Operation, way: Way) -> list[Way]:
    bits, amplitudes = way
    match operation:
        case Barrier():
            return [way]
        case Gate(name, angles, qubits):
            return [(bits, _turned(core_matrix(name, angles), qubits, amplitudes))]
        case SetBit(bit, value):
            return [(_with(bits, bit, _value(value, bits)), amplitudes)]
        case Branch(condition, then, otherwise):
            return _run(then if _value(condition, bits) else otherwise, [way])
    halves = [_half(amplitudes, operation.qubit, one) for one in (False, True)]
    if isinstance(operation, Measure):
        return [(_with(bits, operation.bit, bool(one)), half) for one, half in enumerate(halves) if half.any()]
    flipped = _turned(core_matrix("x", ()), (operation.qubit,), halves[1])
    return [(bits, half) for half in (halves[0], flipped) if half.any()]


def _half(amplitudes: np.ndarray, qubit: int, one: bool) -> np.ndarray:  # noqa: FBT001 - an outcome
    mask = (np.arange(len(amplitudes)) >> qubit & 1) == one
    half = np.where(mask, amplitudes, 0)
    return half if np.vdot(half, half).real > 1e-12 else np.zeros_like(half)


def _turned(matrix: np.ndarray, qubits: tuple[int, ...], amplitudes: np.ndarray) -> np.ndarray:
    """Apply a matrix whose lowest index bit is the first of the qubits."""
    count = len(amplitudes).bit_length() - 1
    axes = [count - 1 - qubit for qubit in reversed(qubits)]
    tensor = np.moveaxis(amplitudes.reshape((2,) * count), axes, range(len(axes)))
    turned = (matrix @ tensor.reshape(len(matrix), -1)).reshape(tensor.shape)
    return np.moveaxis(turned, range(len(axes)), axes).reshape(-1)


def _with(bits: tuple[bool, ...], bit: int, value: bool) -> tuple[bool, ...]:  # noqa: FBT001 - a bit
    return (*bits[:bit], value, *bits[bit + 1 :])


def _value(formula: Formula, bits: tuple[bool, ...]) -> bool:
    match formula:
        case Bit(index):
            return bits[index]
        case Not(operand):
            return not _value(operand, bits)
        case Both(operator, left, right):
            one, other = _value(left, bits), _value(right, bits)
            return {"and": one and other, "or": one or other, "xor": one != other}[operator]
    return formula
