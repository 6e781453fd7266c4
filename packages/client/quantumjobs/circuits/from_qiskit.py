"""Qiskit's circuits, written by `qiskit.qasm3`: a register of the result for each classical register, in their order.

The leftmost bit of a register is its first one, where Qiskit's own counts begin with the last.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from quantumjobs.circuits.refusals import no_circuit, unbound, unmeasured, unwritten
from quantumjobs.orders import Program

if TYPE_CHECKING:
    from collections.abc import Iterator


def convert(circuit: Any) -> Program:
    """Write a `QuantumCircuit` as OpenQASM 3."""
    if not isinstance(circuit, import_module("qiskit").QuantumCircuit):
        raise no_circuit("Qiskit", circuit, "a QuantumCircuit")
    if circuit.parameters:
        names = [parameter.name for parameter in circuit.parameters]
        raise unbound(
            names, "Give arguments=[…] in this order, or bind it: circuit.assign_parameters({parameter: value})"
        )
    if not any(name == "measure" for name in _operations(circuit)):
        raise unmeasured("Add circuit.measure_all()")
    exporter = import_module("qiskit.qasm3")
    try:
        text = exporter.dumps(_flat(circuit))
    except exporter.QASM3ExporterError as error:
        raise unwritten("Qiskit", error, "Replace that part, or transpile the circuit to basic gates") from error
    return Program("openqasm3", text=text)


def _flat(circuit: Any) -> Any:
    """Take composite instructions apart that are no gates, as `initialize` is: the exporter writes no calls of them."""
    qiskit = import_module("qiskit.circuit")
    plain = (qiskit.Gate, qiskit.ControlFlowOp)
    while names := {
        item.operation.name
        for item in circuit.data
        if not isinstance(item.operation, plain) and getattr(item.operation, "definition", None) is not None
    }:
        circuit = circuit.decompose(gates_to_decompose=sorted(names))
    return circuit


def _operations(circuit: Any) -> Iterator[str]:
    """Name the operations of a circuit, in its control flow and its composite instructions too."""
    for item in circuit.data:
        yield item.operation.name
        inner = getattr(item.operation, "definition", None) if item.clbits else None
        for block in (*getattr(item.operation, "blocks", ()), *((inner,) if inner is not None else ())):
            yield from _operations(block)
