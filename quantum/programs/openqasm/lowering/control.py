"""Branches, loops and jumps: decided now where they can be, written as branches where a measurement decides.

A jump raises a flag, and whatever it leaps over asks the flag: known flags cost nothing, measured ones a branch.
"""

from collections.abc import Callable, Sequence

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.circuit import Formula
from quantum.programs.openqasm.lowering import arithmetic, formulas
from quantum.programs.openqasm.lowering.casting import truth, whole
from quantum.programs.openqasm.lowering.context import Context, Scope
from quantum.programs.openqasm.lowering.expressions import settled, value
from quantum.programs.openqasm.lowering.loops import turns
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import Kind, Value, Variable

LOOP = (
    "this loop goes on for as long as a measurement says, and targets run no such loops: write a `for` over a known "
    "range with an `if` inside, as many times as are enough"
)
Run = Callable[[Context, Sequence[syntax.Statement]], None]


def flag(context: Context) -> Variable:
    """Make a flag for jumps."""
    return Variable("", Kind("bool"), value=False, depth=context.flow.depth)


def alive(context: Context) -> Formula:
    """Tell whether no jump leaps over what comes next."""
    raised = [exit_.value for exit_ in context.exits if isinstance(exit_.value, Formula)]
    return formulas.negated(formulas.any_of(raised))


def guarded(context: Context, condition: Formula, run: Callable[[], None], at: int) -> None:
    """Run what no jump has leapt over; within, the flags are known to be down."""

    def inside() -> None:
        for exit_ in context.exits:
            if exit_.value is not False:
                context.flow.assign(exit_, value=False)
        run()

    context.flow.branch(condition, (inside, lambda: None), at)


def condition_of(context: Context, expression: syntax.Expression) -> Formula:
    """Compute a condition; an input in it is taken from the arguments."""
    return truth(settled(context, value(context, expression), expression.at), expression.at)


def branch(context: Context, statement: syntax.If, run: Run) -> None:
    """Lower `if` and `else`."""
    condition = condition_of(context, statement.condition)
    _branch(context, condition, (statement.then, statement.otherwise), statement.at, run)


def _branch(
    context: Context, condition: Formula, arms: tuple[Sequence[syntax.Statement], ...], at: int, run: Run
) -> None:
    then, otherwise = (_arm(context, arm, run) for arm in arms)
    context.flow.branch(condition, (then, otherwise), at)


def _arm(context: Context, statements: Sequence[syntax.Statement], run: Run) -> Callable[[], None]:
    def inside() -> None:
        with context.within(Scope(context.scope)):
            run(context, statements)

    return inside


def switch(context: Context, statement: syntax.Switch, run: Run) -> None:
    """Lower `switch`: the first case that has the value, or the default."""
    subject = context.flow.snapshot(settled(context, value(context, statement.subject), statement.subject.at))
    whole(subject, statement.subject.at)
    _cases(context, subject, statement, 0, run)


def _cases(context: Context, subject: Value, statement: syntax.Switch, place: int, run: Run) -> None:
    if place == len(statement.cases):
        _arm(context, statement.default or (), run)()
        return
    labels, body = statement.cases[place]
    same = formulas.any_of([_is(context, subject, label) for label in labels])
    rest: Callable[[], None] = lambda: _cases(context, subject, statement, place + 1, run)  # noqa: E731 - it is the other arm
    context.flow.branch(same, (_arm(context, body, run), rest), statement.at)


def _is(context: Context, subject: Value, label: syntax.Expression) -> Formula:
    number = whole(settled(context, value(context, label), label.at), label.at)
    if not isinstance(number.value, int):
        raise RefusedError("the value of a case must be known: this depends on a measurement", label.at)
    return truth(arithmetic.binary("==", subject, number, label.at, context.flow), label.at)


def each(context: Context, statement: syntax.For, run: Run) -> None:
    """Lower a `for`, turn by turn."""
    broken = flag(context)
    context.exits.append(broken)
    try:
        for scope in turns(context, statement):
            going = alive(context)
            if going is False:
                break
            faults = context.faults.count
            turn = _turn(context, scope, statement.body, broken, run)
            guarded(context, going, turn, statement.at)
            if context.faults.count > faults:  # the next turns would meet the same
                break
    finally:
        context.exits.remove(broken)


def _turn(
    context: Context, scope: Scope, body: Sequence[syntax.Statement], broken: Variable, run: Run
) -> Callable[[], None]:
    def inside() -> None:
        skipped = flag(context)
        context.exits.append(skipped)
        context.loops.append((broken, skipped))
        try:
            with context.within(scope):
                run(context, body)
        finally:
            context.loops.pop()
            context.exits.remove(skipped)

    return inside


def repeat(context: Context, statement: syntax.While, run: Run) -> None:
    """Lower a `while` whose condition is known each time."""
    broken = flag(context)
    context.exits.append(broken)
    try:
        while _goes_on(context, statement):
            context.flow.step(statement.at, 1 + len(statement.body))
            faults = context.faults.count
            _turn(context, Scope(context.scope), statement.body, broken, run)()
            if context.faults.count > faults:
                break
    finally:
        context.exits.remove(broken)


def _goes_on(context: Context, statement: syntax.While) -> bool:
    going = alive(context)
    if going is not False:
        going = formulas.conjoined(going, condition_of(context, statement.condition))
    if isinstance(going, bool):
        return going
    raise RefusedError(LOOP, statement.at)


def jump(context: Context, statement: syntax.Jump) -> None:
    """Lower `break`, `continue` or `end`."""
    if statement.word == "end":
        leave(context, context.ended)
        return
    if not context.loops:
        raise RefusedError(f"{statement.word!r} stands outside of any loop", statement.at)
    broken, skipped = context.loops[-1]
    leave(context, broken if statement.word == "break" else skipped)


def leave(context: Context, raised: Variable) -> None:
    """Raise a flag."""
    context.flow.assign(raised, value=True)
    context.flow.has_jumped = True
