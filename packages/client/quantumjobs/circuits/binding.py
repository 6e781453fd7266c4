"""Gives the parameters of a circuit their values, by each library's own way: in their order, or by their names.

The order is that in which the library itself lists them, or else that of their names; a QNode's is that of its call.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from quantumjobs.circuits import library_of
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Binder(NamedTuple):
    """How a library names the parameters of a circuit without a value, and how it gives them one."""

    parameters: Callable[[Any], Sequence[Any]]
    bind: Callable[[Any, dict[Any, Any]], Any]


def bound(circuit: object, arguments: Iterable[Any] | Mapping[Any, Any]) -> object | None:
    """Give a circuit's parameters their values; None where it has no parameters, or of a library without them."""
    binder = BINDERS.get(library_of(circuit) or "")
    parameters = binder.parameters(circuit) if binder else ()
    if binder is None or not parameters:
        return None
    with_values: object = binder.bind(circuit, _values(parameters, arguments))
    return with_values


def _values(parameters: Sequence[Any], arguments: Iterable[Any] | Mapping[Any, Any]) -> dict[Any, Any]:
    names = [_name(parameter) for parameter in parameters]
    if isinstance(arguments, Mapping):
        by_name = {_name(parameter): value for parameter, value in arguments.items()}
    else:
        values = list(arguments)
        if len(values) != len(names):
            raise UsageError(
                f"{len(values)} arguments for a circuit with {len(names)} parameters: give one for each, in this "
                f"order: {', '.join(names)}; or a dictionary by their names"
            )
        by_name = dict(zip(names, values, strict=True))
    if missing := [name for name in names if name not in by_name]:
        raise UsageError(f"arguments lack a value for {', '.join(missing)}")
    if unknown := sorted(by_name.keys() - set(names)):
        raise UsageError(f"the circuit has no parameter {', '.join(unknown)}; it has {', '.join(names)}")
    return {parameter: by_name[name] for parameter, name in zip(parameters, names, strict=True)}


def _name(parameter: object) -> str:
    name = getattr(parameter, "name", parameter)
    return name if isinstance(name, str) else str(parameter)


def _by_name(parameters: Iterable[Any]) -> list[Any]:
    return sorted(parameters, key=_name)


def _of_cirq(circuit: Any) -> list[str]:
    cirq = import_module("cirq")
    return sorted(cirq.parameter_names(circuit)) if isinstance(circuit, cirq.AbstractCircuit) else []


def _substituted(circuit: Any, values: dict[Any, Any]) -> Any:
    """Substitute in a copy: the circuit stays its owner's."""
    copy = circuit.copy()
    copy.symbol_substitution(values)
    return copy


def _of_a_call(node: Any) -> list[str]:
    """Name what a QNode has to be called with."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(node.func).parameters.values() if hasattr(node, "func") else ()
    return [one.name for one in parameters if one.default is one.empty and one.kind not in kinds]


def _tape(node: Any, values: dict[str, Any]) -> Any:
    return import_module("pennylane.workflow").construct_tape(node)(**values)


BINDERS = {
    "qiskit": Binder(
        lambda circuit: list(getattr(circuit, "parameters", ())),
        lambda circuit, values: circuit.assign_parameters(values),
    ),
    "cirq": Binder(_of_cirq, lambda circuit, values: import_module("cirq").resolve_parameters(circuit, values)),
    "pytket": Binder(
        lambda circuit: _by_name(circuit.free_symbols()) if hasattr(circuit, "free_symbols") else [], _substituted
    ),
    "braket": Binder(
        lambda circuit: _by_name(getattr(circuit, "parameters", ())),
        lambda circuit, values: circuit.make_bound_circuit({_name(key): value for key, value in values.items()}),
    ),
    "pennylane": Binder(_of_a_call, _tape),
}
