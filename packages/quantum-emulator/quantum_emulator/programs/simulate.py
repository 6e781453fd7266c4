"""Runs a circuit on qiskit-aer, which picks a method that fits (stabilizer, state vector, matrix product state, …)."""

from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit_aer import AerSimulator

from quantum_emulator import errors
from quantum_emulator.programs import noisy
from quantum_emulator.programs.run import Run

NEGLIGIBLE = 1e-12
DIGITS = 12
MEMORY_MEBIBYTES = 1536  # so that aer refuses before the child reaches its limit
WIDEST_VECTOR = 26  # qubits of a state vector of that size
EXACT_QUBITS = 20

_SIMULATOR = AerSimulator(max_parallel_threads=1, max_memory_mb=MEMORY_MEBIBYTES)
# A barrier does nothing here, and aer reads past it: no reason to rewrite a circuit, which takes 60 ms.
_KNOWN = frozenset((*_SIMULATOR.operation_names, noisy.CHANNEL, "barrier"))


def sample(circuit: QuantumCircuit, run: Run) -> list[str]:
    """Return each shot's classical bits as a string of 0 and 1, bit 0 first."""
    if run.stabilizer:
        noisy.must_be_clifford(circuit)
    if "measure" not in circuit.count_ops():
        return ["0" * circuit.num_clbits] * run.shots
    options: dict[str, Any] = {"shots": run.shots, "seed_simulator": run.seed, "memory": True}
    if run.rates is not None:
        options["noise_model"] = noisy.reading(run.rates)
        circuit = noisy.with_errors(circuit, run.rates)
    memory: list[str] = _run(circuit, **options).get_memory()
    return [bits[::-1] for bits in memory]


def probabilities(circuit: QuantumCircuit) -> dict[int, float]:
    """Return the probability of each outcome of measuring every qubit; qubit 0 is the lowest bit."""
    circuit.save_probabilities_dict()
    chances: dict[int, float] = _run(circuit).data(0)["probabilities"]
    return {outcome: round(chance, DIGITS) for outcome, chance in sorted(chances.items()) if chance > NEGLIGIBLE}


def _run(circuit: QuantumCircuit, **options: Any) -> Any:
    if circuit.has_control_flow_op() or not _KNOWN.issuperset(circuit.count_ops()):
        circuit = transpile(circuit, _SIMULATOR, optimization_level=0)
    result = _SIMULATOR.run(circuit, **options).result()
    if not result.success and circuit.num_qubits > WIDEST_VECTOR:  # enough for little entanglement
        result = _SIMULATOR.run(circuit, method="matrix_product_state", **options).result()
    if not result.success:
        reasons = "; ".join(str(item.status) for item in result.results) or str(result.status)
        raise errors.simulation_failed(reasons)
    return result
