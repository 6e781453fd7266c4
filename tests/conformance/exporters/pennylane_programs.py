"""Programs that PennyLane exports: OpenQASM 2 of its gates, templates, and measurements in between."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np
import pennylane as qml
from drawing import Draw, Drawing, UnexportedError, main
from exact import Step, expectation

WRITTEN = import_module("pennylane.io.to_openqasm").OPENQASM_GATES
KINDS = ("gates", "own", "inverse", "control", "power", "measured", "conditions")
SIMPLE = [name for name in WRITTEN if not name.startswith("Adjoint") and name != "GlobalPhase"]
# What its writer takes apart: a template, and gates that PennyLane has and OpenQASM 2 does not.
TAKEN_APART: tuple[Callable[[Drawing, list[int]], Any], ...] = (
    lambda drawing, wires: qml.IsingXX(drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.IsingYY(drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.IsingZZ(drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.CRot(drawing.angle(), drawing.angle(), drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.Rot(drawing.angle(), drawing.angle(), drawing.angle(), wires=wires[0]),
    lambda drawing, wires: qml.ControlledPhaseShift(drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.SingleExcitation(drawing.angle(), wires=wires[:2]),
    lambda _, wires: qml.ISWAP(wires=wires[:2]),
    lambda _, wires: qml.SISWAP(wires=wires[:2]),
    lambda _, wires: qml.CY(wires=wires[:2]),
    lambda _, wires: qml.CH(wires=wires[:2]),
    lambda _, wires: qml.SX(wires=wires[0]),
    lambda drawing, wires: qml.MultiRZ(drawing.angle(), wires=wires[:2]),
    lambda drawing, wires: qml.PauliRot(drawing.angle(), "XY", wires=wires[:2]),
    lambda _, wires: qml.QFT(wires=wires),
)


def gate_of(drawing: Drawing, width: int) -> Any:
    """Draw a gate that PennyLane writes by name, or one that it takes apart first."""
    if drawing.random() < 0.4:
        return drawing.choice(TAKEN_APART)(drawing, drawing.qubits(width, min(width, drawing.randint(2, 3))))
    while True:
        kind = getattr(qml, drawing.choice(SIMPLE))
        if kind.num_wires is None or kind.num_wires <= width:
            wires = drawing.qubits(width, kind.num_wires or 1)
            return kind(*(drawing.angle() for _ in range(kind.num_params)), wires=wires)


def modified(drawing: Drawing, kind: str, gate: Any, width: int) -> Any:
    """Put a gate under an inverse, a control or a power."""
    if kind == "inverse":
        return qml.adjoint(gate)
    if kind == "power":
        return qml.pow(gate, drawing.choice((2, 3, -1)))
    free = [wire for wire in range(width) if wire not in gate.wires]
    return qml.ctrl(gate, control=drawing.choice(free), control_values=[drawing.randrange(2)]) if free else gate


def add(drawing: Drawing, kind: str, width: int) -> None:
    """Queue the next part of a circuit."""
    gate = gate_of(drawing, width)
    if kind in {"inverse", "control", "power"} and drawing.random() < 0.5:
        modified(drawing, kind, gate, width)
    elif kind in {"measured", "conditions"} and drawing.random() < 0.25:
        outcome = qml.measure(drawing.randrange(width))
        if kind == "conditions":
            qml.cond(outcome, drawing.choice((qml.PauliX, qml.Hadamard, qml.S)))(wires=drawing.randrange(width))


def drawn_tape(drawing: Drawing, kind: str, width: int) -> Any:
    """Draw a circuit of this kind."""
    with qml.tape.QuantumTape() as tape:
        for wire in range(width):  # PennyLane counts the wires that are used
            qml.RZ(0.1, wires=wire)
        if kind == "own":
            seed = drawing.randrange(2**31)
            weights = np.random.default_rng(seed).uniform(-7, 7, size=(3, width))
            qml.RandomLayers(weights, wires=range(width), seed=seed)
        else:
            for _ in range(drawing.depth()):
                add(drawing, kind, width)
    return tape


def steps(tape: Any, width: int) -> Iterator[Step]:
    """Read a circuit as steps; bits of measurements in between come first, in their order."""
    bits: dict[str, int] = {}
    count = sum(isinstance(operation, qml.ops.MidMeasure) for operation in tape.operations)
    for operation in tape.operations:
        if isinstance(operation, qml.ops.MidMeasure):
            bits[operation.meas_uid] = len(bits)
            yield ("measure", operation.wires[0], bits[operation.meas_uid])
        elif isinstance(operation, qml.ops.Conditional):
            (read,) = [bits[measurement.meas_uid] for measurement in operation.meas_val.measurements]
            gate = ("gate", qml.matrix(operation.base), tuple(operation.base.wires))

            def holds(values: dict[int, int], read: int = read) -> bool:
                return values[read] == 1

            yield ("if", holds, (read,), [gate], [])
        else:
            yield ("gate", qml.matrix(operation), tuple(operation.wires))
    yield from (("measure", wire, count + wire) for wire in range(width))


def _openqasm2(drawing: Drawing, kind: str) -> dict[str, Any]:
    width = drawing.width(wide=kind == "gates")
    tape = drawn_tape(drawing, kind, width)
    try:
        text = qml.to_openqasm(tape, wires=qml.wires.Wires(range(width)))
    except (ValueError, NotImplementedError, qml.exceptions.DecompositionUndefinedError) as error:
        raise UnexportedError(f"{type(error).__name__}: {error}") from error
    names = sorted({operation.name for operation in tape.operations})
    record = {"version": version("pennylane"), "format": "openqasm2", "text": text, "gates": names}
    middle = sum(isinstance(operation, qml.ops.MidMeasure) for operation in tape.operations)
    registers = [range(middle), range(middle, middle + width)]
    if text.find("creg c[") < text.find("creg mcms["):
        registers.reverse()
    return record | expectation(width, list(steps(tape, width)), registers)


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("PennyLane, OpenQASM 2", _openqasm2, KINDS),)

if __name__ == "__main__":
    main(EXPORTERS)
