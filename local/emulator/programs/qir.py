"""Reads and runs `qir.v1`, text or bitcode.

A straight line of gates (the base profile, and every adaptive program that never branches) becomes a circuit for
qiskit-aer; what branches, reads results or computes goes to qdk's own simulator, which understands all of QIR.
"""

from typing import Any

import pyqir
from qdk import Result
from qdk.simulation import run_qir

from local.emulator import errors
from local.emulator.programs import simulate
from local.emulator.programs.recording import Record, leaves_of, nest, record_of
from local.emulator.programs.run import Outcome, Run, Shots, Value, shots_of
from local.emulator.programs.straight_line import Line, read

BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
PREFIX = "__quantum__qis__"

# Programs of these alone run on qdk's stabilizer simulator, which is thousands of times faster on many qubits.
CLIFFORD = frozenset(
    f"{PREFIX}{name}"
    for name in (
        *("h__body", "x__body", "y__body", "z__body", "s__body", "s__adj", "sx__body"),
        *("cx__body", "cy__body", "cz__body", "swap__body", "barrier__body", "move__body"),
        *("m__body", "mz__body", "mresetz__body", "reset__body", "read_result__body"),
    )
)
_MEASURED: dict[Any, Value] = {Result.Zero: 0, Result.One: 1, Result.Loss: "-"}


def run(program: bytes, run: Run) -> Outcome:
    """Run the program's entry point so many times."""
    module = _module(program)
    entry = _entry_point(module, run.entry_point)
    if run.arguments or entry.params:
        raise errors.qir_unreadable("Entry points with arguments are not supported: compile the arguments in.")
    needed = pyqir.required_num_qubits(entry) or 0
    if needed > run.qubits:
        raise errors.too_many_qubits(needed, run.qubits)
    line = read(entry)
    return _sampled(line, run) if line is not None else _interpreted(module, entry, run)


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
    found = ", ".join(function.name for function in entries) or "none"
    raise errors.qir_unreadable(f"The entry point '{name or ''}' is not in the program; there is {found}.")


def _sampled(line: Line, run: Run) -> Shots:
    samples = simulate.sample(line.circuit, run.shots, run.seed)
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


def _interpreted(module: pyqir.Module, entry: pyqir.Function, run: Run) -> Shots:
    if entry.name != next(filter(pyqir.is_entry_point, module.functions)).name:
        raise errors.qir_unreadable("A program that branches must have its entry point first.")
    called = {function.name for function in module.functions if function.name.startswith(PREFIX)}
    kind = "stabilizer" if called <= CLIFFORD else "cpu"
    try:
        shots = run_qir(module.bitcode, shots=run.shots, seed=run.seed, type=kind)
    except Exception as error:  # the simulator raises whatever its passes happen to hit
        raise errors.simulation_failed(f"The program could not be run: {error}") from error
    calls = (i for block in entry.basic_blocks for i in block.instructions if isinstance(i, pyqir.Call))
    records = [record for call in calls if (record := record_of(call)) is not None]
    return Shots([nest(records, [_value(leaf) for leaf in leaves_of(shot)]) for shot in shots])


def _value(leaf: Any) -> Value:
    # Results equal small integers, so only their type tells a lost qubit from the number 2.
    value: Value = _MEASURED[leaf] if isinstance(leaf, Result) else leaf
    return value
