"""Kinds of request values: each validates a value and describes itself as JSON Schema.

A field's kind is the only place for its rules: it validates and documents the field.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Protocol

from quantum.wire.records import record

MAX_SMALL_FIELD = 4096
TOO_LARGE = "is a number that is too large"
MAX_TAGS = 16  # each costs an ended job a list row
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")

type Schema = dict[str, Any]


@record
class Limits:
    """The limits of a deployment: shots in one job, orders that are taken by HTTP at the same time.

    `target_shots` are the deployment's own limits of shots at once, by target.
    """

    max_shots: int = 1_000_000
    orders_at_once: int = 32
    target_shots: Mapping[str, int] = field(default_factory=dict)


class Kind(Protocol):
    """A kind of value."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        ...

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        ...


@record
class Shots:
    """The number of shots, up to the deployment's limit."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if isinstance(value, float):
            return "must be a whole number"
        if isinstance(value, bool) or not isinstance(value, int):
            return f"must be a whole number, not {type_of(value)}"
        return None if 1 <= value <= limits.max_shots else f"must be between 1 and {limits.max_shots:,}"

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": limits.max_shots}


@record
class Number:
    """A number with a unit within a range."""

    least: int
    most: int
    unit: str

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self.least <= value <= self.most:
            return None
        return f"must be a number from {self.least} to {self.most:,}, {self.unit}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@record
class AnObject:
    """A JSON object, with a size limit if it is `small`."""

    small: bool = False

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict):
            return f"must be an object, not {type_of(value)}"
        return too_large(value) if self.small else None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "object"}


@record
class Flag:
    """True or false."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return None if isinstance(value, bool) else f"must be true or false, not {type_of(value)}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "boolean"}


@record
class Tags:
    """Texts by name."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict):
            return f"must be an object of texts, not {type_of(value)}"
        if len(value) > MAX_TAGS:
            return f"has {len(value)} entries; {MAX_TAGS} are allowed"
        for name, text in value.items():
            if not TAG.fullmatch(name):
                return f"has the name {name[:64]!r}; a name may hold only letters, digits and . _ : / -"
            if not isinstance(text, str) or len(text) > 256 or not text.isprintable():
                return f"has under {name!r} something other than text of at most 256 printable characters"
        return too_large(value)

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        names, texts = {**pattern_schema(TAG)}, {"type": "string", "maxLength": 256}
        return {"type": "object", "maxProperties": MAX_TAGS, "propertyNames": names, "additionalProperties": texts}


@record
class AList:
    """A list of anything, up to a size in bytes."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return too_large(value) if isinstance(value, list) else f"must be a list, not {type_of(value)}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "array"}


@record
class Several:
    """A list of different values of one kind; `what` is the singular of their name."""

    one: Kind
    most: int
    what: str

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, list):
            return f"must be a list of {self.what}s, not {type_of(value)}"
        if len(value) > self.most:
            return f"has {len(value)} {self.what}s; {self.most} are allowed"
        if len({str(each) for each in value}) < len(value):
            return f"names a {self.what} twice"
        reasons = (self.one.fault(each, limits) for each in value)
        return next((f"has a {self.what} that {reason}" for reason in reasons if reason), None)

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return {"type": "array", "items": self.one.schema(limits), "maxItems": self.most, "uniqueItems": True}


@record
class NotYet:
    """A field whose name is reserved: it may be false or null."""

    reason: str = "is not available yet; leave it out"

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return None if value is None or value is False else self.reason

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"enum": [False, None]}


def too_large(value: Any) -> str | None:
    """Report a value that exceeds the size limit of small fields."""
    size = len(json.dumps(value))
    return None if size <= MAX_SMALL_FIELD else f"takes {size:,} bytes as JSON; {MAX_SMALL_FIELD:,} are allowed"


def type_of(value: Any) -> str:
    """Name a value's JSON type in plain words."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "null")


def printable(text: str, limit: int = 64) -> str:
    """Make untrusted text printable: escape control characters and truncate it."""
    escaped = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:limit])
    return escaped + ("…" if len(text) > limit else "")


def pattern_schema(pattern: re.Pattern[str]) -> Schema:
    """Convert a pattern to JSON Schema: anchored, in ECMAScript's syntax; omit one that ignores case."""
    if pattern.flags & re.IGNORECASE:
        return {}
    text = pattern.pattern.replace("(?P<", "(?<")
    letters = text if pattern.flags & re.ASCII else text.replace(r"\w", r"\p{L}\p{N}_")
    return {"pattern": f"^(?:{letters})$"}
