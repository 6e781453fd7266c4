"""The parameters of a circuit get their values from the order's `arguments`, or it is refused with what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from quantumjobs import UsageError
from quantumjobs.orders import build_order


def of_qiskit() -> Any:
    """A circuit with the parameters beta and theta, in this order."""
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit(1, 1)
    circuit.rx(qiskit.circuit.Parameter("theta"), 0)
    circuit.rz(2 * qiskit.circuit.Parameter("beta"), 0)
    circuit.measure(0, 0)
    return circuit


def of_cirq() -> Any:
    """The same in Cirq."""
    cirq, sympy = pytest.importorskip("cirq"), pytest.importorskip("sympy")
    qubit, theta, beta = cirq.LineQubit(0), sympy.Symbol("theta"), sympy.Symbol("beta")
    return cirq.Circuit(cirq.rx(theta)(qubit), cirq.rz(2 * beta)(qubit), cirq.measure(qubit, key="m"))


def of_pytket() -> Any:
    """The same in pytket, which counts in half turns."""
    pytket, symbol = pytest.importorskip("pytket"), pytest.importorskip("pytket.circuit").fresh_symbol
    circuit = pytket.Circuit(1, 1)
    return circuit.Rx(symbol("theta"), 0).Rz(symbol("beta"), 0).Measure(0, 0)


def of_braket() -> Any:
    """The same in Braket."""
    circuits = pytest.importorskip("braket.circuits")
    theta, beta = circuits.FreeParameter("theta"), circuits.FreeParameter("beta")
    return circuits.Circuit().rx(0, theta).rz(0, 2 * beta)


def of_pennylane() -> Any:
    """The same as a QNode, whose order is that of its call."""
    qml = pytest.importorskip("pennylane")

    @qml.qnode(qml.device("default.qubit", wires=1))
    def node(theta: float, beta: float) -> Any:
        qml.RX(theta, wires=0)
        qml.RZ(2 * beta, wires=0)
        return qml.counts()

    return node


LIBRARIES = (of_qiskit, of_cirq, of_pytket, of_braket, of_pennylane)


@pytest.mark.parametrize("library", LIBRARIES)
def test_arguments_give_parameters_their_values_by_name(library: Callable[[], Any]) -> None:
    """Nothing without a value is left in the program, and nothing is left over in the order."""
    circuit = library()

    order = build_order(circuit, target="ionq.simulator", shots=10, arguments={"theta": 0.25, "beta": 0.5})

    text = order["input"]["text"]
    assert "arguments" not in order
    assert "theta" not in text
    assert "input " not in text
    assert text == build_order(circuit, arguments=in_order(library, 0.25, 0.5))["input"]["text"]
    assert text != build_order(circuit, arguments=in_order(library, 0.5, 0.25))["input"]["text"]


def in_order(library: Callable[[], Any], theta: float, beta: float) -> list[float]:
    """Put the values into the order of the parameters."""
    return [theta, beta] if library is of_pennylane else [beta, theta]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_circuit_stays_as_it_was(library: Callable[[], Any]) -> None:
    """It can be submitted again with other values; without any it is refused, and the parameters are named."""
    circuit = library()
    build_order(circuit, arguments=[0.25, 0.5])

    with pytest.raises(UsageError, match=r"no value for its parameters .*arguments="):
        build_order(circuit)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([0.5], "1 arguments for a circuit with 2 parameters: give one for each, in this order: beta, theta"),
        ({"theta": 0.5}, "lack a value for beta"),
        ({"theta": 0.5, "beta": 1, "gamma": 2}, "no parameter gamma; it has beta, theta"),
    ],
)
def test_what_does_not_fit_the_parameters_is_refused(arguments: Any, words: str) -> None:
    """In words that name them."""
    with pytest.raises(UsageError, match=words):
        build_order(of_qiskit(), arguments=arguments)


def test_vectors_of_parameters_are_in_their_order() -> None:
    """The tenth element comes after the second."""
    qiskit = pytest.importorskip("qiskit")
    angles = qiskit.circuit.ParameterVector("a", 11)
    circuit = qiskit.QuantumCircuit(1, 1)
    for angle in angles:
        circuit.rx(angle, 0)
    circuit.measure(0, 0)

    text = build_order(circuit, arguments=[number / 16 for number in range(11)])["input"]["text"]

    assert text.index("rx(0.125)") < text.index("rx(0.5625)") < text.index("rx(0.625)")


def test_parameters_themselves_are_names_too() -> None:
    """As Qiskit's own assign_parameters takes them."""
    circuit = of_qiskit()

    order = build_order(circuit, arguments=dict(zip(circuit.parameters, (0.5, 0.25), strict=True)))

    assert "rx(0.25)" in order["input"]["text"]


@pytest.mark.parametrize("program", [{"input": {"format": "qsharp", "text": "…"}}, "OPENQASM 3.0; input float a;"])
def test_the_inputs_of_other_programs_have_no_names_here(program: Any) -> None:
    """A list goes to the deployment as it is, a dictionary is refused."""
    assert build_order(program, arguments=[1])["arguments"] == [1]
    with pytest.raises(UsageError, match="as a list, in their order"):
        build_order(program, arguments={"a": 1})
