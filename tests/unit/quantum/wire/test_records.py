"""A record is a frozen dataclass in all that its users see."""

import re
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from quantum.wire.records import record


@record
class Point:
    """A place, with a note that its text and comparisons leave out."""

    x: int
    y: int = 0
    note: str = field(default="", repr=False, compare=False)


class NamedPoint(Point):
    """A subclass without fields of its own."""


@record(kw_only=True)
class Line(Point):
    """A subclass with fields that are named."""

    length: int


def test_records_are_equal_by_type_and_fields() -> None:
    """Two of the same type and content are one, also as keys."""
    assert Point(1) == Point(1, 0, "not compared")
    assert Point(1) != Point(2)
    assert Point(1) != NamedPoint(1)
    assert len({Point(1), Point(1), NamedPoint(1)}) == 2


def test_a_record_is_never_changed() -> None:
    """Nothing is set or deleted after `__init__`; a change makes another record."""
    point = Point(1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2  # type: ignore[misc]  # mypy refuses it too
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x

    assert replace(point, y=5) == Point(1, 5)


def test_the_text_of_a_record_shows_its_fields() -> None:
    """It reads like the call that makes it, without the fields that hide themselves."""
    assert repr(NamedPoint(1, note="secret")) == "NamedPoint(x=1, y=0)"


def test_a_record_has_the_fields_of_its_bases() -> None:
    """A subclass adds to them, by name where it says so."""
    assert [each.name for each in fields(Line)] == ["x", "y", "note", "length"]
    assert Line(1, length=3).length == 3


@pytest.mark.parametrize(
    ("values", "named", "words"),
    [
        ((), {}, "missing: x"),
        ((1,), {"x": 2}, "twice: x"),
        ((1,), {"z": 2}, "unknown: z"),
        ((1, 2, "note", 4), {}, "takes 3 values by position; more came"),
    ],
)
def test_fields_that_do_not_fit_are_named(values: tuple[Any, ...], named: dict[str, Any], words: str) -> None:
    """As by a dataclass, a call that is wrong is a TypeError."""
    with pytest.raises(TypeError, match=re.escape(words)):
        Point(*values, **named)


def test_each_object_has_a_default_of_its_own() -> None:
    """A factory makes a new object for each; a value that was passed stays."""

    @record
    class Box:
        content: list[int] = field(default_factory=list)
        lock: list[int] = field(default_factory=list, init=False)

    assert Box().content is not Box().content
    assert Box([1]) == Box(content=[1])
    assert Box().lock == []


def test_a_method_of_the_class_stays() -> None:
    """A record may have a text of its own."""

    @record
    class Plain:
        x: int

        def __repr__(self) -> str:
            return "plain"

    assert repr(Plain(1)) == "plain"


def test_a_record_may_check_itself() -> None:
    """A method that runs after `__init__` sees its fields."""

    @record
    class Share:
        percent: int

        def __post_init__(self) -> None:
            if self.percent > 100:
                raise ValueError(self.percent)

    assert Share(100).percent == 100
    with pytest.raises(ValueError, match="101"):
        Share(101)
