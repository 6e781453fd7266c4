"""Turns the expressions of qdk's syntax tree of OpenQASM 3 into ours, by the names of their classes."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from quantum.programs.openqasm.faults import ProgramFault
from quantum.programs.openqasm.syntax import (
    Binary,
    BitString,
    Call,
    Cast,
    Duration,
    Expression,
    HardwareQubit,
    Index,
    Measured,
    Name,
    Number,
    Range,
    Set,
    Type,
    Unary,
    Unsupported,
)

UNITS = {"DT": "dt", "NS": "ns", "US": "us", "MS": "ms", "S": "s"}
MOST_DIGITS = 9  # of a hardware qubit
SIZED = {
    "IntType": "int",
    "UintType": "uint",
    "FloatType": "float",
    "AngleType": "angle",
    "BitType": "bit",
    "QubitType": "qubit",
    "BoolType": "bool",
    "DurationType": "duration",
    "StretchType": "stretch",
}


def characters_of(source: str) -> Callable[[int], int]:
    """Make the function that turns qdk's places, which count bytes of UTF-8, into places of characters."""
    if source.isascii():
        return int
    wide = [(index, len(letter.encode())) for index, letter in enumerate(source) if not letter.isascii()]
    surplus = [0, *accumulate(size - 1 for _, size in wide)]
    places = [index + surplus[order] for order, (index, _) in enumerate(wide)]  # of the wide letters, in bytes
    return lambda byte: byte - surplus[bisect_right(places, byte - 1)]


class Expressions:
    """Turns expressions and types; `faults` are those that were met."""

    def __init__(self, source: str, meanings: Mapping[str, str]) -> None:
        self.faults: list[ProgramFault] = []
        self._meanings = meanings
        self._place = characters_of(source)
        self._kinds: Mapping[str, Callable[[Any, int], Expression]] = {
            "Identifier": self._name,
            "IndexedIdentifier": lambda node, at: self._index(self.expression(node.name), node.indices, at),
            "IndexExpression": lambda node, at: self._index(self.expression(node.collection), node.indices, at),
            "HardwareQubit": self._hardware_qubit,
            **dict.fromkeys(("IntegerLiteral", "FloatLiteral", "BooleanLiteral"), _number),
            "ImaginaryLiteral": lambda node, at: Number(complex(0, node.value), at),
            "BitstringLiteral": lambda node, at: BitString(f"{node.value:0{node.width}b}", at),
            "DurationLiteral": _duration,
            "StringLiteral": lambda _node, at: Unsupported("a text in quotes", at),
            "UnaryExpression": lambda node, at: Unary(node.op.value, self.expression(node.operand), at),
            "BinaryExpression": self._binary,
            "Concatenation": lambda node, at: self.joined(node.operands, at),
            "FunctionCall": lambda node, at: Call(
                self._meanings.get(node.name.name, node.name.name), self.expressions(node.args), at
            ),
            "Cast": lambda node, at: Cast(self.type(node.type), self.expression(node.operand), at),
            "ParenExpression": lambda node, _at: self.expression(node.operand),
            "RangeDefinition": self._range,
            **dict.fromkeys(("DiscreteSet", "ArrayLiteral"), self._set),
            "QuantumMeasurement": lambda node, at: Measured(self.expression(node.qubits[0]), at),
            "DurationOf": lambda _node, at: Duration(0, "dt", at),  # as long as it may be: times are left out
        }

    def at(self, node: Any) -> int:
        """Where a node begins, in characters."""
        return self._place(node.span.lo)

    def end(self, node: Any) -> int:
        """Where a node ends, in characters."""
        return self._place(node.span.hi)

    def expression(self, node: Any) -> Expression:
        """Turn an expression, a range or a set."""
        kind = type(node).__name__
        at = self._place(node.span.lo)
        turn = self._kinds.get(kind)
        return turn(node, at) if turn else Unsupported(f"`{kind}`", at)

    def optional(self, node: Any | None) -> Expression | None:
        """Turn an expression that may be missing."""
        return None if node is None else self.expression(node)

    def expressions(self, nodes: list[Any]) -> tuple[Expression, ...]:
        """Turn several."""
        return tuple([self.expression(node) for node in nodes])

    def joined(self, nodes: list[Any], at: int) -> Expression:
        """Turn what `++` stands between."""
        joined = self.expression(nodes[0])
        for node in nodes[1:]:
            joined = Binary("++", joined, self.expression(node), at)
        return joined

    def type(self, node: Any) -> Type:
        """Turn a type."""
        kind, at = type(node).__name__, self.at(node)
        if kind in SIZED:
            return Type(SIZED[kind], self.optional(getattr(node, "size", None)), at)
        if kind == "ComplexType":
            return Type("complex", self.optional(getattr(node.base_type, "size", None)), at)
        base = self.type(node.base_type)
        return Type(base.kind, base.size, at, self._dimensions(node, at))

    def _dimensions(self, node: Any, at: int) -> tuple[Expression, ...]:
        """Turn the dimensions of an array; what only a reference to one has is named."""
        if str(getattr(node, "mutability", "")).lower().endswith("mutable"):
            return (Unsupported("an array that a subroutine changes (`mutable`)", at),)
        if not hasattr(node, "dimensions"):
            return (Unsupported("an array of any size (`#dim`)", at),)
        return self.expressions(node.dimensions)

    def _binary(self, node: Any, at: int) -> Binary:
        return Binary(node.op.value, self.expression(node.lhs), self.expression(node.rhs), at)

    def _index(self, base: Expression, brackets: list[Any], at: int) -> Expression:
        for bracket in brackets:
            items = [bracket] if type(bracket).__name__ == "DiscreteSet" else bracket.values
            if not items:
                self.faults.append(ProgramFault("an index is missing between these brackets", self.at(bracket)))
            base = Index(base, self.expressions(items), at)
        return base

    def _range(self, node: Any, at: int) -> Range:
        return Range(self.optional(node.start), self.optional(node.step), self.optional(node.end), at)

    def _set(self, node: Any, at: int) -> Set:
        return Set(self.expressions(node.values), at)

    def _name(self, node: Any, at: int) -> Expression:
        meaning = self._meanings.get(node.name, "")
        return self._numbered(meaning[1:], at) if meaning.startswith("$") else Name(node.name, at)

    def _hardware_qubit(self, node: Any, at: int) -> Expression:
        return self._numbered(node.name, at)

    def _numbered(self, digits: str, at: int) -> Expression:
        if len(digits) > MOST_DIGITS:
            self.faults.append(ProgramFault(f"the number of a hardware qubit has {len(digits):,} digits", at))
            return HardwareQubit(0, at)
        return HardwareQubit(int(digits), at)


def _number(node: Any, at: int) -> Number:
    return Number(node.value, at)


def _duration(node: Any, at: int) -> Duration:
    unit = str(node.unit).rpartition(".")[2]
    return Duration(node.value, UNITS.get(unit, unit), at)
