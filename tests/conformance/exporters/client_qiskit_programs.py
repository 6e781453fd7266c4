"""Programs that the client makes of Qiskit's circuits, with what Aer counted beside them."""

from typing import Any

import qiskit
from drawing import Draw, Drawing, main
from qiskit_aer import AerSimulator
from qiskit_programs import EVERYTHING, drawn_circuit
from qiskit_steps import expectation_of
from submitting import submitted

SHOTS = 4_000


def draw_qiskit(drawing: Drawing, kind: str) -> dict[str, Any]:
    """Run by Aer, whose counts begin with the last bit."""
    circuit, values = drawn_circuit(drawing, kind)
    bound = circuit.assign_parameters({key: values[key] for key in circuit.parameters})

    def simulate() -> dict[str, int]:
        simulator = AerSimulator(max_parallel_threads=1, seed_simulator=drawing.randrange(2**31))
        transpiled = qiskit.transpile(bound, simulator, optimization_level=0)
        return {key[::-1]: count for key, count in simulator.run(transpiled, shots=SHOTS).result().get_counts().items()}

    return submitted(bound, qiskit.__version__, expectation_of(bound), simulate)


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("Qiskit, submitted", draw_qiskit, EVERYTHING),)

if __name__ == "__main__":
    main(EXPORTERS)
