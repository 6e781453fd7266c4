"""What gates are made of while modifiers act on them: steps with controls, and steps between others and their undoing.

1. A step is a phase of all (`gphase`), a gate of one qubit, or one of PAIRS, on targets, with controls that must be 1.
2. Everything is exact, phases too, so that a further control is right.
3. The inverse, a power and a control of `Within` are those of what is inside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import pi

from quantum.programs.openqasm.angles import Angle, scaled

Elements = tuple["Step | Within", ...]

MOST_STEPS = 100_000  # of one application of a gate with modifiers
MOST_CONTROLS = 100
OWN_INVERSES = frozenset(("x", "y", "z", "h", "swap"))
OPPOSITES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t", "sx": "sxdg", "sxdg": "sx"}
PHASES = {"z": pi, "s": pi / 2, "sdg": -pi / 2, "t": pi / 4, "tdg": -pi / 4}
ROOTS_OF_X = {"sx": pi / 2, "sxdg": -pi / 2}
BASIS_OF_H = ("s", "h", "t")  # between these and their undoing, x is h


class ImpossibleModifierError(Exception):
    """A modifier asks for what cannot be done; the text says what to write instead."""


@dataclass(slots=True, frozen=True)
class Step:
    """A gate, on targets, done where all controls are 1."""

    name: str
    angles: tuple[Angle, ...]
    targets: tuple[int, ...]
    controls: tuple[int, ...] = ()


@dataclass(slots=True, frozen=True)
class Within:
    """`outer`, then `inner`, then the inverse of `outer`."""

    outer: Elements
    inner: Elements


def plain(name: str, *targets: int) -> Step:
    """Make a step without angles."""
    return Step(name, (), targets)


def turned(name: str, angle: Angle, *targets: int) -> Step:
    """Make a step with one angle."""
    return Step(name, (angle,), targets)


def cx(control: int, target: int) -> Step:
    """Make a controlled x."""
    return Step("x", (), (target,), (control,))


def basis_of_h(target: int) -> Elements:
    """Give the steps between which, and their undoing, x is h."""
    return tuple(plain(name, target) for name in BASIS_OF_H)


def _swap(a: int, b: int) -> Elements:
    return (Within((cx(a, b),), (cx(b, a),)),)


def _xy(angle: Angle, a: int, b: int) -> Elements:
    return (Within((cx(a, b),), (Step("rx", (scaled(angle, -1),), (a,), (b,)),)),)


def _rzz(angle: Angle, a: int, b: int) -> Elements:
    return (Within((cx(a, b),), (turned("rz", angle, b),)),)


def _rxx(angle: Angle, a: int, b: int) -> Elements:
    return (Within((plain("h", a), plain("h", b)), _rzz(angle, a, b)),)


def _ryy(angle: Angle, a: int, b: int) -> Elements:
    return (Within((plain("sx", a), plain("sx", b)), _rzz(angle, a, b)),)


# Gates of two qubits that stay whole while nothing controls them. xy(t) is Braket's: exp(i t/4 (XX + YY)).
PAIRS: Mapping[str, Callable[..., Elements]] = {"swap": _swap, "xy": _xy, "rxx": _rxx, "ryy": _ryy, "rzz": _rzz}


def taken_apart(step: Step) -> Elements:
    """Make a step of PAIRS from steps of one qubit, exactly one of them inside."""
    return PAIRS[step.name](*step.angles, *step.targets)


def inverse(elements: Elements) -> Elements:
    """Undo all, the last first."""
    return tuple(inverse_of(element) for element in reversed(elements))


def inverse_of(element: Step | Within) -> Step | Within:
    """Undo one."""
    if isinstance(element, Within):
        return Within(element.outer, inverse(element.inner))
    name, angles = element.name, element.angles
    if name in OWN_INVERSES:
        return element
    if name in OPPOSITES:
        return replace(element, name=OPPOSITES[name])
    if name == "u":
        theta, phi, lambda_, gamma = angles
        angles = (theta, lambda_, phi, gamma)
    return replace(element, angles=tuple(scaled(angle, -1) for angle in angles))


def controlled(elements: Elements, controls: tuple[int, ...], ones: tuple[bool, ...]) -> Elements:
    """Do all only where the controls are 1, or 0 where their place in `ones` is false."""
    inner = _with_controls(elements, controls)
    zeros = tuple(plain("x", control) for control, one in zip(controls, ones, strict=True) if not one)
    return (Within(zeros, inner),) if zeros else inner


def _with_controls(elements: Elements, controls: tuple[int, ...]) -> Elements:
    if len(controls) > MOST_CONTROLS:
        raise ImpossibleModifierError(f"{len(controls)} controls are more than the {MOST_CONTROLS} that can be written")
    result: list[Step | Within] = []
    for element in elements:
        if isinstance(element, Within):
            result.append(Within(element.outer, _with_controls(element.inner, controls)))
        elif element.name in PAIRS:
            result.extend(_with_controls(taken_apart(element), controls))
        else:
            result.append(replace(element, controls=controls + element.controls))
    return tuple(result)


def size(elements: Elements) -> int:
    """Count the steps."""
    return sum(
        2 * size(element.outer) + size(element.inner) if isinstance(element, Within) else 1 for element in elements
    )
