"""Kinds of texts in requests; other kinds are in `quantum.contract.kinds`."""

import re
from typing import Any

from quantum.contract.kinds import Limits, Schema, pattern_schema, printable, type_of
from quantum.wire import codec
from quantum.wire.records import record

CALL = re.compile(r"([\w.]{1,256})\s*\((.{0,1024})\)\s*", re.ASCII)
YEAR_SECONDS = 366 * 86400


@record
class Text:
    """A text of certain characters; `allowed` names them in words."""

    pattern: re.Pattern[str]
    longest: int
    allowed: str

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, str):
            return f"must be text, not {type_of(value)}"
        if not value:
            return "must not be empty"
        if len(value) > self.longest:
            return f"is {len(value):,} characters long; {self.longest} are allowed"
        return None if self.pattern.fullmatch(value) else f"may hold only {self.allowed}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest} | pattern_schema(self.pattern)


@record
class Form:
    """A text of one form; `remedy` describes the form in a fault."""

    pattern: re.Pattern[str]
    remedy: str

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return None if isinstance(value, str) and self.pattern.fullmatch(value) else self.remedy

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string"} | pattern_schema(self.pattern)


@record
class Operation:
    """The name of an operation; a whole call is refused with its remedy."""

    name: Text

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if isinstance(value, str) and (call := CALL.fullmatch(value)):
            remedy = f" and its values as `arguments`: [{printable(call[2])}]" if call[2].strip() else ""
            return f'is the name alone: give "{printable(call[1])}"{remedy}'
        return self.name.fault(value, limits)

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return self.name.schema(limits)


@record
class Printable:
    """Any printable text up to a length."""

    longest: int

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        fits = isinstance(value, str) and 1 <= len(value) <= self.longest and value.isprintable()
        return None if fits else f"must be 1 to {self.longest} printable characters"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@record
class Content:
    """A text of any length that is not blank."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, str):
            return f"must be text, not {type_of(value)}"
        return None if value.strip() else "must not be empty"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "minLength": 1}


@record
class Words:
    """One of a few words."""

    words: tuple[str, ...]

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if isinstance(value, str) and value in self.words:
            return None
        return f"must be one of {', '.join(self.words)}" if len(self.words) > 1 else f'must be "{self.words[0]}"'

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "enum": list(self.words)}


@record
class Duration:
    """An ISO 8601 duration of up to a year."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        try:
            length = codec.duration(value) if isinstance(value, str) else None
        except (ValueError, OverflowError):
            length = None
        if length is None:
            return 'must be an ISO 8601 duration of days, hours, minutes and seconds, such as "PT2H"'
        return None if 1 <= length.total_seconds() <= YEAR_SECONDS else "must be between one second and 366 days"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "examples": ["PT2H"]} | pattern_schema(codec.DURATION)


@record
class Unchecked:
    """A text whose content is checked elsewhere, or does not matter."""

    examples: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Accept any value."""
        return None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        schema: Schema = {"type": "string"}
        schema |= pattern_schema(self.pattern) if self.pattern else {}
        return schema | ({"examples": list(self.examples)} if self.examples else {})
