"""Powers of steps: exact for whole numbers, the principal power for others, a fault where that is not known."""

from dataclasses import replace
from math import isfinite, pi

from quantum.programs.openqasm import unitaries
from quantum.programs.openqasm.angles import NEARLY_MINUS_PI, Angle, principal, scaled, total
from quantum.programs.openqasm.steps import (
    MOST_STEPS,
    OWN_INVERSES,
    PAIRS,
    PHASES,
    ROOTS_OF_X,
    Elements,
    ImpossibleModifierError,
    Step,
    Within,
    basis_of_h,
    inverse,
    inverse_of,
    plain,
    size,
    taken_apart,
)
from quantum.programs.openqasm.unitaries import Matrix

TO_Z = {"rx": "h", "ry": "sx", "rz": ""}  # what makes each of them rz


def power(elements: Elements, exponent: float) -> Elements:
    """Raise what the elements do together to a power."""
    if not isfinite(exponent):
        raise ImpossibleModifierError("the exponent of pow is not finite")
    if exponent == 0 or not elements:
        return ()
    if exponent in (1, -1):
        return elements if exponent == 1 else inverse(elements)
    if len(elements) > 1:
        elements = gathered(elements)
    if len(elements) == 1:
        return _power_of(elements[0], exponent)
    return _repeated(elements, exponent)


def _repeated(elements: Elements, exponent: float) -> Elements:
    if not float(exponent).is_integer():
        raise ImpossibleModifierError(
            f"pow({exponent:g}) of several gates together is not known: write a whole power, or a gate that has it"
        )
    if abs(exponent) * size(elements) > MOST_STEPS:
        raise ImpossibleModifierError(
            f"pow({exponent:g}) repeats the gate until there are more than {MOST_STEPS:,} gates: "
            "write a smaller power, or a gate with greater angles"
        )
    return (elements if exponent > 0 else inverse(elements)) * int(abs(exponent))


def _power_of(element: Step | Within, exponent: float) -> Elements:
    if isinstance(element, Within):
        inner = power(element.inner, exponent)
        return (Within(element.outer, inner),) if inner else ()
    if element.name == "u":
        return _power_of_u(element, exponent)
    return _whole_power(element, int(exponent)) if float(exponent).is_integer() else _broken_power(element, exponent)


def _broken_power(element: Step, exponent: float) -> Elements:
    if element.name in TO_Z:
        return _principal_turn(element, exponent)
    if element.name in PAIRS:
        return power(taken_apart(element), exponent)
    if element.angles:  # a phase
        return (replace(element, angles=(scaled(principal(element.angles[0]), exponent),)),)
    return _power_of_named(element, exponent)


def _whole_power(step: Step, exponent: int) -> Elements:
    if step.angles:
        return (replace(step, angles=(scaled(step.angles[0], exponent),)),)
    if step.name in OWN_INVERSES:
        return (step,) if exponent % 2 else ()
    return _power_of_named(step, exponent)


def _power_of_named(step: Step, exponent: float) -> Elements:
    name, (target,) = step.name, step.targets
    if name in PHASES:
        return (replace(step, name="p", angles=(PHASES[name] * exponent,)),)
    if name == "y":
        return (Within((plain("sdg", target),), _power_of_named(replace(step, name="x"), exponent)),)
    if name == "h":
        return (Within(basis_of_h(target), _power_of_named(replace(step, name="x"), exponent)),)
    root = exponent if name == "x" else exponent * ROOTS_OF_X[name] / pi
    if abs(root) == 0.5:
        return (replace(step, name="sx" if root > 0 else "sxdg"),)
    return (Within((plain("h", target),), (replace(step, name="p", angles=(pi * root,)),)),)


def _principal_turn(step: Step, exponent: float) -> Elements:
    half = principal(scaled(step.angles[0], 0.5))
    if isinstance(half, int | float) and abs(half - pi) > NEARLY_MINUS_PI:
        return (replace(step, angles=(scaled(half, 2 * exponent),)),)
    # minus the identity, or perhaps: its eigenvalues have the same argument, which is no turn's
    diagonal = replace(step, name="u", angles=(0.0, 0.0, step.angles[0], scaled(step.angles[0], -0.5)))
    powered = _power_of_u(diagonal, exponent)
    return powered if step.name == "rz" else (Within((plain(TO_Z[step.name], *step.targets),), powered),)


def _power_of_u(step: Step, exponent: float) -> Elements:
    if step.angles[0] == 0:
        return (replace(step, angles=_diagonal_power(step.angles, exponent)),)
    if _are_known(step.angles):
        matrix = unitaries.power(_matrix((replace(step, controls=()),)), exponent)
        return (replace(step, angles=unitaries.angles_of(matrix)),)
    if not float(exponent).is_integer():
        raise ImpossibleModifierError(
            f"pow({exponent:g}) of a gate whose angles are inputs is not known yet: write the angles that its power has"
        )
    return _repeated((step,), exponent)


def _diagonal_power(angles: tuple[Angle, ...], exponent: float) -> tuple[Angle, ...]:
    _, phi, lambda_, gamma = angles
    first = scaled(principal(gamma), exponent)
    second = scaled(principal(total(gamma, phi, lambda_)), exponent)
    return (0.0, 0.0, total(second, scaled(first, -1)), first)


def gathered(elements: Elements) -> Elements:
    """See several elements as one, where they are known to be one unitary of one qubit, or stand around others."""
    targets = _targets(elements)
    if targets is not None and len(targets) <= 1:
        return (_fused(elements, targets),)
    depth = 0
    while 2 * depth < len(elements) - 1 and elements[depth] == inverse_of(elements[-1 - depth]):
        depth += 1
    return (Within(elements[:depth], elements[depth : len(elements) - depth]),) if depth else elements


def _fused(elements: Elements, targets: frozenset[int]) -> Step:
    matrix = _matrix(elements)
    if not targets:
        return Step("gphase", (unitaries.angles_of(matrix)[3],), ())
    return Step("u", unitaries.angles_of(matrix), tuple(targets))


def _targets(elements: Elements) -> frozenset[int] | None:
    """Say on which qubits the elements act, if nothing controls them and all angles are numbers."""
    targets: frozenset[int] = frozenset()
    for element in elements:
        part = _targets(element.outer + element.inner) if isinstance(element, Within) else _target(element)
        if part is None:
            return None
        targets |= part
    return targets


def _target(step: Step) -> frozenset[int] | None:
    return None if step.controls or not _are_known(step.angles) else frozenset(step.targets)


def _are_known(angles: tuple[Angle, ...]) -> bool:
    return all(isinstance(angle, int | float) for angle in angles)


def _matrix(elements: Elements) -> Matrix:
    result = unitaries.IDENTITY
    for element in elements:
        if isinstance(element, Within):
            outer = _matrix(element.outer)
            inside = unitaries.product(_matrix(element.inner), outer)
            matrix = unitaries.product(unitaries.adjoint(outer), inside)
        else:
            numbers = tuple(angle for angle in element.angles if isinstance(angle, int | float))
            matrix = unitaries.matrix_of(element.name, numbers)
        result = unitaries.product(matrix, result)
    return result
