"""Kinds of texts that callers send; what else they send is in `kinds`."""

import re
from dataclasses import dataclass
from typing import Any

from quantum.contract.kinds import Limits, Schema, printable, type_of, written
from quantum.wire import codec as wire

CALL = re.compile(r"([\w.]{1,256})\s*\((.{0,1024})\)\s*", re.ASCII)
YEAR_SECONDS = 366 * 86400


@dataclass(frozen=True)
class Text:
    """A text of a few characters; `allowed` says which in words."""

    pattern: re.Pattern[str]
    longest: int
    allowed: str

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        if not isinstance(value, str):
            return f"must be text, not {type_of(value)}"
        if not value:
            return "must not be empty"
        if len(value) > self.longest:
            return f"is {len(value):,} characters long; {self.longest} are allowed"
        return None if self.pattern.fullmatch(value) else f"may hold only {self.allowed}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest} | written(self.pattern)


@dataclass(frozen=True)
class Form:
    """A text of one form; `remedy` describes the form to whoever missed it."""

    pattern: re.Pattern[str]
    remedy: str

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        return None if isinstance(value, str) and self.pattern.fullmatch(value) else self.remedy

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string"} | written(self.pattern)


@dataclass(frozen=True)
class Operation:
    """The name of an operation; of a whole call, it says how to write that."""

    name: Text

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Say what is wrong with a value."""
        if isinstance(value, str) and (call := CALL.fullmatch(value)):
            remedy = f" and its values as `arguments`: [{printable(call[2])}]" if call[2].strip() else ""
            return f'is the name alone: give "{printable(call[1])}"{remedy}'
        return self.name.fault(value, limits)

    def schema(self, limits: Limits) -> Schema:
        """Describe what is right, as JSON Schema."""
        return self.name.schema(limits)


@dataclass(frozen=True)
class Printable:
    """Any printable text up to a length."""

    longest: int

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        fits = isinstance(value, str) and 1 <= len(value) <= self.longest and value.isprintable()
        return None if fits else f"must be 1 to {self.longest} printable characters"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Content:
    """A text of any length that is not blank."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        if not isinstance(value, str):
            return f"must be text, not {type_of(value)}"
        return None if value.strip() else "must not be empty"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Words:
    """One of a few words."""

    words: tuple[str, ...]

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        if isinstance(value, str) and value in self.words:
            return None
        return f"must be one of {', '.join(self.words)}" if len(self.words) > 1 else f'must be "{self.words[0]}"'

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Duration:
    """An ISO 8601 duration of up to a year."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value."""
        try:
            length = wire.duration(value) if isinstance(value, str) else None
        except (ValueError, OverflowError):
            length = None
        if length is None:
            return 'must be an ISO 8601 duration of days, hours, minutes and seconds, such as "PT2H"'
        return None if 1 <= length.total_seconds() <= YEAR_SECONDS else "must be between one second and 366 days"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        return {"type": "string", "examples": ["PT2H"]} | written(wire.DURATION)


@dataclass(frozen=True)
class Unchecked:
    """A text whose content is checked elsewhere, with the facts that this takes, or does not matter."""

    examples: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Say what is wrong with a value: nothing."""
        return None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe what is right, as JSON Schema."""
        schema: Schema = {"type": "string"}
        schema |= written(self.pattern) if self.pattern else {}
        return schema | ({"examples": list(self.examples)} if self.examples else {})
