"""Programs that pytket exports: OpenQASM 2, Quantinuum's dialect of it, and QIR by pytket-qir."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from itertools import pairwise, product
from typing import Any

from drawing import Draw, Drawing, UnexportedError, main
from exact import Step, expectation, number
from pytket import Circuit, OpType
from pytket.circuit import Conditional, Op, QControlBox
from pytket.passes import DecomposeBoxes
from pytket.qasm import circuit_to_qasm_str
from pytket.qasm.qasm import QASMUnsupportedError
from pytket.qir import QIRFormat, QIRProfile, pytket_to_qir

UNITARY = ("gates", "inverse", "control", "power", "measured")
KINDS = (*UNITARY, "conditions")
DECLARED = re.compile(r"^creg (\w+)\[", re.MULTILINE)
MOST_ANGLES = 6
WIDEST = 4

Fits = Callable[[Circuit], bool]


@cache
def registry() -> tuple[tuple[OpType, int, int], ...]:
    """List the gates that pytket makes by themselves: their type, angles and qubits."""
    entries = product(OpType.__members__.values(), range(MOST_ANGLES + 1), range(1, WIDEST + 1))
    return tuple(entry for entry in entries if _is_gate(*entry))


def _is_gate(kind: OpType, angles: int, qubits: int) -> bool:
    try:
        circuit = Circuit(qubits)
        circuit.add_gate(kind, [0.3] * angles, [*range(qubits)])
        return bool(circuit.get_commands()[0].op.get_unitary().shape[0] == 2**qubits)
    except (RuntimeError, TypeError, ValueError, IndexError):
        return False


def written2(circuit: Circuit) -> str:
    """Write OpenQASM 2 with qelib1.inc."""
    return circuit_to_qasm_str(circuit, header="qelib1")


def written_hqs(circuit: Circuit) -> str:
    """Write OpenQASM 2 with Quantinuum's own header."""
    return circuit_to_qasm_str(circuit, header="hqslib1")


def written_base(circuit: Circuit) -> str:
    """Write QIR for Azure's base profile."""
    return str(pytket_to_qir(circuit, name="made", qir_format=QIRFormat.STRING, profile=QIRProfile.AZUREBASE))


def written_adaptive(circuit: Circuit) -> str:
    """Write QIR for Azure's adaptive profile: its registers are recorded as numbers."""
    return str(pytket_to_qir(circuit, name="made", qir_format=QIRFormat.STRING, profile=QIRProfile.AZUREADAPTIVE))


def as_numbers(exact: dict[str, float]) -> dict[str, float]:
    """Spell registers as numbers, their first bit the lowest; neighbours that are never above 1 pass for bits."""
    rows = {text: [int(bits[::-1], 2) for bits in text.split()] for text in exact}
    are_bits = [max(values) < 2 for values in zip(*rows.values(), strict=True)]
    marks = ["" if left and right else "," for left, right in pairwise(are_bits)]
    spelled = {
        text: "".join(f"{value}{mark}" for value, mark in zip(row, [*marks, ""], strict=True))
        for text, row in rows.items()
    }
    return {spelled[text]: chance for text, chance in exact.items()}


@cache
def gates_of(write: Callable[[Circuit], str]) -> tuple[tuple[OpType, int, int], ...]:
    """List the gates of the registry that a writer takes."""
    return tuple(entry for entry in registry() if _is_written(write, *entry))


def _is_written(write: Callable[[Circuit], str], kind: OpType, angles: int, qubits: int) -> bool:
    circuit = Circuit(qubits, 1)
    circuit.add_gate(kind, [0.3] * angles, [*range(qubits)])
    circuit.Measure(0, 0)
    try:
        return bool(write(circuit))
    except (ValueError, RuntimeError, KeyError, TypeError, NotImplementedError, QASMUnsupportedError):
        return False


def gate_of(drawing: Drawing, width: int, write: Callable[[Circuit], str]) -> Op:
    """Draw a gate; pytket counts angles in half turns."""
    kind, angles, qubits = drawing.choice([entry for entry in gates_of(write) if entry[2] <= width])
    alone = Circuit(qubits)
    alone.add_gate(kind, [drawing.angle() / math.pi for _ in range(angles)], [*range(qubits)])
    return alone.get_commands()[0].op


def modified(drawing: Drawing, kind: str, gate: Op, width: int) -> Circuit:
    """Put a gate under an inverse, a control or a power, as gates that are written."""
    part = Circuit(gate.n_qubits)
    part.add_gate(gate, [*range(gate.n_qubits)])
    if kind == "inverse":
        return part.dagger()
    if kind == "power":
        twice = Circuit(gate.n_qubits)
        for _ in range(drawing.randint(2, 3)):
            twice.append(part)
        return twice
    if gate.n_qubits >= min(width, 3):
        return part
    controlled = Circuit(gate.n_qubits + 1)
    controlled.add_gate(QControlBox(gate, 1), [*range(gate.n_qubits + 1)])
    DecomposeBoxes().apply(controlled)
    return controlled


def drawn_circuit(drawing: Drawing, kind: str, write: Callable[[Circuit], str]) -> Circuit:
    """Draw a circuit of this kind, with measurements at the end."""
    width = drawing.width(wide=kind == "gates" and write is not written_adaptive)
    circuit = Circuit(width)
    middle = circuit.add_c_register("a", drawing.randint(1, 3))
    last = circuit.add_c_register("c", width)
    for _ in range(drawing.depth()):
        gate = gate_of(drawing, width, write)
        if kind in {"inverse", "control", "power"} and drawing.random() < 0.4:
            part = modified(drawing, kind, gate, width)
            circuit.add_circuit(part, [circuit.qubits[place] for place in drawing.qubits(width, part.n_qubits)], [])
        elif kind in {"measured", "conditions"} and drawing.random() < 0.3:
            _measure(drawing, circuit, middle)
            if kind == "conditions":
                _condition(drawing, circuit, middle, gate)
        else:
            circuit.add_gate(gate, drawing.qubits(width, gate.n_qubits))
    for qubit in range(width):
        circuit.Measure(circuit.qubits[qubit], last[qubit])
    return circuit


def _measure(drawing: Drawing, circuit: Circuit, middle: Any) -> None:
    qubit = drawing.choice(circuit.qubits)
    if drawing.random() < 0.3:
        circuit.Reset(qubit)
    else:
        circuit.Measure(qubit, middle[drawing.randrange(middle.size)])


def _condition(drawing: Drawing, circuit: Circuit, middle: Any, gate: Op) -> None:
    where = drawing.qubits(circuit.n_qubits, gate.n_qubits)
    if drawing.random() < 0.5:
        value = drawing.randrange(2**middle.size)
        circuit.add_gate(gate, where, condition_bits=list(middle), condition_value=value)
    else:
        circuit.add_gate(gate, where, condition=middle[drawing.randrange(middle.size)])


def steps(circuit: Circuit, places: dict[Any, int]) -> Iterator[Step]:
    """Read a circuit as steps."""
    for command in circuit.get_commands():
        yield from _steps(command.op, command.args, places)


def _steps(op: Any, arguments: Sequence[Any], places: dict[Any, int]) -> Iterator[Step]:
    where = tuple(places[argument] for argument in arguments)
    if isinstance(op, Conditional):
        read, value = where[: op.width], op.value

        def holds(bits: dict[int, int]) -> bool:
            return number(bits, read) == value

        yield ("if", holds, read, list(_steps(op.op, arguments[op.width :], places)), [])
    elif op.type == OpType.Measure:
        yield ("measure", *where)
    elif op.type == OpType.Reset:
        yield ("reset", where[0])
    elif op.type != OpType.Barrier:
        yield ("gate", op.get_unitary(), where)


def _exported(word: str, write: Callable[[Circuit], str], package: str) -> Draw:
    def draw(drawing: Drawing, kind: str) -> dict[str, Any]:
        circuit = drawn_circuit(drawing, kind, write)
        places = {qubit: place for place, qubit in enumerate(circuit.qubits)}
        places |= {bit: place for place, bit in enumerate(circuit.bits)}
        names = sorted({command.op.type.name for command in circuit.get_commands()})
        try:
            text = write(circuit)
        except (ValueError, RuntimeError, KeyError, TypeError, NotImplementedError, QASMUnsupportedError) as error:
            raise UnexportedError(f"{type(error).__name__}: {str(error)[:200]}") from error
        declared = DECLARED.findall(text) or (["c"] if write is written_base else ["a", "c"])
        by_name = {register.name: [places[bit] for bit in register] for register in circuit.c_registers}
        record = {"version": version(package), "format": word, "text": text, "gates": names}
        registers = [by_name[name] for name in declared]
        expected = expectation(circuit.n_qubits, list(steps(circuit, places)), registers)
        if write is written_adaptive and "exact" in expected:
            expected["exact"] = as_numbers(expected["exact"])
        return record | expected

    return draw


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (
    ("pytket, OpenQASM 2", _exported("openqasm2", written2, "pytket"), KINDS),
    ("pytket, for Quantinuum", _exported("quantinuum.openqasm.v1", written_hqs, "pytket"), KINDS),
    ("pytket-qir, base", _exported("qir.v1", written_base, "pytket-qir"), UNITARY[:-1]),
    ("pytket-qir, adaptive", _exported("qir.v1", written_adaptive, "pytket-qir"), KINDS),
)

if __name__ == "__main__":
    main(EXPORTERS)
