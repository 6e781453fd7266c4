"""Writes HTML for notebooks: all text is escaped and cut to a length, colours are those of the reader's theme."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from quantumjobs.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_TEXT = 160  # characters; nobody reads more in a cell of a table
CELL = "text-align:left;padding:2px 12px 2px 0;vertical-align:top;border:0;background:none"
MONO = "font-family:monospace"
WRAPPED = "white-space:pre-wrap;overflow-wrap:anywhere"
WHOLE = "white-space:nowrap"
TABLE = "border-collapse:collapse;color:inherit;margin:0;table-layout:auto"  # notebooks centre tables, and fix columns
FAINT = "opacity:.65"
BAR = "background:currentColor;opacity:.55;height:.8em;min-width:1px"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: object, style: str = "") -> Html:
    """Write an element; what is no `Html` in it is escaped."""
    styled = f' style="{escape(style)}"' if style else ""
    return Html(f"<{name}{styled}>{''.join(map(safe, content))}</{name}>")


def safe(content: object) -> Html:
    """Escape a text, unless it is HTML; what is None or missing is nothing."""
    if isinstance(content, Html):
        return content
    text = "" if content is None else printable(str(content))
    return Html(escape(text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"))


def bar(share: float, start: float = 0.0) -> Html:
    """Draw a bar over a share of the width, from a share of it on."""
    left, width = (100 * min(max(part, 0.0), 1.0) for part in (start, share))
    return element("div", element("div", style=f"margin-left:{left:.1f}%;width:{width:.1f}%;{BAR}"), style="width:16em")


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """Write a table; titles that are all empty are left out."""
    head = element("tr", *(element("th", title, style=CELL) for title in titles)) if any(titles) else Html()
    body = (element("tr", *(element("td", cell, style=CELL) for cell in row)) for row in rows)
    return element("table", element("tbody", head, *body), style=TABLE)


def block(*parts: object) -> str:
    """Put the parts of a picture below each other."""
    return element("div", *parts, style="color:inherit;font-size:90%")


def note(text: str | None) -> Html:
    """Write a line of less weight, if there is one."""
    return element("div", text, style=FAINT) if text else Html()


def code(text: object) -> Html:
    """Write what is to be read letter by letter, over several lines where it is long."""
    return element("span", text, style=f"{MONO};{WRAPPED}")


def name(text: object) -> Html:
    """Write an id or the name of a target: letter by letter, on one line, so that it can be copied."""
    return element("span", text, style=f"{MONO};{WHOLE}")


def word(text: object) -> Html:
    """Write a few words that stay on one line."""
    return element("span", text, style=WHOLE)


def number(text: object) -> Html:
    """Write a number, under the others of its column."""
    return element("div", text, style=f"text-align:right;{WHOLE}")
