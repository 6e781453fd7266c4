"""Takes circuits of other libraries as they are: finds the library by the object's class, and has it write a program.

No library is imported before an object of it is there, so that none of them is a dependency.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from quantumjobs.circuits.refusals import ACCEPTED
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quantumjobs.orders import Program

# The module that converts, by the package of the object's class.
CONVERTERS = {
    "qiskit": "from_qiskit",
    "cirq": "from_cirq",
    "pytket": "from_pytket",
    "pennylane": "from_pennylane",
    "braket": "from_braket",
    "pyquil": "from_pyquil",
    "qdk": "from_qdk",
    "qsharp": "from_qdk",
    "classiq": "from_classiq",
}

# What tells programs of QIR: azure-quantum's protocol, an operation that qdk has imported, a module of pyqir.
OF_QIR = ("_repr_qir_", "__global_callable", "bitcode")


def is_quantum_program(document: Mapping[str, Any]) -> bool:
    """Say whether JSON is a program that Classiq has exported, as a `.qprog` file holds it."""
    return isinstance(document.get("outputs"), dict) and "data" in document and "hardware_data" in document


def program_of(circuit: object) -> Program:
    """Convert a circuit to a program that can be sent; UsageError says what stands against it."""
    name = _converter(circuit)
    if name is None:
        raise UsageError(f"{_spelled(circuit)} is nothing that can be submitted. {ACCEPTED}")
    program: Program = import_module(f"quantumjobs.circuits.{name}").convert(circuit)
    return program


def library_of(circuit: object) -> str | None:
    """Tell the package of the object's class, or of a class above it, if circuits of it are taken."""
    packages = (str(kind.__module__).partition(".")[0] for kind in type(circuit).__mro__)
    return next((package for package in packages if package in CONVERTERS), None)


def _converter(circuit: Any) -> str | None:
    if any(hasattr(circuit, name) for name in OF_QIR):
        return "from_qdk"
    if isinstance(circuit, dict) and is_quantum_program(circuit):
        return "from_classiq"
    library = library_of(circuit)
    return None if library is None else CONVERTERS[library]


def _spelled(thing: object) -> str:
    kind = type(thing)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"an object of type {name}"
