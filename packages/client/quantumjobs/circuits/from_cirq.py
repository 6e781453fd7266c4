"""Cirq's circuits, written by `Circuit.to_qasm`: a register `m_KEY` of the result for each measurement key.

Registers come in the order of the first measurements, and the leftmost bit is a key's first qubit, as in Cirq.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from quantumjobs.circuits.refusals import no_circuit, unbound, unmeasured, unwritten
from quantumjobs.errors import UsageError
from quantumjobs.orders import Program

if TYPE_CHECKING:
    from collections.abc import Iterator


def convert(circuit: Any) -> Program:
    """Write a `Circuit` or `FrozenCircuit` as OpenQASM 3."""
    cirq = import_module("cirq")
    if not isinstance(circuit, cirq.AbstractCircuit):
        raise no_circuit("Cirq", circuit, "a Circuit or FrozenCircuit")
    if cirq.is_parameterized(circuit):
        raise unbound(
            sorted(cirq.parameter_names(circuit)),
            "Give arguments={name: value}, or resolve it: cirq.resolve_parameters(circuit, {name: value})",
        )
    try:
        text = _plain(cirq, circuit).to_qasm(version="3.0")
    except (ValueError, TypeError, NotImplementedError) as error:
        if isinstance(error, UsageError):
            raise
        raise unwritten("Cirq", error, "Replace that operation") from error
    return Program("openqasm3", text=text)


def _plain(cirq: Any, circuit: Any) -> Any:
    """Write subcircuits out, and replace what Cirq would write wrongly."""
    flat = cirq.unroll_circuit_op(circuit.unfreeze(), deep=True, tags_to_check=None)
    widths = _widths(cirq, flat)
    operations = (part for operation in flat.all_operations() for part in _rewritten(cirq, operation, widths))
    return cirq.with_measurement_key_mapping(cirq.Circuit(map(cirq.Moment, operations)), _names(widths))


def _widths(cirq: Any, circuit: Any) -> dict[str, int]:
    """Count the bits of each key; the OpenQASM that Cirq writes has room for one measurement of each."""
    widths: dict[str, int] = {}
    for operation in circuit.all_operations():
        if cirq.is_measurement(operation):
            for key in cirq.measurement_key_names(operation):
                if key in widths:
                    raise UsageError(f"the key {key!r} is measured more than once. Give each measurement its own key")
                widths[key] = len(operation.qubits)
    if not widths:
        raise unmeasured("Append cirq.measure(*qubits, key='result')")
    return widths


def _names(widths: dict[str, int]) -> dict[str, str]:
    """Give keys that are no names in OpenQASM, as those of repeated subcircuits, names that are free."""
    free = (name for number in range(2 * len(widths)) if (name := f"key{number}") not in widths)
    return {key: key if key.isascii() and key.isidentifier() else next(free) for key in widths}


def _rewritten(cirq: Any, operation: Any, widths: dict[str, int]) -> Iterator[Any]:
    if isinstance(operation, cirq.ClassicallyControlledOperation):
        conditions = [_condition(cirq, condition, widths) for condition in operation.classical_controls]
        # Cirq puts the condition before the first line of an operation only: each line needs its own.
        inner = operation.without_classical_controls()
        parts = cirq.decompose(inner, keep=_is_one_line, fallback_decomposer=_by_matrix, on_stuck_raise=None)
        for part in (part for part in parts if part.qubits):  # a phase by itself shows nowhere
            if not _is_one_line(part):
                raise UsageError(f"Cirq cannot write {part} under a classical condition. Take it apart first")
            yield part.with_classical_controls(*conditions)
    elif isinstance(operation.gate, cirq.ThreeQubitDiagonalGate):
        # Cirq 1.7.0 takes this gate apart wrongly on qubits that are no neighbours.
        yield cirq.MatrixGate(cirq.unitary(operation)).on(*operation.qubits)
    else:
        yield operation


def _by_matrix(operation: Any) -> Any:
    """Take an operation on two qubits apart that Cirq has no rule for, up to a phase, which no condition can show."""
    cirq = import_module("cirq")
    matrix = cirq.unitary(operation, None)
    if matrix is None or len(operation.qubits) != 2:
        return NotImplemented
    return cirq.two_qubit_matrix_to_cz_operations(*operation.qubits, matrix, allow_partial_czs=False)


def _is_one_line(operation: Any) -> bool:
    cirq = import_module("cirq")
    places = {qubit: f"q[{place}]" for place, qubit in enumerate(operation.qubits)}
    keys = {key: key for key in cirq.measurement_key_names(operation)}
    arguments = cirq.QasmArgs(version="3.0", qubit_id_map=places, meas_key_id_map=keys)
    text = cirq.qasm(operation, args=arguments, default=None)
    return text is not None and text.count(";") == 1


def _condition(cirq: Any, condition: Any, widths: dict[str, int]) -> Any:
    """Reverse the bits that a key is compared with: its first one is the highest in Cirq, the lowest in OpenQASM."""
    if isinstance(condition, cirq.KeyCondition):
        return condition
    expression: Any = getattr(condition, "expr", None)
    if type(expression).__name__ != "Equality" or not (expression.lhs.is_Symbol and expression.rhs.is_Integer):
        raise UsageError(
            f"Cirq cannot write the condition {condition}. Use a key by itself, or sympy.Eq(sympy.Symbol(key), number)"
        )
    key, number = str(expression.lhs), int(expression.rhs)
    width = widths.get(key, 1)
    if 0 <= number < 2**width:
        number = int(format(number, f"0{width}b")[::-1], 2)
    return cirq.SympyCondition(expression.func(expression.lhs, number))
