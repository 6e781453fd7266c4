"""Lists of jobs: what they are filtered by, which series of rows a list is read from, and where a page ends.

All filters go together, in each order. Some are a range of keys in one of the series that the index keeps, which are
the rows of SERIES; the index looks for the rest as it reads that range.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quantum.contract.parameters import INDEXED_LETTERS
from quantum.jobs.model import Job
from quantum.jobs.tags import tag_texts
from quantum.programs.formats import provider_of
from quantum.wire import codec as wire

LAST_MILLISECOND = 9_999_999_999_999
FIRST, PAST = "!", "~"  # before and after all that a place within a list may begin with
BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"

FORGED = "continuation is not a token of this list: pass on what its last page gave, with the same filters and order"


class Ordering(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


CHOICES = ("workspace", "provider", "target", "tag")  # what jobs are filtered by as a whole word
EVERYTHING = ""
# By what each order has rows of their own, the most selective first. Each costs a job that has ended a row, a tag one
# for each of its tags.
SERIES: Mapping[Ordering, tuple[str, ...]] = {
    Ordering.NEWEST: ("tag", "target", "workspace", "phase", EVERYTHING),
    Ordering.OLDEST: (EVERYTHING,),
    Ordering.NAME: (EVERYTHING,),
}


@dataclass(frozen=True)
class Series:
    """Jobs in an order, all of them or those with one value of a choice: a list's own rows in the index."""

    order: Ordering
    choice: str = EVERYTHING
    value: str = ""


@dataclass(frozen=True)
class Listing:
    """A list that a caller asks for; `name` is how names begin, `since` is within, `until` without."""

    order: Ordering = Ordering.NEWEST
    chosen: tuple[tuple[str, str], ...] = ()
    phase: str = ""
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def series(self) -> Series:
        """Which of the index's series it is read from."""
        chosen = {**dict(self.chosen), "phase": self.phase, EVERYTHING: ""}
        choice = next(choice for choice in SERIES[self.order] if chosen.get(choice) or choice == EVERYTHING)
        return Series(self.order, choice, chosen[choice])

    @property
    def scanned(self) -> "Listing":
        """The filters that its range of keys says nothing of: all others, as a list of their own."""
        rest = tuple(each for each in self.chosen if each[0] != self.series.choice)
        phase = "" if self.series.choice == "phase" else self.phase
        if self.order is Ordering.NAME:
            return Listing(self.order, rest, phase, since=self.since, until=self.until)
        return Listing(self.order, rest, phase, self.name)

    @property
    def piece(self) -> tuple[str, str]:
        """The places between which it lies in its series."""
        since, until = self.between
        if self.order is Ordering.NAME:
            return (letters(self.name) or FIRST, letters(self.name) + PAST)
        if self.order is Ordering.OLDEST:
            return (since or FIRST, until or PAST)
        return (
            _digits(LAST_MILLISECOND - int(until) + 1) if until else FIRST,
            _digits(LAST_MILLISECOND - int(since)) + PAST if since else PAST,
        )

    @property
    def between(self) -> tuple[str, str]:
        """The times between which its jobs were accepted, as digits; empty where there is no limit."""
        since, until = (_digits(_milliseconds(at)) if at else "" for at in (self.since, self.until))
        return since, until

    def token(self, place: str) -> str:
        """Name the place where a page of this list ended."""
        text = json.dumps([self._mark(place), place], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def place(self, token: str | None) -> str:
        """Read where the last page ended; ValueError for a token that this list did not give."""
        if token is None:
            return self.piece[0]
        try:
            mark, place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            known = isinstance(place, str) and mark == self._mark(place)
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise ValueError(FORGED) from error
        if not known:
            raise ValueError(FORGED)
        return str(place)

    def _mark(self, place: str) -> str:
        return hashlib.sha256(f"{self!r}:{place}".encode()).hexdigest()[:16]


def all_series(job: Job) -> Iterator[Series]:
    """Name every series that a job stands in."""
    for order, choices in SERIES.items():
        for choice in choices:
            yield from (Series(order, choice, value) for value in values(job, choice))


def values(job: Job, choice: str) -> list[str]:
    """What a job is filtered by in one respect: several for its tags."""
    match choice:
        case "workspace":
            return [job.order.workspace]
        case "provider":
            return [provider_of(job.target)]
        case "target":
            return [job.target]
        case "phase":
            return [job.phase.value]
        case "tag":
            return tag_texts(job.order.tags)
        case _:
            return [""]


def place_of(job: Job, order: Ordering) -> str:
    """Where a job stands in the series of an order: texts that sort as the jobs do, and never change."""
    at = _milliseconds(wire.moment(job.created_at))
    newest = f"{_digits(LAST_MILLISECOND - at)}-{job.id}"
    match order:
        case Ordering.NEWEST:
            return newest
        case Ordering.OLDEST:
            return f"{_digits(at)}-{job.id}"
        case Ordering.NAME:
            return f"{letters(job.order.name)}{FIRST}{newest}"


def letters(name: str) -> str:
    """Spell the beginning of a name in letters that any key may hold; a name's beginning spells the beginning of it."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-._") else _escaped(letter)
        for letter in name[:INDEXED_LETTERS]
    )


def _escaped(letter: str) -> str:
    """Spell any letter in five that a key may hold, so that no key grows too long."""
    number = ord(letter)
    return "$" + "".join(BASE_36[number // 36**power % 36] for power in (3, 2, 1, 0))


def _milliseconds(moment: datetime) -> int:
    return min(max(int(moment.timestamp() * 1000), 0), LAST_MILLISECOND)


def _digits(milliseconds: int) -> str:
    return f"{milliseconds:013d}"
