"""What qdk and its relatives hand out: compiled programs, Q# and OpenQASM operations, parsed OpenQASM, pyqir modules.

The result is what the program itself returns or records, in its order.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quantumjobs.circuits.refusals import no_circuit
from quantumjobs.errors import UsageError
from quantumjobs.orders import Program
from quantumjobs.programs import BITCODE_MAGIC


def convert(thing: Any) -> Program:
    """Take QIR as it is, have qdk compile an operation, or write parsed OpenQASM back."""
    if hasattr(thing, "__global_callable"):
        thing = _compiled(thing)
    if hasattr(thing, "_repr_qir_"):  # azure-quantum's protocol for QIR
        return Program("qir.v1", **_content(thing._repr_qir_()))
    if hasattr(thing, "bitcode"):  # pyqir's modules: an attribute of the one class, a method of the other
        return Program("qir.v1", data=thing.bitcode() if callable(thing.bitcode) else thing.bitcode)
    return Program("openqasm3", text=_written(thing))


def _compiled(operation: Any) -> Any:
    qsharp = import_module("qdk.qsharp")
    try:
        return qsharp.compile(operation)
    except qsharp.QSharpError as error:
        reason = str(error).strip()
        if "expected arguments" in reason:
            remedy = "Give it values: qsharp.compile(operation, value)"
            raise UsageError(f"the operation has no value for its parameters ({reason}). {remedy}") from error
        if "target profile" in reason:
            reason = "its target profile is unrestricted"
        remedy = "Choose another profile: qsharp.init(target_profile=qsharp.TargetProfile.Adaptive_RI)"
        raise UsageError(f"qdk cannot compile the operation ({reason}). {remedy}") from error


def _content(qir: bytes) -> dict[str, Any]:
    return {"data": qir} if qir.startswith(BITCODE_MAGIC) else {"text": qir.decode()}


def _written(thing: Any) -> str:
    accepted = "what compile() returns, an operation of qdk.code, or what openqasm.parse() returns"
    if not type(thing).__module__.startswith("qdk.openqasm"):
        raise no_circuit("qdk", thing, accepted)
    openqasm = import_module("qdk.openqasm")
    if getattr(thing, "has_errors", False):
        raise UsageError(f"the OpenQASM has errors: {thing.diagnostics[0].message}. Correct it there")
    try:
        return str(openqasm.dumps(getattr(thing, "program", thing)))
    except TypeError as error:
        raise no_circuit("qdk", thing, accepted) from error
