"""Circuits of other libraries become programs, or are refused in words that say what to do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quantumjobs import Program, UsageError
from quantumjobs.circuits import program_of
from quantumjobs.orders import build_order

CLIENT = Path(__file__).parents[1]
OPENQASM = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\n'


class Compiled:
    """Stands for what speaks azure-quantum's protocol for QIR, whichever library it is of."""

    def __init__(self, qir: bytes) -> None:
        self.qir = qir

    def _repr_qir_(self, **_: Any) -> bytes:
        return self.qir


def classiq(**changes: Any) -> dict[str, Any]:
    """Make a quantum program's JSON."""
    data = {"circuit_parameters": [], "qubit_mapping": {"logical_outputs": {"x": [1], "y": [0]}}}
    return {"hardware_data": {}, "outputs": {"qasm": OPENQASM}, "data": data, **changes}


def test_a_circuit_of_qiskit_is_an_orders_program() -> None:
    """Its exporter writes OpenQASM 3, and the fields of the order stay as they are."""
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit(2)
    circuit.h(0)
    circuit.measure_all()

    order = build_order(circuit, target="ionq.simulator", shots=100)

    assert order["input"]["format"] == "openqasm3"
    assert "meas[0] = measure q[0];" in order["input"]["text"]
    assert (order["target"], order["shots"]) == ("ionq.simulator", 100)


def test_what_qiskit_cannot_call_is_taken_apart() -> None:
    """`initialize` and instructions that measure are written as what they consist of."""
    qiskit = pytest.importorskip("qiskit")
    inner = qiskit.QuantumCircuit(1, 1, name="inner")
    inner.measure(0, 0)
    circuit = qiskit.QuantumCircuit(1, 1)
    circuit.initialize([0, 1])
    circuit.append(inner.to_instruction(), [0], [0])

    text = program_of(circuit).text or ""

    assert "initialize" not in text
    assert "c[0] = measure q[0];" in text


def test_a_parameter_without_a_value_is_named() -> None:
    """The message says which, and how to bind it."""
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit(1, 1)
    circuit.rx(qiskit.circuit.Parameter("theta"), 0)
    circuit.measure(0, 0)

    with pytest.raises(UsageError, match=r"no value for its parameter theta\. Give arguments=.*circuit\.assign_param"):
        program_of(circuit)


def test_a_circuit_that_measures_nothing_is_refused() -> None:
    """It would run, cost, and give nothing."""
    qiskit = pytest.importorskip("qiskit")

    with pytest.raises(UsageError, match=r"measures nothing.*measure_all"):
        program_of(qiskit.QuantumCircuit(1))


def test_what_qiskits_exporter_does_not_take_is_told_in_its_words() -> None:
    """Registers that share bits have no OpenQASM."""
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit([qiskit.circuit.Qubit()], bits := [qiskit.circuit.Clbit()])
    for name in ("a", "b"):
        circuit.add_register(qiskit.ClassicalRegister(name=name, bits=bits))
    circuit.measure(0, 0)

    with pytest.raises(UsageError, match=r"Qiskit cannot write this circuit.*overlap.*Replace that part"):
        program_of(circuit)


def test_another_object_of_a_library_is_no_circuit() -> None:
    """The message names what the library has that can be submitted."""
    library = pytest.importorskip("qiskit.circuit.library")

    with pytest.raises(UsageError, match=r"Qiskit's \w+ is no circuit\. From Qiskit submit a QuantumCircuit"):
        program_of(library.XGate())


@pytest.mark.parametrize(
    ("qir", "program"),
    [
        (b"define void @main()", Program("qir.v1", text="define void @main()")),
        (b"BC\xc0\xde\x00", Program("qir.v1", data=b"BC\xc0\xde\x00")),
    ],
)
def test_compiled_programs_are_taken_as_they_are(qir: bytes, program: Program) -> None:
    """QIR as text stays text, bitcode stays bytes."""
    assert program_of(Compiled(qir)) == program


def test_parsed_openqasm_is_written_back() -> None:
    """What qdk has parsed is its program again; what it could not parse is told."""
    openqasm = pytest.importorskip("qdk.openqasm")
    text = "OPENQASM 3.0;\nqubit q;\nbit c;\nc = measure q;\n"

    assert program_of(openqasm.parse(text)) == Program("openqasm3", text=text)
    with pytest.raises(UsageError, match=r"the OpenQASM has errors: expected"):
        program_of(openqasm.parse("OPENQASM 3.0; qubit[2 q;"))


@pytest.mark.parametrize(
    ("profile", "call", "message"),
    [
        ("Base", "Turned", r"no value for its parameters \(expected arguments of type `Double`\)"),
        ("Unrestricted", "Flipped", r"its target profile is unrestricted.*TargetProfile"),
    ],
)
def test_an_operation_that_qdk_cannot_compile_is_refused(profile: str, call: str, message: str) -> None:
    """Its arguments belong to the call that compiles; a profile has to be chosen."""
    qsharp = pytest.importorskip("qdk.qsharp")
    qsharp.init(target_profile=getattr(qsharp.TargetProfile, profile))
    qsharp.eval("operation Turned(x : Double) : Result { use q = Qubit(); Rx(x, q); return MResetZ(q); }")
    qsharp.eval("operation Flipped() : Result { use q = Qubit(); X(q); return MResetZ(q); }")
    code = pytest.importorskip("qdk.code")

    with pytest.raises(UsageError, match=message):
        program_of(getattr(code, call))


def test_a_quantum_program_of_classiq_gets_its_outputs_measured(tmp_path: Path) -> None:
    """Each output is a register, from a dictionary as from a file."""
    file = tmp_path / "made.qprog"
    file.write_text(json.dumps(classiq()))

    orders = [build_order(classiq()), build_order(file)]

    text = f"{OPENQASM}\ncreg x[1];\nmeasure q[1] -> x[0];\n\ncreg y[1];\nmeasure q[0] -> y[0];\n"
    assert [order["input"] for order in orders] == [{"format": "openqasm2", "text": text}] * 2
    assert orders[1]["name"] == "made"


def test_measurements_of_a_quantum_program_stay_as_they_are() -> None:
    """What measures already is not measured again."""
    text = OPENQASM + "creg c[1];\nmeasure q[0] -> c[0];\n"

    assert program_of(classiq(outputs={"qasm": text})) == Program("openqasm2", text=text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": {"circuit_parameters": ["p"]}}, r"no value for its parameter p\. Assign it first"),
        ({"outputs": {}}, r"holds no OpenQASM\. Submit the text that classiq\.export"),
        ({"data": {}}, r"measures nothing"),
    ],
)
def test_a_quantum_program_that_cannot_run_is_refused(changes: dict[str, Any], message: str) -> None:
    """Parameters without values, no OpenQASM in it, no outputs."""
    with pytest.raises(UsageError, match=message):
        program_of(classiq(**changes))


def test_a_text_of_openqasm_is_no_path() -> None:
    """A program in a variable needs no wrapping."""
    text = "// mine\nOPENQASM 3.0; qubit q;"

    assert build_order(text)["input"] == {"format": "openqasm3", "text": text}


@pytest.mark.parametrize("thing", [None, 3, b"OPENQASM 3.0;", [OPENQASM], lambda: None])
def test_anything_else_is_refused_with_what_is_accepted(thing: object) -> None:
    """The message lists it."""
    with pytest.raises(UsageError, match=r"an object of type \w+ is nothing that can be submitted\. Submit"):
        build_order(thing)


def test_no_library_is_imported_before_an_object_of_it() -> None:
    """The client starts as fast beside Qiskit as without it."""
    line = "import quantumjobs, sys; print(*sorted({'qiskit', 'cirq', 'qdk', 'pyqir', 'numpy'} & sys.modules.keys()))"

    done = subprocess.run([sys.executable, "-c", line], cwd=CLIENT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
