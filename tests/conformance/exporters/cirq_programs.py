"""Programs that Cirq exports: OpenQASM 2 and 3, and IonQ's circuits by cirq-ionq."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cirq
import cirq_ionq
import sympy
from drawing import Draw, Drawing, UnexportedError, main
from exact import Step, expectation, number

NAMED = [gate for name in dir(cirq) if isinstance(gate := getattr(cirq, name), cirq.Gate)]
DECLARED = re.compile(r"^(?:creg (\w+)\[(\d+)\]|bit\[(\d+)\] (\w+))", re.MULTILINE)
Make = Callable[[Drawing], cirq.Gate]
# Gates that are made with angles, as Cirq's classes take them. Not ThreeQubitDiagonalGate: Cirq 1.7.0 takes it apart
# wrongly on qubits that are no neighbours, so that what it writes is not the circuit that it simulates.
MADE: tuple[Make, ...] = (
    lambda drawing: cirq.rx(drawing.angle()),
    lambda drawing: cirq.ry(drawing.angle()),
    lambda drawing: cirq.rz(drawing.angle()),
    lambda drawing: cirq.PhasedXPowGate(phase_exponent=drawing.angle(), exponent=drawing.angle()),
    lambda drawing: cirq.PhasedXZGate(
        x_exponent=drawing.angle(), z_exponent=drawing.angle(), axis_phase_exponent=drawing.angle()
    ),
    lambda drawing: cirq.FSimGate(drawing.angle(), drawing.angle()),
    lambda drawing: cirq.PhasedFSimGate(*(drawing.angle() for _ in range(5))),
    lambda drawing: cirq.PhasedISwapPowGate(phase_exponent=drawing.angle(), exponent=drawing.angle()),
    lambda drawing: cirq.cphase(drawing.angle()),
    lambda drawing: cirq.givens(drawing.angle()),
    lambda drawing: cirq.ms(drawing.angle()),
    lambda drawing: cirq.MatrixGate(cirq.testing.random_unitary(4, random_state=drawing.randrange(2**31))),
    lambda drawing: cirq.MatrixGate(cirq.testing.random_unitary(2, random_state=drawing.randrange(2**31))),
    lambda drawing: cirq.DiagonalGate([drawing.angle() for _ in range(4)]),
    lambda drawing: cirq.TwoQubitDiagonalGate([drawing.angle() for _ in range(4)]),
    lambda drawing: cirq.QuantumFourierTransformGate(drawing.randint(1, 3)),
    lambda drawing: cirq.PhaseGradientGate(num_qubits=drawing.randint(1, 3), exponent=drawing.angle()),
    lambda drawing: cirq.QubitPermutationGate(drawing.sample(range(3), 3)),
)
UNITARY = ("gates", "own", "inverse", "control", "power")
KINDS = (*UNITARY, "measured", "conditions")


def gate_of(drawing: Drawing, width: int) -> cirq.Gate:
    """Draw a gate: one of the named ones, half of them to a power, or one with angles."""
    while True:
        gate = drawing.choice((*NAMED, *MADE))
        gate = gate if isinstance(gate, cirq.Gate) else gate(drawing)
        if gate.num_qubits() > width:
            continue
        if gate in NAMED and drawing.random() < 0.5:
            gate = cirq.pow(gate, drawing.uniform(-4, 4), gate)
        return gate


def modified(drawing: Drawing, kind: str, gate: cirq.Gate) -> cirq.Gate:
    """Put a gate under an inverse, controls or a power."""
    if kind == "inverse":
        return gate**-1
    if kind == "control":
        controls = drawing.randint(1, 2)
        return gate.controlled(controls, control_values=[drawing.randrange(2) for _ in range(controls)])
    return gate ** drawing.choice((2, 3, -2, 0.5, -0.25))


def operations(
    drawing: Drawing, kind: str, qubits: Sequence[cirq.Qid], fits: Callable[[Any], bool]
) -> Iterator[cirq.Operation]:
    """Draw operations, those that the exporter takes."""
    condition_depth = drawing.depth()
    for _ in range(400):
        gate = gate_of(drawing, len(qubits))
        if kind in {"inverse", "control", "power"} and drawing.random() < 0.5:
            try:
                gate = modified(drawing, kind, gate)
            except TypeError:  # of no power that it knows
                continue
        if gate.num_qubits() <= len(qubits) and fits(gate):
            yield gate.on(*drawing.sample(list(qubits), gate.num_qubits()))
            condition_depth -= 1
        if not condition_depth:
            return


def is_written(gate: cirq.Gate) -> bool:
    """Say whether Cirq writes the gate as OpenQASM at all."""
    try:
        cirq.Circuit(gate.on(*cirq.LineQubit.range(gate.num_qubits()))).to_qasm()
    except (ValueError, TypeError, NotImplementedError):
        return False
    return True


def is_ionqs(gate: cirq.Gate) -> bool:
    """Say whether cirq-ionq takes the gate."""
    line = cirq.LineQubit.range(gate.num_qubits())
    try:
        cirq_ionq.Serializer().serialize_single_circuit(cirq.Circuit(gate.on(*line), cirq.measure(*line)))
    except ValueError:
        return False
    return True


def with_measurements(drawing: Drawing, kind: str, qubits: Sequence[cirq.Qid], *, version: str) -> cirq.Circuit:
    """Draw a circuit that measures in between, and where it is asked for acts on what it measured."""
    circuit = cirq.Circuit()
    for index in range(drawing.randint(1, 3)):
        parts = list(operations(drawing, "gates", qubits, is_written))
        circuit.append(parts[:4])
        if kind == "measured" and drawing.random() < 0.4:
            circuit.append(cirq.reset(drawing.choice(list(qubits))))
        measured = drawing.sample(list(qubits), drawing.randint(1, min(2, len(qubits))))
        key = f"m{index}"
        circuit.append(cirq.measure(*measured, key=key), strategy=cirq.InsertStrategy.NEW_THEN_INLINE)
        if kind == "conditions":
            # All ones: Cirq counts a key's bits from the other end than the OpenQASM that it writes.
            condition = key if version == "3.0" else sympy.Eq(sympy.Symbol(key), 2 ** len(measured) - 1)
            pauli = drawing.choice((cirq.X, cirq.H, cirq.rx(drawing.angle())))
            circuit.append(pauli.on(drawing.choice(list(qubits))).with_classical_controls(condition))
    return circuit


def drawn_circuit(drawing: Drawing, kind: str, version: str) -> tuple[cirq.Circuit, list[cirq.Qid]]:
    """Draw a circuit of this kind."""
    qubits = cirq.LineQubit.range(drawing.width(wide=kind in {"gates", "own"}))
    if kind == "own":
        seed = drawing.randrange(2**31)
        circuit = cirq.testing.random_circuit(qubits, n_moments=6, op_density=0.7, random_state=seed)
    elif kind in {"measured", "conditions"}:
        circuit = with_measurements(drawing, kind, qubits, version=version)
    else:
        circuit = cirq.Circuit(operations(drawing, kind, qubits, is_written))
    circuit.append(cirq.Moment(cirq.measure(*qubits, key="end")))
    return circuit, list(qubits)


def steps(circuit: cirq.Circuit, qubits: Sequence[cirq.Qid], keys: dict[str, list[int]]) -> Iterator[Step]:
    """Read a circuit as steps; `keys` says which bits each measurement writes."""
    place = {qubit: index for index, qubit in enumerate(qubits)}
    for operation in circuit.all_operations():
        where = tuple(place[qubit] for qubit in operation.qubits)
        conditions = (
            [*operation.classical_controls] if isinstance(operation, cirq.ClassicallyControlledOperation) else []
        )
        if conditions:
            inner = operation.without_classical_controls()
            read = [bit for bits in keys.values() for bit in bits]

            def holds(bits: dict[int, int], conditions: list[Any] = conditions) -> bool:
                values = {key: number(bits, [*reversed(places)]) for key, places in keys.items()}
                return all(_holds(condition, values) for condition in conditions)

            yield ("if", holds, read, [("gate", cirq.unitary(inner), where)], [])
        elif cirq.is_measurement(operation):
            key = cirq.measurement_key_name(operation)
            yield from (("measure", qubit, bit) for qubit, bit in zip(where, keys[key], strict=True))
        elif isinstance(operation.gate, cirq.ResetChannel):
            yield ("reset", where[0])
        else:
            yield ("gate", cirq.unitary(operation), where)


def _holds(condition: Any, values: dict[str, int]) -> bool:
    if isinstance(condition, cirq.KeyCondition):
        return values[condition.key.name] != 0
    return bool(condition.expr.subs({sympy.Symbol(key): value for key, value in values.items()}))


def bits_by_key(circuit: cirq.Circuit) -> dict[str, list[int]]:
    """Number the bits of all measurements."""
    keys: dict[str, list[int]] = {}
    for operation in circuit.all_operations():
        if cirq.is_measurement(operation):
            begin = sum(map(len, keys.values()))
            keys[cirq.measurement_key_name(operation)] = [*range(begin, begin + len(operation.qubits))]
    return keys


def _openqasm(version: str) -> Draw:
    def draw(drawing: Drawing, kind: str) -> dict[str, Any]:
        circuit, qubits = drawn_circuit(drawing, kind, version)
        try:
            text = circuit.to_qasm(version=version, qubit_order=qubits)
        except (ValueError, TypeError) as error:
            raise UnexportedError(str(error).splitlines()[0]) from error
        keys = bits_by_key(circuit)
        declared = [(old or new).removeprefix("m_") for old, _, _, new in DECLARED.findall(text)]
        record = _record_of(f"openqasm{version[0]}", text, circuit)
        registers = [keys[name] for name in declared]
        return record | expectation(len(qubits), list(steps(circuit, qubits, keys)), registers)

    return draw


def _ionq(drawing: Drawing, kind: str) -> dict[str, Any]:
    qubits = cirq.LineQubit.range(drawing.width())
    circuit = cirq.Circuit(operations(drawing, kind, qubits, is_ionqs))
    if kind == "own":
        gates = {gate: gate.num_qubits() for gate in NAMED if is_ionqs(gate)}
        seed = drawing.randrange(2**31)
        circuit = cirq.testing.random_circuit(qubits, 6, 0.7, gate_domain=gates, random_state=seed)
    used = [qubit for qubit in qubits if qubit in circuit.all_qubits()]
    renumbered = circuit.transform_qubits(dict(zip(used, cirq.LineQubit.range(len(used)), strict=True)))
    qubits = cirq.LineQubit.range(len(used))
    renumbered.append(cirq.measure(*qubits, key="end"))
    program = cirq_ionq.Serializer().serialize_single_circuit(renumbered)
    keys = bits_by_key(renumbered)
    record = _record_of("ionq.circuit.v1", json.dumps(program.input), renumbered) | {"version": cirq_ionq.__version__}
    return record | expectation(len(qubits), list(steps(renumbered, qubits, keys)), list(keys.values()))


def _record_of(word: str, text: Any, circuit: cirq.Circuit) -> dict[str, Any]:
    names = {type(operation.gate).__name__ for operation in circuit.all_operations() if operation.gate}
    return {"version": cirq.__version__, "format": word, "text": text, "gates": sorted(names)}


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (
    ("Cirq, OpenQASM 2", _openqasm("2.0"), KINDS),
    ("Cirq, OpenQASM 3", _openqasm("3.0"), KINDS),
    ("cirq-ionq", _ionq, ("gates", "own", "inverse", "power")),
)

if __name__ == "__main__":
    main(EXPORTERS)
