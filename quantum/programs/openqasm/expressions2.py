"""Reads the expressions of OpenQASM 2: real arithmetic, in which `^` is a power and binds from the right.

A minus sign binds more tightly than `*` and less tightly than `^`, as in Qiskit's loader.
"""

import math

from quantum.programs.openqasm.syntax import Binary, Call, Expression, Name, Number, Unary
from quantum.programs.openqasm.tokens2 import Cursor, MisreadError, shown

DEEPEST = 200  # each level is two calls of Python here, and more where the tree is worked out
BINDING = {"+": (1, 2), "-": (1, 2), "*": (3, 4), "/": (3, 4), "^": (8, 7), "**": (8, 7)}
OF_A_SIGN = 5


def read_parameters(cursor: Cursor) -> tuple[Expression, ...]:
    """Read what stands in a gate's parentheses; a comma may stand behind the last."""
    cursor.expect("(", "before the parameters")
    parameters: list[Expression] = []
    while not cursor.accept(")"):
        parameters.append(read_expression(cursor))
        if cursor.text != ")":
            cursor.expect(",", "between parameters")
    return tuple(parameters)


def read_expression(cursor: Cursor, least: int = 0, depth: int = 0) -> Expression:
    """Read as far as operators bind at least so tightly."""
    if depth > DEEPEST:
        raise MisreadError(f"this expression is nested more than {DEEPEST} deep: work out parts of it", cursor.at)
    left = _operand(cursor, depth)
    while (binding := BINDING.get(cursor.text, (-1, -1)))[0] >= least:
        operator = cursor.step()
        depth += 1  # a long sum is a deep tree, too
        right = read_expression(cursor, binding[1], depth)
        left = Binary("**" if operator == "^" else operator, left, right, left.at)
    return left


def _operand(cursor: Cursor, depth: int) -> Expression:
    at, text = cursor.at, cursor.text
    if text[:1].isdecimal() or (text[:1] == "." and text != "."):
        return _number(cursor, at)
    if text.isidentifier():
        return _named(cursor, depth, at)
    if cursor.accept("("):
        inner = read_expression(cursor, 0, depth + 1)
        cursor.expect(")", "at the end of the parentheses")
        return inner
    if text in {"-", "+"}:
        cursor.step()
        operand = read_expression(cursor, OF_A_SIGN, depth + 1)
        return operand if text == "+" else _negative(operand, at)
    raise MisreadError(f"a number or a name is missing; {shown(text)} stands there", at)


def _number(cursor: Cursor, at: int) -> Number:
    value = float(cursor.text)
    if math.isinf(value):
        raise MisreadError(f"the number {shown(cursor.text)} is too large", at)
    cursor.step()
    return Number(value, at)


def _negative(operand: Expression, at: int) -> Expression:
    if isinstance(operand, Number):
        return Number(-operand.value, at)
    return Unary("-", operand, at)


def _named(cursor: Cursor, depth: int, at: int) -> Expression:
    name = cursor.step()
    if cursor.accept("("):
        argument = read_expression(cursor, 0, depth + 1)
        cursor.expect(")", f"behind the argument of `{name}`")
        return Call(name, (argument,), at)
    return Name("pi" if name == "π" else name, at)
