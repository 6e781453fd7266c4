"""Turns frozen dataclasses into the camelCase JSON that crosses our boundaries, and back."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any


def camel(name: str) -> str:
    """Spell a Python name as JSON does: `fallback_targets` is `fallbackTargets`."""
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


def to_wire(value: Any) -> Any:
    """Encode a dataclass, or any nesting of them, as plain JSON; fields that are None are left out."""
    if is_dataclass(value):
        pairs = ((camel(field.name), getattr(value, field.name)) for field in fields(value))
        return {name: to_wire(item) for name, item in pairs if item is not None}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, dict):
        return {name: to_wire(item) for name, item in value.items()}
    return value


def arguments(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """Pick a flat dataclass's constructor arguments out of JSON; names that it lacks are passed over.

    A newer release may have written the JSON that an older one reads, and the other way round.
    """
    return {field.name: data[camel(field.name)] for field in fields(cls) if camel(field.name) in data}


def timestamp(when: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Read an RFC 3339 timestamp."""
    return datetime.fromisoformat(text)
