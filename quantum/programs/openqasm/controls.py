"""Steps become gates of the core; what has controls is taken apart, without further qubits, until none but cx is left.

A global phase of the whole is lost here, and only here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import acos, atan2, isfinite, pi

from quantum.programs.openqasm import unitaries
from quantum.programs.openqasm.angles import Angle, scaled, total
from quantum.programs.openqasm.circuit import Gate, half_open
from quantum.programs.openqasm.steps import (
    PHASES,
    Elements,
    ImpossibleModifierError,
    Step,
    Within,
    basis_of_h,
    cx,
    inverse,
    plain,
    turned,
)

NAMED = frozenset(("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "swap"))
CORE_WITH_CONTROL = {"x": "cx", "y": "cy", "z": "cz"}
MOST_MULTIPLEXED = 6  # with more controls, 2 to their number is more gates than two halves need
MOST_GATES = 1_000_000  # of one application of a gate with modifiers
NOT_FINITE = "an angle of the gate is not a finite number"
NAMES_OF_PHASES = {angle: name for name, angle in PHASES.items()}


def gates_of(elements: Elements) -> Iterator[Gate]:
    """Write steps as gates of the core."""
    for element in elements:
        if isinstance(element, Within):
            if element.inner:
                yield from gates_of(element.outer + element.inner + inverse(element.outer))
        elif not element.controls:
            yield from _gates_without_controls(element)
        elif len(element.controls) == 1 and element.name in CORE_WITH_CONTROL:
            yield Gate(CORE_WITH_CONTROL[element.name], (), element.controls + element.targets)
        else:
            yield from gates_of(REWRITTEN[element.name](element))


def limited(gates: Iterator[Gate]) -> Iterator[Gate]:
    """Give gates until they are too many for one application."""
    for count, gate in enumerate(gates):
        if count == MOST_GATES:
            raise ImpossibleModifierError(f"the gate with its modifiers is more than {MOST_GATES:,} plain gates")
        yield gate


def _gates_without_controls(step: Step) -> Iterator[Gate]:
    name, targets = step.name, step.targets
    if name in NAMED:
        yield Gate(name, (), targets)
    elif name == "u":
        theta, phi, lambda_, _ = step.angles
        yield from unitary(theta, phi, lambda_, targets)
    elif name == "xy":
        yield from rotation("rxx", scaled(step.angles[0], -0.5), targets)
        yield from rotation("ryy", scaled(step.angles[0], -0.5), targets)
    elif name == "sxdg":
        yield Gate("rx", (-pi / 2,), targets)
    elif name != "gphase":
        yield from rotation("rz" if name == "p" else name, step.angles[0], targets)


def rotation(name: str, angle: Angle, targets: tuple[int, ...]) -> tuple[Gate, ...]:
    """Write a rotation, or nothing where it turns by nothing."""
    if isinstance(angle, int | float):
        if not isfinite(angle):
            raise ImpossibleModifierError(NOT_FINITE)
        angle = half_open(float(angle))
        if angle == 0:
            return ()
    return (Gate(name, (angle,), targets),)


def unitary(theta: Angle, phi: Angle, lambda_: Angle, targets: tuple[int, ...]) -> tuple[Gate, ...]:
    """Write any unitary of one qubit as three rotations."""
    if theta == 0:
        return rotation("rz", total(phi, lambda_), targets)
    return rotation("rz", lambda_, targets) + rotation("ry", theta, targets) + rotation("rz", phi, targets)


def _gphase(step: Step) -> Elements:
    *controls, target = step.controls
    return (Step("p", step.angles, (target,), tuple(controls)),)


def _phase(angle: Angle, target: int) -> Step:
    name = NAMES_OF_PHASES.get(angle) if isinstance(angle, int | float) else None
    return plain(name, target) if name else turned("p", angle, target)


def _p(step: Step) -> Elements:
    angle, qubits = step.angles[0], step.controls + step.targets
    turns: list[Step] = []
    while len(qubits) > 2:
        turns.append(Step("rz", (angle,), qubits[-1:], qubits[:-1]))
        angle, qubits = scaled(angle, 0.5), qubits[:-1]
    control, target = qubits
    half, turn = scaled(angle, 0.5), cx(control, target)
    return (*turns, _phase(half, control), turn, _phase(scaled(half, -1), target), turn, _phase(half, target))


def _named_phase(step: Step) -> Elements:
    if step.name == "z" and len(step.controls) == 2:
        return _ccz(*step.controls, *step.targets)
    return (Step("p", (PHASES[step.name],), step.targets, step.controls),)


def _ccz(a: int, b: int, c: int) -> Elements:
    """Give the field's thirteen gates; with an h on c before and after they are its Toffoli gate."""
    pairs = (cx(b, c), plain("tdg", c), cx(a, c), plain("t", c), cx(b, c), plain("tdg", c), cx(a, c))
    return (*pairs, plain("t", b), plain("t", c), cx(a, b), plain("t", a), plain("tdg", b), cx(a, b))


def _x(step: Step) -> Elements:
    return (Within((plain("h", *step.targets),), (Step("z", (), step.targets, step.controls),)),)


def _y(step: Step) -> Elements:
    return (Within((plain("sdg", *step.targets),), (Step("x", (), step.targets, step.controls),)),)


def _h(step: Step) -> Elements:
    return (Within(basis_of_h(*step.targets), (Step("x", (), step.targets, step.controls),)),)


def _root_of_x(step: Step) -> Elements:
    name = "s" if step.name == "sx" else "sdg"
    return (Within((plain("h", *step.targets),), (Step(name, (), step.targets, step.controls),)),)


def _rx(step: Step) -> Elements:
    return (Within((plain("h", *step.targets),), (Step("rz", step.angles, step.targets, step.controls),)),)


def _turn(step: Step) -> Elements:
    """Take a controlled ry or rz apart: between two x the angle changes its sign."""
    count = len(step.controls)
    return _multiplexed(step) if count <= MOST_MULTIPLEXED else _in_halves(step)


def _multiplexed(step: Step) -> Elements:
    (angle,), (target,), controls = step.angles, step.targets, step.controls
    count = 2 ** len(controls)
    result: list[Step] = []
    for index in range(count):
        part = scaled(angle, (-1 if index % 2 else 1) / count)
        changed = min((index + 1 & -(index + 1)).bit_length(), len(controls))  # the bit in which Gray's code goes on
        result += (turned(step.name, part, target), cx(controls[-changed], target))
    return tuple(result)


def _in_halves(step: Step) -> Elements:
    """Let each half of the controls change the sign, with the other half's qubits as borrowed ones."""
    (target,), middle = step.targets, (len(step.controls) + 1) // 2
    first, second = step.controls[:middle], step.controls[middle:]
    quarter = scaled(step.angles[0], 0.25)
    there, back = turned(step.name, quarter, target), turned(step.name, scaled(quarter, -1), target)
    one, other = _borrowing_x(first, target, second), _borrowing_x(second, target, first)
    return (there, *one, back, *other) * 2


def _borrowing_x(controls: tuple[int, ...], target: int, borrowed: tuple[int, ...]) -> Elements:
    """Do x under three controls or more, with borrowed qubits in whatever state (Barenco et al. 1995, lemma 7.2)."""
    *chain, last = controls
    carry: Elements = (_relative_ccx(chain[0], chain[1], borrowed[0]),)
    for control, below, above in zip(chain[2:], borrowed, borrowed[1:], strict=False):
        carry = (Within((_relative_ccx(control, below, above),), carry),)
    toggle = Step("x", (), (target,), (last, borrowed[len(controls) - 3]))
    # the phases of the relative gates are undone since the second carry is the inverse of the first
    return (toggle, *carry, toggle, *inverse(carry))


def _relative_ccx(a: int, b: int, target: int) -> Within:
    """Do ccx up to phases of the eight states, with half its gates (Margolus)."""
    outer = (plain("h", target), plain("t", target), cx(b, target), plain("tdg", target))
    return Within(outer, (cx(a, target),))


def _u(step: Step) -> Elements:
    if step.angles[0] == 0:
        _, phi, lambda_, gamma = step.angles
        phase = _phase(total(phi, lambda_), *step.targets)
        return (Step("gphase", (gamma,), (), step.controls), replace(phase, controls=step.controls))
    if len(step.controls) > 1:
        numbers = [angle for angle in step.angles if isinstance(angle, int | float)]
        return _known_u(step, numbers) if len(numbers) == 4 else _turns_of_u(step)
    theta, phi, lambda_, gamma = step.angles
    (target,), (control,) = step.targets, step.controls
    half = total(scaled(phi, 0.5), scaled(lambda_, 0.5))
    return (
        turned("p", total(gamma, half), control),
        turned("rz", total(scaled(lambda_, 0.5), scaled(phi, -0.5)), target),
        cx(control, target),
        turned("rz", scaled(half, -1), target),
        turned("ry", scaled(theta, -0.5), target),
        cx(control, target),
        turned("ry", scaled(theta, 0.5), target),
        turned("rz", phi, target),
    )


def _turns_of_u(step: Step) -> Elements:
    theta, phi, lambda_, gamma = step.angles
    phase = total(gamma, scaled(phi, 0.5), scaled(lambda_, 0.5))
    turns = (("rz", lambda_), ("ry", theta), ("rz", phi))
    return (
        Step("gphase", (phase,), (), step.controls),
        *(Step(name, (angle,), step.targets, step.controls) for name, angle in turns),
    )


def _known_u(step: Step, angles: list[float]) -> Elements:
    gamma, alpha, (x, y, z) = unitaries.turn_of(unitaries.matrix_of("u", tuple(angles)))
    to_axis = (
        turned("rz", -atan2(y, x), *step.targets),
        turned("ry", -acos(max(-1.0, min(1.0, z))), *step.targets),
    )
    turn = Step("rz", (alpha,), step.targets, step.controls)
    return (Step("gphase", (gamma,), (), step.controls), Within(to_axis, (turn,)))


# How each step with controls is taken apart: into steps with fewer, or of kinds that come later in this order.
REWRITTEN: Mapping[str, Callable[[Step], Elements]] = {
    **dict.fromkeys(("s", "sdg", "t", "tdg", "z"), _named_phase),
    **dict.fromkeys(("sx", "sxdg"), _root_of_x),
    **dict.fromkeys(("ry", "rz"), _turn),
    "gphase": _gphase,
    "u": _u,
    "rx": _rx,
    "h": _h,
    "y": _y,
    "x": _x,
    "p": _p,
}
