"""Fields of what comes in: a dataclass annotated with kinds is the table, from which every fault is found at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from quantum.contract.kinds import Kind, Limits, Schema, printable
from quantum.wire import codec as wire

MAX_UNKNOWN = 20  # a stranger can send half a million, and finding the nearest known name takes time
REQUIRED = object()  # marks a field that must be there
OR_NULL = object()  # marks a field that may be null, which means that it is left out


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an order; line and column count from 1 within the program."""

    field: str
    reason: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Missing:
    """What to say where a field that is required is missing, in place of a bare "is missing"."""

    reason: str


@dataclass(frozen=True)
class Row:
    """A field as the contract states it: its name in JSON, what it may hold, and what it means."""

    name: str
    kind: Kind
    meaning: str
    is_required: bool = False
    admits_null: bool = False
    if_missing: str = "is missing"

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Say what is wrong with a value of this field."""
        return None if value is None and self.admits_null else self.kind.fault(value, limits)

    @property
    def is_text(self) -> bool:
        """Whether it holds a text."""
        return self.kind.schema(Limits()).get("type") == "string"

    def schema(self, limits: Limits) -> Schema:
        """Describe the field as JSON Schema."""
        schema = self.kind.schema(limits)
        if self.admits_null and "type" in schema:
            schema |= {"type": [schema["type"], "null"]}
            schema |= {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return schema | {"description": self.meaning}


type Table = Mapping[str, Row]


@cache
def table_of(document: type) -> Table:
    """Read the table of fields that a dataclass's annotations state: `Annotated[type, kind, meaning]`."""
    hints = get_type_hints(document, include_extras=True)
    rows = (_row(field.name, hints[field.name]) for field in fields(document))
    return {row.name: row for row in rows}


def _row(attribute: str, hint: Any) -> Row:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{attribute} states no kind: write Annotated[type, kind, meaning]")
    _, kind, meaning, *marks = get_args(hint)
    row = Row(wire.camel(attribute), kind, meaning, REQUIRED in marks, OR_NULL in marks)
    said = next((mark for mark in marks if isinstance(mark, Missing)), None)
    return replace(row, if_missing=said.reason) if said else row


def some_of(table: Table, names: Iterable[str]) -> Table:
    """Take some rows of a table."""
    return {name: table[name] for name in names}


def faults_in(
    data: Mapping[str, Any], table: Table, limits: Limits, *, prefix: str = "", not_needed: Iterable[str] = ()
) -> list[Fault]:
    """Name everything that is wrong with a JSON object: unknown fields, missing ones, then values."""
    faults = unknown_fields(data, tuple(table), prefix)
    needed = [row for row in table.values() if row.is_required and row.name not in not_needed]
    faults += [Fault(prefix + row.name, row.if_missing) for row in needed if row.name not in data]
    reasons = ((name, row.fault(data[name], limits)) for name, row in table.items() if name in data)
    return faults + [Fault(prefix + name, reason) for name, reason in reasons if reason]


def unknown_fields(data: Mapping[str, Any], known: tuple[str, ...], prefix: str = "") -> list[Fault]:
    """Refuse fields that nobody reads, with the nearest that somebody does; of very many, the first are named."""
    faults = []
    unknown = [name for name in data if name not in known]
    for field in unknown[:MAX_UNKNOWN]:
        near = get_close_matches(field[:64], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        faults.append(Fault(prefix + printable(field), f"is not a field here; {hint}"))
    if more := len(unknown) - len(faults):
        faults.append(Fault(prefix.rstrip("."), f"has {more:,} more fields that are not known here"))
    return faults


def object_schema(table: Table, limits: Limits, meaning: str = "") -> Schema:
    """Describe a JSON object with these fields, and no others, as JSON Schema."""
    required = [row.name for row in table.values() if row.is_required]
    properties = {row.name: row.schema(limits) for row in table.values()}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {}) | ({"description": meaning} if meaning else {})
