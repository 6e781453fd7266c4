"""Reads OpenQASM 2 as Quantinuum's formats carry it, with the gates of `qelib1.inc` and of its own `hqslib1.inc`.

No file is ever included: both libraries are built in, and the loader has no include path.
"""

import re

from qiskit import QuantumCircuit, qasm2
from qiskit.exceptions import QiskitError

from quantum_emulator import errors
from quantum_emulator.programs import simulate
from quantum_emulator.programs.qasm_dialect import MARKERS, Extensions
from quantum_emulator.programs.run import Outcome, Run, named_shots

INCLUDE = re.compile(r'^[ \t]*include\s*"([^"]*)"\s*;', re.MULTILINE)
STANDARD = 'include "qelib1.inc";'
VERSION = re.compile(r"^\s*OPENQASM\s+(\d+)", re.MULTILINE)

# What hqslib1.inc has besides the standard gates, as Quantinuum documents its native gates. The loader takes no capital
# letters, so that these names are read as names of the same length without.
NATIVE = (
    "gate u1q(theta, phi) a { u3(theta, phi - pi/2, pi/2 - phi) a; } gate zz a, b { rzz(pi/2) a, b; } "
    "gate rxxyyzz(alpha, beta, gamma) a, b { rxx(alpha) a, b; rzz(gamma) a, b; "
    "rx(pi/2) a; rx(pi/2) b; rzz(beta) a, b; rx(-pi/2) a; rx(-pi/2) b; }"
)
CAPITALS = re.compile(r"\b(U1q|ZZ|RZZ|Rz|Rxxyyzz)\b")
OWN_GATE = re.compile(r"\bgate\s+(\w+)")
WORD = re.compile(r'"[^"]*"|\w+')
INSTRUCTIONS = (*qasm2.LEGACY_CUSTOM_INSTRUCTIONS, *MARKERS)


def run(program: bytes, run: Run) -> Outcome:
    """Run the program; each shot has a value for each classical register, in the order of their declaration."""
    circuit = read(program)
    if circuit.num_qubits > run.qubits:
        raise errors.too_many_qubits(circuit.num_qubits, run.qubits)
    registers = [(register.name, register.size) for register in circuit.cregs if register.size]
    if not registers:
        raise errors.input_unreadable("The program declares no classical register, so that nothing can be returned.")
    return named_shots(simulate.sample(circuit, run), registers)


def read(program: bytes) -> QuantumCircuit:
    """Turn the text into a circuit, or raise `ProgramError` with the loader's line and column."""
    try:
        text = program.decode()
    except UnicodeDecodeError as error:
        raise errors.input_unreadable(f"The program is not text: byte {error.start} is not UTF-8.") from error
    if (version := VERSION.search(text)) and version[1] != "2":
        raise errors.input_unreadable(f"The program is OpenQASM {version[1]}; this format is OpenQASM 2.")
    extensions = Extensions()
    plain = _with_libraries(_with_own_names(extensions.without(text)))
    try:
        circuit = qasm2.loads(plain, include_path=(), custom_instructions=INSTRUCTIONS)
        return extensions.put_into(circuit)
    except (QiskitError, TypeError, RecursionError) as error:
        raise errors.input_unreadable(f"The program is not OpenQASM 2: {error}") from error


def _with_own_names(text: str) -> str:
    """Rename each gate that the program defines so that no library or simulator has its name, and its body runs."""
    own = set(OWN_GATE.findall(text))
    prefix = "own_"
    while prefix in text:
        prefix += "_"
    return WORD.sub(lambda word: prefix + word[0] if word[0] in own else word[0], text)


def _with_libraries(text: str) -> str:
    """Replace the first include by the libraries' text, on its line, so that line numbers stay."""
    names = INCLUDE.findall(text)
    if unknown := [name for name in names if name not in {"qelib1.inc", "hqslib1.inc"}]:
        raise errors.input_unreadable(f"There is no '{unknown[0][:80]}' to include; there are qelib1.inc, hqslib1.inc.")
    if "hqslib1.inc" in names:
        text = CAPITALS.sub(lambda name: name[0].lower(), text)
    places = iter([STANDARD + (f" {NATIVE}" if "hqslib1.inc" in names else "")])
    return INCLUDE.sub(lambda _: next(places, ""), text)
