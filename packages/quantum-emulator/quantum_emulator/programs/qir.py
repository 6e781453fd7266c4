"""Reads and runs `qir.v1`, text or bitcode.

A straight line of gates (the base profile, and every adaptive program that never branches) becomes a circuit for
qiskit-aer. Programs that branch run in our own interpreter (`branching`), and so do wide programs with resets or
measurements before the end, since aer would run every shot separately; Clifford programs on many qubits, and
instructions that our interpreter does not support, go to qdk's simulator (`interpreted`).
"""

from collections.abc import Iterator

import pyqir

from quantum_emulator import errors
from quantum_emulator.programs import branching, interpreted, noise, simulate
from quantum_emulator.programs.branching import UnknownInstructionError
from quantum_emulator.programs.gates import CLIFFORD, QIS
from quantum_emulator.programs.recording import Record, nest
from quantum_emulator.programs.run import Outcome, Run, Shots, Value, shots_of
from quantum_emulator.programs.straight_line import Line, read

BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
NARROW = 12  # up to so many qubits aer is fast enough to run every shot separately
WIDE = 16  # from so many qubits on a stabilizer simulator is faster for Clifford programs


def run(program: bytes, run: Run) -> Outcome:
    """Run the program's entry point for all shots."""
    module = _module(program)
    entry = _entry_point(module, run.entry_point)
    if run.arguments or entry.params:
        raise errors.qir_unreadable("Entry points with arguments are not supported: compile the arguments in.")
    needed = pyqir.required_num_qubits(entry) or 0
    if needed > run.qubits:
        raise errors.too_many_qubits(needed, run.qubits)
    line = read(entry)
    if line is not None and (needed <= NARROW or line.is_sampled_at_once or _is_clifford(module)):
        return _sampled(line, run)
    return _branching(module, entry, run)


def _module(program: bytes) -> pyqir.Module:
    try:
        if program.startswith(BITCODE):
            return pyqir.Module.from_bitcode(pyqir.Context(), program)
        return pyqir.Module.from_ir(pyqir.Context(), program.decode("utf-8"))
    except (ValueError, OSError, RuntimeError) as error:
        raise errors.qir_unreadable(f"The program is not QIR: {error}") from error


def _entry_point(module: pyqir.Module, name: str | None) -> pyqir.Function:
    fault = module.verify()
    if fault is not None:
        raise errors.qir_unreadable(f"The program is not valid QIR: {fault}")
    entries = [function for function in module.functions if pyqir.is_entry_point(function)]
    for function in entries:
        if not name or name == function.name:
            return function
    names = ", ".join(function.name for function in entries) or "none"
    raise errors.qir_unreadable(f"The entry point '{name or ''}' is not in the program; there is {names}.")


def _sampled(line: Line, run: Run) -> Shots:
    samples = simulate.sample(line.circuit, run)
    if not line.records:
        return shots_of(samples, lambda bits: [int(bit) for bit in bits])
    return shots_of(samples, lambda bits: nest(line.records, _leaves(line.records, bits)))


def _leaves(records: list[Record], bits: str) -> list[Value]:
    leaves: list[Value] = []
    for record in records:
        if record.kind == "result":
            leaves.append(int(bits[record.result]))
        elif record.constant is not None:
            leaves.append(record.constant)
    return leaves


def _branching(module: pyqir.Module, entry: pyqir.Function, run: Run) -> Shots:
    is_clifford = _is_clifford(module)
    if run.stabilizer and not is_clifford:
        raise noise.not_clifford("other ones")
    if run.rates is not None:
        return _branching_with_errors(entry, run)
    if is_clifford and (pyqir.required_num_qubits(entry) or 0) > WIDE:
        return interpreted.run(module, entry, run, "stabilizer")
    try:
        return branching.run(entry, run)
    except UnknownInstructionError:
        return interpreted.run(module, entry, run, "stabilizer" if is_clifford else "cpu")


def _branching_with_errors(entry: pyqir.Function, run: Run) -> Shots:
    try:
        return branching.run(entry, run)
    except UnknownInstructionError as unknown:
        raise noise.not_for(f"programs with {unknown}") from unknown


def _is_clifford(module: pyqir.Module) -> bool:
    return {call.callee.name for call in _calls(module) if call.callee.name.startswith(QIS)} <= CLIFFORD


def _calls(module: pyqir.Module) -> Iterator[pyqir.Call]:
    blocks = (block for function in module.functions for block in function.basic_blocks)
    return (step for block in blocks for step in block.instructions if isinstance(step, pyqir.Call))
