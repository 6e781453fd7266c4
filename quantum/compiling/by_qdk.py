"""Compiling by qdk: a program that was brought into a context becomes QIR, or the faults that qdk reports."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import pyqir
import qdk.openqasm
import qdk.qsharp

from quantum.compiling.faults import FaultyProgramError, Wire, fault, plain_value, read_leaves
from quantum.compiling.reports import REPORT, reported_faults

type Bring = Callable[[Any, Any, Wire, list[Any]], tuple[Any, list[list[Any]]]]


def load(bring: Bring, profile: str) -> Callable[[Wire], tuple[Wire, str]]:
    """Make a context for the profile, and return what compiles one program in it."""
    return partial(compile_in, context_for(profile), bring)


@lru_cache(maxsize=2)  # each takes some 70 MiB; a machine's targets rarely have more than two profiles
def context_for(profile: str) -> Any:
    """Make a context, with its library read; a child gets a copy of it, so it stays as it is."""
    return qdk.Context(target_profile=qdk.TargetProfile.from_str(profile))


def compile_in(context: Any, bring: Bring, request: Wire) -> tuple[Wire, str]:
    """Compile the program and read from its QIR what a workspace has to know."""
    arguments = read_leaves(request["arguments"], plain_value)
    try:
        operation, readings = bring(qdk, context, request, arguments)
        qir = to_qir(context, operation, readings)
    except (qdk.qsharp.QSharpError, qdk.openqasm.QasmError) as error:
        faults = tuple(reported_faults(str(error), request)) or (fault("input", str(error)),)
        raise FaultyProgramError(*faults) from error
    return described(qir), qir


def to_qir(context: Any, operation: Any, readings: Sequence[list[Any]]) -> str:
    """Make QIR of an operation, with the first reading of its arguments that has the operation's types."""
    for values in readings:
        try:
            return str(context.compile(operation, *values))
        except (TypeError, OverflowError) as error:
            misfit = str(error)
        except qdk.qsharp.QSharpError as error:
            if REPORT.search(str(error)):  # a report is about the program, a bare sentence about the arguments
                raise
            misfit = str(error)
    raise FaultyProgramError(fault("arguments", f"they do not fit the operation: {misfit}"))


def described(qir: str) -> Wire:
    """Check that there will be a result, and name the entry point and the qubits that it needs."""
    module = pyqir.Module.from_ir(pyqir.Context(), qir)
    (entry,) = filter(pyqir.is_entry_point, module.functions)
    if pyqir.required_num_results(entry) == 0:
        raise FaultyProgramError(fault("input", "the program measures no qubits, so it would have no result"))
    return {"entryPoint": entry.name, "qubits": pyqir.required_num_qubits(entry)}
