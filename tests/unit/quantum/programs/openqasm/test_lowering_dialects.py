"""Names that two dialects read in two ways: the program says which is meant, or it is refused."""

import pytest

from tests.unit.quantum.programs.openqasm.exact_outcomes import H2, H3, faults_of, outcomes

ON_ITS_CONTROL = "qubit[2] q; bit[2] c; h q[0]; {} q[0], q[1]; h q[0]; c = measure q;"
BRAKET = "OPENQASM 3.0; " + ON_ITS_CONTROL


def test_braket_s_u_has_no_phase() -> None:
    """It writes no include, and its simulator takes `ctrl @ U(pi, 0, pi)` for a CNOT: the control stays in |+>."""
    half = outcomes(BRAKET.format("ctrl @ U(pi, 0, pi)"))

    assert half == outcomes(BRAKET.format("cnot"))
    assert half == {"00": 0.25, "01": 0.25, "10": 0.25, "11": 0.25}


@pytest.mark.parametrize(
    "gate", ["ctrl @ U(1, 2, 3)", "negctrl @ u3(1, 2, 3)", "ctrl @ u2(1, 2)", "ctrl @ pow(0.5) @ U(1, 2, 3)"]
)
def test_a_phase_on_which_nobody_agrees_is_refused(gate: str) -> None:
    """The specification and Qiskit give these another phase, which a control would make an outcome of."""
    (fault,) = faults_of(H3 + ON_ITS_CONTROL.format(gate))

    assert "have one meaning in the specification and another in Qiskit and Braket" in fault
    assert "write `cu(theta, phi, lambda, gamma)`" in fault


def test_it_is_found_within_a_gate_of_the_program() -> None:
    """A control reaches everything inside."""
    (fault,) = faults_of(H3 + "gate own a { U(1, 2, 3) a; } " + ON_ITS_CONTROL.format("ctrl @ own"))

    assert "roots of 'U'" in fault


@pytest.mark.parametrize("gate", ["inv @ U(pi, 0, pi)", "pow(3) @ U(pi, 0, pi)", "u2(0, pi)", "u3(pi, 0, pi)"])
def test_without_a_control_it_means_nothing(gate: str) -> None:
    """A global phase is no outcome."""
    assert faults_of(H3 + f"qubit q; bit c; {gate} q; c = measure q;") == []


def test_a_gate_of_the_program_s_own_means_what_it_says() -> None:
    """Whatever its name is."""
    own = "gate u3(a, b, d) q { x q; } "

    assert outcomes(H3 + own + "qubit[2] q; bit[2] c; x q[0]; ctrl @ u3(0, 0, 0) q[0], q[1]; c = measure q;") == {
        "11": 1.0
    }


def test_a_program_that_takes_a_phase_back_is_read_by_the_letter() -> None:
    """Where `U(pi, 0, pi)` and `gphase(-pi / 2)` are to be X together, U has the phase of the specification."""
    flip = "gate flip a { U(pi, 0, pi) a; gphase(-pi / 2); } "
    product = "gate flip a { U(1 * pi, 0, pi) a; gphase(-0.5 * pi); } "
    other = "gate flip a { U(pi, 0, pi) a; gphase(pi / 3); } "
    unknown = "gate flip(t) a { U(pi, 0, pi) a; gphase(t); } "

    for taken_back in (flip, product):
        controlled = H3 + taken_back + ON_ITS_CONTROL.format("ctrl @ flip")
        assert outcomes(controlled) == outcomes(H3 + ON_ITS_CONTROL.format("cx"))
    assert len(faults_of(H3 + other + ON_ITS_CONTROL.format("ctrl @ flip"))) == 1
    assert len(faults_of(H3 + unknown + ON_ITS_CONTROL.format("ctrl @ flip(-pi / 2)"))) == 1


@pytest.mark.parametrize("call", ["gphase(0.3);", "gphase(0.3) q[0];", "gphase(0.3) q[0], q[1];"])
def test_pennylane_s_global_phase_is_passed_over(call: str) -> None:
    """It writes one into OpenQASM 2, with qubits or without; there nothing can be controlled."""
    assert outcomes(H2 + f"qreg q[2]; creg c[2]; x q[0]; {call} measure q -> c;") == {"10": 1.0}
