"""The formats that a program may come in: one table row each, and one function that looks at its bytes.

To add a format, add its row to FORMATS; if its bytes can be checked, write the function; if its results come
in a new form, add that to `quantum.results`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from quantum import strict_json
from quantum.model import Fault, Order, Program

MIB = 1024 * 1024
ANY_PROVIDER = frozenset({"ionq", "quantinuum", "rigetti", "microsoft"})


@dataclass(frozen=True)
class Checked:
    """What a look at a program's bytes told: its faults, and the qubits that it needs where that is plain to see."""

    faults: tuple[Fault, ...] = ()
    qubits: int | None = None


@dataclass(frozen=True)
class Format:
    """A format's row.

    `submitted` is the format in which the workspace gets it: another word means that we compile it on the way.
    `media_type` is the Content-Type that azure-quantum's own targets set; sizes are in bytes.
    """

    word: str
    submitted: str
    output: str
    media_type: str
    providers: frozenset[str]
    max_size: int
    check: Callable[[bytes], Checked]

    @property
    def is_compiled(self) -> bool:
        """Whether it goes through the compiler."""
        return self.submitted != self.word


def fault(reason: str) -> Checked:
    """Say one thing that is wrong with a program."""
    return Checked((Fault("input", reason),))


def check_source(program: bytes) -> Checked:
    """Look at source text; what it means is for the compiler to say."""
    try:
        text = program.decode()
    except UnicodeDecodeError as error:
        return fault(f"is not text: byte {error.start} is not UTF-8")
    if "\0" in text:
        return fault("is not text: it holds a NUL character")
    return Checked()


def check_qir(program: bytes) -> Checked:
    """Tell QIR from other bytes: LLVM bitcode by its magic number, LLVM text by its entry point."""
    if program.startswith((b"BC\xc0\xde", b"\xde\xc0\x17\x0b")):
        return Checked()
    if not_text := check_source(program).faults:
        return fault(f"is not LLVM bitcode, and {not_text[0].reason}")
    if b"define " not in program:
        return fault("is neither LLVM bitcode nor LLVM text: it defines no function")
    if b"entry_point" not in program:
        return fault('has no function with the attribute "entry_point"')
    return Checked()


def check_ionq(program: bytes) -> Checked:
    """Look at an IonQ circuit: an object with `qubits` and `circuit` (docs.ionq.com, ionq.circuit.v1)."""
    try:
        circuit = strict_json.loads(program)
    except strict_json.InvalidJsonError as error:
        return fault(f"is {error}" if str(error).startswith("not") else f"is not a circuit: {error}")
    if not isinstance(circuit, dict):
        return fault("is not a JSON object")
    faults = []
    qubits = circuit.get("qubits")
    if not isinstance(qubits, int) or isinstance(qubits, bool) or qubits < 1:
        faults.append(Fault("input", "needs `qubits`, a whole number of at least 1"))
    if not isinstance(circuit.get("circuit"), list):
        faults.append(Fault("input", "needs `circuit`, a list of gates"))
    return Checked(tuple(faults), None if faults else qubits)


FORMATS: Mapping[str, Format] = {
    row.word: row
    for row in (
        Format("openqasm2", "qir.v1", "microsoft.quantum-results.v2", "qir.v1", ANY_PROVIDER, MIB, check_source),
        Format("openqasm3", "qir.v1", "microsoft.quantum-results.v2", "qir.v1", ANY_PROVIDER, MIB, check_source),
        Format("qsharp", "qir.v1", "microsoft.quantum-results.v2", "qir.v1", ANY_PROVIDER, MIB, check_source),
        Format("qir.v1", "qir.v1", "microsoft.quantum-results.v2", "qir.v1", ANY_PROVIDER, 100 * MIB, check_qir),
        Format(
            "ionq.circuit.v1",
            "ionq.circuit.v1",
            "ionq.quantum-results.v1",
            "application/json",
            frozenset({"ionq"}),
            4 * MIB,
            check_ionq,
        ),
    )
}

FORMAT_OF_EXTENSION = {
    ".qs": "qsharp",
    ".ll": "qir.v1",
    ".bc": "qir.v1",
    ".json": "ionq.circuit.v1",
}
EXTENSIONS = (".qasm", *FORMAT_OF_EXTENSION)

# Targets that only run straight lines of gates get the base profile; those that measure and branch get the
# adaptive one. A provider that is not listed gets Base, which every target runs.
PROFILES = {"quantinuum": "Adaptive_RI"}
BASE = "Base"


def format_of_file(name: str, head: bytes) -> str | None:
    """Tell a program file's format by its extension and, for OpenQASM, by its first lines."""
    extension = PurePosixPath(name).suffix.lower()
    if extension == ".qasm":
        return "openqasm2" if b"OPENQASM 2" in head[:4096] else "openqasm3"
    return FORMAT_OF_EXTENSION.get(extension)


def provider_of(target: str) -> str:
    """The provider by a target's name: what stands before its first full stop."""
    return target.partition(".")[0].lower()


def profile_for(targets: Sequence[str]) -> str:
    """The QIR profile that every one of these targets can run."""
    profiles = {PROFILES.get(provider_of(target), BASE) for target in targets}
    return profiles.pop() if len(profiles) == 1 else BASE


def formats_of(provider: str) -> tuple[str, ...]:
    """The formats that a provider's targets take."""
    return tuple(word for word, row in FORMATS.items() if provider in row.providers)


def input_params(order: Order, program: Program) -> dict[str, Any]:
    """The job's `inputParams`, as azure-quantum's own targets write them; the caller's `params` add to them."""
    params: dict[str, Any] = {"shots": order.shots}
    if program.format == "qir.v1":
        params |= {"entryPoint": program.entry_point or order.entry_point or "ENTRYPOINT__main"}
        params |= {"arguments": [] if program.profile else list(order.arguments)}
        params |= {"target_profile": program.profile or profile_for((order.target,))}
    return {**order.params, **params}
