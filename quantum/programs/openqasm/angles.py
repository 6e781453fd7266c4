"""Angles: numbers, or expressions in a program's inputs that become numbers when the inputs are given.

All arithmetic is real arithmetic in double precision: nothing wraps at a turn before it was halved.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce

# Rounding puts the argument of -1 now at pi, now just above -pi: what is as near to -pi as this means pi.
NEARLY_MINUS_PI = 1e-9

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
    """A function of FUNCTIONS of angles, at least one of which is not known yet; `size` and `depth` are of its tree."""

    function: str
    operands: "tuple[Angle, ...]"
    size: int = field(init=False, compare=False, repr=False)
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Measure the tree: parts that are shared count each time."""
        inner = [operand for operand in self.operands if isinstance(operand, Expression)]
        object.__setattr__(self, "size", 1 + sum(operand.size for operand in inner))
        object.__setattr__(self, "depth", 1 + max((operand.depth for operand in inner), default=0))


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


def scaled(angle: Angle, factor: float) -> Angle:
    """Multiply an angle by a number; a product of products becomes one."""
    if isinstance(angle, int | float):
        return float(angle * factor)
    if isinstance(angle, Expression) and angle.function == "*":
        first, rest = angle.operands
        if isinstance(first, int | float):
            return scaled(rest, first * factor)
    return angle if factor == 1 else Expression("*", (float(factor), angle))


def total(*angles: Angle) -> Angle:
    """Add angles up."""
    number = float(sum(angle for angle in angles if isinstance(angle, int | float)))
    unknown = [angle for angle in angles if not isinstance(angle, int | float)]
    if not unknown:
        return number
    return reduce(partial(apply, "+"), unknown if number == 0 else [*unknown, number])


def principal_number(angle: float) -> float:
    """Bring the argument of a complex number into (-pi, pi]."""
    turned = math.remainder(angle, 2 * math.pi)
    return turned if turned > -math.pi + NEARLY_MINUS_PI else turned + 2 * math.pi


def principal(angle: Angle) -> Angle:
    """Bring the argument of a complex number into (-pi, pi], now or when it becomes known."""
    if isinstance(angle, int | float):
        return principal_number(angle)
    turns = apply("ceil", apply("/", apply("-", angle, math.pi + NEARLY_MINUS_PI), 2 * math.pi))
    return apply("-", angle, apply("*", turns, 2 * math.pi))
