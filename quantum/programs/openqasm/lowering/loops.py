"""What a `for` runs over: a range, a set, an array, or the bits of a register, all of them known beforehand."""

from collections.abc import Iterable

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering.casting import converted
from quantum.programs.openqasm.lowering.context import Context, Scope
from quantum.programs.openqasm.lowering.expressions import context_known, kind_of, settled, value
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.selection import counted
from quantum.programs.openqasm.lowering.values import Array, Bits, Kind, Value, Variable, described


def turns(context: Context, statement: syntax.For) -> Iterable[Scope]:
    """Give a scope for each turn of a loop, in which its variable has its value."""
    kind = kind_of(context, statement.type)
    for item in _items(context, statement.items):
        context.flow.step(statement.at, 1 + len(statement.body))
        scope = Scope(context.scope)
        scope.names[statement.name] = _variable(context, statement, kind, item)
        yield scope


def _variable(context: Context, statement: syntax.For, kind: Kind, item: Value) -> Variable:
    held = context.flow.snapshot(converted(item, kind, statement.at))
    return Variable(statement.name, kind, held, context.flow.depth)


def _items(context: Context, expression: syntax.Expression) -> Iterable[Value]:
    if isinstance(expression, syntax.Range):
        return _numbers(context, expression)
    items = settled(context, value(context, expression), expression.at)
    if isinstance(items, Array):
        return items.items
    if isinstance(items, Bits):
        return items.bits
    raise RefusedError(
        f"a loop runs over a range, a set, an array or a register, not over {described(items)}", expression.at
    )


def _numbers(context: Context, expression: syntax.Range) -> Iterable[Value]:
    parts = [part for part in (expression.start, expression.step, expression.stop) if part is not None]
    if any(isinstance(part, syntax.Number) and isinstance(part.value, float) for part in parts):
        raise RefusedError("a loop's range has whole numbers: list others in braces, `{0.1, 0.2}`", expression.at)
    return counted(context_known(context), expression)
