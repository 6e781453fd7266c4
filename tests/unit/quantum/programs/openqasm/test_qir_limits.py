"""What a target cannot run is refused as its limit, and bits that are known beforehand are left to the layout."""

import re

import pytest

from quantum.programs.openqasm import qir
from quantum.programs.openqasm.circuit import (
    Bit,
    Both,
    Branch,
    Circuit,
    Gate,
    Measure,
    Not,
    Operation,
    Register,
    Reset,
    SetBit,
)
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.qir_base import ONLY_STRAIGHT_LINES
from quantum.programs.openqasm.recording import NOTHING_MEASURED

X = Gate("x", (), (0,))
BITS = (Register("c", (0, 1, 2)),)


def written(*operations: Operation, profile: str = "Base", registers: tuple[Register, ...] = BITS) -> qir.Qir:
    """QIR of two qubits and three bits."""
    bits = sum(len(register.bits) for register in registers)
    return qir.write(Circuit(2, bits, registers, operations), profile)


@pytest.mark.parametrize(
    "operation",
    [
        Branch(Bit(0), [X], [], at=7),
        SetBit(1, Not(Bit(0)), at=7),
        SetBit(1, Both("xor", Bit(0), Bit(2)), at=7),
    ],
)
def test_what_depends_on_an_outcome_is_refused_where_it_stands(operation: Operation) -> None:
    """As the limit of a target that runs straight lines of gates."""
    with pytest.raises(FaultyProgramError) as refused:
        written(Measure(0, 0), Measure(1, 2), operation)

    assert refused.value.faults == (ProgramFault(ONLY_STRAIGHT_LINES, 7),)


def test_what_is_known_beforehand_is_no_branch() -> None:
    """A bit that nothing measured is 0, and a bit that was given a value has it."""
    branch = Branch(Both("and", Not(Bit(1)), Bit(2)), [X], [Reset(0)], at=7)

    line = written(SetBit(2, value=True), branch, Measure(0, 0))

    assert calls(line) == ["x__body(0)", "m__body(0, 0)"]
    assert line.layout == "[mzo]"


def test_a_branch_that_does_nothing_is_not_written() -> None:
    """A target that branches gets no block for it, and a bit that nothing measured needs no measurement."""
    line = written(Measure(0, 0), Branch(Bit(0), [], [], at=7), X, Measure(0, 2), profile="Adaptive_RI")

    assert calls(line) == ["m__body(0, 0)", "x__body(0)", "m__body(0, 1)"]
    assert " br " not in line.text


@pytest.mark.parametrize("angle", [float("inf"), float("-inf"), float("nan")])
def test_an_angle_that_is_no_number_is_not_written(angle: float) -> None:
    """LLVM would not read it."""
    with pytest.raises(FaultyProgramError) as refused:
        written(Gate("rx", (angle,), (0,)), Measure(0, 0))

    assert refused.value.faults == (ProgramFault("a rotation's angle is infinite, or is no number"),)


def test_half_known_formulas_are_worked_out() -> None:
    """What a formula comes to is all that a straight line has to know: here, the outcome itself."""
    formula = Both("or", Both("and", Bit(0), Not(Bit(1))), Both("xor", Bit(0), Bit(0)))

    line = written(Measure(0, 0), SetBit(2, formula))

    assert calls(line) == ["cx__body(0, 1)", "m__body(0, 0)", "m__body(1, 1)"]
    assert (line.layout, line.qubits) == ("[mzm]", 2)


@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI"])
def test_a_program_that_measures_nothing_is_refused(profile: str) -> None:
    """Nothing would come back that is not known already."""
    with pytest.raises(FaultyProgramError) as refused:
        written(X, SetBit(0, value=True), profile=profile)

    assert refused.value.faults == (ProgramFault(NOTHING_MEASURED),)


def test_a_layout_says_where_known_bits_belong() -> None:
    """A word for each register; empty registers vanish, and long runs are counted."""
    registers = (
        Register("a", (0, 1)),
        Register("none", ()),
        Register("b", (2,), is_array=False),
        Register("d", tuple(range(3, 1003))),
        Register("e", (1003,), is_array=False),
    )

    line = written(Measure(0, 1), Measure(1, 1003), registers=registers)

    assert line.layout == "[zm] z [z1000] m"
    assert records(line) == ["tuple 0_t", "array 1_t0a", "result 2_t0a0r", "result 3_t1r"]


def test_without_known_bits_there_is_no_layout() -> None:
    """Nothing has to be put back."""
    assert written(Measure(0, 0), Measure(1, 2), Measure(0, 1)).layout is None


def test_a_layout_that_grows_too_long_is_refused() -> None:
    """It travels with the job through every history."""
    registers = (Register("c", tuple(range(20_000))),)
    operations = [Measure(0, bit) for bit in range(0, 20_000, 2)]

    with pytest.raises(FaultyProgramError) as refused:
        written(*operations, profile="Adaptive_RI", registers=registers)

    assert "too many bits whose value is known" in refused.value.faults[0].reason


def test_a_reset_qubit_goes_on_as_a_fresh_one() -> None:
    """A straight line has no reset; one of a qubit that nothing has touched is nothing."""
    line = written(Reset(0), X, Reset(0), Reset(0), Gate("h", (), (0,)), Measure(0, 0))

    assert calls(line) == ["x__body(0)", "h__body(1)", "m__body(1, 0)"]


def test_what_cannot_change_an_outcome_needs_no_copy() -> None:
    """Fewer qubits for phases, and for controls, of a qubit that was measured."""
    line = written(Measure(0, 0), Gate("rz", (0.5,), (0,)), Gate("cx", (), (0, 1)), Measure(1, 1), Measure(0, 0))

    assert calls(line) == ["rz__body(0)", "cx__body(0, 1)", "m__body(0, 0)", "m__body(1, 1)"]


def test_a_branching_target_records_an_outcome_once() -> None:
    """A second bit with the same outcome is recorded as a value."""
    line = written(Measure(0, 0), SetBit(1, Bit(0)), Measure(1, 2), profile="Adaptive_RI")

    assert records(line) == ["array 0_a", "result 1_a0r", "bool 2_a1b", "result 3_a2r"]


def calls(line: qir.Qir) -> list[str]:
    """The calls of gates, short: `cx__body(0, 1)`."""
    gate_calls = re.findall(r"^  call void @__quantum__qis__(\w+)\((.*)\)$", line.text, re.MULTILINE)
    return [f"{name}({', '.join(re.findall(r'i64 (\d+)', operands))})" for name, operands in gate_calls]


def records(line: qir.Qir) -> list[str]:
    """What is recorded: its kind and its label."""
    kinds = re.findall(r"^  call void @__quantum__rt__(\w+)_record_output", line.text, re.MULTILINE)
    return [f"{kind} {label}" for kind, label in zip(kinds, re.findall(r'c"(\w+)\\00"', line.text), strict=True)]
