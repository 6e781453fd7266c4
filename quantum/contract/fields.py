"""Tables of request fields, read from annotated dataclasses, and the validation that reports all faults at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from quantum.contract.kinds import Kind, Limits, NotYet, Schema, printable
from quantum.wire import codec
from quantum.wire.records import record

MAX_UNKNOWN = 20  # a caller can send half a million, and finding the nearest name takes time
REQUIRED = object()  # marks a required field
OR_NULL = object()  # marks a field that may be null, which means the same as omitted


@record
class Fault:
    """A fault of an order; line and column count from 1 within the program."""

    field: str
    reason: str
    line: int | None = None
    column: int | None = None


@record
class Missing:
    """The reason for the fault of a missing field, instead of "is missing"."""

    reason: str


@record
class Row:
    """A field of the contract: its JSON name, kind and meaning."""

    name: str
    kind: Kind
    meaning: str
    is_required: bool = False
    admits_null: bool = False
    if_missing: str = "is missing"

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value of this field, and return the reason for a fault."""
        return None if value is None and self.admits_null else self.kind.fault(value, limits)

    @property
    def is_text(self) -> bool:
        """Say whether the field is a text."""
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
    """Read the table of fields from a dataclass's annotations: `Annotated[type, kind, meaning]`."""
    hints = get_type_hints(document, include_extras=True)
    rows = (_row(field.name, hints[field.name]) for field in fields(document))
    return {row.name: row for row in rows}


def _row(attribute: str, hint: Any) -> Row:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{attribute} states no kind: write Annotated[type, kind, meaning]")
    _, kind, meaning, *marks = get_args(hint)
    row = Row(codec.camel(attribute), kind, meaning, REQUIRED in marks, OR_NULL in marks)
    missing = next((mark for mark in marks if isinstance(mark, Missing)), None)
    return replace(row, if_missing=missing.reason) if missing else row


def some_of(table: Table, names: Iterable[str]) -> Table:
    """Select rows of a table."""
    return {name: table[name] for name in names}


def faults_in(
    data: Mapping[str, Any], table: Table, limits: Limits, *, prefix: str = "", not_needed: Iterable[str] = ()
) -> list[Fault]:
    """Validate a JSON object: unknown fields, missing ones, then values."""
    reserved = {name for name, row in table.items() if isinstance(row.kind, NotYet)}
    faults = unknown_fields(data, tuple(table), prefix, reserved)
    needed = [row for row in table.values() if row.is_required and row.name not in not_needed]
    faults += [Fault(prefix + row.name, row.if_missing) for row in needed if row.name not in data]
    reasons = ((name, row.fault(data[name], limits)) for name, row in table.items() if name in data)
    return faults + [Fault(prefix + name, reason) for name, reason in reasons if reason]


def unknown_fields(
    data: Mapping[str, Any], allowed: tuple[str, ...], prefix: str = "", reserved: Collection[str] = ()
) -> list[Fault]:
    """Refuse unknown fields, up to a limit, each with the nearest known one that is not reserved."""
    faults = []
    available = [name for name in allowed if name not in reserved]
    unknown = [name for name in data if name not in allowed]
    for field in unknown[:MAX_UNKNOWN]:
        near = get_close_matches(field[:64], available, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(available)}"
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
