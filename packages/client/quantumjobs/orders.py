"""Builds orders: from a program file by its extension, a program or circuit in memory, or a whole order."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from quantumjobs.circuits import is_quantum_program, program_of
from quantumjobs.circuits.binding import bound
from quantumjobs.errors import UsageError
from quantumjobs.openqasm import has_version, language_of
from quantumjobs.programs import read_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    Json: TypeAlias = Any


class OrderFields(TypedDict, total=False):
    """What may be said of an order beside its program; what is left out is for the deployment to decide."""

    name: str
    target: str
    shots: int
    params: Mapping[str, Json]
    tags: Mapping[str, str]
    workspace: str
    deadline: str | timedelta
    fallback_targets: Sequence[str]
    max_cost: float | Mapping[str, float]
    answer_to: str | Mapping[str, str]
    constraints: Mapping[str, Json]
    reuse_result: bool | Mapping[str, Json]
    priority: str
    urgency: str
    session: str
    entry_point: str
    arguments: Sequence[Json] | Mapping[str, Json]


@dataclass(frozen=True)
class Program:
    """A program in memory (`text`, or `data` for bytes) or in the app's storage (`blob`: container/name)."""

    format: str
    text: str | None = None
    data: bytes | None = None
    blob: str | None = None

    def to_wire(self) -> dict[str, str]:
        """Spell the order's `input`; exactly one content must have been given."""
        base64 = None if self.data is None else b64encode(self.data).decode()
        contents = {"text": self.text, "base64": base64, "blob": self.blob}
        present = {name: content for name, content in contents.items() if content is not None}
        if len(present) != 1:
            raise UsageError("a program has exactly one of text, data and blob")
        return {"format": self.format, **present}


def build_order(
    program: Program | Mapping[str, Json] | str | PathLike[str] | object, **fields: Unpack[OrderFields]
) -> dict[str, Json]:
    """Make an order's JSON; the fields win over those of a whole order.

    A text or path names a program file or a file with a whole order, unless the text is itself OpenQASM. A circuit of
    another library is written by that library (`quantumjobs.circuits`); its parameters get their values from
    `arguments`, in their order or by their names.
    """
    stated = dict(fields)
    if isinstance(program, str) and has_version(program):
        program = Program(language_of(program), text=program)
    if isinstance(program, str | PathLike):
        order: dict[str, Json] = order_of_file(Path(program))
    elif isinstance(program, Mapping) and not is_quantum_program(program):
        order = dict(program)
    elif isinstance(program, Program):
        order = {"input": program.to_wire()}
    else:
        order = {"input": program_of(_bound(program, stated)).to_wire()}
    if isinstance(stated.get("arguments"), Mapping):
        raise UsageError("this program has no parameters with names here: give arguments as a list, in their order")
    return order | {_camel(name): _to_wire(value) for name, value in stated.items()}


def _bound(circuit: object, stated: dict[str, Any]) -> object:
    """Use the arguments up for the parameters of a circuit, if it has any."""
    if stated.get("arguments") is None:
        return circuit
    with_values = bound(circuit, stated["arguments"])
    if with_values is None:
        return circuit
    del stated["arguments"]
    return with_values


def order_of_file(file: Path, format: str | None = None) -> dict[str, Json]:  # noqa: A002 the order's own word
    """Read a program or a whole order; the file's name becomes the order's, unless that has one."""
    order = read_document(file, format)
    name = re.sub(r"[^\w .-]", "-", file.stem).lstrip(" .-")[:128]
    return {"name": name, **order} if name and str(file) != "-" else order


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _to_wire(value: object) -> object:
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.0f}S"
    return list(value) if isinstance(value, tuple) else value
