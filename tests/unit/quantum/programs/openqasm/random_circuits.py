"""Circuits of the core that chance draws, the same for the same seed."""

import random

from quantum.programs.openqasm.circuit import (
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
