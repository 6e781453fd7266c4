"""Statements, one by one; each tells its own fault, and the next goes on."""

from collections.abc import Callable, Mapping, Sequence

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.circuit import Barrier, Reset
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.lowering import asides, calls, control, declarations, places, subroutines
from quantum.programs.openqasm.lowering.context import Context, Scope
from quantum.programs.openqasm.lowering.operands import all_of, operand
from quantum.programs.openqasm.lowering.refusals import EndlessError, RefusedError
from quantum.programs.openqasm.lowering.values import Missing, Value, Variable


def run(context: Context, statements: Sequence[syntax.Statement]) -> None:
    """Lower statements in their order, as far as no jump leaps over them."""
    for place, statement in enumerate(statements):
        if context.flow.has_jumped and (going := control.alive(context)) is not True:
            if going is not False:
                control.guarded(context, going, _rest(context, statements[place:]), statement.at)
            return
        try:
            _HANDLERS[type(statement)](context, statement)
        except EndlessError as error:
            error.at = statement.at if error.at is None else error.at
            raise
        except RefusedError as error:
            context.faults.add(error)
            _poison(context, statement)
        except RecursionError:
            reason = "this is nested too deeply: write it flatter"
            raise FaultyProgramError(ProgramFault(reason, statement.at)) from None


def _rest(context: Context, statements: Sequence[syntax.Statement]) -> Callable[[], None]:
    return lambda: run(context, statements)


def _poison(context: Context, statement: syntax.Statement) -> None:
    if isinstance(statement, syntax.Declaration | syntax.QubitDeclaration | syntax.Alias):
        context.poison(statement.name)
    elif isinstance(statement, syntax.GateDefinition):
        context.broken_gates.add(statement.name)
    elif (variable := _assigned(context, statement)) is not None:
        context.flow.assign(variable, Missing(is_told=True))


def _assigned(context: Context, statement: syntax.Statement) -> Variable | None:
    """Find the variable that a statement gives a value to."""
    if isinstance(statement, syntax.Return):
        return context.frames[-1].result if context.frames else None
    target: syntax.Expression | None = None
    if isinstance(statement, syntax.Assign):
        target = statement.target
    elif isinstance(statement, syntax.Measure):
        target = statement.into
    while isinstance(target, syntax.Index):
        target = target.base
    symbol = context.scope.find(target.name) if isinstance(target, syntax.Name) else None
    return symbol if isinstance(symbol, Variable) else None


def call(context: Context, expression: syntax.Call) -> Value:
    """Run a subroutine."""
    return subroutines.call(context, expression, run)


def _reset(context: Context, statement: syntax.Reset) -> None:
    qubits = operand(context, statement.qubits).numbers
    context.flow.count(len(qubits), statement.at)
    context.flow.operations.extend(Reset(qubit) for qubit in qubits)


def _barrier(context: Context, statement: syntax.Barrier) -> None:
    qubits = all_of(context, statement.qubits, statement.at)
    if qubits:
        context.flow.count(1 + len(qubits) // 16, statement.at)
        context.flow.operations.append(Barrier(qubits))


def _if(context: Context, statement: syntax.If) -> None:
    control.branch(context, statement, run)


def _for(context: Context, statement: syntax.For) -> None:
    control.each(context, statement, run)


def _while(context: Context, statement: syntax.While) -> None:
    control.repeat(context, statement, run)


def _switch(context: Context, statement: syntax.Switch) -> None:
    control.switch(context, statement, run)


def _block(context: Context, statement: syntax.Block) -> None:
    if statement.word == "box":
        asides.box(context, statement)
    with context.within(Scope(context.scope)):
        run(context, statement.body)


_HANDLERS: Mapping[type, Callable[..., None]] = {
    syntax.GateCall: calls.call,
    syntax.GateDefinition: calls.define,
    syntax.QubitDeclaration: declarations.qubits,
    syntax.Declaration: declarations.variable,
    syntax.Alias: declarations.alias,
    syntax.Measure: places.measure,
    syntax.Assign: places.assign,
    syntax.Reset: _reset,
    syntax.Barrier: _barrier,
    syntax.If: _if,
    syntax.For: _for,
    syntax.While: _while,
    syntax.Switch: _switch,
    syntax.Block: _block,
    syntax.Jump: control.jump,
    syntax.Subroutine: subroutines.define,
    syntax.Return: subroutines.returned,
    syntax.Evaluate: subroutines.evaluate,
    syntax.Include: asides.include,
    syntax.Aside: asides.aside,
}
