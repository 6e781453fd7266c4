"""An order's arguments against an operation's signature: each is written as a literal of Q#, or all misfits are told.

A literal is made only of a value that was checked against its type: no word of an argument becomes source text.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from quantum.programs.compiling.faults import FaultyProgramError, Wire, fault
from quantum.programs.compiling.qsharp_types import Type, leaves

LARGEST = 2**63
MOST_SHOWN = 60
WHOLE = re.compile(r"[+-]?\d{1,4096}", re.ASCII)
RANGE = re.compile(r"\s*(-?\d{1,19})\s*\.\.\s*(?:(-?\d{1,19})\s*\.\.\s*)?(-?\d{1,19})\s*", re.ASCII)
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
PAULIS = ("PauliI", "PauliX", "PauliY", "PauliZ")
RESULTS: Mapping[Any, str] = {"Zero": "Zero", "One": "One", 0: "Zero", 1: "One"}


class MisfitError(Exception):
    """A value is not of its type."""


@dataclass(frozen=True)
class Struct:
    """A type of the program's own: how it is called in full, what it is made of, and its names where it has any."""

    name: str
    input: Type
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Writer:
    """Writes values as literals; `struct` looks a type of the program's own up, None where there is no such."""

    struct: Callable[[str], Struct | None]
    misfits: list[str] = field(default_factory=list)

    def call(self, name: str, parameters: Sequence[tuple[str, Type]], values: Sequence[Any]) -> str:
        """Write the call of an operation, or raise FaultyProgramError with a fault for every misfit."""
        if len(values) != len(parameters):
            raise FaultyProgramError(wrong_number(name, parameters, values))
        literals = [
            self.write(kind, value, f"argument {place} ({label})" if label else f"argument {place}")
            for place, ((label, kind), value) in enumerate(zip(parameters, values, strict=True), 1)
        ]
        if self.misfits:
            raise FaultyProgramError(*(fault("arguments", misfit) for misfit in self.misfits))
        return f"{name}({', '.join(literals)})"

    def write(self, kind: Type, value: Any, where: str) -> str:
        """Write one value; what does not fit is noted, and written as nothing."""
        try:
            if kind.kind == "array":
                return self._array(kind, value, where)
            if kind.kind == "tuple":
                return self._tuple(kind, value, where)
            return self._write_named_type(kind, value, where)
        except MisfitError as misfit:
            self.misfits.append(f"{where}: {misfit}")
            return ""

    def _array(self, kind: Type, value: Any, where: str) -> str:
        if not isinstance(value, list):
            raise expected(kind, value, "a list")
        items = [self.write(kind.items[0], item, f"{where}, item {place}") for place, item in enumerate(value, 1)]
        return f"[{', '.join(items)}]"

    def _tuple(self, kind: Type, value: Any, where: str) -> str:
        if not isinstance(value, list) or len(value) != len(kind.items):
            raise expected(kind, value, f"a list of {len(kind.items)} values")
        pairs = zip(kind.items, value, strict=True)
        items = [self.write(part, item, f"{where}, item {place}") for place, (part, item) in enumerate(pairs, 1)]
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"

    def _write_named_type(self, kind: Type, value: Any, where: str) -> str:
        if write := PLAIN.get(kind.text):
            return write(kind, value)
        struct = self.struct(kind.text) if kind.kind == "name" else None
        if struct is None:
            raise MisfitError(f"takes {kind.text}, which an order cannot give: call it from an operation that makes it")
        if not isinstance(value, dict):
            return self._unnamed(struct, kind, value, where)
        if faulty := wrong_names(struct.names, value):
            raise MisfitError(f"{kind.text} {faulty}")
        parts = parts_of(struct)
        texts = {name: self.write(part, value[name], f"{where}, {name}") for name, part in parts}
        return f"{struct.name}({filled(struct.input, list(texts.values()), len(parts))})"

    def _unnamed(self, struct: Struct, kind: Type, value: Any, where: str) -> str:
        """Write a type whose items have no names from what it is made of; with names, only these will do."""
        if struct.names:
            raise expected(kind, value, f"an object with {', '.join(struct.names)}")
        literal = self.write(struct.input, value, where)
        return f"{struct.name}{literal}" if struct.input.kind == "tuple" else f"{struct.name}({literal})"


def wrong_number(name: str, parameters: Sequence[tuple[str, Type]], values: Sequence[Any]) -> Wire:
    """Say how many arguments an operation takes, and which."""
    takes = ", ".join(f"{label} : {kind.text}" if label else kind.text for label, kind in parameters)
    number = f"{len(parameters)} arguments" if len(parameters) > 1 else "one argument"
    expected = f"{number}, ({takes})" if parameters else "no arguments"
    return fault("arguments", f"{name} takes {expected}; {len(values) or 'none'} given")


def parts_of(struct: Struct) -> list[tuple[str, Type]]:
    """The named parts of a type: its items, or the leaves of nested ones."""
    items = struct.input.items if struct.input.kind == "tuple" else (struct.input,)
    if len(items) != len(struct.names):
        items = leaves(struct.input)
    return list(zip(struct.names, items, strict=False))


def filled(kind: Type, texts: list[str], parts: int) -> str:
    """Put texts where the parts of a type are; there are as many as items, or as many as leaves."""
    items = kind.items if kind.kind == "tuple" else (kind,)
    if len(items) == parts:
        return ", ".join(texts)
    return ", ".join(
        f"({filled(item, [texts.pop(0) for _ in leaves(item)], -1)})" if item.kind == "tuple" else texts.pop(0)
        for item in items
    )


def wrong_names(names: Sequence[str], value: Mapping[str, Any]) -> str:
    """Say which names a value lacks, and which it has that its type has not."""
    missing = [name for name in names if name not in value]
    unknown = [name for name in value if name not in names]
    problems = [f"needs {', '.join(missing)}"] if missing else []
    if unknown:
        hint = f"its names are {', '.join(names)}" if names else "it has no names"
        problems.append(f"has no {', '.join(ascii(name)[1:-1][:MOST_SHOWN] for name in unknown[:5])} ({hint})")
    return "; ".join(problems)


def expected(kind: Type, value: Any, form: str = "") -> MisfitError:
    """Say what a value should have been, and what it is."""
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return MisfitError(f"expected {kind.text}{f', {form}' if form else ''}; got {text}")


def _int(kind: Type, value: Any) -> str:
    if type(value) is not int:
        raise expected(kind, value, "a whole number")
    if not -LARGEST <= value < LARGEST:
        raise MisfitError("Int holds -2^63 to 2^63 - 1; a BigInt holds more")
    return f"({value + 1} - 1)" if value == -LARGEST else f"({value})"


def _big_int(kind: Type, value: Any) -> str:
    if type(value) is int:
        return f"({value}L)"
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return f"({int(value)}L)"
    raise expected(kind, value, "a whole number, or its digits as text")


def _double(kind: Type, value: Any) -> str:
    if type(value) not in (int, float):
        raise expected(kind, value, "a number")
    try:
        mantissa, _, exponent = repr(float(value)).partition("e")
    except OverflowError as error:
        raise MisfitError("is too large for a Double") from error
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"({mantissa}e{int(exponent)})" if exponent else f"({mantissa})"


def _bool(kind: Type, value: Any) -> str:
    if not isinstance(value, bool):
        raise expected(kind, value, "true or false")
    return str(value).lower()


def _string(kind: Type, value: Any) -> str:
    if not isinstance(value, str):
        raise expected(kind, value, "text")
    return f'"{value.translate(ESCAPES)}"'


def _pauli(kind: Type, value: Any) -> str:
    if not isinstance(value, str) or value not in PAULIS:
        raise expected(kind, value, f"one of {', '.join(PAULIS)}")
    return value


def _result(kind: Type, value: Any) -> str:
    is_result = type(value) in (str, int) and value in RESULTS
    if not is_result:
        raise expected(kind, value, "Zero or One")
    return RESULTS[value]


def _range(kind: Type, value: Any) -> str:
    form = '{"Start": 0, "Step": 1, "End": 5} or "0..1..5"'
    if isinstance(value, str) and (match := RANGE.fullmatch(value)):
        start, step, end = (int(part) for part in (match[1], match[2] or "1", match[3]))
    elif isinstance(value, dict) and {"Start", "End"} <= set(value) <= {"Start", "Step", "End"}:
        start, step, end = value["Start"], value.get("Step", 1), value["End"]
    else:
        raise expected(kind, value, form)
    if step == 0:
        raise MisfitError("a Range's step is not 0")
    return f"({'..'.join(_int(Type('Int', 'name'), part) for part in (start, step, end))})"


def _fields(names: tuple[str, str], kind: Type, value: Any) -> str:
    if not isinstance(value, dict) or set(value) != set(names):
        raise expected(kind, value, f'{{"{names[0]}": 1.0, "{names[1]}": 0.5}}')
    fields = ", ".join(f"{name} = {_double(Type('Double', 'name'), value[name])}" for name in names)
    return f"new Std.Math.{kind.text} {{ {fields} }}"


def _unit(kind: Type, value: Any) -> str:
    if value != []:
        raise expected(kind, value, "an empty list")
    return "()"


PLAIN: Mapping[str, Callable[[Type, Any], str]] = {
    "Int": _int,
    "BigInt": _big_int,
    "Double": _double,
    "Bool": _bool,
    "String": _string,
    "Pauli": _pauli,
    "Result": _result,
    "Range": _range,
    "Unit": _unit,
    "Complex": partial(_fields, ("Real", "Imag")),
    "ComplexPolar": partial(_fields, ("Magnitude", "Argument")),
}
