"""The operations of QIR: the gates and the other calls."""

from collections.abc import Callable, Mapping, Sequence
from math import pi

from qiskit import QuantumCircuit

QIS = "__quantum__qis__"

# The operation's name in QIR to qiskit's method, which takes the same arguments: angles first, then qubits.
GATES = {
    "h__body": "h",
    "x__body": "x",
    "y__body": "y",
    "z__body": "z",
    "s__body": "s",
    "s__adj": "sdg",
    "t__body": "t",
    "t__adj": "tdg",
    "sx__body": "sx",
    "sx__adj": "sxdg",
    "rx__body": "rx",
    "ry__body": "ry",
    "rz__body": "rz",
    "cx__body": "cx",
    "cnot__body": "cx",
    "cy__body": "cy",
    "cz__body": "cz",
    "swap__body": "swap",
    "ccx__body": "ccx",
    "rxx__body": "rxx",
    "ryy__body": "ryy",
    "rzz__body": "rzz",
    "phasedx__body": "r",  # as pytket-qir writes Quantinuum's gate of one qubit
    "u1q__body": "r",
    "zzmax__body": "zzmax",
    "rxxyyzz__body": "rxxyyzz",
}


def _zzmax(circuit: QuantumCircuit, first: int, second: int) -> None:
    circuit.rzz(pi / 2, first, second)


def _rxxyyzz(circuit: QuantumCircuit, xx: float, yy: float, zz: float, first: int, second: int) -> None:
    for method, angle in (("rxx", xx), ("ryy", yy), ("rzz", zz)):
        getattr(circuit, method)(angle, first, second)


# Quantinuum's gates that qiskit has no name for, as pytket-qir writes them.
_DRAWN: Mapping[str, Callable[..., None]] = {"zzmax": _zzmax, "rxxyyzz": _rxxyyzz}


def draw(circuit: QuantumCircuit, method: str, numbers: Sequence[int | float]) -> None:
    """Append a gate of GATES to a circuit: its angles, then its qubits."""
    if method in _DRAWN:
        _DRAWN[method](circuit, *numbers)
    else:
        getattr(circuit, method)(*numbers)


RESET = "reset__body"
MEASUREMENTS = ("m__body", "mz__body")
MEASURE_AND_RESET = "mresetz__body"
READ = "read_result__body"
WITHOUT_EFFECT = ("__quantum__rt__initialize", f"{QIS}barrier__body", f"{QIS}move__body")

# Programs of these alone run on qdk's stabilizer simulator, which is thousands of times faster on many qubits.
CLIFFORD = frozenset(
    f"{QIS}{name}"
    for name in (
        *("h__body", "x__body", "y__body", "z__body", "s__body", "s__adj", "sx__body"),
        *("cx__body", "cy__body", "cz__body", "swap__body", "barrier__body", "move__body"),
        *(*MEASUREMENTS, MEASURE_AND_RESET, RESET, READ),
    )
)
