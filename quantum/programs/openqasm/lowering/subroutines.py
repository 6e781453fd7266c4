"""Subroutines of the program: written out where they are called, qubits by name and values as copies."""

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering.context import Context, Frame, Scope
from quantum.programs.openqasm.lowering.control import Run, flag, leave
from quantum.programs.openqasm.lowering.expressions import constant, fitted, kind_of, value
from quantum.programs.openqasm.lowering.operands import operand
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import Kind, Missing, Qubits, Value, Variable

MOST_NESTED = 100


def define(context: Context, statement: syntax.Subroutine) -> None:
    """Note a subroutine; its body is read where it is called."""
    if statement.name in context.subroutines:
        raise RefusedError(
            f"the subroutine {statement.name!r} is defined twice: give one of them another name", statement.at
        )
    context.subroutines[statement.name] = statement


def call(context: Context, expression: syntax.Call, run: Run) -> Value:
    """Write a subroutine out, and give what it returns."""
    subroutine = context.subroutines[expression.name]
    context.flow.step(expression.at, 1 + len(subroutine.body))
    _check_nesting(context, expression)
    if len(expression.arguments) != len(subroutine.parameters):
        needed = len(subroutine.parameters)
        count = len(expression.arguments)
        raise RefusedError(
            f"{expression.name!r} takes {needed} argument{'' if needed == 1 else 's'}, not {count}", expression.at
        )
    scope = Scope(context.top)
    for parameter, argument in zip(subroutine.parameters, expression.arguments, strict=True):
        scope.names[parameter.name] = _passed(context, parameter, argument)
    return _run(context, subroutine, scope, run)


def _check_nesting(context: Context, expression: syntax.Call) -> None:
    if any(frame.name == expression.name for frame in context.frames):
        raise RefusedError(f"{expression.name!r} calls itself, which targets cannot: write a loop", expression.at)
    if len(context.frames) >= MOST_NESTED:
        raise RefusedError(f"subroutines call each other more than {MOST_NESTED} deep", expression.at)


def _passed(context: Context, parameter: syntax.Parameter, argument: syntax.Expression) -> Variable | Qubits:
    if parameter.type.kind != "qubit":
        kind = kind_of(context, parameter.type)
        copy = context.flow.snapshot(fitted(context, argument, kind, argument.at))
        return Variable(parameter.name, kind, copy, context.flow.depth)
    qubits = operand(context, argument)
    size = None if parameter.type.size is None else constant(context, parameter.type.size)
    if (size or 1) != len(qubits.numbers) and (size is not None or qubits.is_register):
        raise RefusedError(f"{parameter.name!r} takes {size or 1} qubits, not {len(qubits.numbers)}", argument.at)
    return Qubits(qubits.numbers, is_register=size is not None)


def _run(context: Context, subroutine: syntax.Subroutine, scope: Scope, run: Run) -> Value:
    kind = Kind("void") if subroutine.result is None else kind_of(context, subroutine.result)
    result = Variable(subroutine.name, kind, Missing(), context.flow.depth)
    frame = Frame(subroutine.name, result, flag(context))
    exits, loops = context.exits, context.loops
    context.exits, context.loops = [context.ended, frame.has_returned], []
    context.frames.append(frame)
    try:
        with context.within(scope):
            run(context, subroutine.body)
    finally:
        context.frames.pop()
        context.exits, context.loops = exits, loops
    return result.value


def returned(context: Context, statement: syntax.Return) -> None:
    """Lower `return`."""
    if not context.frames:
        raise RefusedError("`return` stands outside of any subroutine", statement.at)
    frame = context.frames[-1]
    if statement.value is not None:
        if frame.result.kind.word == "void":
            raise RefusedError(
                f"{frame.name!r} returns a value, and its head names no type for it: add `-> type`", statement.at
            )
        result = fitted(context, statement.value, frame.result.kind, statement.at)
        context.flow.assign(frame.result, result)
    leave(context, frame.has_returned)


def evaluate(context: Context, statement: syntax.Evaluate) -> None:
    """Lower a call whose value nobody keeps."""
    expression = statement.value
    if isinstance(expression, syntax.Call) and expression.name in context.subroutines:
        context.call(context, expression)
    else:
        value(context, expression)
