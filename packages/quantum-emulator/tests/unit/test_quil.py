"""Quil is run as Rigetti's documents say, or refused by what is wrong with it."""

import json
import math
from typing import Any

import pytest

from quantum_emulator.errors import ProgramError
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.run import Run

RUN = Run(format="rigetti.quil.v1", output="rigetti.quil-results.v1", shots=2, seed=1, qubits=20)
PARAMETRIC = "DECLARE ro BIT[1]\nDECLARE theta REAL[2]\nRX(theta[0] + 2*theta[1]) 0\nMEASURE 0 ro[0]"


def ran(program: str, **changes: Any) -> Any:
    """The output of a program."""
    return json.loads(execute({**vars(RUN), **changes}, program.encode()))


def reading(*lines: str, bits: int = 2) -> str:
    """A program that ends by reading qubits 0, 1, … out."""
    measured = [f"MEASURE {index} ro[{index}]" for index in range(bits)]
    return "\n".join([f"DECLARE ro BIT[{bits}]", *lines, *measured])


@pytest.mark.parametrize(
    ("lines", "shot"),
    [
        (["X 0"], [1, 0]),
        (["RESET", "X 0", "RESET 0", "X 1"], [0, 1]),
        (["X 0", "CNOT 0 1"], [1, 1]),
        (["X 0", "SWAP 0 1"], [0, 1]),
        (["X 0", "PSWAP(0.3) 0 1"], [0, 1]),
        (["X 0", "XY(pi) 0 1"], [0, 1]),
        (["X 0", "SQISW 0 1", "SQISW 0 1"], [0, 1]),
        (["X 0", "H 1", "CPHASE(pi) 0 1", "H 1"], [1, 1]),
        (["X 0", "H 1", "CPHASE10(pi) 0 1", "H 1"], [1, 1]),  # -1 for |10>, that is qubit 0 up and qubit 1 down
        (["X 0", "H 1", "CPHASE01(pi) 0 1", "H 1"], [1, 0]),
        (["H 0", "S 0", "DAGGER S 0", "H 0", "X 1"], [0, 1]),
        (["X 0", "CONTROLLED X 0 1"], [1, 1]),
        (["CONTROLLED X 0 1", "PRAGMA PRESERVE_BLOCK", "NOP"], [0, 0]),
        (["X 0", "HALT", "X 1"], [0, 0]),
        (["DEFGATE FLIP:", "    0, 1", "    1, 0", "FLIP 1"], [0, 1]),
        (["DEFGATE ROT(%t):", "    cos(%t/2), -i*sin(%t/2)", "    -i*sin(%t/2), cos(%t/2)", "ROT(pi) 0"], [1, 0]),
        (["DEFGATE SECOND AS PERMUTATION:", "    1, 0, 2, 3", "SECOND 0 1"], [0, 1]),  # the last qubit is the low bit
        (["DEFCIRCUIT BOTH(%t) a b:", "    RX(%t) a", "    CNOT a b", "BOTH(pi) 0 1"], [1, 1]),
    ],
)
def test_programs_do_what_quil_says(lines: list[str], shot: list[int]) -> None:
    """Identities that only the right gates, modifiers and definitions fulfil."""
    halted = "HALT" in lines

    assert ran(reading(*lines)) == {"ro": [[0, 0] if halted else shot] * 2}


def test_only_bits_that_are_measured_are_set() -> None:
    """Memory is 0 until something is written to it, and every region is told by its name."""
    program = "DECLARE ro BIT[3]\nDECLARE flag BIT[1]\nX 7\nMEASURE 7 ro[1]\nMEASURE 7\n"

    assert ran(program) == {"ro": [[0, 1, 0]] * 2, "flag": [[0]] * 2}


def test_a_program_runs_once_for_each_set_of_values() -> None:
    """All shots of the first set come first."""
    substitutions = {"theta": [[math.pi, 0], [0, 0], [0, math.pi / 2]]}

    assert ran(PARAMETRIC, params={"substitutions": substitutions}) == {"ro": [[1], [1], [0], [0], [1], [1]]}


def test_a_parameter_without_a_value_is_told() -> None:
    """Nothing runs as 0 without a word."""
    with pytest.raises(ProgramError, match="The parameter 'theta' has no value: give one to each"):
        ran(PARAMETRIC)


@pytest.mark.parametrize(
    ("substitutions", "reason"),
    [
        ([1], "an object of lists"),
        ({"phi": [[1]]}, "not numeric memory"),
        ({"ro": [[1]]}, "not numeric memory"),
        ({"theta": [[1]]}, "vectors of 2 numbers"),
        ({"theta": [["1", 2]]}, "vectors of 2 numbers"),
        ({"theta": []}, "same number of vectors"),
    ],
)
def test_faulty_substitutions_are_refused(substitutions: object, reason: str) -> None:
    """Each by what is wrong with it."""
    with pytest.raises(ProgramError, match=reason):
        ran(PARAMETRIC, params={"substitutions": substitutions})


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("H(", "not Quil: error while parsing: at line 1, column 2"),
        ("H 0", "declares no BIT memory"),
        (reading("JUMP @A", "LABEL @A"), "the program has JUMP"),
        (reading('INCLUDE "/elsewhere/mine.quil"'), "the program has INCLUDE"),
        (reading("FOO 0"), "no gate FOO"),
        (reading("RX 0"), "another number of parameters"),
        (reading("RX(1) 0 1"), "takes 1 qubit"),
        (reading("RX(i) 0"), "not real"),
        (reading("RX(%x) 0"), "cannot be run"),
        (reading("H 99"), "uses 100 qubits"),
        (reading("H q"), "'q' is not a qubit"),
        (reading("CNOT 0 0"), "cannot be run"),
        (reading("FORKED RX(1, 2) 0 1"), "FORKED"),
        (reading("DEFGATE BAD:", "    1, 1", "    0, 1", "BAD 0"), "not unitary"),
        (reading("DEFCIRCUIT LOOP a:", "    LOOP a", "LOOP 0"), "32 deep"),
        (reading("DEFCIRCUIT ONE a:", "    H a", "ONE 0 1"), "cannot be run"),
        ("DECLARE ro BIT[1]\nMEASURE 0 ro[4]", "not BIT memory"),
    ],
)
def test_what_cannot_be_run_says_why(program: str, reason: str) -> None:
    """Never a result that was made up."""
    with pytest.raises(ProgramError, match=reason):
        ran(program)


def test_text_that_is_none_is_refused() -> None:
    """Bytes that are no UTF-8 are named."""
    with pytest.raises(ProgramError, match="byte 0 is not UTF-8"):
        execute({**vars(RUN)}, b"\xff")
