"""Microsoft's own providers for Qiskit and Cirq, unmodified, on the emulator: counts as qiskit-aer's.

They are extras of azure-quantum (`azure-quantum[qiskit,cirq]`); without these packages the tests are skipped.
"""

from collections.abc import Callable, Mapping
from math import pi, sqrt
from typing import Any

import pytest
from azure.quantum import Workspace
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit_aer import AerSimulator

pytestmark = pytest.mark.filterwarnings("ignore")  # the providers' own

SHOTS = 2000
SIGMAS = 5
IONQ, QUANTINUUM, RIGETTI = "ionq.simulator", "quantinuum.sim.h2-1e", "rigetti.sim.qvm"
PASSED = {IONQ: "ionq.circuit.v1", QUANTINUUM: "honeywell.openqasm.v1"}


def ghz() -> QuantumCircuit:
    """Three qubits that are all 0 or all 1."""
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.measure(range(3), range(3))
    return circuit


def fourier() -> QuantumCircuit:
    """A Fourier transform of five qubits on a state without symmetry, so that the outcomes' order shows."""
    circuit = QuantumCircuit(5, 5)
    for qubit in range(5):
        circuit.ry(0.3 + 0.4 * qubit, qubit)
    for target in reversed(range(5)):
        circuit.h(target)
        for control in range(target):
            circuit.cp(pi / 2 ** (target - control), control, target)
    circuit.swap(0, 4)
    circuit.swap(1, 3)
    circuit.measure(range(5), range(5))
    return circuit


def feed_forward() -> QuantumCircuit:
    """A state that is teleported by two measurements and what they decide."""
    first, second, out = ClassicalRegister(1, "a"), ClassicalRegister(1, "b"), ClassicalRegister(1, "out")
    circuit = QuantumCircuit(QuantumRegister(3, "q"), first, second, out)
    circuit.ry(0.9, 0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure(0, first[0])
    circuit.measure(1, second[0])
    with circuit.if_test((second, 1)):
        circuit.x(2)
    with circuit.if_test((first, 1)):
        circuit.z(2)
    circuit.measure(2, out[0])
    return circuit


def expected(circuit: QuantumCircuit) -> dict[str, float]:
    """What qiskit-aer gives, as shares, out of many shots."""
    simulator = AerSimulator(seed_simulator=3)
    counts = simulator.run(transpile(circuit, simulator), shots=40 * SHOTS).result().get_counts()
    return {key: count / (40 * SHOTS) for key, count in counts.items()}


def assert_alike(counts: Mapping[str, float], shares: Mapping[str, float]) -> None:
    """Every count is within five times its sampling error of what is expected."""
    assert sum(counts.values()) == SHOTS
    for key in {*counts, *shares}:
        share = shares.get(key, 0.0)
        spread = SHOTS * share * (1 - share) * (1 + 1 / 40)
        assert abs(counts.get(key, 0) - SHOTS * share) <= SIGMAS * (sqrt(spread) + 1), (key, counts, shares)


@pytest.mark.parametrize("target", [IONQ, QUANTINUUM, RIGETTI])
@pytest.mark.parametrize("build", [ghz, fourier, feed_forward])
def test_qiskit_s_provider_counts_as_aer_does(
    workspace: Workspace, target: str, build: Callable[[], QuantumCircuit]
) -> None:
    """As QIR, with the items that the provider sends."""
    profile = pytest.importorskip("qsharp").TargetProfile.Adaptive_RI  # the provider's own choice is by target
    from azure.quantum.qiskit import AzureQuantumProvider  # noqa: PLC0415  # an extra that may be missing

    backend = AzureQuantumProvider(workspace).get_backend(target)
    result = backend.run(build(), shots=SHOTS, target_profile=profile).result()

    assert result.success
    assert_alike(result.get_counts(), expected(build()))


@pytest.mark.parametrize(("target", "options"), [(IONQ, {"gateset": "qis"}), (QUANTINUUM, {})])
@pytest.mark.parametrize("build", [ghz, fourier])
def test_qiskit_s_provider_sends_formats_of_the_providers_own(
    workspace: Workspace, target: str, options: dict[str, str], build: Callable[[], QuantumCircuit]
) -> None:
    """IonQ's circuits with lists of targets, and Quantinuum's OpenQASM 2."""
    pytest.importorskip("qsharp")
    from azure.quantum.qiskit import AzureQuantumProvider  # noqa: PLC0415  # an extra that may be missing

    backend = AzureQuantumProvider(workspace).get_backend(target, input_data_format=PASSED[target], **options)
    result = backend.run(build(), shots=SHOTS).result()

    assert_alike(result.get_counts(), expected(build()))


@pytest.mark.parametrize("target", [IONQ, QUANTINUUM, RIGETTI])
def test_cirq_s_service_counts_as_cirq_does(workspace: Workspace, target: str) -> None:
    """A GHZ state and a turn, read back as Cirq's result."""
    cirq: Any = pytest.importorskip("cirq")
    pytest.importorskip("cirq_ionq")
    from azure.quantum.cirq import AzureQuantumService  # noqa: PLC0415  # an extra that may be missing

    a, b, c = cirq.LineQubit.range(3)
    circuit = cirq.Circuit(
        cirq.H(a), cirq.CNOT(a, b), cirq.CNOT(b, c), cirq.Y(c) ** 0.25, cirq.measure(a, b, c, key="m")
    )
    result = AzureQuantumService(workspace).run(circuit, repetitions=SHOTS, target=target)

    shares = [abs(amplitude) ** 2 for amplitude in cirq.Circuit(circuit[:-1]).final_state_vector()]
    # The service's target for Quantinuum reads texts, whose last letter is bit 0, from their beginning.
    order = slice(None, None, -1 if target == QUANTINUUM else 1)
    counts = {f"{key:03b}"[order]: float(count) for key, count in result.histogram(key="m").items()}
    assert_alike(counts, {f"{key:03b}": share for key, share in enumerate(shares)})
