"""Lists in pages, as in the service: filter, order, skip, top, and a link to the rest."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from quantum_emulator import errors, filters
from quantum_emulator.jobs import Json

MOST = 1000
USUAL = 100


@dataclass(frozen=True)
class Row:
    """An item's fields for filter and order, and how to show it."""

    fields: Mapping[str, str]
    show: Callable[[], Json]


@dataclass(frozen=True)
class Page:
    """Some of a list's items; `following` has the query parameters of the next page, if there is one."""

    items: list[Json]
    following: Mapping[str, str] | None


def fields_of(view: Json) -> Mapping[str, str]:
    """The fields for filters and orders."""
    return {
        "Name": view["name"],
        "ItemType": view["itemType"],
        "JobType": view.get("jobType", ""),
        "ProviderId": view["providerId"],
        "Target": view["target"],
        "State": view["status"],
        "CreationTime": view["creationTime"],
    }


def page(rows: Iterable[Row], query: Mapping[str, str]) -> Page:
    """One page of the rows; equal ones newest first where the order descends."""
    passes = filters.parse(query.get("filter"))
    field, descending = filters.order(query.get("orderby"))
    skip, top = _number(query, "skip", 0), min(_number(query, "top", USUAL), MOST)
    matching = [row for row in rows if passes(row.fields)]
    if descending:
        matching.reverse()
    matching.sort(key=lambda row: filters.place(field, row.fields), reverse=descending)
    rest = len(matching) > skip + top
    following = {"skip": str(skip + top), "top": str(top)} if rest and top else None
    return Page([row.show() for row in matching[skip : skip + top]], following)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise errors.invalid_query(name, "expected a whole number")
    return int(text)
