"""Quantinuum's OpenQASM, optimisation problems, and what cannot be simulated."""

import gzip
import itertools
import json
import re
from typing import Any

import pytest

from quantum_emulator.errors import ProgramError
from quantum_emulator.programs import outputs
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.run import Distribution, Run, Shots, Solutions

QASM = Run(format="honeywell.openqasm.v1", output="honeywell.quantum-results.v1", shots=2, seed=1, qubits=20)
QIO = Run(format="microsoft.qio.v2", output="microsoft.qio-results.v2", shots=1, seed=1, qubits=100)
HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[2];\ncreg d[1];\n'


def ran(run: Run, program: str | bytes, **changes: Any) -> Any:
    """The output of a program."""
    content = program if isinstance(program, bytes) else program.encode()
    return json.loads(execute({**vars(run), **changes}, content))


def a_problem(kind: str, terms: dict[tuple[int, ...], float]) -> str:
    """A problem as azure-quantum's SDK wrote it."""
    entries = [{"c": c, "ids": list(ids)} for ids, c in terms.items()]
    return json.dumps({"cost_function": {"version": "1.0", "type": kind, "terms": entries}})


def test_registers_come_by_name_with_their_last_bit_first() -> None:
    """As Quantinuum's own results have them."""
    program = HEAD + "x q[0];\nmeasure q[0] -> c[0];\nmeasure q[1] -> c[1];\nmeasure q[0] -> d[0];\n"

    assert ran(QASM, program) == {"c": ["01", "01"], "d": ["1", "1"]}


def test_what_is_measured_decides_what_comes_after() -> None:
    """`if` is carried out for every shot."""
    program = HEAD + "x q[0];\nmeasure q[0] -> c[0];\nif (c == 1) x q[2];\nmeasure q[2] -> d[0];\n"

    assert ran(QASM, program)["d"] == ["1", "1"]


def test_quantinuum_s_native_gates_are_known() -> None:
    """U1q(pi, 0) is X, ZZ twice is a phase flip of both, and RZZ is a turn about ZZ."""
    head = HEAD.replace("qelib1", "hqslib1")
    program = head + (
        "U1q(pi, 0) q[0];\nh q[1];\nZZ q[1], q[2];\nZZ q[1], q[2];\nRZZ(pi) q[1], q[2];\nRz(0.3) q[0];\nh q[1];\n"
        "measure q[0] -> c[0];\nmeasure q[1] -> c[1];\n"
    )

    assert ran(QASM, program)["c"] == ["01", "01"]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("OPENQASM 3.0;\nqubit q;", "is OpenQASM 3"),
        ('OPENQASM 2.0;\ninclude "/elsewhere/mine.inc";\n', "no '/elsewhere/mine.inc' to include"),
        ('OPENQASM 2.0; include "/elsewhere/mine.inc";', "unable to find"),
        ('OPENQASM 2.0; include "../pyproject.toml";', "unable to find"),
        ("OPENQASM 2.0;\nqreg q[1];", "no classical register"),
        (HEAD + "foo q[0];", "<input>:6,0"),
        (HEAD.replace("q[3]", "q[30]"), "uses 30 qubits"),
        (b"\xff", "byte 0 is not UTF-8"),
    ],
)
def test_openqasm_that_cannot_be_run_says_why(program: str | bytes, reason: str) -> None:
    """By line and column where there are some; no file is ever read."""
    with pytest.raises(ProgramError, match=reason):
        ran(QASM, program)


EXTENDED = HEAD.replace("qelib1", "hqslib1").replace("creg d[1]", "creg d[2]") + "x q[0];\nmeasure q[0] -> c[0];\n"


@pytest.mark.parametrize(
    ("statements", "d"),
    [
        ("if(c[0]==1) x q[1]; measure q[1] -> d[1];", "10"),
        ("if (c[0] == 0) x q[1]; measure q[1] -> d[1];", "00"),
        ("if(c!=1) x q; measure q[1] -> d[1];", "00"),
        ("if(c>=1) x q[1]; if (c < 5) x q[2]; measure q[1] -> d[0]; measure q[2] -> d[1];", "11"),
        ("if(c[0]==1 && !(c[1]==1)) x q[1]; measure q[1] -> d[0];", "01"),
        ("d[0] = c[0] ^ c[1];", "01"),
        ("d = c;", "01"),
        ("d = ~c | 1; // a comment = of no effect;", "11"),
        ("d = 2;\nif (d == 2) d[0] = 1;", "11"),
        ("if(c==1) measure q[0] -> d[1];", "10"),
        ("Rxxyyzz(pi, 0, 0) q[1], q[2]; measure q[1] -> d[0]; measure q[2] -> d[1];", "11"),
    ],
)
def test_quantinuum_s_extensions_are_run(statements: str, d: str) -> None:
    """Conditions on bits and comparisons, assignments, and gates with capital letters; c is 01."""
    assert ran(QASM, EXTENDED + statements)["d"] == [d, d]


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ("d = c + 1;", "computes with bits, registers"),
        ("if (c & 1 == 1) x q[1];", "put brackets around both sides"),
        ("e = c;", "'e' is no classical register"),
        ("d[7] = 1;", "'d' has no bit 7"),
        ("d = 9;", "The number 9 does not fit"),
        ("d = c[0];", "both sides must be as many bits"),
        ("if (c | 1) x q[1];", "this is not a condition"),
        ("if (c[0] ==) x q[1];", "is no expression"),
    ],
)
def test_extensions_that_cannot_be_run_say_why(statements: str, reason: str) -> None:
    """What is not simulated, or means nothing, is named."""
    with pytest.raises(ProgramError, match=re.escape(reason)):
        ran(QASM, EXTENDED + statements)


@pytest.mark.parametrize(
    "name", ["iswap", "ecr", "dcx", "pauli", "initialize", "unitary", "r", "xx_plus_yy", "mine", "swap", "own_"]
)
def test_a_program_s_own_gates_are_run_by_their_own_bodies(name: str) -> None:
    """Whatever the simulator knows by that name."""
    program = HEAD + f"gate {name} a, b {{ x a; }}\n{name} q[0], q[1];\nif (d == 0) {name} q[2], q[1];\n"

    assert ran(QASM, program + "measure q[0] -> c[0]; measure q[1] -> c[1]; measure q[2] -> d[0];\n") == {
        "c": ["01", "01"],
        "d": ["1", "1"],
    }


def test_a_register_without_bits_vanishes() -> None:
    """It has nothing to say."""
    assert ran(QASM, HEAD.replace("creg d[1]", "creg empty[0]") + "measure q[0] -> c[0];") == {"c": ["00", "00"]}


def test_what_changes_nothing_about_an_ideal_run_passes() -> None:
    """How a program is compiled, and noise of none."""
    params = {"noise": {"model": "ideal", "seed": 1}, "error-params": {"p1": 0}, "error-model": False}
    params |= {"tket-opt-level": 2, "skipQuilc": True, "error-mitigation": {"debias": True}}

    assert ran(QASM, HEAD + "measure q[0] -> c[0];", params=params)["d"] == ["0", "0"]


TERMS = {(0,): -9.0, (1, 0): -3.0, (2, 0): 5.0, (2, 1): 9.0, (3, 0): 2.0, (3, 1): -4.0, (3, 2): 4.0, (): 1.5}
CUBIC = {(0, 1, 2): -4.0, (0,): 1.0, (1, 1): 1.0, (2, 3): 2.0, (3,): -0.5}


@pytest.mark.parametrize(("kind", "values"), [("ising", (-1, 1)), ("pubo", (0, 1))])
@pytest.mark.parametrize("terms", [TERMS, CUBIC])
def test_the_lowest_cost_is_found(kind: str, values: tuple[int, int], terms: dict[tuple[int, ...], float]) -> None:
    """Held against trying all configurations; terms may be constant, cubic, or a variable times itself."""

    def cost(configuration: tuple[int, ...]) -> float:
        products = (c * _product(configuration[place] for place in ids) for ids, c in terms.items())
        return sum(products)

    result = ran(QIO, a_problem(kind, terms))

    best = result["solutions"][0]
    configuration = tuple(best["configuration"][str(place)] for place in range(4))
    assert best["cost"] == pytest.approx(min(map(cost, itertools.product(values, repeat=4))))
    assert cost(configuration) == pytest.approx(best["cost"])
    assert (result["configuration"], result["cost"], result["version"]) == (best["configuration"], best["cost"], "1.0")


def _product(values: Any) -> int:
    result = 1
    for value in values:
        result *= value
    return result


def test_several_solutions_come_best_first_and_repeat_by_their_seed() -> None:
    """As many as were asked for, of those that were found; gzip is unpacked."""
    program = gzip.compress(a_problem("ising", TERMS).encode())
    params = {"params": {"number_of_solutions": 3, "seed": 5, "sweeps": 10, "restarts": 40, "timeout": 9}}

    first, second = (ran(QIO, program, params=params, encoding="gzip") for _ in range(2))

    costs = [solution["cost"] for solution in first["solutions"]]
    assert 1 < len(costs) <= 3
    assert costs == sorted(costs)
    assert first == second
    assert first["parameters"] == {"restarts": 40, "sweeps": 10}


@pytest.mark.parametrize(
    ("program", "params", "reason"),
    [
        ("{", {}, "needs cost_function"),
        ("[]", {}, "needs cost_function"),
        ('{"cost_function": {"type": "ising"}}', {}, "needs cost_function"),
        (a_problem("pubo_grouped", {}), {}, "not 'pubo_grouped'"),
        ('{"cost_function": {"type": "ising", "terms": {}}}', {}, "must be a list"),
        ('{"cost_function": {"type": "ising", "terms": [{"c": "1", "ids": []}]}}', {}, "Term 0: 'c'"),
        ('{"cost_function": {"type": "ising", "terms": [{"c": 1, "ids": [-1]}]}}', {}, "Term 0: 'ids'"),
        (a_problem("ising", {(n,): 1.0 for n in range(101)}), {}, "has 101 variables"),
        (a_problem("ising", TERMS), {"number_of_solutions": 11}, "from 1 to 10"),
        (a_problem("ising", TERMS), {"sweeps": 0.5}, "'sweeps' must be"),
        (a_problem("ising", TERMS), [], "'params' must be an object"),
    ],
)
def test_a_problem_that_cannot_be_solved_says_why(program: str, params: Any, reason: str) -> None:
    """The term, or the parameter, is named."""
    with pytest.raises(ProgramError, match=reason):
        ran(QIO, program, params={"params": params})


def test_pulses_are_refused_with_their_own_code() -> None:
    """Nothing is made up for what cannot be simulated."""
    with pytest.raises(ProgramError, match="pulses of neutral atoms") as refused:
        ran(Run("pasqal.pulser.v1", "pasqal.pulser-results.v1", 1, 1, 10), "{}")

    assert refused.value.code == "NotSupportedByEmulator"


def test_what_a_program_returned_without_names_is_one_register() -> None:
    """Results of QIR fit the providers' forms, too."""
    shots = Shots([[[0, 1], [1]]])

    assert json.loads(outputs.quantinuum_results_v1(shots)) == {"c": ["110"]}
    assert json.loads(outputs.rigetti_results_v1(shots)) == {"ro": [[0, 1, 1]]}


def test_what_a_form_cannot_hold_is_refused() -> None:
    """Solutions are no shots, and shots no solutions."""
    for writer in (outputs.quantinuum_results_v1, outputs.ionq_results_v1, outputs.quantum_results_v2):
        with pytest.raises(ProgramError, match=r"v[12] "):
            writer(Solutions([({}, 0.0)]))
    for outcome in (Shots([0]), Distribution({0: 1.0})):
        with pytest.raises(ProgramError, match="solutions only"):
            outputs.qio_results_v2(outcome)
