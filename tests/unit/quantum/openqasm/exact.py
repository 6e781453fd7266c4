"""What a circuit of the core means: every outcome with its probability, by a state vector of our own for tests."""

import cmath
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quantum.openqasm.circuit import (
    GATES,
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
    Register,
    Reset,
    SetBit,
)

R = math.sqrt(0.5)
ONE: Mapping[str, tuple[complex, ...]] = {
    "h": (R, R, R, -R),
    "x": (0, 1, 1, 0),
    "y": (0, -1j, 1j, 0),
    "z": (1, 0, 0, -1),
    "s": (1, 0, 0, 1j),
    "sdg": (1, 0, 0, -1j),
    "t": (1, 0, 0, cmath.exp(1j * math.pi / 4)),
    "tdg": (1, 0, 0, cmath.exp(-1j * math.pi / 4)),
    "sx": (0.5 + 0.5j, 0.5 - 0.5j, 0.5 - 0.5j, 0.5 + 0.5j),
}
LEAST = 1e-12


@dataclass
class World:
    """One course that a run may take: its state (qubit k is bit k of an index), its bits; its weight is its norm."""

    state: list[complex]
    bits: list[bool]


def distribution(circuit: Circuit) -> dict[str, float]:
    """Give every outcome of the returned bits, in their order and without blanks, with its probability."""
    start = World([1, *[0] * (2**circuit.qubits - 1)], [False] * circuit.bits)
    found: Counter[str] = Counter()
    for world in run([start], circuit.operations):
        key = "".join(str(int(world.bits[bit])) for register in circuit.registers for bit in register.bits)
        found[key] += weight(world.state)  # type: ignore[assignment]  # a Counter of floats
    return {key: share for key, share in found.items() if share > LEAST}


def run(worlds: list[World], operations: Sequence[Operation]) -> list[World]:
    """Run operations in every world."""
    for operation in operations:
        worlds = [after for world in worlds for after in one(world, operation) if weight(after.state) > LEAST]
    return worlds


def one(world: World, operation: Operation) -> list[World]:
    """Run one operation: a measurement makes two worlds of one."""
    match operation:
        case Gate():
            return [World(applied(world.state, operation), world.bits)]
        case Measure(qubit, bit):
            states = [(projected(world.state, qubit, value), bool(value)) for value in (0, 1)]
            return [World(state, put(world.bits, bit, value)) for state, value in states]
        case Reset(qubit):
            down, up = (projected(world.state, qubit, value) for value in (0, 1))
            return [World(down, world.bits), World(applied(up, Gate("x", (), (qubit,))), world.bits)]
        case SetBit(bit, value):
            return [World(world.state, put(world.bits, bit, truth(value, world.bits)))]
        case Branch(condition, then, otherwise):
            return run([world], then if truth(condition, world.bits) else otherwise)
        case Barrier():
            return [world]


def truth(formula: Formula, bits: Sequence[bool]) -> bool:
    """The value of a formula."""
    match formula:
        case Bit(index):
            return bits[index]
        case Not(operand):
            return not truth(operand, bits)
        case Both(operator, left, right):
            a, b = truth(left, bits), truth(right, bits)
            return {"and": a and b, "or": a or b, "xor": a != b}[operator]
    assert isinstance(formula, bool)
    return formula


def put(bits: list[bool], place: int, value: bool) -> list[bool]:  # noqa: FBT001
    """Change one bit."""
    return [*bits[:place], value, *bits[place + 1 :]]


def weight(state: Sequence[complex]) -> float:
    """The probability of a world."""
    return sum(abs(amplitude) ** 2 for amplitude in state)


def projected(state: Sequence[complex], qubit: int, value: int) -> list[complex]:
    """Keep what is there where a qubit has a value."""
    return [amplitude if index >> qubit & 1 == value else 0 for index, amplitude in enumerate(state)]


def applied(state: Sequence[complex], gate: Gate) -> list[complex]:
    """Apply a gate of the core."""
    angles = [float(angle) for angle in gate.angles]  # type: ignore[arg-type]  # the circuit is bound
    if gate.name in ONE:
        return turned(state, gate.qubits[0], ONE[gate.name])
    if len(gate.qubits) == 1:
        return rotated(state, [(gate.name[1], gate.qubits[0])], angles[0])
    if gate.name in {"cx", "cy", "cz"}:
        control, target = gate.qubits
        other = turned(state, target, ONE[gate.name[1]])
        return [other[k] if k >> control & 1 else state[k] for k in range(len(state))]
    if gate.name == "swap":
        a, b = gate.qubits
        return [state[k ^ (((k >> a ^ k >> b) & 1) * (1 << a | 1 << b))] for k in range(len(state))]
    return rotated(state, [(gate.name[1], qubit) for qubit in gate.qubits], angles[0])


def turned(state: Sequence[complex], qubit: int, matrix: Sequence[complex]) -> list[complex]:
    """Apply a matrix to a qubit."""
    a, b, c, d = matrix
    bit = 1 << qubit
    rows = (
        (c * state[k ^ bit] + d * state[k]) if k & bit else (a * state[k] + b * state[k ^ bit]) for k in _all(state)
    )
    return list(rows)


def _all(state: Sequence[complex]) -> range:
    return range(len(state))


def rotated(state: Sequence[complex], paulis: Sequence[tuple[str, int]], angle: float) -> list[complex]:
    """Apply exp(-i angle/2 P), P the product of Pauli operators."""
    other = list(state)
    for pauli, qubit in paulis:
        other = turned(other, qubit, ONE[pauli])
    c, s = math.cos(angle / 2), -1j * math.sin(angle / 2)
    return [c * here + s * there for here, there in zip(state, other, strict=True)]


def random_circuit(seed: str, length: int = 14, *, branches: bool) -> Circuit:
    """Draw a circuit of three qubits and five bits, of which four are returned in up to three registers."""
    dice = random.Random(seed)  # noqa: S311  # chance, not secrets
    operations = random_operations(dice, length, depth=2 if branches else 0)
    shape = dice.choice([((0, 1), (2,), (3,)), ((0, 1, 2, 3),), ((0,), (1,), (2, 3))])
    registers = tuple(Register(f"r{n}", bits, len(bits) > 1 or dice.random() < 0.5) for n, bits in enumerate(shape))
    return Circuit(3, 5, registers, [*operations, Measure(0, 0)])


def random_operations(dice: random.Random, length: int, depth: int) -> list[Operation]:
    """Draw operations."""
    return [random_operation(dice, depth) for _ in range(length)]


def random_operation(dice: random.Random, depth: int) -> Operation:
    """Draw a gate mostly, or whatever else there is."""
    kinds = ("gate", "measure", "reset", "barrier", "set") + (("formula", "branch") if depth else ())
    match dice.choices(kinds, (55, 20, 7, 4, 5, 6, 8)[: len(kinds)])[0]:
        case "gate":
            return random_gate(dice)
        case "measure":
            return Measure(dice.randrange(3), dice.randrange(5))
        case "set":
            return SetBit(dice.randrange(5), dice.random() < 0.5)
        case "formula":
            return SetBit(dice.randrange(5), random_formula(dice, 2))
        case "branch":
            ways = [random_operations(dice, dice.randrange(4), depth - 1) for _ in range(2)]
            return Branch(random_formula(dice, 2), *ways)
        case kind:
            return Reset(dice.randrange(3)) if kind == "reset" else Barrier((0, 1, 2))


def random_gate(dice: random.Random) -> Gate:
    """Draw one of all gates."""
    name = dice.choice(sorted(GATES))
    angles, qubits = GATES[name]
    return Gate(name, tuple(dice.uniform(-3, 3) for _ in range(angles)), tuple(dice.sample(range(3), qubits)))


def random_formula(dice: random.Random, depth: int) -> Formula:
    """Draw a formula of bits."""
    roll = dice.random()
    if not depth or roll < 0.3:
        return Bit(dice.randrange(5)) if roll < 0.9 else roll < 0.95
    if roll < 0.5:
        return Not(random_formula(dice, depth - 1))
    return Both(dice.choice(["and", "or", "xor"]), *(random_formula(dice, depth - 1) for _ in range(2)))
