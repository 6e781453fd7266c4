"""Inputs of a program, and the arguments that a caller gives for them: strictly of their types, all faults at once."""

import math
import re
from collections.abc import Mapping, Sequence

from quantum.programs.openqasm.angles import Unbound
from quantum.programs.openqasm.circuit import Circuit, Input
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.refusals import RefusedError
from quantum.programs.openqasm.lowering.values import WORD, Bits, Kind, Missing, Value, Variable, Whole

REAL = ("float", "angle")


def declared(context: Context, name: str, kind: Kind, at: int) -> Variable:
    """Make an input: angles wait for their values, all else is taken from the arguments now."""
    if kind.dimensions or kind.word not in (*REAL, "int", "uint", "bool", "bit"):
        raise RefusedError(f"{name!r} is {kind}: an input is a float, angle, int, uint, bool or bit", at)
    place = len(context.inputs)
    context.inputs.append(Input(name, str(kind)))
    argument = _argument(context, name, kind, place)
    if kind.word not in REAL:
        return Variable(name, kind, argument, context.flow.depth, is_fixed=True)
    if isinstance(argument, float):
        context.input_values[name] = argument
    return Variable(name, kind, Unbound(name), context.flow.depth, is_fixed=True)


def _argument(context: Context, name: str, kind: Kind, place: int) -> Value:
    if context.arguments is None or place >= len(context.arguments):
        return Missing(is_told=True)
    try:
        return _taken(name, kind, context.arguments[place])
    except RefusedError as error:
        context.faults.add(error)
        return Missing(is_told=True)


def check_count(inputs: Sequence[Input], arguments: Sequence[object] | None) -> list[ProgramFault]:
    """Say what is wrong with the number of arguments, if anything is."""
    if len(arguments or ()) == len(inputs):
        return []
    if not inputs:
        return [ProgramFault("the program has no inputs: leave `arguments` out", None, "arguments")]
    needed = ", ".join(f"{one.name} ({one.type})" for one in inputs)
    count = "none" if not arguments else str(len(arguments))
    return [ProgramFault(f"the program takes a list of {len(inputs)}: {needed}; {count} came", None, "arguments")]


def bind_values(circuit: Circuit, arguments: Sequence[object] | None) -> Mapping[str, float]:
    """Turn arguments into what `Circuit.bound` takes; FaultyProgramError says all that is wrong with them."""
    faults = check_count(circuit.inputs, arguments)
    values: dict[str, float] = {}
    for one, argument in zip(circuit.inputs, arguments or (), strict=False):
        try:
            taken = _taken(one.name, kind_named(one.type), argument)
        except RefusedError as error:
            faults.append(ProgramFault(str(error.reason), None, "arguments"))
            continue
        if isinstance(taken, float):
            values[one.name] = taken
    if faults:
        raise FaultyProgramError(*faults)
    return values


def kind_named(text: str) -> Kind:
    """Read an input's type as it was spelled."""
    word, _, width = text.rstrip("]").partition("[")
    return Kind(word, int(width) if width else None)


def _taken(name: str, kind: Kind, argument: object) -> Value:
    if kind.word in REAL:
        return _real(name, kind, argument)
    if kind.word in ("int", "uint"):
        return _whole(name, kind, argument)
    if kind.word == "bit" and kind.width is not None:
        return _bits(name, kind, argument)
    if isinstance(argument, bool) or (kind.word == "bit" and argument in (0, 1, "0", "1")):
        return argument in (True, 1, "1")
    raise _wrong(name, kind, "true or false", argument)


def _wrong(name: str, kind: Kind, needed: str, argument: object) -> RefusedError:
    return RefusedError(f"{name} ({kind}) is {needed}, not {_shown(argument)}", None, "arguments")


def _shown(argument: object) -> str:
    words = {type(None): "null", bool: str(argument).lower(), list: "a list", dict: "an object"}
    return words.get(type(argument), repr(argument)[:40])


def _real(name: str, kind: Kind, argument: object) -> float:
    if isinstance(argument, bool) or not isinstance(argument, int | float):
        raise _wrong(name, kind, "a number", argument)
    try:
        number = float(argument)
    except OverflowError:
        raise _wrong(name, kind, "a number that a float holds", argument) from None
    if not math.isfinite(number):
        raise _wrong(name, kind, "a number", argument)
    return number % math.tau if kind.word == "angle" else number


def _whole(name: str, kind: Kind, argument: object) -> Value:
    width, signed = kind.width or WORD, kind.word == "int"
    least, most = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
    if isinstance(argument, bool) or not isinstance(argument, int):
        raise _wrong(name, kind, "a whole number", argument)
    if not least <= argument <= most:
        raise _wrong(name, kind, f"from {least} to {most}", argument)
    return Whole(argument, width, signed)


def _bits(name: str, kind: Kind, argument: object) -> Value:
    """Read a register: a list begins with bit 0, a string is spelled as in a program, the highest bit first."""
    if isinstance(argument, str) and re.fullmatch(f"[01]{{{kind.width}}}", argument):
        return Bits(tuple(letter == "1" for letter in reversed(argument)))
    if isinstance(argument, list) and len(argument) == kind.width and all(_is_bit(item) for item in argument):
        return Bits(tuple(bool(item) for item in argument))
    raise _wrong(name, kind, f"a string of {kind.width} bits, or a list of them that begins with bit 0", argument)


def _is_bit(item: object) -> bool:
    return isinstance(item, int) and item in (0, 1)
