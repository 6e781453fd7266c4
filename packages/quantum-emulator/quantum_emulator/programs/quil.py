"""Reads Quil with Rigetti's own parser and runs straight lines of gates, measurements and resets.

Parameters are memory, for which the job substitutes values: the program runs once for each set. A parameter without
a value is refused; a machine would read 0.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import quil.instructions as quil
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import UnitaryGate
from qiskit.circuit.library import standard_gates as gates
from qiskit.exceptions import QiskitError
from quil.expression import EvaluationError
from quil.program import Program, ProgramError

from quantum_emulator import errors
from quantum_emulator.programs import simulate
from quantum_emulator.programs.run import Outcome, Run, Shots, named_shots

type Memory = Mapping[str, Sequence[float]]

MEMORY = re.compile(r'MemoryReference \{ name: "([^"]*)"')  # in the text that stands for an expression
DEEPEST = 32  # of circuits that use circuits
R = math.sqrt(0.5)
FIXED: Mapping[str, Callable[..., Gate]] = {
    "I": gates.IGate,
    "X": gates.XGate,
    "Y": gates.YGate,
    "Z": gates.ZGate,
    "H": gates.HGate,
    "S": gates.SGate,
    "T": gates.TGate,
    "CNOT": gates.CXGate,
    "CZ": gates.CZGate,
    "SWAP": gates.SwapGate,
    "ISWAP": gates.iSwapGate,
    "CCNOT": gates.CCXGate,
    "CSWAP": gates.CSwapGate,
    "RX": gates.RXGate,
    "RY": gates.RYGate,
    "RZ": gates.RZGate,
    "RXX": gates.RXXGate,
    "RYY": gates.RYYGate,
    "RZZ": gates.RZZGate,
    "PHASE": gates.PhaseGate,
    "CPHASE": gates.CPhaseGate,
    "XY": lambda angle: gates.XXPlusYYGate(-angle),
}
MATRICES: Mapping[str, Callable[..., Any]] = {
    "CPHASE00": lambda angle: np.diag([np.exp(1j * angle), 1, 1, 1]),
    "CPHASE01": lambda angle: np.diag([1, np.exp(1j * angle), 1, 1]),
    "CPHASE10": lambda angle: np.diag([1, 1, np.exp(1j * angle), 1]),
    "PSWAP": lambda angle: np.array(
        [[1, 0, 0, 0], [0, 0, np.exp(1j * angle), 0], [0, np.exp(1j * angle), 0, 0], [0, 0, 0, 1]]
    ),
    "SQISW": lambda: np.array([[1, 0, 0, 0], [0, R, 1j * R, 0], [0, 1j * R, R, 0], [0, 0, 0, 1]]),
}
WITHOUT_EFFECT = (quil.Instruction.Pragma, quil.Instruction.Nop, quil.Instruction.Fence, quil.Instruction.Delay)


@dataclass(frozen=True)
class Scope:
    """The scope of an instruction: variables and qubits of its circuit."""

    memory: Memory
    variables: Mapping[str, complex]
    qubits: Mapping[str, int]

    def number(self, expression: Any) -> complex:
        """The value of an expression."""
        try:
            return complex(expression.evaluate(dict(self.variables), {name: [*v] for name, v in self.memory.items()}))
        except EvaluationError as error:
            unbound = [name for name in MEMORY.findall(str(expression)) if name not in self.memory]
            if not unbound:
                raise
            raise errors.input_unreadable(
                f"The parameter '{unbound[0]}' has no value: give one to each parameter of the program in "
                f"'substitutions', such as {{\"{unbound[0]}\": [[0.5]]}}."
            ) from error

    def angle(self, expression: Any) -> float:
        """The same, where it must be real."""
        value = self.number(expression)
        if abs(value.imag) > 1e-12:
            raise errors.input_unreadable(f"A gate's parameter is {value}, which is not real.")
        return value.real

    def qubit(self, operand: quil.Qubit) -> int:
        """The number of a qubit."""
        match operand:
            case quil.Qubit.Fixed(number):
                return int(number)
            case quil.Qubit.Variable(name) if name in self.qubits:
                return self.qubits[name]
        raise errors.input_unreadable(f"'{operand.to_quil_or_debug()}' is not a qubit here.")


def run(program: bytes, run: Run) -> Outcome:
    """Run the program, for each set of values; each shot has a value for each declared BIT region."""
    parsed = parse(program)
    regions = [(name, region.size.length) for name, region in parsed.memory_regions.items() if _is_bits(region)]
    if not regions:
        raise errors.input_unreadable("The program declares no BIT memory, such as DECLARE ro BIT[2], to read out.")
    values = []
    for number, memory in enumerate(memories(parsed, run.params.get("substitutions") or {})):
        circuit = read(parsed, memory, run.qubits)
        values += named_shots(simulate.sample(circuit, replace(run, seed=run.seed + number)), regions).values
    return Shots(values, tuple(name for name, _ in regions))


def parse(program: bytes) -> Program:
    """Parse the text, or raise `ProgramError` with the parser's line and column."""
    try:
        return Program.parse(program.decode()).expand_defgate_sequences()
    except UnicodeDecodeError as error:
        raise errors.input_unreadable(f"The program is not text: byte {error.start} is not UTF-8.") from error
    except (ProgramError, quil.DefGateSequenceError) as error:
        raise errors.input_unreadable(f"The program is not Quil: {error}") from error


def memories(program: Program, substitutions: object) -> list[Memory]:
    """The contents of the numeric memory for each run of the substitutions."""
    sizes = {name: region.size.length for name, region in program.memory_regions.items() if not _is_bits(region)}
    if not isinstance(substitutions, dict):
        raise errors.input_unreadable("'substitutions' must be an object of lists of vectors, by memory region.")
    for name, vectors in substitutions.items():
        if name not in sizes:
            raise errors.input_unreadable(f"'substitutions' has '{name}', which is not numeric memory of this program.")
        if not isinstance(vectors, list) or not all(_is_vector(vector, sizes[name]) for vector in vectors):
            raise errors.input_unreadable(f"'substitutions' of '{name}' must be vectors of {sizes[name]} numbers.")
    lengths = {len(vectors) for vectors in substitutions.values()}
    if len(lengths) > 1 or 0 in lengths:
        raise errors.input_unreadable("'substitutions' must have the same number of vectors for every region.")
    sets = range(next(iter(lengths), 1))
    return [{name: vectors[number] for name, vectors in substitutions.items()} for number in sets]


def _is_vector(value: object, size: int) -> bool:
    return isinstance(value, list) and len(value) == size and all(type(item) in (int, float) for item in value)


def _is_bits(region: Any) -> bool:
    return bool(region.size.data_type == quil.ScalarType.BIT)


def read(program: Program, memory: Memory, most: int) -> QuantumCircuit:
    """Turn the program into a circuit: one classical bit for each bit of memory, in order, and one for the rest."""
    try:
        steps = list(_steps(program.body_instructions, program, Scope(memory, {}, {}), DEEPEST))
        needed = 1 + max((scope.qubit(place) for step, scope in steps for place in _places(step)), default=0)
        if needed > most:
            raise errors.too_many_qubits(needed, most)
        offsets, bits = {}, 0
        for name, region in program.memory_regions.items():
            if _is_bits(region):
                offsets[name], bits = (bits, region.size.length), bits + region.size.length
        circuit = QuantumCircuit(needed, bits + 1)
        for step, scope in steps:
            _add(circuit, step, scope, offsets, program)
    except (QiskitError, EvaluationError, ValueError, quil.GateError) as error:
        raise errors.input_unreadable(f"The program cannot be run: {error}") from error
    return circuit


def _steps(
    instructions: Sequence[quil.Instruction], program: Program, scope: Scope, depth: int
) -> Iterator[tuple[Any, Scope]]:
    """The gates, measurements and resets in order, with circuits in place of their names."""
    if depth == 0:
        raise errors.input_unreadable(f"Circuits use circuits more than {DEEPEST} deep.")
    for instruction in instructions:
        match instruction:
            case quil.Instruction.Gate(gate) if gate.name in program.circuits:
                circuit = program.circuits[gate.name]
                values = [scope.number(parameter) for parameter in gate.parameters]
                places = [scope.qubit(place) for place in gate.qubits]
                inner = Scope(
                    scope.memory,
                    dict(zip(circuit.parameters, values, strict=True)),
                    dict(zip(circuit.qubit_variables, places, strict=True)),
                )
                yield from _steps(circuit.instructions, program, inner, depth - 1)
            case quil.Instruction.Gate(step) | quil.Instruction.Measurement(step) | quil.Instruction.Reset(step):
                yield step, scope
            case quil.Instruction.Halt():
                return
            case _ if not isinstance(instruction, WITHOUT_EFFECT):
                word = instruction.to_quil_or_debug().split(maxsplit=1)[0]
                raise errors.input_unreadable(
                    f"This emulator runs gates, MEASURE and RESET; the program has {word}, which is control flow, "
                    "arithmetic, an include or a pulse."
                )


def _places(step: Any) -> Sequence[quil.Qubit]:
    if isinstance(step, quil.Gate):
        return list(step.qubits)
    return [] if step.qubit is None else [step.qubit]


def _add(
    circuit: QuantumCircuit, step: Any, scope: Scope, offsets: Mapping[str, tuple[int, int]], program: Program
) -> None:
    places = [scope.qubit(place) for place in _places(step)]
    if isinstance(step, quil.Gate):
        gate, order = _gate(step, scope, program)
        circuit.append(gate, [places[index] for index in order])
    elif isinstance(step, quil.Measurement):
        circuit.measure(places[0], _bit_of(step.target, offsets, circuit.num_clbits - 1))
    elif circuit.data:  # a reset at the beginning changes nothing
        for place in places or range(circuit.num_qubits):
            circuit.reset(place)


def _bit_of(target: Any, offsets: Mapping[str, tuple[int, int]], unread: int) -> int:
    if target is None:
        return unread
    start, length = offsets.get(target.name, (0, 0))
    if target.index >= length:
        raise errors.input_unreadable(f"MEASURE writes to {target.name}[{target.index}], which is not BIT memory.")
    return start + int(target.index)


def _gate(step: quil.Gate, scope: Scope, program: Program) -> tuple[Gate, list[int]]:
    """The gate, and the order of its qubits."""
    modifiers = list(step.modifiers)
    if quil.GateModifier.FORKED in modifiers:
        raise errors.input_unreadable("This emulator does not run FORKED gates.")
    if step.name not in {*FIXED, *MATRICES, *program.gate_definitions}:
        raise errors.input_unreadable(f"There is no gate {step.name}: neither Quil nor the program defines it.")
    controls = modifiers.count(quil.GateModifier.CONTROLLED)
    targets = range(controls, len(step.qubits))
    defined = program.gate_definitions.get(step.name)
    if step.name in FIXED and defined is None:
        gate = _build(FIXED, step, scope)
    else:  # Quil's matrices have the first qubit as their highest bit, qiskit's as their lowest
        matrix = _build(MATRICES, step, scope) if defined is None else _matrix(defined, step, scope)
        gate, targets = UnitaryGate(matrix), targets[::-1]
    if gate.num_qubits != len(targets):
        raise errors.input_unreadable(f"{step.name} takes {gate.num_qubits} qubit(s), not {len(targets)}.")
    if modifiers.count(quil.GateModifier.DAGGER) % 2:
        gate = gate.inverse()
    return (gate.control(controls) if controls else gate), [*range(controls), *targets]


def _build(makers: Mapping[str, Callable[..., Any]], step: quil.Gate, scope: Scope) -> Any:
    try:
        return makers[step.name](*(scope.angle(parameter) for parameter in step.parameters))
    except TypeError as error:
        operand = len(step.parameters)
        raise errors.input_unreadable(f"{step.name} takes another number of parameters than {operand}.") from error


def _matrix(defined: Any, step: quil.Gate, scope: Scope) -> Any:
    values = [scope.number(parameter) for parameter in step.parameters]
    inner = Scope(scope.memory, dict(zip(defined.parameters, values, strict=True)), {})
    match defined.specification:
        case quil.GateSpecification.Matrix(rows):
            return np.array([[inner.number(entry) for entry in row] for row in rows])
        case quil.GateSpecification.Permutation(places):
            return np.eye(len(places))[list(places)]
    raise errors.input_unreadable(f"DEFGATE {defined.name} is defined by neither a matrix nor a permutation.")
