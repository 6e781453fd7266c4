"""Unitaries of one qubit, as four complex numbers by row: products, powers and angles, without numpy.

`U(theta, phi, lambda, gamma)` is e^(i gamma) times the matrix that Qiskit calls U: cos(theta/2) stands above all.
"""

import cmath
import math
from collections.abc import Mapping

from quantum.programs.openqasm.angles import principal_number

Matrix = tuple[complex, complex, complex, complex]

NOTHING = 1e-12  # what is smaller is rounding
HALF = math.sqrt(0.5)
IDENTITY: Matrix = (1, 0, 0, 1)
FIXED: Mapping[str, Matrix] = {
    "x": (0, 1, 1, 0),
    "y": (0, -1j, 1j, 0),
    "z": (1, 0, 0, -1),
    "h": (HALF, HALF, HALF, -HALF),
    "s": (1, 0, 0, 1j),
    "sdg": (1, 0, 0, -1j),
    "t": (1, 0, 0, complex(HALF, HALF)),
    "tdg": (1, 0, 0, complex(HALF, -HALF)),
    "sx": (0.5 + 0.5j, 0.5 - 0.5j, 0.5 - 0.5j, 0.5 + 0.5j),
    "sxdg": (0.5 - 0.5j, 0.5 + 0.5j, 0.5 + 0.5j, 0.5 - 0.5j),
}


def matrix_of(name: str, angles: tuple[float, ...]) -> Matrix:
    """Give the matrix of a gate of one qubit, or of a phase of all."""
    if name in FIXED:
        return FIXED[name]
    if name == "u":
        return of_angles(*angles)
    phase = cmath.exp(1j * angles[0])
    if name == "gphase":
        return (phase, 0, 0, phase)
    return (1, 0, 0, phase) if name == "p" else _rotation(name, angles[0] / 2)


def _rotation(name: str, half: float) -> Matrix:
    cosine, sine = math.cos(half), math.sin(half)
    if name == "rz":
        return (complex(cosine, -sine), 0, 0, complex(cosine, sine))
    if name == "ry":
        return (cosine, -sine, sine, cosine)
    return (cosine, -1j * sine, -1j * sine, cosine)


def of_angles(theta: float, phi: float, lambda_: float, gamma: float) -> Matrix:
    """Give the matrix of U."""
    cosine, sine, phase = math.cos(theta / 2), math.sin(theta / 2), cmath.exp(1j * gamma)
    above, below = cmath.exp(1j * lambda_), cmath.exp(1j * phi)
    return (phase * cosine, -phase * above * sine, phase * below * sine, phase * below * above * cosine)


def angles_of(matrix: Matrix) -> tuple[float, float, float, float]:
    """Give the angles of U: theta, phi, lambda and gamma."""
    a, b, c, d = matrix
    theta = 2 * math.atan2(abs(c), abs(a))
    if abs(a) < NOTHING:
        gamma = cmath.phase(-b)
        return math.pi, cmath.phase(c) - gamma, 0.0, gamma
    gamma = cmath.phase(a)
    if abs(c) < NOTHING:
        return 0.0, 0.0, cmath.phase(d) - gamma, gamma
    return theta, cmath.phase(c) - gamma, cmath.phase(-b) - gamma, gamma


def product(second: Matrix, first: Matrix) -> Matrix:
    """Do `first`, then `second`."""
    a, b, c, d = second
    e, f, g, h = first
    return (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)


def adjoint(matrix: Matrix) -> Matrix:
    """Give the inverse."""
    a, b, c, d = (complex(entry).conjugate() for entry in matrix)
    return (a, c, b, d)


def power(matrix: Matrix, exponent: float) -> Matrix:
    """Raise to the principal power: the arguments of both eigenvalues in (-pi, pi], times the exponent."""
    gamma, alpha, (x, y, z) = turn_of(matrix)
    plus, minus = (
        cmath.exp(1j * exponent * principal_number(gamma + half)) for half in (-alpha / 2, alpha / 2)
    )  # of the states along the axis, and against it
    mean, half = (plus + minus) / 2, (plus - minus) / 2
    return (mean + half * z, half * complex(x, -y), half * complex(x, y), mean - half * z)


def turn_of(matrix: Matrix) -> tuple[float, float, tuple[float, float, float]]:
    """See a unitary as e^(i gamma) times a turn by alpha, in [0, 2 pi], about an axis: gamma, alpha, axis."""
    a, b, c, d = matrix
    gamma = cmath.phase(a * d - b * c) / 2
    back = cmath.exp(-1j * gamma)
    a, b, c, d = a * back, b * back, c * back, d * back
    # a turn is cos(alpha/2) - i sin(alpha/2) (x X + y Y + z Z)
    x, y, z = -(b + c).imag / 2, (c - b).real / 2, (d - a).imag / 2
    sine = math.hypot(x, y, z)
    alpha = 2 * math.atan2(sine, (a + d).real / 2)
    if sine < NOTHING:
        return gamma, alpha, (0.0, 0.0, 1.0)
    return gamma, alpha, (x / sine, y / sine, z / sine)
