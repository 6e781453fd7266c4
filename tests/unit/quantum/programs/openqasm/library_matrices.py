"""The exact matrix of every gate of the library, by language: what its users mean, computed without our library."""

from collections.abc import Callable, Mapping
from functools import partial
from math import cos, pi, sin

import numpy as np

from quantum.programs.openqasm.library import lookup, names
from tests.unit.quantum.programs.openqasm.exact_unitaries import (
    Matrix,
    X,
    Y,
    Z,
    in_plane,
    of_qasm2,
    of_qiskit,
    p,
    turn,
    u,
    with_control,
)

Formula = Callable[..., Matrix]
SWAP = np.eye(4)[[0, 2, 1, 3]].astype(complex)
XX, YY, ZZ = np.kron(X, X), np.kron(Y, Y), np.kron(Z, Z)


def x() -> Matrix:
    """Compute x as stdgates.inc defines it."""
    return u(pi, 0, pi) * np.exp(-1j * pi / 2)


def y() -> Matrix:
    """Compute y as stdgates.inc defines it."""
    return u(pi, pi / 2, pi / 2) * np.exp(-1j * pi / 2)


def h() -> Matrix:
    """Compute h as stdgates.inc defines it."""
    return u(pi / 2, 0, pi) * np.exp(-1j * pi / 4)


def rx(angle: float) -> Matrix:
    """Compute rx as stdgates.inc defines it."""
    return u(angle, -pi / 2, pi / 2) * np.exp(-1j * angle / 2)


def ry(angle: float) -> Matrix:
    """Compute ry as stdgates.inc defines it."""
    return u(angle, 0, 0) * np.exp(-1j * angle / 2)


def rz(angle: float) -> Matrix:
    """Compute rz as stdgates.inc defines it."""
    return u(0, 0, angle) * np.exp(-1j * angle / 2)


def u2(phi: float, lambda_: float) -> Matrix:
    """Compute u2 as stdgates.inc defines it."""
    return u(pi / 2, phi, lambda_) * np.exp(-1j * (phi + lambda_ + pi / 2) / 2)


def u3(theta: float, phi: float, lambda_: float) -> Matrix:
    """Compute u3 as stdgates.inc defines it."""
    return u(theta, phi, lambda_) * np.exp(-1j * (phi + lambda_ + theta) / 2)


def cu(theta: float, phi: float, lambda_: float, gamma: float) -> Matrix:
    """Compute cu as stdgates.inc defines it."""
    return with_control(u(theta, phi, lambda_)) @ np.kron(np.eye(2), p(gamma - theta / 2))


def of_phase(state: str, angle: float) -> Matrix:
    """Compute a phase of one state, the first qubit's bit first."""
    result = np.eye(4, dtype=complex)
    place = int(state[::-1], 2)
    result[place, place] = np.exp(1j * angle)
    return result


def between(block: Matrix) -> Matrix:
    """Act between 10 and 01, written with the first qubit's bit first."""
    result = np.eye(4, dtype=complex)
    result[1:3, 1:3] = block
    return result


def xy(angle: float) -> Matrix:
    """Compute Braket's xy."""
    return between(np.array([[cos(angle / 2), 1j * sin(angle / 2)], [1j * sin(angle / 2), cos(angle / 2)]]))


def ms(first: float, second: float, angle: float) -> Matrix:
    """Compute Braket's ms."""
    return turn(np.kron(in_plane(second), in_plane(first)), angle)


def xx_yy_zz(x_angle: float, y_angle: float, z_angle: float) -> Matrix:
    """Compute Quantinuum's turns about XX, YY and ZZ."""
    return turn(XX, x_angle) @ turn(YY, y_angle) @ turn(ZZ, z_angle)


def identity(*_: float) -> Matrix:
    """Compute what id and u0 do."""
    return np.eye(2, dtype=complex)


STDGATES: Mapping[str, Formula] = {
    "x": x,
    "y": y,
    "h": h,
    "rx": rx,
    "ry": ry,
    "rz": rz,
    "u2": u2,
    "u3": u3,
    "cu": cu,
    "p": p,
    "z": partial(p, pi),
    "s": partial(p, pi / 2),
    "sdg": partial(p, -pi / 2),
    "id": identity,
    "t": partial(p, pi / 4),
    "tdg": partial(p, -pi / 4),
    "phase": p,
    "u1": p,
    "sx": lambda: np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
    "swap": lambda: SWAP,
    "cx": lambda: with_control(x()),
    "cy": lambda: with_control(y()),
    "cz": lambda: with_control(p(pi)),
    "ch": lambda: with_control(h()),
    "CX": lambda: with_control(x()),
    "ccx": lambda: with_control(x(), count=2),
    **{f"c{name}": partial(lambda gate, *a: with_control(gate(*a)), gate) for name, gate in (("p", p), ("phase", p))},
    "crx": lambda a: with_control(rx(a)),
    "cry": lambda a: with_control(ry(a)),
    "crz": lambda a: with_control(rz(a)),
    "cswap": lambda: with_control(SWAP),
    "U": u,
    "gphase": lambda angle: np.array([[np.exp(1j * angle)]]),
}
BRAKET: Mapping[str, Formula] = {
    "i": identity,
    "v": STDGATES["sx"],
    "vi": lambda: STDGATES["sx"]().conj().T,
    "si": STDGATES["sdg"],
    "ti": STDGATES["tdg"],
    "cv": lambda: with_control(STDGATES["sx"]()),
    "cnot": STDGATES["cx"],
    "ccnot": STDGATES["ccx"],
    "phaseshift": p,
    "cphaseshift": STDGATES["cp"],
    **{f"cphaseshift{state}": partial(of_phase, state) for state in ("00", "01", "10")},
    "xx": partial(turn, XX),
    "yy": partial(turn, YY),
    "zz": partial(turn, ZZ),
    "xy": xy,
    "ms": ms,
    "pswap": lambda angle: between(np.exp(1j * angle) * X),
    "prx": lambda theta, phi: turn(in_plane(phi), theta),
    "gpi": in_plane,
    "gpi2": lambda angle: turn(in_plane(angle), pi / 2),
}
QUANTINUUM: Mapping[str, Formula] = {
    "Rz": rz,
    "U1q": BRAKET["prx"],
    "RZZ": partial(turn, ZZ),
    "ZZ": partial(turn, ZZ, pi / 2),
    "Rxxyyzz": xx_yy_zz,
    "u0": identity,
    "gphase": STDGATES["gphase"],
}
OTHER_NAMES_OF_QISKIT = {"c3sqrtx": "c3sx", "rc3x": "rcccx"}


def exact(name: str, language: str, *angles: float) -> Matrix:
    """Compute the matrix of a gate of the library."""
    entry = lookup(name, language)
    assert entry is not None
    if language == "openqasm2" and name in QUANTINUUM:
        return QUANTINUUM[name](*angles)
    if language == "openqasm2" and {"qelib1", "builtin"} & set(entry.sets):
        return of_qasm2(name, angles, entry.qubits)
    if language == "openqasm3" and name in STDGATES:
        return STDGATES[name](*angles)
    if name in BRAKET and "braket" in entry.sets:
        return BRAKET[name](*angles)
    return exact(name, "openqasm2", *angles) if "qelib1" in sets_of(name) else of_qiskit(alias(name), angles)


def sets_of(name: str) -> tuple[str, ...]:
    """Say in which sets a gate of OpenQASM 2 is."""
    entry = lookup(name, "openqasm2")
    return entry.sets if entry else ()


def alias(name: str) -> str:
    """Give the name by which Qiskit knows a gate."""
    return OTHER_NAMES_OF_QISKIT.get(name, name)


ALL_GATES = [(language, name) for language in ("openqasm2", "openqasm3") for name in sorted(names(language))]
