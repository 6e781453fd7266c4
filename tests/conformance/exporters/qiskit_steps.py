"""Reads a Qiskit circuit as steps whose distribution `exact` works out: gates, measurements, control flow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exact import Condition, Step, distribution, expectation, number
from qiskit.circuit import Clbit, QuantumCircuit
from qiskit.circuit.classical import expr
from qiskit.quantum_info import Operator

SILENT = {"barrier", "delay", "id"}
COMPARE = {
    "EQUAL": lambda a, b: a == b,
    "NOT_EQUAL": lambda a, b: a != b,
    "LESS": lambda a, b: a < b,
    "LESS_EQUAL": lambda a, b: a <= b,
    "GREATER": lambda a, b: a > b,
    "GREATER_EQUAL": lambda a, b: a >= b,
    "BIT_AND": lambda a, b: a & b,
    "BIT_OR": lambda a, b: a | b,
    "BIT_XOR": lambda a, b: a ^ b,
    "LOGIC_AND": lambda a, b: bool(a) and bool(b),
    "LOGIC_OR": lambda a, b: bool(a) or bool(b),
}


def registers_of(circuit: QuantumCircuit) -> list[list[int]]:
    """Give the registers' bits by their places in the circuit."""
    return [[circuit.find_bit(bit).index for bit in register] for register in circuit.cregs]


def expectation_of(circuit: QuantumCircuit) -> dict[str, Any]:
    """Give what a circuit's results are to be like."""
    return expectation(circuit.num_qubits, list(steps(circuit)), registers_of(circuit))


def exact_of(circuit: QuantumCircuit) -> dict[str, float]:
    """Give the whole distribution of a circuit."""
    return distribution(circuit.num_qubits, list(steps(circuit)), registers_of(circuit))


def steps(circuit: QuantumCircuit) -> Iterator[Step]:
    """Read a whole circuit."""
    places = {bit: circuit.find_bit(bit).index for bit in (*circuit.qubits, *circuit.clbits)}
    return _steps(circuit, places)


def _steps(circuit: QuantumCircuit, places: Mapping[Any, int]) -> Iterator[Step]:
    for item in circuit.data:
        qubits = [places[qubit] for qubit in item.qubits]
        clbits = [places[bit] for bit in item.clbits]
        name = item.operation.name
        if name == "measure":
            yield ("measure", qubits[0], clbits[0])
        elif name == "reset":
            yield ("reset", qubits[0])
        elif hasattr(item.operation, "blocks"):
            yield from _control_flow(item.operation, item, places)
        elif name not in SILENT:
            yield ("gate", Operator(item.operation).data, tuple(reversed(qubits)))


def _control_flow(operation: Any, item: Any, places: Mapping[Any, int]) -> Iterator[Step]:
    bodies = [list(_steps(block, _inside(block, item, places))) for block in operation.blocks]
    if operation.name == "if_else":
        condition = _condition(operation.condition, places)
        yield ("if", condition, tuple(places.values()), bodies[0], bodies[1] if len(bodies) > 1 else [])
    elif operation.name == "switch_case":
        yield from _switch(operation, bodies, places)
    else:
        indices, parameter, body = operation.params
        for index in indices:
            bound = body.assign_parameters({parameter: index}) if parameter is not None else body
            yield from _steps(bound, _inside(bound, item, places))


def _switch(operation: Any, bodies: Sequence[list[Step]], places: Mapping[Any, int]) -> Iterator[Step]:
    target = operation.target
    register = [places[target]] if isinstance(target, Clbit) else [places[bit] for bit in target]
    otherwise: list[Step] = []
    for (values, _), body in reversed(list(zip(operation.cases_specifier(), bodies, strict=True))):
        chosen = {int(value) for value in values if isinstance(value, int | bool)}
        if len(chosen) < len(values):  # the default
            otherwise = body
        else:

            def fits(bits: dict[int, int], chosen: set[int] = chosen) -> bool:
                return number(bits, register) in chosen

            otherwise = [("if", fits, tuple(register), body, otherwise)]
    yield from otherwise


def _inside(block: QuantumCircuit, item: Any, places: Mapping[Any, int]) -> dict[Any, int]:
    """Say where the bits of a block are: its own stand in the order of the operation's, registers are the circuit's."""
    outer = {inner: places[bit] for inner, bit in zip(block.qubits, item.qubits, strict=True)}
    return {**places, **outer, **{inner: places[bit] for inner, bit in zip(block.clbits, item.clbits, strict=True)}}


def _condition(condition: Any, places: Mapping[Any, int]) -> Condition:
    if isinstance(condition, expr.Expr):
        return lambda bits: bool(_value(condition, bits, places))
    what, expected = condition
    register = [places[what]] if isinstance(what, Clbit) else [places[bit] for bit in what]
    return lambda bits: number(bits, register) == int(expected)


def _value(node: Any, bits: dict[int, int], places: Mapping[Any, int]) -> int:
    if isinstance(node, expr.Value):
        return int(node.value)
    if isinstance(node, expr.Var):
        return number(bits, [places[node.var]] if isinstance(node.var, Clbit) else [places[bit] for bit in node.var])
    if isinstance(node, expr.Binary):
        return int(COMPARE[node.op.name](_value(node.left, bits, places), _value(node.right, bits, places)))
    operand = _value(node.operand, bits, places)
    if isinstance(node, expr.Cast):
        return operand
    return int(not operand) if node.op.name == "LOGIC_NOT" else operand ^ ((1 << node.type.width) - 1)
