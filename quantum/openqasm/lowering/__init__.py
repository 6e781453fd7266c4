"""A program as it was read becomes a circuit of plain gates, or a list of all that is wrong with it.

`lower` writes loops and subroutines out and computes what is known; what a measurement decides becomes branches and
formulas of bits; angles may wait for the program's inputs, which `bind_values` takes from a caller's arguments.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from quantum.openqasm.circuit import Circuit
from quantum.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.openqasm.lowering.context import Context
from quantum.openqasm.lowering.dialects import language_of
from quantum.openqasm.lowering.flow import Flow
from quantum.openqasm.lowering.gates import Expander
from quantum.openqasm.lowering.inputs import bind_values, check_count
from quantum.openqasm.lowering.refusals import EnoughError, RefusedError
from quantum.openqasm.lowering.result import finished
from quantum.openqasm.lowering.statements import call, run
from quantum.openqasm.syntax import Program, Statement

__all__ = ["bind_values", "lower"]


def lower(
    program: Program, arguments: Sequence[object] | None = None, line: Callable[[int], int] | None = None
) -> Circuit:
    """Lower a program; `line` tells the line of a place in the source, for the notes."""
    flow = Flow()
    language = language_of(program)
    context = Context(language, flow, Expander(language, flow), call, arguments, line)
    try:
        return _lowered(context, program.statements)
    except RecursionError:
        raise FaultyProgramError(ProgramFault("the program is nested too deeply: write it flatter")) from None


def _lowered(context: Context, statements: Sequence[Statement]) -> Circuit:
    done: list[Circuit] = []
    with suppress(EnoughError):
        try:
            run(context, statements)
            done.append(finished(context))
        except RefusedError as error:
            context.faults.add(error)
    with suppress(EnoughError):
        for fault in check_count(context.inputs, context.arguments):
            context.faults.add(RefusedError(fault.reason, fault.at, fault.field))
    context.faults.check()
    return done[0]
