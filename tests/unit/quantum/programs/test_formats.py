"""Formats: what is known of them, and what a look at a program's bytes tells."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.programs import checks
from quantum.programs.checks import Checked
from quantum.programs.formats import FORMATS, format_of_file, formats_of, input_params, profile_for, provider_of
from quantum.results.readers import READERS
from tests.support.builders import CIRCUIT, QIR, a_program, an_order


def reasons(checked: Checked) -> list[str]:
    """What is wrong with a program."""
    return [fault.reason for fault in checked.faults]


def test_the_results_of_every_format_are_read() -> None:
    """A format that can be submitted can be read back."""
    assert {str(row.output) for row in FORMATS.values()} <= READERS.keys()
    assert all(word == row.word for word, row in FORMATS.items())


def test_only_source_text_is_compiled() -> None:
    """What a workspace takes as it is goes as it is."""
    assert [word for word, row in FORMATS.items() if row.is_compiled] == ["openqasm2", "openqasm3", "qsharp"]


@pytest.mark.parametrize(
    ("name", "head", "word"),
    [
        ("a.qasm", b"// hi\nOPENQASM 2.0;", "openqasm2"),
        ("a.QASM", b"OPENQASM 3.0;", "openqasm3"),
        ("a.qasm.txt", b"OPENQASM 2.0;", "openqasm2"),
        ("a.qasm", b"// from OPENQASM 2.0\nOPENQASM 3.0;", "openqasm3"),
        ("a.qasm", b"// \xff\nqreg q[1];", "openqasm2"),
        ("a.QS ", b"", "qsharp"),
        ("a.qs", b"", "qsharp"),
        ("a.ll", b"", "qir.v1"),
        ("a.bc", b"", "qir.v1"),
        ("a.json", b"", "ionq.circuit.v1"),
        ("a.quil", b"", "rigetti.quil.v1"),
        ("a.txt", b"OPENQASM 3.0;", None),
        ("qasm", b"", None),
    ],
)
def test_a_file_s_format_shows_in_its_name(name: str, head: bytes, word: str | None) -> None:
    """Which OpenQASM it is, it says itself."""
    assert format_of_file(name, head) == word


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("ionq.simulator", "ionq.circuit.v1"),
        ("pasqal.sim.emu-tn", "pasqal.pulser.v1"),
        ("microsoft.tabu.cpu", "microsoft.qio.v2"),
    ],
)
def test_json_is_what_its_target_makes_of_it(target: str, word: str) -> None:
    """Three providers write JSON."""
    assert format_of_file("a.json", b"", target) == word


@pytest.mark.parametrize(
    ("word", "program", "expected"),
    [
        ("honeywell.openqasm.v1", b"OPENQASM 2.0;", []),
        ("quantinuum.openqasm.v1", b"qreg q[1];", ['has no header: OpenQASM begins with "OPENQASM 2.0;"']),
        ("quantinuum.openqasm.v1", b"// " + b"long" * 2000 + b"\nOPENQASM 2.0;", []),
        ("quantinuum.openqasm.v1", b"\xff", ["is not text: byte 0 is not UTF-8"]),
        ("rigetti.quil.v1", b"H 0", []),
        ("rigetti.quil.v1", b"H 0\0", ["is not text: it holds a NUL character"]),
        ("pasqal.pulser.v1", b'{"sequence_builder": "..."}', []),
        ("pasqal.pulser.v1", b'{"version": "1", "operations": []}', []),
        ("pasqal.pulser.v1", b'{"_build": true, "__module__": "pulser", "__name__": "Sequence"}', []),
        ("pasqal.pulser.v1", b"[]", ["is not a JSON object"]),
        (
            "pasqal.pulser.v1",
            b'{"sequence_builder": 1}',
            ["needs `sequence_builder`, the text that Pulser's `to_abstract_repr` writes"],
        ),
        ("microsoft.qio.v2", b'{"cost_function": {"terms": []}}', []),
        ("microsoft.qio.v2", b"{}", ["needs `cost_function`, an object with `type`, `version` and `terms`"]),
        (
            "microsoft.qio.v2",
            b"{",
            ["is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"],
        ),
    ],
)
def test_a_look_at_a_provider_s_own_format_says_what_is_plain_to_see(
    word: str, program: bytes, expected: list[str]
) -> None:
    """A wrong file is found before it waits in a queue."""
    assert reasons(FORMATS[word].check(program)) == expected


def test_a_problem_that_is_gzip_stays_gzip() -> None:
    """Nothing is unpacked here; the workspace learns its encoding."""
    assert FORMATS["microsoft.qio.v2"].check(gzip.compress(b"{}")) == Checked(encoding="gzip")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (b"\xff", "is not LLVM bitcode, and is not text: byte 0 is not UTF-8"),
        (b"a\0", "is not LLVM bitcode, and is not text: it holds a NUL character"),
        (b"int main", "is neither LLVM bitcode nor LLVM text: it defines no function"),
    ],
)
def test_what_is_no_qir_is_told_from_it(program: bytes, reason: str) -> None:
    """A wrong file is refused before it costs anything."""
    assert reasons(checks.check_qir(program)) == [reason]


@pytest.mark.parametrize("program", [QIR.encode(), b"BC\xc0\xde\x35", b"\xde\xc0\x17\x0b\0"])
def test_qir_is_taken_as_text_and_as_bitcode(program: bytes) -> None:
    """Both forms that compilers write pass."""
    assert checks.check_qir(program) == Checked()


WHOLE = (
    "is a whole request to IonQ's own service, as qiskit-ionq writes it: send what is under `input`, and "
    "the rest (target, shots, noise) as fields of the order"
)


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        ("{", ["is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"]),
        ('{"a":1,"a":2}', ["is not a circuit: the name 'a' stands twice in one object"]),
        ("[]", ["is not a JSON object"]),
        ("{}", ["needs `qubits`, a whole number of at least 1", "needs `circuit`, a list of gates"]),
        ('{"qubits": true, "circuit": []}', ["needs `qubits`, a whole number of at least 1"]),
        ('{"qubits": 0, "circuit": []}', ["needs `qubits`, a whole number of at least 1"]),
        ('{"qubits": 1, "circuit": {}}', ["needs `circuit`, a list of gates"]),
        ('{"qubits": 1, "circuits": []}', ["holds several circuits: send each in an order of its own"]),
        (
            '{"type": "ionq.circuit.v1", "shots": 5, "input": {"qubits": 1, "circuit": []}}',
            [WHOLE],
        ),
    ],
)
def test_what_is_no_ionq_circuit_says_why(circuit: str, expected: list[str]) -> None:
    """Everything that is plain to see is named."""
    assert reasons(checks.check_ionq(circuit.encode())) == expected


QUIL = "DECLARE ro BIT[1]\nDECLARE theta REAL[2]\nRX(theta[0]+pi) 0  # theta\nMEASURE 0 ro[0]\n"


@pytest.mark.parametrize(
    ("program", "substitutions", "named"),
    [
        (QUIL, None, ["theta"]),
        (QUIL, {"phi": [[1]]}, ["theta"]),
        (QUIL, {"theta": [[1, 2]]}, []),
        (QUIL.replace("RX(", "MOVE theta[0] 0.5\nRX("), None, []),  # the program gives it a value
        (QUIL.replace("theta[0]+", ""), None, []),  # nothing uses it
        (QUIL.replace("REAL[2]", "REAL").replace("theta[0]", "2*theta"), None, ["theta"]),
        (QUIL.replace("REAL[2]", "BIT[2]"), None, []),
    ],
)
def test_a_parameter_that_would_run_as_0_is_named(program: str, substitutions: object, named: list[str]) -> None:
    """A Quil program's parameters need values, unless the program gives them by itself."""
    faults = checks.unbound(program.encode(), substitutions)

    assert [fault.field for fault in faults] == ["params.substitutions"] * len(named)
    assert all(f"`{name}`" in fault.reason for name, fault in zip(named, faults, strict=True))


def test_an_ionq_circuit_tells_its_qubits() -> None:
    """The results need their number."""
    assert checks.check_ionq(CIRCUIT.encode()) == Checked(qubits=2)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([*FORMATS]), st.binary(max_size=80) | st.text(max_size=40).map(json.dumps).map(str.encode))
def test_a_look_at_any_bytes_ends_well(word: str, program: bytes) -> None:
    """Hostile bytes raise nothing."""
    assert isinstance(FORMATS[word].check(program), Checked)


def test_a_profile_is_one_that_every_target_can_run() -> None:
    """A fallback to a simpler machine must not fail for its profile."""
    assert profile_for(["quantinuum.sim.h2-1e"]) == "Adaptive_RI"
    assert profile_for(["quantinuum.sim.h2-1e", "ionq.simulator"]) == "Base"
    assert profile_for(["nobody.machine"]) == "Base"


def test_a_provider_stands_first_in_a_target_s_name() -> None:
    """The provider and what its targets take are known by name."""
    assert provider_of("IonQ.simulator") == "ionq"
    assert "ionq.circuit.v1" in formats_of("ionq")
    assert "ionq.circuit.v1" not in formats_of("quantinuum")


def test_compiled_programs_are_submitted_with_their_profile() -> None:
    """The arguments are compiled in, so that none are sent."""
    passed_on = an_order(arguments=(3,), params={"shots": 5, "extra": 1})
    params = input_params(passed_on, a_program())

    assert params == {
        "shots": 1000,
        "extra": 1,
        "entryPoint": "ENTRYPOINT__main",
        "arguments": [],
        "target_profile": "Base",
    }


def test_qir_of_the_caller_is_submitted_with_the_caller_s_entry_point() -> None:
    """What we did not compile runs as its order says."""
    order = an_order(target="quantinuum.sim.h2-1e", entry_point="main", arguments=(3,))
    program = a_program(entry_point=None, profile=None, is_compiled=False)

    assert input_params(order, program) == {
        "shots": 1000,
        "entryPoint": "main",
        "arguments": [3],
        "target_profile": "Adaptive_RI",
    }
    assert input_params(an_order(), program)["entryPoint"] == "ENTRYPOINT__main"


def test_circuits_are_submitted_with_their_shots_alone() -> None:
    """Only QIR has entry points."""
    assert input_params(an_order(), a_program(format="ionq.circuit.v1")) == {"shots": 1000}
