"""Compiles OpenQASM 2 and 3 to QIR by our own front end and back end, `quantum.programs.openqasm`."""

from collections.abc import Sequence

from quantum.programs.compiling.faults import FaultyProgramError, Wire, fault
from quantum.programs.openqasm import faults, qir
from quantum.programs.openqasm.circuit import Circuit
from quantum.programs.openqasm.lowering import bind_values, lower
from quantum.programs.openqasm.reading import plain, read

MOST_NOTES = 20


def compile_openqasm(request: Wire) -> tuple[Wire, str]:
    """Compile a program; its arguments are bound to its `input` declarations in their order."""
    if request["entryPoint"] is not None:
        raise FaultyProgramError(fault("entryPoint", "an OpenQASM program has no named entry points: leave it out"))
    source = plain(request["source"])
    places = faults.Places(source)
    try:
        circuit = lower(
            read(source, request["language"]), request["arguments"], lambda at: places.line_and_column(at)[0]
        )
        module = qir.write(bound(circuit, request["arguments"]), request["profile"])
    except faults.FaultyProgramError as error:
        raise FaultyProgramError(*(_on_the_wire(program_fault, places) for program_fault in error.faults)) from error
    header = {"entryPoint": module.entry_point, "qubits": module.qubits, "layout": module.layout}
    return header | {"notes": list(circuit.notes[:MOST_NOTES])}, module.text


def bound(circuit: Circuit, arguments: Sequence[object]) -> Circuit:
    """Give the program's inputs their values."""
    values = bind_values(circuit, arguments)
    try:
        return circuit.bound(values)
    except (ValueError, ArithmeticError) as error:
        reason = f"with these values a rotation's angle cannot be computed: {error}"
        raise faults.FaultyProgramError(faults.ProgramFault(reason, None, "arguments")) from error


def _on_the_wire(program_fault: faults.ProgramFault, places: faults.Places) -> Wire:
    where = () if program_fault.at is None else places.line_and_column(program_fault.at)
    return fault(program_fault.field, program_fault.reason, *where)
