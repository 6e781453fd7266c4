"""Which library's gates a program means, by what it says itself."""

from collections.abc import Iterator, Sequence

from quantum.openqasm import library, syntax
from quantum.openqasm.syntax import Program, Statement


def language_of(program: Program) -> str:
    """Name the library's language.

    Braket's pragmas say that its gates are meant; and so does a program of OpenQASM 3 that uses gates which no include
    brings and nobody defines: Braket alone writes such programs.
    """
    if program.language == 2:
        return library.OPENQASM2
    statements = [*_all(program.statements)]
    if any(isinstance(one, syntax.Aside) and "braket" in one.text.split()[:2] for one in statements):
        return library.BRAKET
    if any(isinstance(one, syntax.Include) for one in statements):
        return library.OPENQASM3
    own = {one.name for one in statements if isinstance(one, syntax.GateDefinition)}
    called = {one.name for one in statements if isinstance(one, syntax.GateCall)} - own
    return library.BRAKET if any(_is_brought(name) for name in called) else library.OPENQASM3


def _is_brought(name: str) -> bool:
    gate = library.lookup(name, library.BRAKET)
    return gate is not None and "builtin" not in gate.sets


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
