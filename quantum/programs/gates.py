"""Counts the gates of a program, which some providers charge for, without running it.

A program with branches, its own functions or unknown gates has no count.
"""

import re
from collections import Counter
from typing import Any

from quantum.jobs.program import Gates
from quantum.wire import strict_json

MOST_OPERANDS = 1024  # no machine has so many qubits

# The operations of QIR's and IonQ's gate sets by their number of qubits, without controls.
QIR_GATES = {
    **dict.fromkeys(("h", "x", "y", "z", "s", "sx", "t", "rx", "ry", "rz"), 1),
    **dict.fromkeys(("cx", "cnot", "cy", "cz", "swap", "rxx", "ryy", "rzz"), 2),
    **dict.fromkeys(("ccx", "ccnot"), 3),
}
QIR_PREPARES_OR_MEASURES = frozenset({"m", "mz", "mresetz", "reset"})
QIR_WITHOUT_PRICE = frozenset({"barrier", "read_result"})
IONQ_GATES = {
    **dict.fromkeys(("x", "y", "z", "rx", "ry", "rz", "h", "not", "cnot", "s", "si", "t", "ti", "v", "vi"), 1),
    **dict.fromkeys(("gpi", "gpi2", "nop"), 1),
    **dict.fromkeys(("swap", "xx", "yy", "zz", "ms"), 2),
}

# Both begin at a line's end, so that the time is linear in any program's length.
_CALL = re.compile(r"\n[ \t]*(?:%[\w.$-]+ = )?(?:(?:tail|musttail|notail) )?call [^@\n]*@([^(\s]+)\(")
_BRANCH = re.compile(r"\n[ \t]*(?:br[ \t]+i1|switch|indirectbr|invoke)\b")
_OPERATION = re.compile(r"__quantum__qis__([a-z0-9_]+?)__(?:body|adj)")
_RUNTIME = "__quantum__rt__"


def count_gates(word: str, program: bytes, qubits: int | None) -> Gates | None:
    """Count the gates of a program in a submitted format, or return None."""
    counter = COUNTERS.get(word)
    return counter(program, qubits) if counter else None


def _of_qir(program: bytes, qubits: int | None) -> Gates | None:
    """Count the calls of QIR text without branches; each qubit is prepared once."""
    try:
        text = program.decode()
    except UnicodeDecodeError:  # bitcode
        return None
    if qubits is None or _BRANCH.search(text) or text.count("\ndefine ") > 1:
        return None
    calls = Counter(_CALL.findall(text))
    if calls.total() != text.count("call "):  # some calls have another form
        return None
    operands: Counter[int] = Counter()
    measurements = qubits
    for name, times in calls.items():
        operation = match[1] if (match := _OPERATION.fullmatch(name)) else ""
        if operation in QIR_PREPARES_OR_MEASURES:
            measurements += times
        elif operation in QIR_GATES:
            operands[QIR_GATES[operation]] += times
        elif not name.startswith(_RUNTIME) and operation not in QIR_WITHOUT_PRICE:
            return None
    return _gates(operands, measurements)


def _of_ionq(program: bytes, qubits: int | None) -> Gates | None:
    """Count a circuit's gates; all its qubits are prepared, and measured at the end."""
    try:
        circuit = strict_json.loads(program)["circuit"]
        operands = Counter(operand for gate in circuit for operand in _ionq_operands(gate))
    except (strict_json.InvalidJsonError, KeyError, TypeError, AttributeError):
        return None
    return _gates(operands, 2 * (qubits or 0)) if max(operands, default=0) <= MOST_OPERANDS else None


def _ionq_operands(gate: dict[str, Any]) -> list[int]:
    """Return the number of qubits of each application of a gate; a one-qubit gate is applied to every target."""
    acts_on = IONQ_GATES[gate["gate"]]
    controls = len(gate.get("controls") or ([gate["control"]] if "control" in gate else []))
    targets = len(gate.get("targets") or [gate["target"]])
    return [acts_on + controls] * (targets if acts_on == 1 else 1)


def _gates(operands: Counter[int], measurements: int) -> Gates:
    """Count a gate on N qubits, where N is 3 or more, as 6 (N - 2) two-qubit gates, as providers do."""
    larger = sum(6 * (size - 2) * times for size, times in operands.items() if size > 2)
    return Gates(operands[1], operands[2] + larger, measurements)


COUNTERS = {"qir.v1": _of_qir, "ionq.circuit.v1": _of_ionq}
