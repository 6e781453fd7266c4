"""What the gates of the libraries consist of, as functions of angles and qubits; the library says who calls them so.

Each is one element wherever that can be, so that every power of it is known. `q` are qubits, the controls first.
"""

from collections.abc import Callable
from math import pi

from quantum.programs.openqasm.angles import Angle, scaled, total
from quantum.programs.openqasm.steps import Elements, Step, Within, cx, plain, turned

Angles = tuple[Angle, ...]
Qubits = tuple[int, ...]
Body = Callable[[Angles, Qubits], Elements]


def gate(name: str, *, targets: int = 1) -> Body:
    """Define a step with all qubits but the last ones as its controls."""
    return lambda angles, q: (Step(name, angles, q[-targets:], q[:-targets]),)


def nothing(_: Angles, __: Qubits) -> Elements:
    """Do nothing."""
    return ()


def global_phase(angles: Angles, _: Qubits) -> Elements:
    """Turn the phase of everything."""
    return (Step("gphase", angles, ()),)


def qiskit_u(angles: Angles, q: Qubits) -> Elements:
    """U with a real number in its first place."""
    theta, phi, lambda_ = angles
    return (Step("u", (theta, phi, lambda_, 0.0), q[-1:], q[:-1]),)


def openqasm3_u(angles: Angles, q: Qubits) -> Elements:
    """OpenQASM 3's own U: Qiskit's times e^(i theta/2)."""
    theta, phi, lambda_ = angles
    return (Step("u", (theta, phi, lambda_, scaled(theta, 0.5)), q[-1:], q[:-1]),)


def qiskit_u2(angles: Angles, q: Qubits) -> Elements:
    """U at a right angle."""
    return qiskit_u((pi / 2, *angles), q)


def stdgates_u3(angles: Angles, q: Qubits) -> Elements:
    """OpenQASM 3's u3, of determinant 1: rz(lambda), ry(theta), rz(phi)."""
    theta, phi, lambda_ = angles
    return (Step("u", (theta, phi, lambda_, scaled(total(phi, lambda_), -0.5)), q[-1:], q[:-1]),)


def stdgates_u2(angles: Angles, q: Qubits) -> Elements:
    """OpenQASM 3's u2, of determinant 1."""
    return stdgates_u3((pi / 2, *angles), q)


def cu(angles: Angles, q: Qubits) -> Elements:
    """Qiskit's U with a phase, controlled."""
    return (Step("u", angles, q[1:], q[:1]),)


def cswap(_: Angles, q: Qubits) -> Elements:
    """Swap two where one is 1."""
    return (Within((cx(q[2], q[1]),), (Step("x", (), q[2:], q[:2]),)),)


def rx_in_plane(angles: Angles, q: Qubits) -> Elements:
    """Turn by theta about the axis in the plane of x and y that phi names."""
    theta, phi = angles
    return (Within((turned("rz", scaled(phi, -1), q[0]),), (turned("rx", theta, q[0]),)),)


def gpi(angles: Angles, q: Qubits) -> Elements:
    """IonQ's x about an axis in the plane, its angle in radians."""
    return (Within((turned("rz", scaled(angles[0], -1), q[0]),), (plain("x", q[0]),)),)


def gpi2(angles: Angles, q: Qubits) -> Elements:
    """IonQ's right angle about an axis in the plane, its angle in radians."""
    return rx_in_plane((pi / 2, angles[0]), q)


def ms(angles: Angles, q: Qubits) -> Elements:
    """IonQ's gate of two ions, as Braket names its three angles, in radians."""
    outer = tuple(turned("rz", scaled(angle, -1), qubit) for angle, qubit in zip(angles, q, strict=False))
    return (Within(outer, (Step("rxx", angles[2:], q),)),)


def phase_of(state: str) -> Body:
    """Define the phase of one state of two qubits."""

    def body(angles: Angles, q: Qubits) -> Elements:
        zeros = tuple(plain("x", qubit) for qubit, bit in zip(q, state, strict=True) if bit == "0")
        return (Within(zeros, (Step("p", angles, q[1:], q[:1]),)),)

    return body


def iswap(_: Angles, q: Qubits) -> Elements:
    """Swap, with i where something is swapped."""
    return (Step("xy", (pi,), q),)


def pswap(angles: Angles, q: Qubits) -> Elements:
    """Swap, with a phase where something is swapped."""
    a, b = q
    return (Within((cx(a, b), plain("h", a)), (Step("u", (0.0, 0.0, pi, angles[0]), (a,), (b,)),)),)


def xx_plus_yy(angles: Angles, q: Qubits) -> Elements:
    """Turn between 01 and 10."""
    theta, beta = angles
    return (Within((turned("rz", beta, q[0]),), (Step("xy", (scaled(theta, -1),), q),)),)


def xx_minus_yy(angles: Angles, q: Qubits) -> Elements:
    """Turn between 00 and 11."""
    theta, beta = angles
    outer = (turned("rz", scaled(beta, -1), q[1]), plain("x", q[1]))
    return (Within(outer, (Step("xy", (scaled(theta, -1),), q),)),)


def rzx(angles: Angles, q: Qubits) -> Elements:
    """Turn about ZX."""
    return (Within((plain("h", q[1]),), (Step("rzz", angles, q),)),)


def ecr(_: Angles, q: Qubits) -> Elements:
    """An echo between two eighths of a turn about ZX."""
    return (Within(rzx((pi / 4,), q), (plain("x", q[0]),)),)


def dcx(_: Angles, q: Qubits) -> Elements:
    """Do cx there and back."""
    return (cx(q[0], q[1]), cx(q[1], q[0]))


def rccx(_: Angles, q: Qubits) -> Elements:
    """Margolus's gate: ccx but for phases."""
    a, b, c = q
    return (Within((plain("h", c), plain("t", c), cx(b, c), plain("tdg", c)), (cx(a, c),)),)


def rc3x(_: Angles, q: Qubits) -> Elements:
    """Do x under three controls, but for phases."""
    a, b, c, d = q
    outer = (plain("h", d), plain("t", d), cx(c, d), plain("tdg", d), plain("h", d))
    return (Within(outer, (Step("rz", (-pi,), (d,), (a, b)),)),)


def zz(_: Angles, q: Qubits) -> Elements:
    """Quantinuum's ZZ: a right angle about ZZ."""
    return (Step("rzz", (pi / 2,), q),)


def xx_yy_zz(angles: Angles, q: Qubits) -> Elements:
    """Turn about XX, YY and ZZ, which do not disturb each other."""
    return tuple(Step(name, (angle,), q) for name, angle in zip(("rxx", "ryy", "rzz"), angles, strict=False))
