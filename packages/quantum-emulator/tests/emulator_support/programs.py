"""Programs that the contract tests submit."""

import math
from collections.abc import Iterable

BELL_IONQ = {
    "qubits": 2,
    "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}],
}


def qir(qubits: int, lines: Iterable[str]) -> str:
    """Base-profile QIR of these gates, measuring and returning every qubit."""
    body = [*lines, *(f"m({index}, {index})" for index in range(qubits))]
    labels = [f"  call void @__quantum__rt__result_record_output({_result(i)}, i8* null)" for i in range(qubits)]
    return "\n".join(
        [
            "%Qubit = type opaque",
            "%Result = type opaque",
            "define i64 @ENTRYPOINT__main() #0 {",
            "entry:",
            *(_call(line) for line in body),
            f"  call void @__quantum__rt__array_record_output(i64 {qubits}, i8* null)",
            *labels,
            "  ret i64 0",
            "}",
            *_DECLARATIONS,
            'attributes #0 = { "entry_point" "qir_profiles"="base_profile"',
            f'  "required_num_qubits"="{qubits}" "required_num_results"="{qubits}" }}',
        ]
    )


def ghz(qubits: int) -> str:
    """All qubits alike: all 0 or all 1, evenly."""
    return qir(qubits, ["h(0)", *(f"cx({index}, {index + 1})" for index in range(qubits - 1))])


def qft(qubits: int) -> str:
    """A Fourier transform of |0...0>: every outcome, evenly."""
    lines = []
    for low in range(qubits):
        lines.append(f"h({low})")
        for high in range(low + 1, qubits):
            half = math.pi / 2 ** (high - low + 1)
            lines += [f"rz({half:.17e}, {high})", f"cx({high}, {low})", f"rz({-half:.17e}, {low})"]
            lines += [f"cx({high}, {low})", f"rz({half:.17e}, {low})"]
    return qir(qubits, lines)


def entangled(qubits: int) -> str:
    """Layers of turns and far CNOTs, after which every half of the qubits is entangled with the other."""
    lines = []
    for layer in range(qubits):
        for low in range(qubits):
            lines += [f"h({low})", f"rz({0.1 + 0.2 * low:.17e}, {low})", f"h({low})"]
        lines += [f"cx({low}, {(low + 7 * layer + 1) % qubits})" for low in range(0, qubits, 2) if layer % 2 == 0]
        lines += [f"cx({low}, {(low + 5 * layer) % qubits})" for low in range(1, qubits, 2) if layer % 2]
    return qir(qubits, [line for line in lines if not _is_on_itself(line)])


def _is_on_itself(line: str) -> bool:
    places = line.partition("(")[2].rstrip(")").split(", ")
    return line.startswith("cx") and places[0] == places[1]


_DECLARATIONS = (
    "declare void @__quantum__qis__h__body(%Qubit*)",
    "declare void @__quantum__qis__cx__body(%Qubit*, %Qubit*)",
    "declare void @__quantum__qis__rz__body(double, %Qubit*)",
    "declare void @__quantum__qis__m__body(%Qubit*, %Result*)",
    "declare void @__quantum__rt__array_record_output(i64, i8*)",
    "declare void @__quantum__rt__result_record_output(%Result*, i8*)",
)


def _call(line: str) -> str:
    name, _, inside = line.rstrip(")").partition("(")
    arguments = [_argument(name, index, text.strip()) for index, text in enumerate(inside.split(","))]
    return f"  call void @__quantum__qis__{name}__body({', '.join(arguments)})"


def _argument(name: str, index: int, text: str) -> str:
    if name == "rz" and index == 0:
        return f"double {text}"
    return _result(int(text)) if name == "m" and index == 1 else f"%Qubit* inttoptr (i64 {text} to %Qubit*)"


def _result(index: int) -> str:
    return f"%Result* inttoptr (i64 {index} to %Result*)"


BELL = ghz(2)
