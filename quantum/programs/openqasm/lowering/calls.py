"""Calls of gates, as statements and within the bodies of gates: who is called, with what, and on which qubits."""

import re
from collections.abc import Callable, Mapping, Sequence

from quantum.programs.openqasm import library, syntax
from quantum.programs.openqasm.angles import Angle, Unbound
from quantum.programs.openqasm.library import LibraryGate
from quantum.programs.openqasm.lowering import operands
from quantum.programs.openqasm.lowering.asides import NOTES
from quantum.programs.openqasm.lowering.context import Context, Scope
from quantum.programs.openqasm.lowering.expressions import PARAMETER, amount, constant, nearest
from quantum.programs.openqasm.lowering.gates import BarrierStep, Controlled, Modifiers, OwnGate, Raised, Step, finite
from quantum.programs.openqasm.lowering.loops import turns
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import Qubits

DELAY = re.compile(r"delay(?:_\d+)?")  # opaque, as Qiskit writes delays in OpenQASM 2
IN_A_GATE = "a gate's body holds gates, loops over known ranges and barriers; write a `def` for anything else"


def call(context: Context, statement: syntax.GateCall) -> None:
    """Lower the call of a gate, for each qubit of a register."""
    for step in steps(context, statement):
        context.expander.emit(step)


def steps(context: Context, statement: syntax.GateCall) -> Sequence[Step]:
    """Work out which gates a call consists of."""
    name, at = statement.name, statement.at
    gate = _gate_named(context, name, at)
    if isinstance(gate, OwnGate) and gate.steps is None and DELAY.fullmatch(name):
        context.note("delay", NOTES["delay"], at)
        return ()
    angles = tuple([finite(amount(context, parameter), at) for parameter in statement.parameters])
    _check_count(name, "parameter", gate.angles, len(angles), at)
    if name == "gphase" and context.language == library.OPENQASM2:
        return ()  # PennyLane writes it, with qubits or without; where nothing can be controlled it changes nothing
    modifiers, controls = _modifiers(context, statement.modifiers) if statement.modifiers else ((), 0)
    _check_count(name, "qubit", gate.qubits + controls, len(statement.qubits), at)
    if not statement.qubits:
        return [Step(gate, name, angles, (), modifiers, at)]  # a phase: it means something where the gate is controlled
    qubits = [operands.operand(context, qubit) for qubit in statement.qubits]
    spread = operands.each(qubits, at)
    if len(spread) > 1:
        context.flow.step(at, len(spread))
    return [Step(gate, name, angles, turn, modifiers, at) for turn in spread]


def _check_count(name: str, what: str, needed: int, count: int, at: int) -> None:
    if needed != count:
        many = f"{needed} {what}{'' if needed == 1 else 's'}" if needed else f"no {what}s"
        raise RefusedError(f"{name!r} takes {many}, not {count}", at)


def _gate_named(context: Context, name: str, at: int) -> LibraryGate | OwnGate:
    gate = context.gates.get(name) or library.lookup(name, context.language)
    if isinstance(gate, LibraryGate) and gate.doubt and "stdgates.inc" in context.files:
        raise RefusedError(f"{name!r} {gate.doubt}: define it with `gate {name} … {{ … }}`", at)
    if gate is not None:
        return gate
    if name in context.broken_gates:
        raise RefusedError(None)
    if name in context.subroutines:
        raise RefusedError(f"{name!r} is a subroutine: call it as `{name}(…)`, with its qubits in the parentheses", at)
    context.faults.unknown_gate(name, at, lambda: _remedy(context, name))
    raise RefusedError(None)


def _remedy(context: Context, name: str) -> str:
    guess = nearest(name, [*context.gates, *library.names(context.language)])
    return guess[2:] if guess else f"write `gate {name} … {{ … }}` before its use"


def _modifiers(context: Context, modifiers: tuple[syntax.Modifier, ...]) -> tuple[Modifiers, int]:
    result: list[Controlled | Raised] = []
    controls = 0
    for modifier in modifiers:
        if modifier.word == "inv":
            result.append(Raised(-1.0))
        elif modifier.word == "pow":
            result.append(Raised(_exponent(context, modifier)))
        else:
            count = 1 if modifier.argument is None else constant(context, modifier.argument)
            if not 1 <= count <= max(context.qubits, 64):
                raise RefusedError(f"{modifier.word} takes a number of qubits from 1, not {count}", modifier.at)
            places = tuple(range(controls, controls + count))
            result.append(Controlled(places, (modifier.word == "ctrl",) * count))
            controls += count
    return tuple(result), controls


def _exponent(context: Context, modifier: syntax.Modifier) -> Angle:
    if modifier.argument is None:
        raise RefusedError("pow needs an exponent in parentheses", modifier.at)
    return finite(amount(context, modifier.argument), modifier.at)


def define(context: Context, statement: syntax.GateDefinition) -> None:
    """Read the definition of a gate; what is wrong in its body is told here, not where it is called."""
    name, at = statement.name, statement.at
    if name in context.gates:
        raise RefusedError(f"the gate {name!r} is defined twice: remove one, or give it another name", at)
    if len(set(statement.parameters + statement.qubits)) < len(statement.parameters) + len(statement.qubits):
        raise RefusedError(f"two parameters of the gate {name!r} have one name", at)
    body = None if statement.body is None else _body(context, statement)
    context.gates[name] = OwnGate(name, len(statement.parameters), len(statement.qubits), body)


def _body(context: Context, statement: syntax.GateDefinition) -> list[Step | BarrierStep]:
    scope = Scope(context.top)
    scope.names |= {name: Unbound(f"{PARAMETER}{place}") for place, name in enumerate(statement.parameters)}
    scope.names |= {name: Qubits((place,), is_register=False) for place, name in enumerate(statement.qubits)}
    result: list[Step | BarrierStep] = []
    with context.within(scope):
        is_whole = _collect(context, statement.body or (), result)
    if not is_whole:
        context.broken_gates.add(statement.name)
        raise RefusedError(None)
    return result


def _collect(context: Context, statements: Sequence[syntax.Statement], result: list[Step | BarrierStep]) -> bool:
    is_whole = True
    for statement in statements:
        context.flow.step(statement.at)
        try:
            if isinstance(statement, syntax.GateCall):
                _check_operands(context, statement)
                result.extend(steps(context, statement))
            else:
                is_whole &= _IN_BODY.get(type(statement), _refused)(context, statement, result)
        except RefusedError as error:
            context.faults.add(error)
            is_whole = False
    return is_whole


def _check_operands(context: Context, statement: syntax.GateCall) -> None:
    for qubit in statement.qubits:
        operand = context.scope.find(qubit.name) if isinstance(qubit, syntax.Name) else None
        if (isinstance(operand, Qubits) and operand.is_register) or not isinstance(qubit, syntax.Name):
            raise RefusedError(
                "a gate acts on its own qubits only, which are single ones without an index: name each in its head",
                statement.at,
            )


def _barrier(context: Context, statement: syntax.Barrier, result: list[Step | BarrierStep]) -> bool:
    own = [
        symbol.numbers[0] for symbol in context.scope.below(context.top).names.values() if isinstance(symbol, Qubits)
    ]
    qubits = operands.all_of(context, statement.qubits, statement.at) if statement.qubits else tuple(own)
    result.append(BarrierStep(qubits))
    return True


def _loop(context: Context, statement: syntax.For, result: list[Step | BarrierStep]) -> bool:
    is_whole = True
    for scope in turns(context, statement):
        with context.within(scope):
            is_whole &= _collect(context, statement.body, result)
    return is_whole


def _block(context: Context, statement: syntax.Block, result: list[Step | BarrierStep]) -> bool:
    return _collect(context, statement.body, result)


def _refused(_context: Context, statement: syntax.Statement, _result: list[Step | BarrierStep]) -> bool:
    raise RefusedError(IN_A_GATE, statement.at)


def _aside(_context: Context, _statement: syntax.Statement, _result: list[Step | BarrierStep]) -> bool:
    return True


_IN_BODY: Mapping[type, Callable[..., bool]] = {
    syntax.Barrier: _barrier,
    syntax.For: _loop,
    syntax.Block: _block,
    syntax.Aside: _aside,
}
