"""From OpenQASM to counts: read, lowered, bound, written, run by the emulator, and completed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from quantum.programs.compiling.faults import FaultyProgramError, Wire, fault
from quantum.programs.compiling.openqasm import compile_openqasm
from quantum.programs.openqasm.qir_base import ONLY_STRAIGHT_LINES
from quantum.results.histograms import from_counts
from quantum.results.layouts import fill_in
from quantum.results.outcome_keys import outcome_keys
from quantum_emulator.programs import qir as emulator
from quantum_emulator.programs.run import Run, Shots

H2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
H3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


def compiled(source: str, profile: str = "Base", arguments: Sequence[object] = (), **changes: Any) -> tuple[Wire, str]:
    """What the compiler makes of a program, in its version's language."""
    language = "openqasm2" if "OPENQASM 2" in source else "openqasm3"
    request = {"source": source, "language": language, "profile": profile, "entryPoint": None}
    return compile_openqasm(request | {"arguments": list(arguments)} | changes)


def counts(source: str, profile: str = "Base", arguments: Sequence[object] = ()) -> dict[str, int]:
    """What a caller gets of a program whose outcome is certain, or of fair coins."""
    header, text = compiled(source, profile, arguments)
    shots = emulator.run(text.encode(), Run("qir.v1", "", 100, seed=1, qubits=12))
    assert isinstance(shots, Shots)
    keys, are_bits = outcome_keys(as_lists(value) for value in shots.values)
    assert are_bits
    histogram = from_counts(Counter(keys))
    return dict((fill_in(histogram, header["layout"]) if header["layout"] else histogram).counts)


def as_lists(value: Any) -> Any:
    """Values as JSON has them."""
    return [as_lists(item) for item in value] if isinstance(value, list | tuple) else value


def faults(source: str, profile: str = "Base", arguments: Sequence[object] = (), **changes: Any) -> Sequence[Wire]:
    """What is wrong with a program."""
    with pytest.raises(FaultyProgramError) as refused:
        compiled(source, profile, arguments, **changes)
    return refused.value.faults


@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI", "Adaptive_RIF", "Adaptive"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (H2 + "qreg q[2]; creg c[2]; x q[0]; measure q[0] -> c[0];", "10"),
        (H2 + "qreg q[1]; creg c[2]; x q[0]; measure q[0] -> c[1];", "01"),
        (H2 + "qreg q[1]; creg a[2]; creg c[1]; creg d[3]; x q[0]; measure q[0] -> c[0];", "00 1 000"),
        (H3 + 'qubit[1] q; bit[2] k = "01"; bit c; x q[0]; c = measure q[0];', "10 1"),
        (H3 + "qubit[1] q; bit b; bit c; x q[0]; c = measure q[0];", "01"),
        (H2 + "qreg q[1]; creg c[1]; measure q[0] -> c[0]; x q[0]; measure q[0] -> c[0];", "1"),
        (H2 + "qreg q[1]; creg c[3]; x q[0]; measure q[0] -> c[0]; measure q[0] -> c[2]; x q[0];", "101"),
        (H2 + "qreg q[1]; creg c[2]; x q[0]; measure q[0] -> c[0]; reset q[0]; measure q[0] -> c[1];", "10"),
        (H3 + "qubit q; output bit[2] r; bit[2] c; x q; c[0] = measure q; r[1] = c[0];", "01"),
    ],
)
def test_every_bit_of_a_program_comes_back(source: str, expected: str, profile: str) -> None:
    """In its place, measured or not; measured twice it holds the last outcome."""
    assert counts(source, profile) == {expected: 100}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (H2 + "qreg q[2]; creg a[1]; creg b[1]; x q; measure q[0] -> a[0]; if (a==1) measure q[1] -> b[0];", "1 1"),
        (H2 + "qreg q[2]; creg a[1]; creg b[1]; x q[1]; measure q[0] -> a[0]; if (a==1) measure q[1] -> b[0];", "0 0"),
        (
            H2 + "qreg q[2]; creg c[2]; creg r[1]; x q[0]; measure q -> c; if (c==1) x q[1]; measure q[1] -> r[0];",
            "10 1",
        ),
        (H3 + "qubit[2] q; bit[2] c; bit d; x q; c = measure q; d = c[0] ^ c[1]; if (!d) { c[1] = 0; }", "10 0"),
    ],
)
def test_a_branching_target_goes_on_by_outcomes(source: str, expected: str) -> None:
    """Measurements under a condition, registers against numbers, formulas of bits."""
    assert counts(source, "Adaptive_RI") == {expected: 100}


def test_a_straight_target_does_not_branch() -> None:
    """The fault is the target's limit, where the program asks for more."""
    source = H2 + "qreg q[2]; creg c[1];\nmeasure q[0] -> c[0];\nif (c==1) x q[1];"

    assert faults(source) == (fault("input", ONLY_STRAIGHT_LINES, 5, 1),)


def test_arguments_are_bound_to_inputs() -> None:
    """In real arithmetic, in their order."""
    source = H3 + "input float a; input float b; qubit q; bit c; rx((a + b) / 2) q; rx(pi / 2) q; c = measure q;"

    assert counts(source, arguments=[3.141592653589793, 0]) == {"1": 100}


@pytest.mark.parametrize("arguments", [[0.0], [-1e308]])
def test_values_without_an_angle_are_the_arguments_fault(arguments: list[float]) -> None:
    """A division by nothing, or a number beyond all."""
    source = H3 + "input float a; qubit q; bit c; rx(1 / a - a * a) q; c = measure q;"

    (fault,) = faults(source, arguments=arguments)

    assert fault["field"] in {"arguments", "input"}
    assert "angle" in fault["reason"]


def test_an_entry_point_has_no_meaning() -> None:
    """OpenQASM has none."""
    (fault,) = faults(H3 + "qubit q; bit c = measure q;", entryPoint="Main")

    assert fault["field"] == "entryPoint"


def test_a_program_without_a_measurement_is_refused() -> None:
    """Whatever bits it declares."""
    (fault,) = faults(H2 + "qreg q[2]; creg c[2]; h q[0];")

    assert "measures no qubits" in fault["reason"]


def test_what_is_left_out_is_noted() -> None:
    """A delay changes nothing here, and its author is told."""
    header, _ = compiled(H3 + "qubit q;\nbit c;\ndelay[100ns] q;\nc = measure q;")

    assert [note.startswith("line 5: ") for note in header["notes"]] == [True]
