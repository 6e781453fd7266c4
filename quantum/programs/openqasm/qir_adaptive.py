"""A circuit as QIR that branches: for targets that measure within a program and go on by the outcome.

1. A bit is known, or the result of a measurement, or a value that was computed. Where a branch leaves a bit different,
   and somebody still asks for it, its value is chosen by the way that was taken (`phi`).
2. A result is read where it is first asked for; the value holds in the rest of that block and in what lies behind it.
3. The text grows with the circuit, however often its formulas share their parts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quantum.programs.openqasm.circuit import Barrier, Branch, Circuit, Formula, Gate, Measure, Operation, Reset, SetBit
from quantum.programs.openqasm.qir_formulas import Unknown, Value, bits_of, worked_out
from quantum.programs.openqasm.qir_text import Text, as_numbers
from quantum.programs.openqasm.recording import Leaf, record

NOBODY_ASKS = False  # what a bit is said to be that differs, and is not asked for any more


@dataclass(frozen=True)
class Way:
    """One way through a branch: the block that it ends in, the line kept free there, bits it left different, readings.

    Readings hold on that way only.
    """

    block: str
    line: int
    changed: Mapping[int, Value]
    readings: Mapping[int, str]


class Branching:
    """Writes a circuit operation by operation."""

    def __init__(self, circuit: Circuit) -> None:
        self.text = Text()
        self.qubits = circuit.qubits
        self._bits: list[Value] = [False] * circuit.bits
        self._block = "block_0"
        self._blocks = self._names = 0
        self._readings: dict[int, str] = {}
        self._read: list[int] = []  # whose readings were added, in order; a way takes back its own
        self._set: list[tuple[int, Value]] = []  # which bits were set, and what they were
        self._reads = Counter(_bits_asked_for(circuit.operations))
        self._reads.update(bit for register in circuit.registers for bit in register.bits)
        self._writers: Mapping[type, Callable[[Any], None]] = {
            Gate: lambda gate: self.text.gate(gate.name, as_numbers(gate), gate.qubits),
            Measure: lambda measure: self._let(measure.bit, self.text.measure(measure.qubit)),
            Reset: lambda reset: self.text.reset(reset.qubit),
            Barrier: lambda _: self.text.barrier(),
            SetBit: lambda assignment: self._let(assignment.bit, self._value_of(assignment.value)),
            Branch: self._branch,
        }

    def write(self, circuit: Circuit) -> str | None:
        """Write the whole circuit, and give its layout."""
        self._operations(circuit.operations)
        recorded: set[int] = set()
        returned = [bit for register in circuit.registers for bit in register.bits]
        leaves = {bit: self._leaf(self._bits[bit], recorded) for bit in returned}
        return record(self.text, circuit.registers, leaves.__getitem__)

    def _operations(self, operations: Sequence[Operation]) -> None:
        writers = self._writers
        for operation in operations:
            writers[type(operation)](operation)

    def _let(self, bit: int, value: Value) -> None:
        self._set.append((bit, self._bits[bit]))
        self._bits[bit] = value

    def _leaf(self, value: Value, recorded: set[int]) -> bool | Leaf:
        """Record a result once; another bit with the same outcome is recorded as a value."""
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and value not in recorded:
            recorded.add(value)
            return Leaf(value)
        return Leaf(self._named(value))

    def _value_of(self, formula: Formula) -> Value:
        value = worked_out(formula, self)
        self._reads.subtract(bits_of(formula))
        return value

    def value(self, bit: int) -> Value:
        """Give what a bit holds here: itself, a result's number, or a value's name."""
        return self._bits[bit]

    def opposite(self, value: Unknown) -> Unknown:
        """Compute the opposite."""
        return self._computed(f"xor i1 {self._named(value)}, true")

    def joined(self, operator: str, left: Unknown, right: Unknown) -> Unknown:
        """Compute `and`, `or` or `xor`."""
        return self._computed(f"{operator} i1 {self._named(left)}, {self._named(right)}")

    def _computed(self, what: str) -> str:
        name = self._new_name()
        self.text.lines.append(f"  {name} = {what}")
        return name

    def _new_name(self) -> str:
        self._names += 1
        return f"%var_{self._names - 1}"

    def _named(self, value: Unknown) -> str:
        """Give the name of a value; a result is read for it, once."""
        if isinstance(value, str):
            return value
        if value not in self._readings:
            self._readings[value] = self._new_name()
            self._read.append(value)
            self.text.lines.append(self.text.read(self._readings[value], value))
        return self._readings[value]

    def _branch(self, branch: Branch) -> None:
        condition = self._value_of(branch.condition)
        if isinstance(condition, bool):
            self._operations(branch.then if condition else branch.otherwise)
        elif branch.then or branch.otherwise:
            self._fork(self._named(condition), branch)

    def _fork(self, condition: str, branch: Branch) -> None:
        """Write both ways, then join them. The end of a way is written last: only then is it known what it must read.

        A way on which nothing is done is the block before.
        """
        lines = self.text.lines
        before = Way(self._block, len(lines), {}, {})
        lines.append("")
        labels = [self._new_block() if operations else "" for operations in (branch.then, branch.otherwise)]
        joined = self._new_block()
        then, otherwise = (
            self._way(label, operations) if label else before
            for label, operations in zip(labels, (branch.then, branch.otherwise), strict=True)
        )
        lines.append(f"{joined}:")
        self._block = joined
        ends = {way.line: list[str]() for way in (before, then, otherwise)}
        self._join(then, otherwise, ends)
        ends[before.line].append(f"  br i1 {condition}, label %{labels[0] or joined}, label %{labels[1] or joined}")
        for line, end in ends.items():
            lines[line] = "\n".join(end if line == before.line else [*end, f"  br label %{joined}"])

    def _way(self, label: str, operations: Sequence[Operation]) -> Way:
        """Write one way, and take back what holds on it only."""
        read, was_set = len(self._read), len(self._set)
        self.text.lines.append(f"{label}:")
        self._block = label
        self._operations(operations)
        self.text.lines.append("")
        changed = {bit: self._bits[bit] for bit, _ in self._set[was_set:]}
        for bit, value in reversed(self._set[was_set:]):
            self._bits[bit] = value
        readings = {value: self._readings.pop(value) for value in self._read[read:]}
        del self._set[was_set:], self._read[read:]
        return Way(self._block, len(self.text.lines) - 1, changed, readings)

    def _join(self, then: Way, otherwise: Way, ends: Mapping[int, list[str]]) -> None:
        """Choose by the way taken what each bit is that they leave different."""
        names_at_end: dict[tuple[int, int], str] = {}
        for bit in {**then.changed, **otherwise.changed}:
            values = [way.changed.get(bit, self._bits[bit]) for way in (then, otherwise)]
            if values[0] is values[1] or (values[0] == values[1] and type(values[0]) is type(values[1])):
                self._let(bit, values[0])
            elif self._reads[bit] > 0:
                chosen = ", ".join(
                    f"[{self._at_the_end(way, value, ends[way.line], names_at_end)}, %{way.block}]"
                    for way, value in zip((then, otherwise), values, strict=True)
                )
                self._let(bit, self._computed(f"phi i1 {chosen}"))
            else:
                self._let(bit, NOBODY_ASKS)

    def _at_the_end(self, way: Way, value: Value, end: list[str], names_at_end: dict[tuple[int, int], str]) -> str:
        """Give the name that a value has at the end of a way; what is not read yet is read there."""
        if isinstance(value, bool | str):
            return str(value).lower() if isinstance(value, bool) else value
        name = way.readings.get(value) or self._readings.get(value) or names_at_end.get((way.line, value))
        if name is None:
            name = names_at_end[way.line, value] = self._new_name()
            end.append(self.text.read(name, value))
        return name

    def _new_block(self) -> str:
        self._blocks += 1
        return f"block_{self._blocks}"


def _bits_asked_for(operations: Sequence[Operation]) -> Iterator[int]:
    for operation in operations:
        if isinstance(operation, SetBit):
            yield from bits_of(operation.value)
        elif isinstance(operation, Branch):
            yield from bits_of(operation.condition)
            yield from _bits_asked_for(operation.then)
            yield from _bits_asked_for(operation.otherwise)
