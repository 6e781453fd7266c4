"""PennyLane's QNodes and tapes, written by `qml.to_openqasm`: register `c` holds the measured wires in their order.

Measurements in between follow in a register `mcms`. The leftmost bit is the first wire, as in PennyLane.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from quantumjobs.circuits.refusals import no_circuit, unbound, unmeasured, unwritten
from quantumjobs.errors import UsageError
from quantumjobs.orders import Program

COUNTED = ("CountsMP", "SampleMP", "ProbabilityMP")
TAPE = "Give arguments=[…] in this order, or the circuit with values: qml.workflow.construct_tape(circuit)(value)"


def convert(circuit: Any) -> Program:
    """Write a QNode without arguments, or a tape, as OpenQASM 2."""
    qml = import_module("pennylane")
    device_wires = None
    if isinstance(circuit, qml.QNode):
        device_wires = circuit.device.wires
        circuit = _tape(circuit)
    if not isinstance(circuit, qml.tape.QuantumScript):
        raise no_circuit("PennyLane", circuit, "a QNode or a tape")
    _check(circuit)
    measured = _measured(circuit, device_wires)
    operations = [*_as_written(qml, circuit.operations), *circuit.diagonalizing_gates]
    script = qml.tape.QuantumScript(operations, [qml.sample(wires=measured)] if measured else [])
    try:
        text = qml.to_openqasm(script, rotations=False, measure_all=False)
    except (ValueError, TypeError, NotImplementedError, qml.exceptions.DecompositionUndefinedError) as error:
        raise unwritten("PennyLane", error, "Replace that operation") from error
    return Program("openqasm2", text=text)


def _tape(circuit: Any) -> Any:
    """Draw a QNode's tape; what it wants to be called with is what has no value."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(circuit.func).parameters.values()
    names = [one.name for one in parameters if one.default is one.empty and one.kind not in kinds]
    if names:
        raise unbound(names, TAPE)
    return import_module("pennylane.workflow").construct_tape(circuit)()


def _check(tape: Any) -> None:
    for measurement in tape.measurements:
        if type(measurement).__name__ not in COUNTED:
            raise UsageError(f"the circuit returns {measurement}, and a job gives counts. Return qml.counts()")
    if tape.batch_size is not None:
        raise UsageError(
            f"the circuit stands for {tape.batch_size} circuits. Submit each of qml.transforms.broadcast_expand"
        )
    if any(getattr(operation, "postselect", None) is not None for operation in tape.operations):
        raise UsageError("the circuit postselects, which no target does. Leave it out, and select among the counts")


def _measured(tape: Any, device_wires: Any) -> list[Any]:
    """List the wires measured at the end, in the order that PennyLane itself gives their bits."""
    last = [measurement for measurement in tape.measurements if measurement.mv is None]
    named = [wire for measurement in last for wire in measurement.wires]
    every = list(device_wires or tape.wires)
    if set(every) == set(range(len(every))):
        every.sort()
    measures_all = not tape.measurements or any(not measurement.wires for measurement in last)
    wires = every if measures_all else list(dict.fromkeys(named))
    if not wires and all(measurement.mv is None for measurement in tape.measurements):
        raise unmeasured("Return qml.counts()")
    return wires


def _as_written(qml: Any, operations: Any) -> list[Any]:
    """Replace what PennyLane cannot write by what means the same: resets, conditions on a 0, whole powers."""
    plain: dict[Any, Any] = {}
    rewritten: list[Any] = []
    for operation in operations:
        if getattr(operation, "base", operation).name == "Identity":
            continue  # on several wires, or under a control, it would be an `id` of so many qubits, which there is not
        if isinstance(operation, qml.ops.MidMeasure) and operation.reset:
            plain[operation] = qml.ops.MidMeasure(operation.wires, meas_uid=operation.meas_uid)
            flip = qml.ops.Conditional(qml.ops.MeasurementValue([plain[operation]]), qml.X(operation.wires[0]))
            rewritten += [plain[operation], flip]
        elif isinstance(operation, qml.ops.Conditional):
            rewritten += _condition(qml, operation, plain)
        elif isinstance(operation, qml.ops.Pow) and not operation.has_decomposition and float(operation.z).is_integer():
            step = operation.base if operation.z > 0 else qml.adjoint(operation.base, lazy=False)
            rewritten += [step] * abs(int(operation.z))
        else:
            rewritten.append(operation)
    return rewritten


def _condition(qml: Any, operation: Any, plain: dict[Any, Any]) -> list[Any]:
    measurements = [plain.get(measurement, measurement) for measurement in operation.meas_val.measurements]
    if len(measurements) != 1:
        raise UsageError("PennyLane cannot write a condition on several measurements. Let it depend on a single one")
    value, gate = qml.ops.MeasurementValue(measurements), operation.base
    if_zero, if_one = (bool(operation.meas_val.processing_fn(bit)) for bit in (0, 1))
    if not if_zero:
        return [qml.ops.Conditional(value, gate)] if if_one else []
    # On a 0: always, and taken back on a 1.
    return [gate] if if_one else [gate, qml.ops.Conditional(value, qml.adjoint(gate, lazy=False))]
