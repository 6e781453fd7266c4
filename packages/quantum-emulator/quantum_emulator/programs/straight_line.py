"""Reads QIR that is a straight line of gates into a circuit, and recognises programs that are not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyqir
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError

from quantum_emulator import errors
from quantum_emulator.programs.gates import GATES, MEASURE_AND_RESET, MEASUREMENTS, QIS, RESET, WITHOUT_EFFECT, draw
from quantum_emulator.programs.recording import Record, record_of

_OPERATION = re.compile(rf"{QIS}(\w+)")


@dataclass(frozen=True)
class Line:
    """A circuit, the program's records of its classical bits, and the qubits to reset before their next use.

    A reset waits until its qubit is used: a circuit without resets is sampled from one run, one
    with resets runs once for every shot.
    """

    circuit: QuantumCircuit
    records: list[Record] = field(default_factory=list)
    spent: set[int] = field(default_factory=set)

    @property
    def is_sampled_at_once(self) -> bool:
        """Whether one run gives all shots: no resets, and nothing after the measurement of a qubit."""
        measured: set[object] = set()
        for step in self.circuit.data:
            if step.operation.name == "reset" or not measured.isdisjoint(step.qubits):
                return False
            if step.operation.name == "measure":
                measured.update(step.qubits)
        return True


def read(entry: pyqir.Function) -> Line | None:
    """Return the program as a circuit; None where it branches, reads a result or computes."""
    calls = list(_calls(entry))
    if None in calls:
        return None
    qubits, results = pyqir.required_num_qubits(entry) or 0, pyqir.required_num_results(entry) or 0
    line = Line(QuantumCircuit(qubits, results))
    return line if all(call is not None and _add(line, call) for call in calls) else None


def _calls(entry: pyqir.Function) -> Iterator[pyqir.Call | None]:
    """The calls in order of execution; None for any other instruction."""
    seen = set()
    block: pyqir.BasicBlock | None = entry.basic_blocks[0]
    while block is not None:
        if block.name in seen:
            yield None
            return
        seen.add(block.name)
        for instruction in block.instructions:
            if isinstance(instruction, pyqir.Call):
                yield instruction
            elif instruction.opcode not in (pyqir.Opcode.BR, pyqir.Opcode.RET):
                yield None
        following = block.terminator.successors if block.terminator else []
        if len(following) > 1:
            yield None
            return
        block = following[0] if following else None


def _add(line: Line, call: pyqir.Call) -> bool:
    """Append a call to the line; False where only the interpreter can run it."""
    name = call.callee.name
    if name in WITHOUT_EFFECT:
        return True
    record = record_of(call)
    if record is not None:
        line.records.append(record)
        return record.kind != "value" or record.constant is not None
    match = _OPERATION.fullmatch(name)
    return match is not None and _apply(line, match[1], [_value(argument) for argument in call.args])


def _apply(line: Line, operation: str, values: list[int | float | None]) -> bool:
    numbers = [value for value in values if value is not None]
    method = "measure" if operation in (*MEASUREMENTS, MEASURE_AND_RESET) else GATES.get(operation)
    if len(numbers) < len(values) or (method is None and operation != RESET):
        return False
    try:
        if method is not None:
            _refresh(line, numbers[:1] if method == "measure" else numbers)
            draw(line.circuit, method, numbers)
    except (QiskitError, TypeError, IndexError) as error:
        raise errors.qir_unreadable(f"{operation}: {error}") from error
    if operation in (RESET, MEASURE_AND_RESET):
        line.spent.add(int(numbers[0]))
    return True


def _refresh(line: Line, numbers: list[int | float]) -> None:
    for qubit in line.spent.intersection(number for number in numbers if isinstance(number, int)):
        line.circuit.reset(qubit)
        line.spent.discard(qubit)


def _value(argument: pyqir.Value) -> int | float | None:
    if isinstance(argument, pyqir.FloatConstant):
        return float(argument.value)
    return pyqir.ptr_id(argument)
