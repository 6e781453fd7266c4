"""Quantinuum's extensions of OpenQASM 2: conditions on bits and comparisons, and assignments to bits and registers.

The loader supports none of them. Each is replaced in the text, on its line, by a marker gate, which is replaced in the
loaded circuit by the real operation.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Clbit, Instruction
from qiskit.circuit.classical import expr, types
from qiskit.qasm2 import CustomInstruction

from quantum_emulator import errors

type Term = expr.Expr | int

TEST, END, ASSIGN = "if_then_", "end_if_", "assign_"
MARKERS = tuple(
    CustomInstruction(name, count, 1, lambda *angles, _name=name: Instruction(_name, 1, 0, list(angles)), builtin=True)
    for name, count in ((TEST, 1), (END, 0), (ASSIGN, 1))
)
LONGEST = 1000  # letters of one expression

_COMMENT = re.compile(r"//[^\n]*")
_STATEMENT = re.compile(r"[^;{}]*[;{}]")
_NATIVE_TEST = re.compile(r"\s*\w+\s*==\s*\d+\s*")
_ASSIGNMENT = re.compile(r"(\s*)(\w+)\s*(?:\[\s*(\d+)\s*\])?\s*=(?!=)(.*)", re.DOTALL)
_QUBITS = re.compile(r"\bqreg\s+(\w+)\s*\[")
_COMPARED: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: expr.equal,
    ast.NotEq: expr.not_equal,
    ast.Lt: expr.less,
    ast.LtE: expr.less_equal,
    ast.Gt: expr.greater,
    ast.GtE: expr.greater_equal,
}
_COMBINED: Mapping[type, tuple[Callable[[Any, Any], Any], Callable[[int, int], int]]] = {
    ast.BitAnd: (expr.bit_and, operator.and_),
    ast.BitOr: (expr.bit_or, operator.or_),
    ast.BitXor: (expr.bit_xor, operator.xor),
}


class Extensions:
    """The extensions of one program: removed from its text, and put into its circuit."""

    def __init__(self) -> None:
        self._tests: list[str] = []
        self._assignments: list[tuple[str, str | None, str]] = []

    def without(self, text: str) -> str:
        """The text with a marker for each extension."""
        text = _COMMENT.sub("", text)
        match = _QUBITS.search(text)
        place = f"{match[1]}[0]" if match else ""
        return "".join(self._statements(text, place)) if place else text

    def _statements(self, text: str, place: str) -> Iterator[str]:
        end = depth = 0
        for match in _STATEMENT.finditer(text):
            statement, end = match[0], match.end()
            yield statement if depth or not statement.endswith(";") else self._rewritten(statement[:-1], place) + ";"
            depth += {"{": 1, "}": -1}.get(statement[-1], 0)
        yield text[end:]

    def _rewritten(self, statement: str, place: str) -> str:
        if condition := _condition(statement):
            before, test, then = condition
            if _NATIVE_TEST.fullmatch(test) and not _ASSIGNMENT.fullmatch(then):
                return statement
            self._tests.append(test)
            return f"{before}{TEST}({len(self._tests) - 1}) {place};{self._rewritten(then, place)}; {END} {place}"
        if match := _ASSIGNMENT.fullmatch(statement):
            self._assignments.append((match[2], match[3], match[4]))
            return f"{match[1]}{ASSIGN}({len(self._assignments) - 1}) {place}" + "\n" * match[4].count("\n")
        return statement

    def put_into(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit with the real operation for each marker."""
        if not self._tests and not self._assignments:
            return circuit
        whole, steps = circuit.copy_empty_like(), iter(circuit.data)
        for step in steps:
            if step.operation.name == TEST:
                with whole.if_test(self._test(circuit, int(step.operation.params[0]))):
                    for inner in iter(lambda: next(steps), None):
                        if inner.operation.name == END:
                            break
                        self._put(whole, inner)
            else:
                self._put(whole, step)
        return whole

    def _put(self, circuit: QuantumCircuit, step: Any) -> None:
        if step.operation.name == ASSIGN:
            circuit.store(*self._assignment(circuit, int(step.operation.params[0])))
        else:
            circuit.append(step)

    def _test(self, circuit: QuantumCircuit, number: int) -> expr.Expr:
        condition = _read(circuit, self._tests[number])
        if isinstance(condition, int) or condition.type.kind is not types.Bool:
            raise errors.input_unreadable(f"if ({self._tests[number].strip()}): this is not a condition.")
        return condition

    def _assignment(self, circuit: QuantumCircuit, number: int) -> tuple[Any, expr.Expr]:
        name, index, text = self._assignments[number]
        target = _classical(circuit, name, None if index is None else int(index))
        value = _read(circuit, text)
        kind = types.Bool() if isinstance(target, Clbit) else types.Uint(target.size)
        if isinstance(value, int):
            value = _literal(value, kind)
        if value.type != kind:
            raise errors.input_unreadable(f"{name} = {text.strip()}: both sides must be as many bits.")
        return target, value


def _condition(statement: str) -> tuple[str, str, str] | None:
    """The text before `if`, its condition, and the conditional statement."""
    match = re.match(r"(\s*)if\s*\(", statement)
    depth, place = 1, match.end() if match else len(statement)
    while match and depth and place < len(statement):
        depth += {"(": 1, ")": -1}.get(statement[place], 0)
        place += 1
    return (match[1], statement[match.end() : place - 1], statement[place:]) if match and not depth else None


def _classical(circuit: QuantumCircuit, name: str, index: int | None) -> Any:
    register = next((register for register in circuit.cregs if register.name == name), None)
    if register is None:
        raise errors.input_unreadable(f"'{name}' is no classical register.")
    if index is not None and index >= register.size:
        raise errors.input_unreadable(f"The register '{name}' has no bit {index}.")
    return register if index is None else register[index]


def _literal(value: int, kind: Any) -> expr.Value:
    is_bit = kind.kind is types.Bool
    if value < 0 or value >= (2 if is_bit else 2**kind.width):
        raise errors.input_unreadable(f"The number {value} does not fit into its bits.")
    return expr.lift(bool(value) if is_bit else value, kind)


def _read(circuit: QuantumCircuit, text: str) -> Term:
    plain = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or ")).strip()
    try:
        tree = ast.parse(" ".join(plain.split())[:LONGEST], mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise errors.input_unreadable(f"'{text.strip()[:80]}' is no expression: {error}") from error
    return _Reader(circuit, " ".join(plain.split())).term(tree)


class _Reader:
    """Turns a syntax tree, whose operators are Python's, into an expression of qiskit's."""

    def __init__(self, circuit: QuantumCircuit, text: str) -> None:
        self._circuit, self._text = circuit, text

    def term(self, node: ast.expr) -> Term:
        """Read one node."""
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return value
            case ast.Name(id=name):
                return expr.lift(_classical(self._circuit, name, None))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(index))):
                return expr.lift(_classical(self._circuit, name, index))
        return self._computed(node)

    def _computed(self, node: ast.expr) -> Term:
        match node:
            case ast.Compare(left=left, ops=[compare], comparators=[right]) if type(compare) in _COMPARED:
                return self._compared(_COMPARED[type(compare)], left, right)
            case ast.BinOp(left=left, op=combine, right=right) if type(combine) in _COMBINED:
                build, fold = _COMBINED[type(combine)]
                one, other = self._alike(self.term(left), self.term(right))
                return fold(one, other) if isinstance(one, int) and isinstance(other, int) else build(one, other)
            case ast.BoolOp(op=ast.And() | ast.Or() as join, values=[first, *rest]):
                return self._joined(expr.logic_and if isinstance(join, ast.And) else expr.logic_or, first, rest)
            case ast.UnaryOp(op=ast.Not() | ast.Invert() as turn, operand=operand):
                inner = self.term(operand)
                return expr.logic_not(inner) if isinstance(turn, ast.Not) else expr.bit_not(inner)
        raise errors.input_unreadable(
            f"'{self._text[:80]}': this emulator computes with bits, registers, whole numbers, & | ^ ~ and comparisons."
        )

    def _compared(self, compare: Callable[[Any, Any], expr.Expr], left: ast.expr, right: ast.expr) -> expr.Expr:
        for side in (left, right):
            # C compares first, Python last: only brackets make it unambiguous.
            if isinstance(side, ast.BinOp) and self._text[side.col_offset - 1 : side.col_offset] != "(":
                raise errors.input_unreadable(f"'{self._text[:80]}': put brackets around both sides of the comparison.")
        one, other = self._alike(self.term(left), self.term(right))
        return compare(one, other)

    def _joined(self, join: Callable[[Any, Any], expr.Expr], first: ast.expr, rest: list[ast.expr]) -> Term:
        joined = self.term(first)
        for node in rest:
            joined = join(joined, self.term(node))
        return joined

    def _alike(self, one: Term, other: Term) -> tuple[Term, Term]:
        """Give a number the type of the other operand, which is widened where the number needs more bits."""
        if isinstance(one, int) and not isinstance(other, int):
            right, left = self._alike(other, one)
            return left, right
        if isinstance(other, int) and not isinstance(one, int):
            if one.type.kind is not types.Bool and other.bit_length() > one.type.width:
                one = expr.cast(one, types.Uint(other.bit_length()))
            return one, _literal(other, one.type)
        return one, other
