"""Which library's gates a program means, by what it says itself."""

import math
from collections.abc import Iterator, Sequence

from quantum.programs.openqasm import library, syntax
from quantum.programs.openqasm.syntax import Program, Statement

SAME_PHASE = 1e-12


def language_of(program: Program) -> str:
    """Name the library's language.

    Braket's pragmas say that its gates are meant; and so does a program of OpenQASM 3 that uses gates which no include
    brings and nobody defines: Braket alone writes such programs. One that defines a gate by `U` and takes the phase
    back which the specification gives that, as the specification's own definitions do, is read by the letter.
    """
    if program.language == 2:
        return library.OPENQASM2
    statements = [*_all(program.statements)]
    if any(isinstance(one, syntax.Aside) and "braket" in one.text.split()[:2] for one in statements):
        return library.BRAKET
    defined = [one for one in statements if isinstance(one, syntax.GateDefinition)]
    if any(map(_takes_a_phase_back, defined)):
        return library.SPECIFIED
    if any(isinstance(one, syntax.Include) for one in statements):
        return library.OPENQASM3
    own = {one.name for one in defined}
    called = {one.name for one in statements if isinstance(one, syntax.GateCall)} - own
    return library.BRAKET if any(_is_brought(name) for name in called) else library.OPENQASM3


def _is_brought(name: str) -> bool:
    gate = library.lookup(name, library.BRAKET)
    return gate is not None and "builtin" not in gate.sets


def _takes_a_phase_back(definition: syntax.GateDefinition) -> bool:
    """Whether a gate's body has a `U` and the opposite of its phase in the specification, half of its first angle."""
    calls = [one for one in definition.body or () if isinstance(one, syntax.GateCall) and one.parameters]
    angles = {name: [_number(one.parameters[0]) for one in calls if one.name == name] for name in ("U", "gphase")}
    return any(
        abs(math.remainder(turn / 2 + phase, math.tau)) < SAME_PHASE
        for turn in angles["U"]
        for phase in angles["gphase"]
        if abs(math.remainder(turn / 2, math.tau)) > SAME_PHASE
    )


def _number(expression: syntax.Expression) -> float:
    """What an angle comes to that is written with numbers and pi alone; of any other nothing is known."""
    match expression:
        case syntax.Number(value=bool() | int() | float() as value):
            return float(value)
        case syntax.Name(name="pi" | "π"):
            return math.pi
        case syntax.Unary(operator="-", operand=operand):
            return -_number(operand)
        case syntax.Binary(operator="*", left=left, right=right):
            return _number(left) * _number(right)
        case syntax.Binary(operator="/", left=left, right=syntax.Number(value=int() | float() as below)) if below:
            return _number(left) / below
    return math.nan


def _all(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Every statement, those inside of others too, in no order; however deep they are nested."""
    waiting = [*statements]
    while waiting:
        statement = waiting.pop()
        yield statement
        match statement:
            case syntax.If(then=then, otherwise=otherwise):
                waiting += (*then, *otherwise)
            case syntax.Switch(cases=cases, default=default):
                waiting += (*(inner for _, body in cases for inner in body), *(default or ()))
            case syntax.GateDefinition() | syntax.Subroutine() | syntax.For() | syntax.While() | syntax.Block():
                waiting += statement.body or ()
