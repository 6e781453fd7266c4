"""The operations as they are written, what is known of bits and variables at each point, and how branches join.

Hidden bits have negative numbers until the program's own bits are counted. A bit that `fresh` gave out is written
once, so that a formula of such bits stays true; formulas of other bits are kept in such bits before they are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from quantum.programs.openqasm.circuit import Bit, Branch, Formula, Not, Operation, SetBit
from quantum.programs.openqasm.lowering.formulas import bits_of, negated, number_of
from quantum.programs.openqasm.lowering.refusals import EndlessError
from quantum.programs.openqasm.lowering.values import (
    WORD,
    Array,
    Bits,
    Kind,
    Missing,
    Undecided,
    Value,
    Variable,
    Whole,
)

MOST_OPERATIONS = 1_000_000
MOST_STEPS = 1_000_000

Key = int | Variable
Known = bool | None | Value


class Flow:
    """Where the lowering has got to."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.declared = 0
        self.hidden = 0
        self.depth = 0
        self.has_jumped = False
        self._count = 0
        self._steps = 0
        self._values: dict[int, bool] = {}
        self._constants: set[int] = set()
        self._changes: list[dict[Key, Known]] = []

    def count(self, operations: int, at: int | None) -> None:
        """Count operations that are written."""
        self._count += operations
        if self._count > MOST_OPERATIONS:
            self.check_length(self._count, at)

    def check_length(self, operations: int, at: int | None) -> None:
        """Refuse a program that grows beyond what anyone could run."""
        if operations > MOST_OPERATIONS:
            reason = f"written out, the program is more than {MOST_OPERATIONS:,} operations long: shorten its loops"
            raise EndlessError(reason, at)

    def step(self, at: int | None, statements: int = 1) -> None:
        """Count statements that are run again, by a loop, a call or a gate."""
        self._steps += statements
        if self._steps > MOST_STEPS:
            reason = (
                f"loops and calls run more than {MOST_STEPS:,} statements: shorten them, "
                "or look for one that does not end"
            )
            raise EndlessError(reason, at)

    def declare(self, count: int) -> tuple[int, ...]:
        """Give out bits of the program's own registers."""
        first = self.declared
        self.declared += count
        return self._started(range(first, first + count))

    def hide(self, count: int) -> tuple[int, ...]:
        """Give out bits that nobody sees, to be written again and again."""
        first = self.hidden
        self.hidden += count
        return self._started([-1 - place for place in range(first, first + count)])

    def _started(self, bits: Sequence[int]) -> tuple[int, ...]:
        self._values.update(dict.fromkeys(bits, False))
        return tuple(bits)

    def fresh(self) -> int:
        """Give out a hidden bit that will be written once."""
        (bit,) = self.hide(1)
        self._constants.add(bit)
        return bit

    def read(self, bit: int) -> Formula:
        """Tell what a bit is here."""
        bit_value = self._values.get(bit)
        return Bit(bit) if bit_value is None else bit_value

    def learn(self, bit: int, bit_value: bool | None) -> None:  # noqa: FBT001 - it is the bit's value
        """Note what a bit is from here on; None after a measurement."""
        if self._changes:
            self._changes[-1].setdefault(bit, self._values.get(bit))
        self._know(bit, bit_value)

    def _know(self, bit: int, bit_value: Known) -> None:
        if isinstance(bit_value, bool):
            self._values[bit] = bit_value
        else:
            self._values.pop(bit, None)

    def write(self, bits: Sequence[int], values: Sequence[Formula]) -> None:
        """Assign to several bits at once: what is assigned speaks of them as they were before."""
        changed = [(bit, value) for bit, value in zip(bits, values, strict=True) if self.read(bit) != value]
        if len(changed) > 1:
            changed = [(bit, self.stored(value)) for bit, value in changed]
        for bit, value in changed:
            self.operations.append(SetBit(bit, value))
            self.learn(bit, value if isinstance(value, bool) else None)
        self.count(len(changed), None)

    def stored(self, formula: Formula) -> Formula:
        """Keep what a formula is now, whatever becomes of its bits."""
        if isinstance(formula, bool) or self._is_kept(formula):
            return formula
        bit = self.fresh()
        self.operations.append(SetBit(bit, formula))
        self.count(1, None)
        self.learn(bit, None)
        return Bit(bit)

    def _is_kept(self, formula: Formula) -> bool:
        inner = formula.operand if isinstance(formula, Not) else formula
        return isinstance(inner, Bit) and inner.index in self._constants

    def snapshot(self, value: Value) -> Value:
        """Keep a value as it is now."""
        if isinstance(value, Bits):
            return Bits(tuple(map(self.stored, value.bits)))
        if isinstance(value, Whole):
            return value if isinstance(value.value, int) else replace(value, value=tuple(map(self.stored, value.value)))
        if isinstance(value, Array):
            return Array(tuple(map(self.snapshot, value.items)))
        return self.stored(value) if isinstance(value, Formula) else value

    def assign(self, variable: Variable, value: Value, *, is_kept: bool = False) -> None:
        """Give a variable a value from here on; one that is kept already is not looked through again."""
        value = value if is_kept else self.snapshot(value)
        if self._changes:
            self._changes[-1].setdefault(variable, variable.value)
        variable.value = value

    def branch(self, condition: Formula, arms: tuple[Callable[[], None], Callable[[], None]], at: int) -> None:
        """Lower the one or the other, or both and join what they leave."""
        if isinstance(condition, bool):
            arms[0 if condition else 1]()
            return
        outer = self.operations
        written = [self._arm(arm) for arm in arms]
        self.operations = outer
        self._join(condition, [after for _, after in written], [operations for operations, _ in written])
        then, otherwise = (operations for operations, _ in written)
        if then or otherwise:
            outer.append(Branch(condition, then, otherwise, at))
            self.count(1, at)

    def _arm(self, arm: Callable[[], None]) -> tuple[list[Operation], dict[Key, Known]]:
        operations: list[Operation] = []
        self.operations = operations
        self._changes.append({})
        self.depth += 1
        try:
            arm()
        finally:
            self.depth -= 1
            before = self._changes.pop()
            after = {key: self._now(key) for key in before}
            for key, earlier in before.items():
                self._put(key, earlier)
        return operations, after

    def _now(self, key: Key) -> Known:
        return key.value if isinstance(key, Variable) else self._values.get(key)

    def _put(self, key: Key, new: Known) -> None:
        if isinstance(key, Variable):
            key.value = cast("Value", new)
        else:
            self._know(key, new)

    def _join(self, condition: Formula, afters: list[dict[Key, Known]], arms: list[list[Operation]]) -> None:
        for key in {**afters[0], **afters[1]}:
            one, other = (after.get(key, self._now(key)) for after in afters)
            if not isinstance(key, Variable):
                self.learn(key, one if isinstance(one, bool) and one is other else None)
            elif key.depth <= self.depth:
                if self._changes:
                    self._changes[-1].setdefault(key, key.value)
                values = cast("Value", one), cast("Value", other)
                key.value = self._joined(key.kind, values, _Arms(condition, arms))

    def _joined(self, kind: Kind, values: tuple[Value, Value], arms: "_Arms") -> Value:
        first, second = values
        if first is second or (first == second and type(first) is type(second)):
            return first
        for place, value in enumerate(values):
            if isinstance(value, Missing):  # what one arm leaves without a value is whatever the other makes of it
                return values[1 - place]
        if isinstance(first, Array) and isinstance(second, Array):
            inner = replace(kind, dimensions=kind.dimensions[1:])
            return Array(tuple(self._joined(inner, pair, arms) for pair in zip(first.items, second.items, strict=True)))
        one, other = _bits(first, kind), _bits(second, kind)
        if one is None or other is None:
            return Undecided()
        return _value(tuple(self._either(pair, arms) for pair in zip(one, other, strict=True)), kind)

    def _either(self, pair: tuple[Formula, Formula], arms: "_Arms") -> Formula:
        if pair[0] == pair[1]:
            return pair[0]
        if self._is_kept(arms.condition) and (simple := _chosen(arms.condition, *pair)) is not None:
            return simple
        bit = self.fresh()
        for value, operations in zip(pair, arms.operations, strict=True):
            operations.append(SetBit(bit, value))
        self.learn(bit, None)
        return Bit(bit)


@dataclass(slots=True, frozen=True)
class _Arms:
    """A branch's condition and the operations of its two arms."""

    condition: Formula
    operations: list[list[Operation]]


def _chosen(condition: Formula, then: Formula, otherwise: Formula) -> Formula | None:
    """Say without a new bit what is the one where the condition holds and else the other, if that is plain."""
    opposite = negated(condition)
    if then in (True, condition) and otherwise in (False, condition):
        return condition
    return opposite if then in (False, opposite) and otherwise in (True, opposite) else None


def _bits(value: Value, kind: Kind) -> tuple[Formula, ...] | None:
    if isinstance(value, Bits):
        return value.bits
    if isinstance(value, Whole) and not isinstance(value.value, int):
        return value.value
    number = value.value if isinstance(value, Whole) else value
    if kind.word in ("int", "uint") and isinstance(number, int):
        return bits_of(number, kind.width or WORD)
    return (value,) if kind.word in ("bool", "bit") and isinstance(value, Formula) else None


def _value(bits: tuple[Formula, ...], kind: Kind) -> Value:
    if kind.word not in ("int", "uint"):
        return bits[0] if kind.width is None else Bits(bits)
    number = number_of(bits, signed=kind.word == "int")
    return Whole(bits if number is None else number, len(bits), kind.word == "int")
