"""Tables that cut nothing: what does not fit is shortened with an ellipsis if it is a name, else left out in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2
SHORTEST_NAME = 12
ELLIPSIS = "…"
STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True)
class Column:
    """A column; `is_name` says that its texts may be shortened.

    Those of a higher `rank` are left out before those of a lower one; one of rank 0 always stays. A spreadsheet
    calls it `field`, where that is another word.
    """

    title: str
    rank: int = 0
    is_name: bool = False
    is_number: bool = False
    field: str = ""


@dataclass(frozen=True)
class Cell:
    """What stands in a row: the text for people, and the value that a spreadsheet gets in its place."""

    text: str = ""
    style: str = ""
    value: object = None

    @classmethod
    def of(cls, value: object, style: str = "") -> Cell:
        """Make a cell of whatever a server said."""
        return cls("" if value is None else printable(str(value)), style, value)

    @classmethod
    def count(cls, value: int | None) -> Cell:
        """Make a cell of a number, its thousands apart."""
        return cls("" if value is None else f"{value:,}", "", value)


@dataclass(frozen=True)
class Table:
    """Columns, and rows with a cell for each."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)

    def lines(self, width: int | None, *, styled: bool = False, ellipsis: str = ELLIPSIS) -> list[str]:
        """Draw the table for a terminal of so many columns, or for a pipe, which has no end."""
        widths = self.fitted(width)
        head = [Cell(column.title, "bold") for column in self.columns]
        return [self._line(row, widths, styled=styled, ellipsis=ellipsis) for row in (head, *self.rows)]

    def fitted(self, width: int | None) -> dict[int, int]:
        """Choose the columns that are shown, and how wide each of them is."""
        shown = {place: self._widest(place) for place in range(len(self.columns)) if self._says_something(place)}
        while width is not None and _total(shown) > width:
            if self._shorten(shown, width):
                return shown
            last = max(shown, key=lambda place: (self.columns[place].rank, place))
            if not self.columns[last].rank:
                break
            del shown[last]
        return shown

    def _says_something(self, place: int) -> bool:
        return not self.columns[place].rank or any(row[place].text for row in self.rows)

    def _shorten(self, shown: dict[int, int], width: int) -> bool:
        """Take from the widest names until the row fits, or nothing where it cannot be made to."""
        names = [place for place in shown if self.columns[place].is_name]
        spare = sum(max(0, shown[place] - self._least(place)) for place in names)
        if _total(shown) - spare > width:
            return False
        while _total(shown) > width:
            longest = max((name for name in names if shown[name] > self._least(name)), key=lambda name: shown[name])
            shown[longest] -= 1
        return True

    def _least(self, place: int) -> int:
        return max(SHORTEST_NAME, columns_of(self.columns[place].title))

    def _widest(self, place: int) -> int:
        texts = (self.columns[place].title, *(row[place].text for row in self.rows))
        return max(map(columns_of, texts))

    def _line(self, row: Sequence[Cell], widths: dict[int, int], *, styled: bool, ellipsis: str) -> str:
        parts = []
        for place, width in widths.items():
            text = shortened(row[place].text, width, ellipsis)
            blanks = " " * (width - columns_of(text))
            shown = paint(text, row[place].style) if styled else text
            parts.append(blanks + shown if self.columns[place].is_number else shown + blanks)
        return (" " * GAP).join(parts).rstrip()


def paint(text: str, style: str) -> str:
    """Put a text into a style of the terminal."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if style and text else text


def columns_of(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 0 if combining(char) else 1 for char in text)


def shortened(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """Shorten a text to a width, and show that it was."""
    if columns_of(text) <= width:
        return text
    while text and columns_of(text) + len(ellipsis) > width:
        text = text[:-1]
    return text + ellipsis


def _total(shown: dict[int, int]) -> int:
    return sum(shown.values()) + GAP * (len(shown) - 1)
