"""A program as it was read becomes a circuit of plain gates, or a list of all that is wrong with it.

`lower` writes loops and subroutines out and computes what is known; what a measurement decides becomes branches and
formulas of bits; angles may wait for the program's inputs, which `bind_values` takes from a caller's arguments.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from quantum.programs.openqasm.circuit import Circuit
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.dialects import language_of
from quantum.programs.openqasm.lowering.flow import Flow
from quantum.programs.openqasm.lowering.gates import Expander
from quantum.programs.openqasm.lowering.inputs import bind_values, check_count
from quantum.programs.openqasm.lowering.refusals import EnoughError, RefusedError
from quantum.programs.openqasm.lowering.result import finished
from quantum.programs.openqasm.lowering.statements import call, run
from quantum.programs.openqasm.syntax import Program, Statement

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
