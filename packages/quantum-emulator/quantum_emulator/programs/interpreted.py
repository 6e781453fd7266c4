"""Runs QIR on qdk's simulators, which read all of QIR, but only one array of outputs, and only their own labels."""

from typing import Any

import pyqir
from pyqir import rt
from qdk import Result
from qdk.simulation import run_qir

from quantum_emulator import errors
from quantum_emulator.programs.recording import Record, leaves_of, nest, record_of
from quantum_emulator.programs.run import Run, Shots, Value

PROFILES = "qir_profiles"
ADAPTIVE = "adaptive_profile"
_MEASURED: dict[Any, Value] = {Result.Zero: 0, Result.One: 1, Result.Loss: "-"}


def run(module: pyqir.Module, entry: pyqir.Function, run: Run, kind: str) -> Shots:
    """Run the entry point on the simulator of this kind; outputs are nested here."""
    if entry.name != next(filter(pyqir.is_entry_point, module.functions)).name:
        raise errors.qir_unreadable("A program that branches must have its entry point first.")
    calls = [i for block in entry.basic_blocks for i in block.instructions if isinstance(i, pyqir.Call)]
    recorded = [(call, record) for call in calls if (record := record_of(call)) is not None]
    _flatten(module, entry, recorded)
    records = [record for _, record in recorded] or _every_result(entry)
    try:
        shots = run_qir(_labelled(module, entry), shots=run.shots, seed=run.seed, type=kind)
    except Exception as error:  # the simulator's passes raise many types of errors
        raise errors.simulation_failed(_translate(error, calls)) from error
    return Shots([nest(records, [_value(leaf) for leaf in leaves_of(shot)]) for shot in shots])


def _translate(error: Exception, calls: list[pyqir.Call]) -> str:
    """Translate the simulator's error: for an unknown operation it names only a part of its name."""
    names = (call.callee.name for call in calls)
    unknown = next((name for name in names if isinstance(error, KeyError) and str(error.args[0]) in name), None)
    if unknown is None:
        return f"The program could not be run: {error}"
    return f"The program calls {unknown}, an operation that this simulator does not know."


def _flatten(module: pyqir.Module, entry: pyqir.Function, recorded: list[tuple[pyqir.Call, Record]]) -> None:
    """Record one array of all leaves; of all results if the program records none."""
    leaves = [call for call, record in recorded if record.is_leaf]
    for call, record in recorded:
        if not record.is_leaf:
            call.erase()
    context = module.context
    builder = pyqir.Builder(context)
    label = pyqir.Constant.null(pyqir.PointerType(pyqir.IntType(context, 8)))
    results = 0 if recorded else pyqir.required_num_results(entry) or 0
    ends = [block.instructions[-1] for block in entry.basic_blocks]
    builder.insert_before(leaves[0] if leaves else next(end for end in ends if not end.successors))
    rt.array_record_output(builder, pyqir.const(pyqir.IntType(context, 64), len(leaves) or results), label)
    for number in range(results):
        rt.result_record_output(builder, pyqir.result(context, number), label)


def _every_result(entry: pyqir.Function) -> list[Record]:
    count = pyqir.required_num_results(entry) or 0
    return [Record("array", count=count), *(Record("result", result=number) for number in range(count))]


def _labelled(module: pyqir.Module, entry: pyqir.Function) -> bytes:
    """The module under the label by which the simulator interprets branches."""
    profile = entry.attributes.func[PROFILES].string_value if PROFILES in entry.attributes.func else ""
    if profile != ADAPTIVE:
        pyqir.add_string_attribute(entry, PROFILES, ADAPTIVE)
    bitcode: bytes = module.bitcode
    return bitcode


def _value(leaf: Any) -> Value:
    # Results equal small integers, so only their type tells a lost qubit from the number 2.
    value: Value = _MEASURED[leaf] if isinstance(leaf, Result) else leaf
    return value
