"""The return value of a QIR program: a flat list of record calls, and the nested value that they describe."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyqir

from quantum_emulator import errors
from quantum_emulator.programs.run import Value

type Kind = Literal["array", "tuple", "result", "value"]

PREFIX = "__quantum__rt__"
SUFFIX = "_record_output"
CONTAINERS: dict[str, Kind] = {"array": "array", "tuple": "tuple"}


@dataclass(frozen=True)
class Record:
    """One record call: a container of `count` records that follow it, a measured result, or a classical value."""

    kind: Kind
    count: int = 0
    result: int = 0
    constant: Value | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether it has a value in each shot."""
        return self.kind in ("result", "value")


def record_of(call: pyqir.Call) -> Record | None:
    """Read a record call; None for any other call."""
    name = call.callee.name
    if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
        return None
    word, argument = name.removeprefix(PREFIX).removesuffix(SUFFIX), call.args[0]
    if word in CONTAINERS:
        if not isinstance(argument, pyqir.IntConstant):
            raise errors.qir_unreadable(f"The size of a recorded {word} must be a constant.")
        return Record(CONTAINERS[word], count=argument.value)
    if word == "result":
        return Record("result", result=pyqir.ptr_id(argument) or 0)
    if isinstance(argument, pyqir.IntConstant):
        return Record("value", constant=bool(argument.value) if word == "bool" else signed(argument))
    return Record("value", constant=argument.value if isinstance(argument, pyqir.FloatConstant) else None)


def signed(constant: pyqir.IntConstant) -> int:
    """The signed number of a constant, which is stored unsigned; one bit has no sign."""
    width, value = constant.type.width, constant.value & (1 << constant.type.width) - 1
    return value - (1 << width) if width > 1 and value >> (width - 1) else value


def text_of(value: pyqir.Value) -> str:
    """The beginning of LLVM's text for a value, for a message."""
    return " ".join(str(value).split())[:80]


def nest(records: list[Record], leaves: list[Value]) -> Value:
    """Build one shot's value out of its leaves; several records make an array."""
    rest, values = iter(records), iter(leaves)
    try:
        top = [_one(record, rest, values) for record in rest]
    except (StopIteration, RecursionError) as error:
        raise errors.output_unwritable("The recorded arrays and tuples do not match the recorded values.") from error
    return top[0] if len(top) == 1 else top


def _one(record: Record, rest: Iterator[Record], values: Iterator[Value]) -> Value:
    if record.is_leaf:
        return next(values)
    items: list[Value] = []
    while len(items) < record.count:
        items.append(_one(next(rest), rest, values))
    return items if record.kind == "array" else tuple(items)


def leaves_of(value: object) -> Iterator[object]:
    """The leaves of a nested value, in order."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves_of(item)
    else:
        yield value
