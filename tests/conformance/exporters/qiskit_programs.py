"""Programs that Qiskit exports: OpenQASM 2, OpenQASM 3 before and after transpiling, and the same for Quantinuum."""

from collections.abc import Iterator
from typing import Any

import qiskit
from drawing import Draw, Drawing, UnexportedError, main
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm2, qasm3, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.classical import expr
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.circuit.random import random_circuit
from qiskit.transpiler import CouplingMap
from qiskit_steps import expectation_of

REGISTRY = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in {"measure", "reset", "delay", "global_phase"}
}
UNITARY = ("gates", "own", "inverse", "control", "power", "measured")
EVERYTHING = (*UNITARY, "conditions", "parameters")
MOST_CONTROLS = 3


def gate_of(drawing: Drawing, width: int) -> Any:
    """Draw a gate from the registry, with angles."""
    fitting = [gate for gate in REGISTRY.values() if gate.num_qubits <= width]
    gate = drawing.choice(fitting)
    return type(gate)(*(drawing.angle() for _ in gate.params)) if gate.params else gate


def add_gates(drawing: Drawing, circuit: QuantumCircuit, qubits: int, count: int) -> None:
    """Append so many gates of the registry."""
    for _ in range(count):
        gate = gate_of(drawing, qubits)
        circuit.append(gate, drawing.qubits(qubits, gate.num_qubits))


def modified(drawing: Drawing, kind: str, gate: Any) -> Any:
    """Put a gate under an inverse, controls or a power."""
    controls = drawing.randint(1, MOST_CONTROLS)
    state = drawing.randrange(2**controls)
    exponent = drawing.choice((2, 3, -1, -2, 0.5, 0.25, -1.5))
    if kind == "inverse":
        return gate.inverse()
    return gate.control(controls, ctrl_state=state) if kind == "control" else gate.power(exponent)


def add_modified(drawing: Drawing, circuit: QuantumCircuit, qubits: int, kind: str) -> None:
    """Append gates of the registry, and gates made of several, with modifiers."""
    for _ in range(drawing.randint(2, 4)):
        add_gates(drawing, circuit, qubits, 2)
        gate = gate_of(drawing, 2)
        if drawing.random() < 0.3:
            part = QuantumCircuit(2, name=f"part{drawing.randrange(1000)}")
            add_gates(drawing, part, 2, 3)
            gate = part.to_gate()
        changed = modified(drawing, kind, gate)
        if changed.num_qubits <= qubits:
            circuit.append(changed, drawing.qubits(qubits, changed.num_qubits))


def condition_of(drawing: Drawing, circuit: QuantumCircuit) -> Any:
    """Draw what an `if` asks for: a bit, a register as a number, or an expression of them."""
    register = drawing.choice(circuit.cregs)
    bit = drawing.choice(list(register))
    value = drawing.randrange(2 ** len(register))
    choices = [
        (bit, drawing.randrange(2)),
        (register, value),
        expr.less(register, value),
        expr.not_equal(register, value),
        expr.logic_and(bit, expr.logic_not(drawing.choice(circuit.clbits))),
        expr.equal(expr.bit_xor(register, value), drawing.randrange(2 ** len(register))),
    ]
    return drawing.choice(choices)


def add_conditions(drawing: Drawing, circuit: QuantumCircuit, qubits: int) -> None:
    """Measure in between, and do more on conditions: `if`, `else`, `switch` and loops of a fixed length."""
    for _ in range(drawing.randint(1, 3)):
        add_gates(drawing, circuit, qubits, 3)
        for _ in range(2):
            circuit.measure(drawing.randrange(qubits), drawing.randrange(circuit.num_clbits))
        form = drawing.choice(("if", "else", "switch", "for"))
        if form == "for":
            with circuit.for_loop(range(drawing.randint(1, 3))):
                add_gates(drawing, circuit, qubits, 2)
        elif form == "switch":
            register = drawing.choice(circuit.cregs)
            with circuit.switch(register) as case:
                with case(drawing.randrange(2 ** len(register))):
                    add_gates(drawing, circuit, qubits, 2)
                with case(case.DEFAULT):
                    add_gates(drawing, circuit, qubits, 1)
        else:
            with circuit.if_test(condition_of(drawing, circuit)) as otherwise:
                add_gates(drawing, circuit, qubits, 2)
            if form == "else":
                with otherwise:
                    add_gates(drawing, circuit, qubits, 1)


def add_measured(drawing: Drawing, circuit: QuantumCircuit, qubits: int) -> None:
    """Measure and reset between gates."""
    for _ in range(drawing.randint(1, 4)):
        add_gates(drawing, circuit, qubits, 3)
        if drawing.random() < 0.6:
            circuit.measure(drawing.randrange(qubits), drawing.randrange(circuit.num_clbits))
        else:
            circuit.reset(drawing.randrange(qubits))
    add_gates(drawing, circuit, qubits, 2)


def add_parameters(drawing: Drawing, circuit: QuantumCircuit, qubits: int) -> dict[Parameter, float]:
    """Append gates whose angles are expressions of parameters; give the parameters' values."""
    values = {Parameter(f"p{index}"): drawing.angle() for index in range(drawing.randint(1, 3))}
    for _ in range(drawing.depth()):
        gate = gate_of(drawing, qubits)
        angles = []
        for _ in gate.params:
            parameter = drawing.choice(list(values))
            forms = (parameter, 0.5 * parameter, -parameter, parameter + 1, parameter * parameter, drawing.angle())
            angles.append(drawing.choice(forms))
        gate = type(gate)(*angles) if angles else gate
        circuit.append(gate, drawing.qubits(qubits, gate.num_qubits))
    return values


def empty_circuit(drawing: Drawing, kind: str) -> QuantumCircuit:
    """Make a circuit with one or two registers of bits, at times with bits to spare."""
    qubits = drawing.width(wide=kind in {"gates", "own"})
    sizes = [qubits]
    if drawing.random() < 0.4:
        sizes = [qubits, drawing.randint(1, 2)]
    if kind == "conditions":
        sizes = [drawing.randint(1, 3), qubits]
    registers = [ClassicalRegister(size, name) for size, name in zip(sizes, ("c", "d"), strict=False)]
    return QuantumCircuit(QuantumRegister(qubits, "q"), *registers)


def drawn_circuit(drawing: Drawing, kind: str) -> tuple[QuantumCircuit, dict[Parameter, float]]:
    """Draw a circuit of this kind, with measurements at the end."""
    circuit = empty_circuit(drawing, kind)
    qubits = circuit.num_qubits
    values: dict[Parameter, float] = {}
    if kind == "own":
        seed = drawing.randrange(2**31)
        circuit.compose(random_circuit(qubits, 4, max_operands=min(4, qubits), seed=seed), inplace=True)
    elif kind in {"inverse", "control", "power"}:
        add_modified(drawing, circuit, qubits, kind)
    elif kind == "measured":
        add_measured(drawing, circuit, qubits)
    elif kind == "conditions":
        add_conditions(drawing, circuit, qubits)
    elif kind == "parameters":
        values = add_parameters(drawing, circuit, qubits)
    else:
        add_gates(drawing, circuit, qubits, drawing.depth())
    last = next(register for register in circuit.cregs if len(register) == qubits)
    chosen = list(range(qubits)) if drawing.random() < 0.7 else drawing.qubits(qubits, drawing.randint(1, qubits))
    for qubit in chosen:
        circuit.measure(qubit, last[qubit])
    return circuit, values


def names_in(circuit: QuantumCircuit) -> list[str]:
    """Name what a circuit uses, in the blocks of its control flow too."""
    return sorted(set(_names(circuit)))


def _names(circuit: QuantumCircuit) -> Iterator[str]:
    for item in circuit.data:
        yield item.operation.name
        for block in getattr(item.operation, "blocks", ()):
            yield from _names(block)


def _openqasm2(drawing: Drawing, kind: str) -> dict[str, Any]:
    circuit, _ = drawn_circuit(drawing, kind)
    try:
        text = qasm2.dumps(circuit)
    except qasm2.QASM2ExportError as error:
        raise UnexportedError(str(error)) from error
    return _record_of("openqasm2", text, circuit)


def _quantinuum(drawing: Drawing, kind: str) -> dict[str, Any]:
    return _openqasm2(drawing, kind) | {"format": "quantinuum.openqasm.v1"}


def _openqasm3(drawing: Drawing, kind: str) -> dict[str, Any]:
    circuit, values = drawn_circuit(drawing, kind)
    return _written3(circuit, values)


def _transpiled(drawing: Drawing, kind: str) -> dict[str, Any]:
    circuit, values = drawn_circuit(drawing, kind)
    line = CouplingMap.from_line(circuit.num_qubits)
    basis = drawing.choice((["rz", "sx", "x", "cx"], ["u3", "cx"], ["rz", "rx", "cz"], ["rz", "sx", "x", "ecr"]))
    transpiled = transpile(circuit, basis_gates=basis, coupling_map=line, optimization_level=1, seed_transpiler=1)
    return _written3(transpiled, values)


def _written3(circuit: QuantumCircuit, values: dict[Parameter, float]) -> dict[str, Any]:
    try:
        text = qasm3.dumps(circuit)
    except qasm3.QASM3ExporterError as error:
        raise UnexportedError(str(error)) from error
    used = {parameter: values[parameter] for parameter in circuit.parameters}
    bound = circuit.assign_parameters(used) if used else circuit
    return _record_of("openqasm3", text, bound) | {"arguments": list(used.values())}


def _record_of(word: str, text: str, circuit: QuantumCircuit) -> dict[str, Any]:
    record = {"version": qiskit.__version__, "format": word, "text": text, "gates": names_in(circuit)}
    return record | expectation_of(circuit)


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (
    ("Qiskit, OpenQASM 2", _openqasm2, UNITARY),
    ("Qiskit, OpenQASM 3", _openqasm3, EVERYTHING),
    ("Qiskit transpiled, OpenQASM 3", _transpiled, EVERYTHING),
    ("Qiskit, for Quantinuum", _quantinuum, UNITARY),
)

if __name__ == "__main__":
    main(EXPORTERS)
