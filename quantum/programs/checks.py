"""Checks of a program's bytes, one function per kind of format; the compiler checks its meaning."""

import re
from typing import Any

from quantum.contract.fields import Fault
from quantum.programs.openqasm.versions import stated_versions
from quantum.wire import strict_json
from quantum.wire.encodings import NotTextError, text_of
from quantum.wire.records import record

GZIP = b"\x1f\x8b"
BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
_PARAMETER = re.compile(r"\s*DECLARE\s+([A-Za-z_][\w-]*)\s+(?:REAL|INTEGER|OCTET)(?:\s*\[\s*(\d{1,6})\s*\])?\s*$")
_PULSER_WORDS = frozenset({"operations", "__module__"})  # of its abstract representation, and of its older encoder


@record
class Checked:
    """A program's faults, its number of qubits where that is evident, and the encoding of its bytes."""

    faults: tuple[Fault, ...] = ()
    qubits: int | None = None
    encoding: str | None = None


def fault(reason: str) -> Checked:
    """Report a fault of a program."""
    return Checked((Fault("input", reason),))


def check_nothing(_: bytes) -> Checked:
    """Accept any bytes: only the provider knows the format."""
    return Checked()


def check_source(program: bytes) -> Checked:
    """Check that source is text; the compiler checks its meaning."""
    try:
        text = text_of(program)
    except NotTextError as error:
        return fault(f"is {error}")
    if "\0" in text:
        return fault("is not text: it holds a NUL character")
    return Checked()


def check_qir(program: bytes) -> Checked:
    """Recognise QIR: LLVM bitcode by its magic number, LLVM text by its functions; LLVM checks the rest."""
    if program.startswith(BITCODE):
        return Checked()
    if not_text := check_source(program).faults:
        return fault(f"is not LLVM bitcode, and {not_text[0].reason}")
    if b"define " not in program:
        return fault("is neither LLVM bitcode nor LLVM text: it defines no function")
    return Checked()


def check_provider_qasm(program: bytes) -> Checked:
    """Check OpenQASM for a provider's own compiler: text with OpenQASM's header."""
    checked = check_source(program)
    if not checked.faults and not stated_versions(text_of(program)):
        return fault('has no header: OpenQASM begins with "OPENQASM 2.0;"')
    return checked


def check_ionq(program: bytes) -> Checked:
    """Check an IonQ circuit: an object with `qubits` and `circuit` (docs.ionq.com, ionq.circuit.v1)."""
    circuit = _object(program, "a circuit")
    if isinstance(circuit, Checked):
        return circuit
    if isinstance(circuit.get("input"), dict) and "circuit" not in circuit:
        return fault(
            "is a whole request to IonQ's own service, as qiskit-ionq writes it: send what is under `input`, and "
            "the rest (target, shots, noise) as fields of the order"
        )
    if "circuits" in circuit and "circuit" not in circuit:
        return fault("holds several circuits: send each in an order of its own")
    faults = []
    qubits = circuit.get("qubits")
    if not isinstance(qubits, int) or isinstance(qubits, bool) or qubits < 1:
        faults.append(Fault("input", "needs `qubits`, a whole number of at least 1"))
    if not isinstance(circuit.get("circuit"), list):
        faults.append(Fault("input", "needs `circuit`, a list of gates"))
    return Checked(tuple(faults), None if faults else qubits)


def unbound(program: bytes, substitutions: Any) -> tuple[Fault, ...]:
    """Report the parameters of a Quil program that a gate uses and that have no value: a machine would use 0.

    A parameter that the program itself writes, as in `MOVE theta 0.5`, has a value.
    """
    lines = [line.partition("#")[0] for line in program.decode(errors="replace").splitlines()]
    substituted = substitutions if isinstance(substitutions, dict) else {}
    faults = []
    for name, size in (match.groups("1") for line in lines if (match := _PARAMETER.match(line))):
        parts = [line.rpartition(")") for line in lines if re.search(rf"\b{re.escape(name)}\b", line)]
        gates = [head for head, _, rest in parts if re.search(rf"\(.*\b{re.escape(name)}\b", head)]
        if name not in substituted and gates and len(gates) + 1 == len(parts):
            values = ", ".join(["0.0"] * min(int(size), 3)) + (", …" if int(size) > 3 else "")
            reason = f'gives no value to `{name}`, which would run as 0: add {{"{name}": [[{values}]]}}'
            faults.append(Fault("params.substitutions", reason))
    return tuple(faults)


def check_pulser(program: bytes) -> Checked:
    """Check a pulse sequence: `sequence_builder` with Pulser's `to_abstract_repr`, or the latter itself."""
    sequence = _object(program, "a pulse sequence")
    if isinstance(sequence, Checked):
        return sequence
    if isinstance(sequence.get("sequence_builder"), str | dict) or _PULSER_WORDS & sequence.keys():
        return Checked()
    return fault("needs `sequence_builder`, the text that Pulser's `to_abstract_repr` writes")


def check_qio(program: bytes) -> Checked:
    """Check an optimisation problem: an object with `cost_function`, or gzip, which is not unpacked."""
    if program.startswith(GZIP):
        return Checked(encoding="gzip")
    problem = _object(program, "a problem")
    if isinstance(problem, Checked):
        return problem
    if not isinstance(problem.get("cost_function"), dict):
        return fault("needs `cost_function`, an object with `type`, `version` and `terms`")
    return Checked()


def _object(program: bytes, what: str) -> dict[str, Any] | Checked:
    try:
        document = strict_json.loads(program)
    except strict_json.InvalidJsonError as error:
        return fault(f"is {error}" if str(error).startswith("not") else f"is not {what}: {error}")
    return document if isinstance(document, dict) else fault("is not a JSON object")
