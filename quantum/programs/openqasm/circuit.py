"""The core: what every program is lowered to, and what back ends read.

1. A circuit has `qubits` numbered from 0, and classical bits numbered from 0: first those of the registers, in the
   order of their declaration, then hidden ones that the lowering needs. Every bit is false at the start.
2. An operation is one of GATES on distinct qubits, a measurement of a qubit into a bit, a reset, a barrier, an
   assignment to a bit, or a branch on a formula of bits. A formula speaks of bits as they are when it is reached.
3. No gate is controlled but by its own name, so that a global phase means nothing, and rotations are by angles in
   (-pi, pi] once they are numbers.
4. An angle may be an expression in the program's inputs (`quantum.programs.openqasm.angles`): `bound` makes it a
   number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from quantum.programs.openqasm.angles import Angle, value_of

# The gates of the core: how many angles and how many qubits each has. Angles are in radians, rxx(t) = exp(-i t/2 XX).
GATES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx"), (0, 1)),
    **dict.fromkeys(("rx", "ry", "rz"), (1, 1)),
    **dict.fromkeys(("cx", "cy", "cz", "swap"), (0, 2)),
    **dict.fromkeys(("rxx", "ryy", "rzz"), (1, 2)),
}


@dataclass(slots=True, frozen=True)
class Bit:
    """A formula: the value of a bit."""

    index: int


@dataclass(slots=True, frozen=True)
class Not:
    """A formula: the opposite."""

    operand: "Formula"


@dataclass(slots=True, frozen=True)
class Both:
    """A formula of two: `and`, `or` or `xor`."""

    operator: str
    left: "Formula"
    right: "Formula"


Formula = bool | Bit | Not | Both


@dataclass(slots=True, frozen=True)
class Gate:
    """A gate of GATES."""

    name: str
    angles: tuple[Angle, ...]
    qubits: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class Measure:
    """Measure a qubit; the bit holds the outcome from then on."""

    qubit: int
    bit: int


@dataclass(slots=True, frozen=True)
class Reset:
    """Put a qubit into |0>."""

    qubit: int


@dataclass(slots=True, frozen=True)
class Barrier:
    """Let nothing be moved across, on these qubits."""

    qubits: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class SetBit:
    """Give a bit the value of a formula. `at` is where the program says so, for targets that cannot."""

    bit: int
    value: Formula
    at: int | None = None


@dataclass(slots=True, frozen=True)
class Branch:
    """Do the one or the other. `at` is where the program says so, for targets that cannot."""

    condition: Formula
    then: "Sequence[Operation]"
    otherwise: "Sequence[Operation]"
    at: int | None = None


Operation = Gate | Measure | Reset | Barrier | SetBit | Branch


@dataclass(slots=True, frozen=True)
class Register:
    """Bits that are returned together, the first of them first; a single bit has `is_array` false."""

    name: str
    bits: tuple[int, ...]
    is_array: bool = True


@dataclass(slots=True, frozen=True)
class Input:
    """A value that the caller gives: its name and its type as written, such as `float[64]`.

    Where it `decides` the program's shape, the circuit holds for the value that it was lowered with only.
    """

    name: str
    type: str
    decides: bool = False


@dataclass(slots=True, frozen=True)
class Circuit:
    """A lowered program. `notes` say what was left out since it changes nothing, such as delays."""

    qubits: int
    bits: int
    registers: tuple[Register, ...]
    operations: Sequence[Operation]
    inputs: tuple[Input, ...] = ()
    notes: tuple[str, ...] = ()

    def bound(self, values: Mapping[str, float]) -> "Circuit":
        """Put numbers in the place of the inputs that angles speak of; a program without inputs stays as it is."""
        if not self.inputs:
            return self
        computed: dict[int, float] = {}
        operations = mapped(self.operations, lambda gate: _bound(gate, values, computed))
        return replace(self, operations=operations, inputs=())


def mapped(operations: Sequence[Operation], change: Callable[[Gate], Gate]) -> list[Operation]:
    """Change the gates of a circuit, those within branches too."""
    return [
        change(operation)
        if isinstance(operation, Gate)
        else replace(operation, then=mapped(operation.then, change), otherwise=mapped(operation.otherwise, change))
        if isinstance(operation, Branch)
        else operation
        for operation in operations
    ]


def _bound(gate: Gate, values: Mapping[str, float], computed: dict[int, float]) -> Gate:
    """Compute a gate's angles; `computed` has those of the circuit's angles that were computed before, by identity."""
    if not gate.angles or isinstance(gate.angles[0], float):
        return gate
    for angle in gate.angles:
        if id(angle) not in computed:
            computed[id(angle)] = half_open(value_of(angle, values))
    return Gate(gate.name, tuple([computed[id(angle)] for angle in gate.angles]), gate.qubits)


def half_open(angle: float) -> float:
    """Bring a rotation's angle into (-pi, pi]; a whole turn is a global phase."""
    if -math.pi < angle <= math.pi:
        return angle
    turned = math.remainder(angle, 2 * math.pi)
    return math.pi if turned == -math.pi else turned
