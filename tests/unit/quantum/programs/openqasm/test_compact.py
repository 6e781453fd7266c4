"""A circuit asks for the qubits that it uses, and no more."""

import pytest

from quantum.programs.openqasm import qir
from quantum.programs.openqasm.circuit import Barrier, Bit, Branch, Circuit, Gate, Measure, Register, Reset
from quantum.programs.openqasm.compact import compact
from tests.unit.quantum.programs.openqasm.exact_outcomes import H2, circuit_of

RETURNED = (Register("c", (0,)),)


@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI"])
def test_a_circuit_for_a_whole_machine_asks_for_what_it_uses(profile: str) -> None:
    """As Qiskit writes a circuit that was laid out on a chip of 127 qubits."""
    source = "qreg q[127]; creg c[2]; barrier q; h q[126]; cx q[126], q[60]; measure q[60] -> c[0];"

    written = qir.write(circuit_of(H2 + source), profile)

    assert written.qubits == 2
    assert 'required_num_qubits"="2"' in written.text
    assert "cx__body(%Qubit* inttoptr (i64 1 to %Qubit*), %Qubit* inttoptr (i64 0 to %Qubit*))" in written.text


def test_qubits_keep_their_order_in_branches_too() -> None:
    """Gates, measurements and resets use a qubit, wherever they stand; a barrier does not."""
    branch = Branch(Bit(0), [Gate("rx", (0.5,), (7,))], [Reset(5), Barrier((0, 5, 9))])
    circuit = Circuit(10, 1, RETURNED, [Measure(2, 0), branch])

    assert compact(circuit) == Circuit(
        3,
        1,
        RETURNED,
        [Measure(0, 0), Branch(Bit(0), [Gate("rx", (0.5,), (2,))], [Reset(1), Barrier((1,))])],
    )


def test_a_circuit_that_uses_all_its_qubits_stays_as_it_is() -> None:
    """No new object is made for it."""
    circuit = Circuit(2, 1, RETURNED, [Gate("cx", (), (1, 0)), Measure(0, 0)])

    assert compact(circuit) is circuit
