"""The `filter` and `orderby` of list calls: a small part of OData, parsed into functions over an item's fields.

Understood: `startswith(Name, 'x')`, `<Field> eq|ne|ge|le|gt|lt <value>`, `and`, `or`, brackets.
Fields: Name, ItemType, JobType, ProviderId, Target, State, CreationTime (compared as an instant).
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from quantum_emulator import errors

type Item = Mapping[str, str]
type Test = Callable[[Item], bool]

FIELDS = ("Name", "ItemType", "JobType", "ProviderId", "Target", "State", "CreationTime")
INSTANTS = ("CreationTime",)
DEPTH = 20
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "ge": operator.ge,
    "le": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
}


def parse(text: str | None) -> Test:
    """Turn a filter into a predicate; without one everything passes."""
    if not text:
        return lambda _item: True
    reader = _Reader(_tokens(text))
    test = reader.any_of(0)
    if reader.peek():
        raise _bad(f"'{reader.peek()}' is not expected there")
    return test


def order(text: str | None) -> tuple[str, bool]:
    """Turn an `orderby` into field and direction; without one the newest item comes first."""
    field, _, direction = (text or "CreationTime desc").strip().partition(" ")
    if field not in FIELDS or direction.strip().lower() not in ("", "asc", "desc"):
        raise errors.invalid_query("orderby", f"expected one of {', '.join(FIELDS)}, then asc or desc")
    return field, direction.strip().lower() == "desc"


def place(field: str, item: Item) -> Any:
    """The sort key of an item; a time without a fraction comes before others of its second."""
    return _instant(item[field]) if field in INSTANTS else item[field]


def _bad(reason: str) -> errors.ServiceError:
    return errors.invalid_query("filter", reason)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _bad(f"cannot read it from character {at}")
        tokens.append(match[1])
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    def peek(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def take(self, expected: str | None = None) -> str:
        if not self._tokens or expected not in (None, self.peek()):
            raise _bad(f"expected {expected or 'more'}, found {self.peek() or 'its end'}")
        return self._tokens.pop()

    def any_of(self, depth: int) -> Test:
        tests = [self.all_of(depth)]
        while self.peek() == "or":
            self.take()
            tests.append(self.all_of(depth))
        return lambda item: any(test(item) for test in tests)

    def all_of(self, depth: int) -> Test:
        tests = [self.one(depth)]
        while self.peek() == "and":
            self.take()
            tests.append(self.one(depth))
        return lambda item: all(test(item) for test in tests)

    def one(self, depth: int) -> Test:
        if depth > DEPTH:
            raise _bad("too many brackets")
        if self.peek() == "(":
            self.take()
            test = self.any_of(depth + 1)
            self.take(")")
            return test
        return self.starts_with() if self.peek() == "startswith" else self.comparison()

    def starts_with(self) -> Test:
        self.take()
        self.take("(")
        field = self.field()
        self.take(",")
        prefix = self.text()
        self.take(")")
        return lambda item: item[field].startswith(prefix)

    def comparison(self) -> Test:
        field = self.field()
        word = self.take()
        if word not in _COMPARE:
            raise _bad(f"'{word}' is not a comparison")
        compare, key = _COMPARE[word], _instant if field in INSTANTS else str.casefold
        operand = key(self.text())
        return lambda item: compare(key(item[field]), operand)

    def field(self) -> str:
        field = self.take()
        if field not in FIELDS:
            raise _bad(f"'{field}' is not a field; there are {', '.join(FIELDS)}")
        return field

    def text(self) -> str:
        token = self.take()
        return token[1:-1].replace("''", "'") if token.startswith("'") else token


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _bad(f"'{text}' is not a date") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
