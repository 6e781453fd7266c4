"""Values while a program is lowered, and what types they have.

Python's bool, int, float and complex are values of bool (and of a single bit), int, float and complex; an angle that
waits for an input is one of `angles`, a bool or a bit that waits for a measurement is a formula of `circuit`.
"""

from dataclasses import dataclass

from quantum.programs.openqasm.angles import Expression, Unbound
from quantum.programs.openqasm.circuit import Bit, Both, Formula, Not

WORD = 64  # the width of an int whose program does not say any


@dataclass(slots=True, frozen=True)
class Kind:
    """A type whose sizes are known."""

    word: str
    width: int | None = None
    dimensions: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Spell the type as a program does."""
        single = self.word if self.width is None else f"{self.word}[{self.width}]"
        return f"array[{single}, {', '.join(map(str, self.dimensions))}]" if self.dimensions else single


@dataclass(slots=True, frozen=True)
class Bits:
    """A register's value, the lowest bit first."""

    bits: tuple[Formula, ...]


@dataclass(slots=True, frozen=True)
class Whole:
    """A whole number of a width: known, or its bits, the lowest first."""

    value: int | tuple[Formula, ...]
    width: int
    signed: bool


@dataclass(slots=True, frozen=True)
class Array:
    """The elements of an array, each of which may be one."""

    items: "tuple[Value, ...]"


@dataclass(slots=True, frozen=True)
class Qubits:
    """One qubit, or several in an order."""

    numbers: tuple[int, ...]
    is_register: bool


@dataclass(slots=True, frozen=True)
class Lasting:
    """A duration, of which nothing depends."""


@dataclass(slots=True, frozen=True)
class Undecided:
    """What a number has become that is different with what was measured; only a fault when someone asks for it."""


@dataclass(slots=True, frozen=True)
class Missing:
    """A value that nobody gave; `is_told` where a fault says so already."""

    is_told: bool = False


Value = (
    bool
    | int
    | float
    | complex
    | Unbound
    | Expression
    | Bit
    | Not
    | Both
    | Bits
    | Whole
    | Array
    | Qubits
    | Lasting
    | Undecided
    | Missing
)


@dataclass(slots=True, frozen=True)
class BitPlace:
    """Bits of the circuit that a name stands for."""

    bits: tuple[int, ...]
    is_register: bool


@dataclass(slots=True, eq=False)
class Variable:
    """A classical variable; `depth` says within how many branches it was declared."""

    name: str
    kind: Kind
    value: Value
    depth: int = 0
    is_fixed: bool = False


def described(value: object) -> str:
    """Say what a value is, for a fault."""
    words: dict[type, str] = {
        bool: "a bool",
        int: "a whole number",
        float: "a number",
        complex: "a complex number",
        Unbound: "a number",
        Expression: "a number",
        Bits: "bits",
        Whole: "a whole number",
        Array: "an array",
        Qubits: "qubits",
        Lasting: "a duration",
    }
    return words.get(type(value), "a bit")
