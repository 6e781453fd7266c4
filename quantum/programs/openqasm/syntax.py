"""What a program says, before anyone asks what it means: one dataclass a construct, the same for OpenQASM 2 and 3.

`at` is where a construct begins, counted in characters of the source. Numbers of OpenQASM 2 are floats, and its `^` is
already `**`; names of types and gates are as they were written.
"""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Number:
    """A literal: a whole number, a real one, or an imaginary one; true and false are `bool`."""

    value: bool | int | float | complex
    at: int


@dataclass(slots=True, frozen=True)
class BitString:
    """A literal of bits, such as `"0110"`, the highest bit first; underscores are gone."""

    text: str
    at: int


@dataclass(slots=True, frozen=True)
class Duration:
    """A literal such as `100ns`; `unit` is one of ns, us, ms, s, dt."""

    value: float
    unit: str
    at: int


@dataclass(slots=True, frozen=True)
class Name:
    """A name, of whatever kind."""

    name: str
    at: int


@dataclass(slots=True, frozen=True)
class HardwareQubit:
    """A physical qubit, `$0`."""

    number: int
    at: int


@dataclass(slots=True, frozen=True)
class Unary:
    """`-a`, `~a` or `!a`."""

    operator: str
    operand: "Expression"
    at: int


@dataclass(slots=True, frozen=True)
class Binary:
    """Two operands with one of + - * / % ** == != < <= > >= && || & | ^ << >> ++ between them."""

    operator: str
    left: "Expression"
    right: "Expression"
    at: int


@dataclass(slots=True, frozen=True)
class Call:
    """A function's call: a built-in one, or a subroutine of the program."""

    name: str
    arguments: "tuple[Expression, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class Range:
    """`start:stop` or `start:step:stop`, the stop included; each may be left out."""

    start: "Expression | None"
    step: "Expression | None"
    stop: "Expression | None"
    at: int


@dataclass(slots=True, frozen=True)
class Set:
    """`{a, b, …}`, as an index or what a loop runs over; also an array's literal."""

    items: "tuple[Expression, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class Index:
    """`base[i, j]`: an index for each dimension."""

    base: "Expression"
    indices: "tuple[Expression, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class Type:
    """A type: bit, qubit, bool, int, uint, float, angle, complex, duration, stretch, void; an array has dimensions."""

    kind: str
    size: "Expression | None"
    at: int
    dimensions: "tuple[Expression, ...]" = ()


@dataclass(slots=True, frozen=True)
class Cast:
    """`type(operand)`."""

    type: Type
    operand: "Expression"
    at: int


@dataclass(slots=True, frozen=True)
class Measured:
    """`measure q` as a value."""

    qubits: "Expression"
    at: int


@dataclass(slots=True, frozen=True)
class Unsupported:
    """A construct that the front end names and does not read further, such as `durationof(…)`."""

    what: str
    at: int


Expression = (
    Number
    | BitString
    | Duration
    | Name
    | HardwareQubit
    | Unary
    | Binary
    | Call
    | Range
    | Set
    | Index
    | Cast
    | Measured
    | Unsupported
)


@dataclass(slots=True, frozen=True)
class Modifier:
    """`inv @`, `pow(k) @`, `ctrl @`, `ctrl(n) @` or `negctrl(n) @`: its word and what stands in its parentheses."""

    word: str
    argument: Expression | None
    at: int


@dataclass(slots=True, frozen=True)
class GateCall:
    """A gate applied; built in are `U`, `CX` (OpenQASM 2) and `gphase`. `qubits` are names, indices, aliases."""

    name: str
    parameters: tuple[Expression, ...]
    qubits: tuple[Expression, ...]
    modifiers: tuple[Modifier, ...]
    at: int


@dataclass(slots=True, frozen=True)
class GateDefinition:
    """A gate of the program; `body` is None where it is `opaque`."""

    name: str
    parameters: tuple[str, ...]
    qubits: tuple[str, ...]
    body: "tuple[Statement, ...] | None"
    at: int


@dataclass(slots=True, frozen=True)
class QubitDeclaration:
    """`qubit[n] q` or `qreg q[n]`; without a size it is a single qubit."""

    name: str
    size: Expression | None
    at: int


@dataclass(slots=True, frozen=True)
class Declaration:
    """A classical variable: `role` is "", "const", "input" or "output"."""

    type: Type
    name: str
    value: Expression | None
    role: str
    at: int


@dataclass(slots=True, frozen=True)
class Measure:
    """`measure q -> c`, `c = measure q`, or a measurement whose outcome nobody keeps."""

    qubits: Expression
    into: Expression | None
    at: int


@dataclass(slots=True, frozen=True)
class Reset:
    """`reset q`."""

    qubits: Expression
    at: int


@dataclass(slots=True, frozen=True)
class Barrier:
    """`barrier q, r`; without qubits it is for all of them."""

    qubits: tuple[Expression, ...]
    at: int


@dataclass(slots=True, frozen=True)
class Assign:
    """`target = value`; of `target += value` the operator is `+`."""

    target: Expression
    operator: str | None
    value: Expression
    at: int


@dataclass(slots=True, frozen=True)
class Alias:
    """`let name = value`."""

    name: str
    value: Expression
    at: int


@dataclass(slots=True, frozen=True)
class If:
    """A branch."""

    condition: Expression
    then: "tuple[Statement, ...]"
    otherwise: "tuple[Statement, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class For:
    """A loop over a range, a set or a register."""

    type: Type
    name: str
    items: Expression
    body: "tuple[Statement, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class While:
    """A loop with a condition."""

    condition: Expression
    body: "tuple[Statement, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class Switch:
    """A branch on a number: each case has the values that it is for; `default` is None where there is none."""

    subject: Expression
    cases: "tuple[tuple[tuple[Expression, ...], tuple[Statement, ...]], ...]"
    default: "tuple[Statement, ...] | None"
    at: int


@dataclass(slots=True, frozen=True)
class Parameter:
    """A parameter of a subroutine; `type.kind` is `qubit` for qubits."""

    type: Type
    name: str
    at: int


@dataclass(slots=True, frozen=True)
class Subroutine:
    """`def name(parameters) -> result { body }`."""

    name: str
    parameters: tuple[Parameter, ...]
    result: Type | None
    body: "tuple[Statement, ...]"
    at: int


@dataclass(slots=True, frozen=True)
class Return:
    """`return value;`."""

    value: Expression | None
    at: int


@dataclass(slots=True, frozen=True)
class Jump:
    """`break`, `continue` or `end`."""

    word: str
    at: int


@dataclass(slots=True, frozen=True)
class Block:
    """Statements with a scope of their own; of a `box`, `word` says so."""

    body: "tuple[Statement, ...]"
    word: str
    at: int


@dataclass(slots=True, frozen=True)
class Evaluate:
    """An expression whose value nobody keeps: a subroutine's call."""

    value: Expression
    at: int


@dataclass(slots=True, frozen=True)
class Include:
    """`include "file";`."""

    file: str
    at: int


@dataclass(slots=True, frozen=True)
class Aside:
    """What concerns time, hardware or tools: delay, pragma, annotation, cal, defcal, defcalgrammar, extern, nop."""

    word: str
    text: str
    at: int


Statement = (
    GateCall
    | GateDefinition
    | QubitDeclaration
    | Declaration
    | Measure
    | Reset
    | Barrier
    | Assign
    | Alias
    | If
    | For
    | While
    | Switch
    | Subroutine
    | Return
    | Jump
    | Block
    | Evaluate
    | Include
    | Aside
)


@dataclass(slots=True, frozen=True)
class Program:
    """A program as it was read; `language` is 2 or 3, whatever its version line says in detail (None without one)."""

    language: int
    version: str | None
    statements: tuple[Statement, ...]
