"""pytket's circuits, written by `pytket.qasm`: a register of the result for each classical register, by their names.

The leftmost bit of a register is its first one, as in pytket.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quantumjobs.circuits.refusals import no_circuit, unbound, unmeasured, unwritten
from quantumjobs.errors import UsageError
from quantumjobs.orders import Program

SCRATCH = "tk_SCRATCH"  # how pytket begins the names of bits that it needs itself


def convert(circuit: Any) -> Program:
    """Write a `Circuit` as OpenQASM 2."""
    pytket = import_module("pytket")
    if not isinstance(circuit, pytket.Circuit):
        raise no_circuit("pytket", circuit, "a Circuit")
    if circuit.is_symbolic():
        raise unbound(
            sorted(map(str, circuit.free_symbols())),
            "Give arguments={name: value}, or bind it: circuit.symbol_substitution({symbol: value})",
        )
    plain = circuit.copy()
    import_module("pytket.passes").DecomposeBoxes().apply(plain)
    if not _measures(pytket, plain):
        raise unmeasured("Add circuit.measure_all()")
    return Program("openqasm2", text=_written(pytket, plain))


def _measures(pytket: Any, circuit: Any) -> bool:
    operations = (command.op for command in circuit.get_commands())
    kinds = (op.op.type if op.type == pytket.OpType.Conditional else op.type for op in operations)
    return pytket.OpType.Measure in kinds


def _written(pytket: Any, circuit: Any) -> str:
    exporter = import_module("pytket.qasm")
    unsupported = import_module("pytket.qasm.qasm").QASMUnsupportedError
    widest = max(32, *(register.size for register in circuit.c_registers))
    try:
        return str(exporter.circuit_to_qasm_str(circuit, header="qelib1", maxwidth=widest))
    except unsupported:
        pass
    # Its other header takes conditions on a single bit, and gates that it has no name for are taken apart.
    optype = pytket.OpType
    import_module("pytket.passes").AutoRebase({optype.CX, optype.Rz, optype.Rx}).apply(circuit)
    try:
        text = str(exporter.circuit_to_qasm_str(circuit, header="hqslib1", maxwidth=widest))
    except (unsupported, RuntimeError) as error:
        raise unwritten("pytket", error, "Replace that part") from error
    if SCRATCH in text:
        raise UsageError(
            "pytket writes this circuit with bits of its own. Let conditions depend on one bit or a whole register only"
        )
    return text
