"""The back end writes what qdk writes of the same program, and QIR that LLVM takes."""

import re
from math import pi

import pyqir
import pytest
from qdk import TargetProfile
from qdk.openqasm import compile as compile_by_qdk

from quantum.programs.openqasm import qir
from quantum.programs.openqasm.circuit import (
    GATES,
    Barrier,
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
)
from quantum.programs.openqasm.qir_text import number
from tests.unit.quantum.programs.openqasm.random_circuits import random_circuit

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '


def circuit(qubits: int, registers: str, *operations: Operation) -> Circuit:
    """A circuit with registers such as `c2 d`: an array of two bits and a bit on its own."""
    declared, begin = [], 0
    for word in registers.split():
        size = int(word[1:] or 1)
        declared.append(Register(word[0], tuple(range(begin, begin + size)), is_array=len(word) > 1))
        begin += size
    return Circuit(qubits, begin, tuple(declared), operations)


def gate(name: str, *operands: float) -> Gate:
    """A gate of the core: angles, then qubits."""
    angles, _ = GATES[name]
    return Gate(name, operands[:angles], tuple(int(qubit) for qubit in operands[angles:]))


def by_qdk(source: str, profile: str) -> str:
    """QIR of the same program by qdk, with names and blocks counted as ours are."""
    return renumbered(str(compile_by_qdk(HEAD + source, target_profile=TargetProfile.from_str(profile))))


def renumbered(text: str) -> str:
    """Count values in the order of their definitions."""
    names = {name: f"%v{place}" for place, name in enumerate(re.findall(r"^  (%var_\d+) =", text, re.MULTILINE))}
    return re.sub(r"%var_\d+", lambda name: names[name[0]], text)


STRAIGHT = [
    (
        "qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;",
        circuit(2, "c2", gate("h", 0), gate("cx", 0, 1), Measure(0, 0), Measure(1, 1)),
    ),
    (
        (
            "qubit[3] q; bit[2] c; bit d; bit[1] e; sx q[0]; sdg q[1]; tdg q[2]; s q[0]; t q[0];"
            "x q[0]; y q[0]; z q[0];"
            "rx(pi) q[0]; ry(pi) q[0]; rz(pi) q[0]; cy q[0], q[1]; cz q[0], q[1]; swap q[0], q[1]; barrier q;"
            "rxx(pi) q[0], q[1]; ryy(pi) q[0], q[1]; rzz(pi) q[0], q[1];"
            "c[0] = measure q[0]; c[1] = measure q[1]; d = measure q[2]; e[0] = measure q[2];"
        ),
        circuit(
            3,
            "c2 d e1",
            *(gate("sx", 0), gate("sdg", 1), gate("tdg", 2)),
            *(gate(name, 0) for name in "stxyz"),
            *(gate(name, pi, 0) for name in ("rx", "ry", "rz")),
            *(gate(name, 0, 1) for name in ("cy", "cz", "swap")),
            Barrier((0, 1, 2)),
            *(gate(name, pi, 0, 1) for name in ("rxx", "ryy", "rzz")),
            *(Measure(0, 0), Measure(1, 1), Measure(2, 2), Measure(2, 3)),
        ),
    ),
]


@pytest.mark.parametrize(("source", "ours"), STRAIGHT)
def test_a_straight_line_is_written_as_qdk_writes_it(source: str, ours: Circuit) -> None:
    """Letter by letter: types, labels, declarations, attributes and flags."""
    assert qir.write(ours, "Adaptive_RI").text == by_qdk(source, "Adaptive_RI")


def test_a_bell_pair_in_base_is_written_as_qdk_writes_it() -> None:
    """Base has its own attribute, and a flag less."""
    source, ours = STRAIGHT[0]

    assert qir.write(ours, "Base").text == by_qdk(source, "Base")


def test_a_qubit_that_goes_on_after_its_measurement_goes_on_as_a_copy() -> None:
    """As qdk does it in the base profile: a cx to a fresh qubit, and all measurements at the end."""
    source = "qubit[1] q; bit[2] c; h q[0]; c[0] = measure q[0]; h q[0]; c[1] = measure q[0];"
    ours = circuit(1, "c2", gate("h", 0), Measure(0, 0), gate("h", 0), Measure(0, 1))

    assert body(qir.write(ours, "Base").text) == [
        "h__body(0)",
        "cx__body(0, 1)",
        "h__body(1)",
        "m__body(0, 0)",
        "m__body(1, 1)",
    ]
    assert by_qdk(source, "Base").count("cx__body(%Qubit* inttoptr") >= 1


def test_a_branch_is_written_as_qdk_writes_it() -> None:
    """Blocks, the reading of a result, and a value that two ways leave different."""
    source = (
        "qubit[2] q; output bit[2] c; h q[0]; c[0] = measure q[0]; reset q[0];"
        "if (c[0]) { x q[1]; } else { z q[1]; } c[1] = measure q[1];"
    )
    ways = Branch(Bit(0), [gate("x", 1)], [gate("z", 1)])
    ours = circuit(2, "c2", gate("h", 0), Measure(0, 0), Reset(0), ways, Measure(1, 1))

    assert renumbered(qir.write(ours, "Adaptive_RI").text) == by_qdk(source, "Adaptive_RI")


def test_a_bit_that_is_measured_on_one_way_only_is_recorded_as_a_value() -> None:
    """The other way left it 0."""
    ours = circuit(2, "a1 b1", gate("h", 0), Measure(0, 0), Branch(Bit(0), [Measure(1, 1)], []))

    written = qir.write(ours, "Adaptive_RI")

    assert "%var_2 = phi i1 [%var_1, %block_1], [false, %block_0]" in written.text
    assert "bool_record_output(i1 zeroext %var_2" in written.text
    assert written.layout is None


def test_a_value_that_nobody_asks_for_is_not_chosen() -> None:
    """A hidden bit of the lowering costs nothing behind its last use."""
    operations = (Measure(0, 0), Branch(Bit(0), [Measure(1, 1), Branch(Bit(1), [gate("x", 0)], [])], []))
    ours = Circuit(2, 2, (Register("c", (0,)),), operations)

    assert "phi" not in qir.write(ours, "Adaptive_RI").text


def test_parts_that_formulas_share_are_computed_once() -> None:
    """Text grows with the circuit, not with what its formulas would be if they were written out."""
    formula = Both("xor", Bit(0), Bit(1))
    for _ in range(200):
        formula = Both("and", Both("xor", formula, Bit(0)), Both("or", formula, Bit(1)))
    ours = circuit(2, "c2", Measure(0, 0), Measure(1, 1), Branch(Not(formula), [gate("x", 0)], []))

    assert qir.write(ours, "Adaptive_RI").text.count("\n") < 1000


@pytest.mark.parametrize("profile", ["Base", "Adaptive_RI"])
def test_every_module_is_valid(profile: str) -> None:
    """LLVM's own check, on whatever circuits."""
    for seed in range(25):
        ours = random_circuit(f"valid {seed}", branches=profile != "Base")

        module = pyqir.Module.from_ir(pyqir.Context(), qir.write(ours, profile).text)

        assert module.verify() is None


@pytest.mark.parametrize("value", [0.1, -pi, 1e-12, 1.5e-300, 1e22, 0.0, -0.0, 5e-324, 2.0])
def test_a_number_is_read_as_it_was_written(value: float) -> None:
    """To the last bit, and in a form that LLVM takes."""
    ours = circuit(1, "c1", gate("rx", value, 0), Measure(0, 0))

    module = pyqir.Module.from_ir(pyqir.Context(), qir.write(ours, "Base").text)
    (entry,) = filter(pyqir.is_entry_point, module.functions)
    turn = next(call for call in entry.basic_blocks[0].instructions if "rx" in str(call))

    assert isinstance(turn, pyqir.Call)
    assert isinstance(turn.args[0], pyqir.FloatConstant)
    assert str(turn.args[0].value) == str(value)
    assert re.fullmatch(r"-?\d+\.\d+(e[-+]?\d+)?", number(value))


def body(text: str) -> list[str]:
    """The calls of gates, short: `cx__body(0, 1)`."""
    calls = re.findall(r"^  call void @__quantum__qis__(\w+)\((.*)\)$", text, re.MULTILINE)
    return [f"{name}({', '.join(re.findall(r'i64 (\d+)', operands))})" for name, operands in calls]
