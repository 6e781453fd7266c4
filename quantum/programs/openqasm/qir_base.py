"""A circuit as a straight line of gates that ends in all its measurements, for targets that run nothing else.

1. A qubit that goes on after its measurement is copied onto a fresh one, which the program goes on with; the first one
   keeps the outcome until the end. Gates that cannot change the outcome need no copy.
2. A qubit that was reset goes on as a fresh one.
3. What is done or not done by an outcome is refused: that is the target's limit.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Never

from quantum.programs.openqasm.circuit import Barrier, Branch, Circuit, Gate, Measure, Operation, Reset, SetBit
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.qir_formulas import Unknown, Value, worked_out
from quantum.programs.openqasm.qir_text import Text, as_numbers
from quantum.programs.openqasm.recording import Leaf, record

ONLY_STRAIGHT_LINES = (
    "this target runs straight lines of gates only, and this depends on a measurement's outcome: "
    "send the program to a target that branches on outcomes (profile Adaptive_RI), such as Quantinuum's"
)
# By gate, the qubits whose outcome, if they were measured, it cannot change.
KEEPS: Mapping[str, tuple[bool, ...]] = {
    **dict.fromkeys(("z", "s", "sdg", "t", "tdg", "rz"), (True,)),
    **dict.fromkeys(("cz", "rzz"), (True, True)),
    **dict.fromkeys(("cx", "cy"), (True, False)),
}
KEEPS_NONE = (False, False)


class StraightLine:
    """Writes a circuit operation by operation; `places` says where each of its qubits is now, None where nowhere yet.

    Of each measurement `measured` has the qubit that keeps it, and `keeping` says which measurement a qubit keeps.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.text = Text()
        self.qubits = circuit.qubits
        self._places: list[int | None] = list(range(circuit.qubits))
        self._bits: list[Value] = [False] * circuit.bits
        self._measured: list[int] = []
        self._keeping: dict[int, int] = {}
        self._touched: set[int] = set()
        self._at: int | None = None
        self._writers: Mapping[type, Callable[[Any], None]] = {
            Gate: self._gate,
            Measure: self._measure,
            Reset: self._reset,
            Barrier: lambda _: self.text.barrier(),
            SetBit: self._set_bit,
            Branch: self._branch,
        }

    def write(self, circuit: Circuit) -> str | None:
        """Write the whole circuit, and give its layout."""
        self._operations(circuit.operations)
        returned = [bit for register in circuit.registers for bit in register.bits]
        leaves = self._leaves(returned)
        return record(self.text, circuit.registers, leaves.__getitem__)

    def _operations(self, operations: Sequence[Operation]) -> None:
        writers = self._writers
        for operation in operations:
            writers[type(operation)](operation)

    def _gate(self, gate: Gate) -> None:
        keeps = KEEPS.get(gate.name, KEEPS_NONE)
        qubits = [self._place(qubit, keeps=keeps[operand]) for operand, qubit in enumerate(gate.qubits)]
        self._touched.update(qubits)
        self.text.gate(gate.name, as_numbers(gate), qubits)

    def _place(self, qubit: int, *, keeps: bool) -> int:
        place = self._places[qubit]
        if place is None:
            place = self._places[qubit] = self._fresh()
        elif not keeps and place in self._keeping:
            place = self._places[qubit] = self._copied(place)
        return place

    def _fresh(self) -> int:
        self.qubits += 1
        return self.qubits - 1

    def _copied(self, place: int) -> int:
        copy = self._fresh()
        self.text.gate("cx", (), (place, copy))
        self._touched.add(copy)
        return copy

    def _measure(self, measure: Measure) -> None:
        """Note a measurement; one more of a qubit that still keeps the last one's outcome has the same."""
        place = self._place(measure.qubit, keeps=True)
        if place not in self._keeping:
            self._keeping[place] = len(self._measured)
            self._measured.append(place)
            self._touched.add(place)
        self._bits[measure.bit] = self._keeping[place]

    def _reset(self, reset: Reset) -> None:
        if self._places[reset.qubit] in self._touched:
            self._places[reset.qubit] = None

    def _set_bit(self, assignment: SetBit) -> None:
        self._at = assignment.at
        self._bits[assignment.bit] = worked_out(assignment.value, self)

    def _branch(self, branch: Branch) -> None:
        self._at = branch.at
        taken = worked_out(branch.condition, self)
        if not isinstance(taken, bool):
            raise self._limit
        self._operations(branch.then if taken else branch.otherwise)

    @property
    def _limit(self) -> FaultyProgramError:
        return FaultyProgramError(ProgramFault(ONLY_STRAIGHT_LINES, self._at))

    def value(self, bit: int) -> Value:
        """Give a bit itself, or the number of its measurement."""
        return self._bits[bit]

    def opposite(self, _value: Unknown) -> Never:
        """Refuse: outcomes are not there before the end."""
        raise self._limit

    def joined(self, _operator: str, _left: Unknown, _right: Unknown) -> Never:
        """Refuse: outcomes are not there before the end."""
        raise self._limit

    def _leaves(self, returned: Sequence[int]) -> dict[int, bool | Leaf]:
        """Measure what is returned, in the order of the program; a bit that holds another's outcome gets a copy."""
        leaves: dict[int, bool | Leaf] = {}
        holders: dict[int, list[int]] = {}
        for bit in returned:
            value = self._bits[bit]
            if isinstance(value, bool):
                leaves[bit] = value
            elif isinstance(value, int):
                holders.setdefault(value, []).append(bit)
        recorded = [(self._measured[outcome], bits) for outcome, bits in sorted(holders.items())]
        places = [(bits[0], place) for place, bits in recorded]
        places += [(bit, self._copied(place)) for place, bits in recorded for bit in bits[1:]]
        return leaves | {bit: Leaf(self.text.measure(place)) for bit, place in places}
