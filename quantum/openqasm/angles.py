"""Angles: numbers, or expressions in a program's inputs that become numbers when the inputs are given.

All arithmetic is real arithmetic in double precision: nothing wraps at a turn before it was halved.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": math.pow,
    "neg": operator.neg,
    "mod": math.fmod,
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "sqrt")},
    **{name: getattr(math, name) for name in ("floor", "ceil")},
}


@dataclass(slots=True, frozen=True)
class Unbound:
    """An input's value, which is not known yet."""

    name: str


@dataclass(slots=True, frozen=True)
class Expression:
    """A function of FUNCTIONS of angles, at least one of which is not known yet."""

    function: str
    operands: "tuple[Angle, ...]"


Angle = float | Unbound | Expression


def apply(function: str, *operands: Angle) -> Angle:
    """Compute at once what is known, and note the rest; raises ValueError, OverflowError, ZeroDivisionError."""
    if all(isinstance(operand, int | float) for operand in operands):
        return float(FUNCTIONS[function](*operands))
    return Expression(function, operands)


def value_of(angle: Angle, values: Mapping[str, float]) -> float:
    """Compute an angle from the values of the inputs."""
    if isinstance(angle, Unbound):
        return values[angle.name]
    if isinstance(angle, Expression):
        return float(FUNCTIONS[angle.function](*(value_of(operand, values) for operand in angle.operands)))
    return angle
