"""QIR as text, just as qdk 1.33 writes it: typed pointers, instructions, declarations, attributes, flags."""

from collections.abc import Sequence

from quantum.programs.openqasm.circuit import Gate
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault

ENTRY_POINT = "ENTRYPOINT__main"
PROFILES = {  # the attribute, and whether the program may compute with bits
    "Base": ("base_profile", False),
    **dict.fromkeys(("Adaptive_RI", "Adaptive_RIF", "Adaptive"), ("adaptive_profile", True)),
}
ADJOINTS = {"sdg": "s__adj", "tdg": "t__adj"}
QUBIT, RESULT, LABEL = "%Qubit*", "%Result*", "i8*"
IRREVERSIBLE = frozenset({"m__body", "reset__body"})


def number(value: float) -> str:
    """Write a double so that LLVM reads the very same: its decimals have a point, with an exponent too."""
    text = repr(float(value))
    if "n" in text:
        raise FaultyProgramError(ProgramFault("a rotation's angle is infinite, or is no number"))
    return text if "." in text else text.replace("e", ".0e")


def qubit(index: int) -> str:
    """Write a qubit as an operand."""
    return f"%Qubit* inttoptr (i64 {index} to %Qubit*)"


def result(index: int) -> str:
    """Write a result as an operand."""
    return f"%Result* inttoptr (i64 {index} to %Result*)"


class Text:
    """The body of the entry point as it grows; remembers what must be declared."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.results = 0
        self._names = {"__quantum__rt__initialize": f"declare void @__quantum__rt__initialize({LABEL})"}
        self._constants: list[str] = []
        self._qubits: dict[int, str] = {}

    def gate(self, name: str, angles: Sequence[float], qubits: Sequence[int]) -> None:
        """Apply a gate of the core."""
        operands = [f"double {number(angle)}" for angle in angles]
        operands += [self._qubit(index) for index in qubits]
        word = ADJOINTS.get(name) or f"{name}__body"
        if f"__quantum__qis__{word}" not in self._names:
            self._declare(word, (*("double" for _ in angles), *(QUBIT for _ in qubits)))
        self.lines.append(f"  call void @__quantum__qis__{word}({', '.join(operands)})")

    def measure(self, qubit_index: int) -> int:
        """Measure a qubit into a result of its own, and give the result."""
        self._declare("m__body", (QUBIT, RESULT))
        operands = f"{self._qubit(qubit_index)}, {result(self.results)}"
        self.lines.append(f"  call void @__quantum__qis__m__body({operands})")
        self.results += 1
        return self.results - 1

    def reset(self, index: int) -> None:
        """Put a qubit into |0>."""
        self._declare("reset__body", (QUBIT,))
        self.lines.append(f"  call void @__quantum__qis__reset__body({self._qubit(index)})")

    def barrier(self) -> None:
        """Let nothing be moved across: QIR's barrier is one for all qubits."""
        self._declare("barrier__body", ())
        self.lines.append("  call void @__quantum__qis__barrier__body()")

    def read(self, name: str, index: int) -> str:
        """The line that reads a result into a name."""
        self._names.setdefault("read", f"declare zeroext i1 @__quantum__rt__read_result({RESULT})")
        return f"  {name} = call zeroext i1 @__quantum__rt__read_result({result(index)})"

    def record(self, kind: str, value: str, label: str) -> None:
        """Record an array or a tuple of so many parts, a result, or a bool."""
        types = {"result": RESULT, "bool": "i1 zeroext"}
        name = f"__quantum__rt__{kind}_record_output"
        self._names.setdefault(name, f"declare void @{name}({types.get(kind, 'i64')}, {LABEL})")
        size, place = f"[{len(label) + 1} x i8]", len(self._constants)
        self._constants.append(f'@{place} = internal constant {size} c"{label}\\00"')
        pointer = f"{LABEL} getelementptr inbounds ({size}, {size}* @{place}, i64 0, i64 0)"
        self.lines.append(f"  call void @{name}({value}, {pointer})")

    def _qubit(self, index: int) -> str:
        return self._qubits.get(index) or self._qubits.setdefault(index, qubit(index))

    def _declare(self, word: str, types: Sequence[str]) -> None:
        name = f"__quantum__qis__{word}"
        if name not in self._names:
            mark = " #1" if word in IRREVERSIBLE else ""
            self._names[name] = f"declare void @{name}({', '.join(types)}){mark}"

    def module(self, profile: str, qubits: int) -> str:
        """Put the module together."""
        attribute, computes = PROFILES[profile]
        needs = f'"required_num_qubits"="{qubits}" "required_num_results"="{self.results}"'
        flags = FLAGS if computes else FLAGS[:4]
        lines = [
            "%Result = type opaque\n%Qubit = type opaque\n",
            *self._constants,
            f"\ndefine i64 @{ENTRY_POINT}() #0 {{\nblock_0:",
            f"  call void @__quantum__rt__initialize({LABEL} null)",
            *self.lines,
            "  ret i64 0\n}\n",
            *(f"{declaration}\n" for declaration in self._names.values()),
            f'attributes #0 = {{ "entry_point" "output_labeling_schema" "qir_profiles"="{attribute}" {needs} }}',
            'attributes #1 = { "irreversible" }\n\n; module flags\n',
            f"!llvm.module.flags = !{{{', '.join(f'!{place}' for place in range(len(flags)))}}}\n",
            *(f"!{place} = {flag}" for place, flag in enumerate(flags)),
        ]
        return "\n".join(lines) + "\n"


FLAGS = (
    '!{i32 1, !"qir_major_version", i32 1}',
    '!{i32 7, !"qir_minor_version", i32 0}',
    '!{i32 1, !"dynamic_qubit_management", i1 false}',
    '!{i32 1, !"dynamic_result_management", i1 false}',
    '!{i32 5, !"int_computations", !{!"i64"}}',
)


def as_numbers(gate: Gate) -> Sequence[float]:
    """The angles of a gate in a circuit that is bound."""
    assert all(isinstance(angle, float | int) for angle in gate.angles)  # noqa: S101 - `Circuit.bound` has been called
    return gate.angles  # type: ignore[return-value]  # which the line above says
