"""Lists of jobs: their filters, the series of rows that each is read from, and pagination cursors.

All filters can be combined, in each order. The index stores the series of SERIES. One filter selects a series, a time
or a name selects a range of keys in it, and the index scans that range for the remaining filters.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from quantum.contract.parameters import INDEXED_LETTERS
from quantum.jobs.model import Job
from quantum.jobs.tags import tag_texts
from quantum.programs.formats import provider_of
from quantum.wire import codec
from quantum.wire.records import record

LAST_MILLISECOND = 9_999_999_999_999
FIRST, PAST = "!", "~"  # sort before and after the first letter of every position
BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"

INVALID_CURSOR = (
    "continuation is not a cursor of this list: pass that of its last page, with the same filters and order"
)


class Ordering(StrEnum):
    """The order of a list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


CHOICES = ("workspace", "provider", "target", "tag")  # filters on a whole value
EVERYTHING = ""
# The series of each order, the most selective first. Each series costs one row per ended job; tags cost one row each.
SERIES: Mapping[Ordering, tuple[str, ...]] = {
    Ordering.NEWEST: ("tag", "target", "workspace", EVERYTHING),
    Ordering.OLDEST: (EVERYTHING,),
    Ordering.NAME: (EVERYTHING,),
}


@record
class Series:
    """The index rows of all jobs in one order, or of those with one value of a filter."""

    order: Ordering
    choice: str = EVERYTHING
    value: str = ""


@record
class Listing:
    """A list request; `name` is a prefix, `since` is inclusive, `until` is exclusive."""

    order: Ordering = Ordering.NEWEST
    chosen: tuple[tuple[str, str], ...] = ()
    phase: str = ""
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def series(self) -> Series:
        """The series of the index that the list is read from."""
        chosen = {**dict(self.chosen), EVERYTHING: ""}
        choice = next(choice for choice in SERIES[self.order] if chosen.get(choice) or choice == EVERYTHING)
        return Series(self.order, choice, chosen[choice])

    @property
    def remaining(self) -> "Listing":
        """The filters that the key range does not cover, as a list request."""
        rest = tuple(each for each in self.chosen if each[0] != self.series.choice)
        if self.order is Ordering.NAME:
            return Listing(self.order, rest, self.phase, since=self.since, until=self.until)
        return Listing(self.order, rest, self.phase, self.name)

    @property
    def key_range(self) -> tuple[str, str]:
        """The positions between which the list lies in its series."""
        since, until = self.time_range
        if self.order is Ordering.NAME:
            return (key_text(self.name) or FIRST, key_text(self.name) + PAST)
        if self.order is Ordering.OLDEST:
            return (since or FIRST, until or PAST)
        return (
            _digits(LAST_MILLISECOND - int(until) + 1) if until else FIRST,
            _digits(LAST_MILLISECOND - int(since)) + PAST if since else PAST,
        )

    @property
    def time_range(self) -> tuple[str, str]:
        """The first and last time of acceptance, as digits; empty where there is no limit."""
        since, until = (_digits(_milliseconds(at)) if at else "" for at in (self.since, self.until))
        return since, until

    def cursor(self, position: str) -> str:
        """Encode the position where a page ended as a cursor."""
        text = json.dumps([self._digest(position), position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def position(self, cursor: str | None) -> str:
        """Decode the position where the last page ended; ValueError for a cursor of another list."""
        if cursor is None:
            return self.key_range[0]
        try:
            digest, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            is_valid = isinstance(position, str) and digest == self._digest(position)
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise ValueError(INVALID_CURSOR) from error
        if not is_valid:
            raise ValueError(INVALID_CURSOR)
        return str(position)

    def _digest(self, position: str) -> str:
        return hashlib.sha256(f"{self!r}:{position}".encode()).hexdigest()[:16]


def all_series(job: Job) -> Iterator[Series]:
    """List every series that a job belongs to."""
    for order, choices in SERIES.items():
        for choice in choices:
            yield from (Series(order, choice, value) for value in values(job, choice))


def values(job: Job, choice: str) -> list[str]:
    """Return a job's values of a filter: several for its tags."""
    match choice:
        case "workspace":
            return [job.order.workspace]
        case "provider":
            return [provider_of(job.target)]
        case "target":
            return [job.target]
        case "tag":
            return tag_texts(job.order.tags)
        case _:
            return [""]


def position_of(job: Job, order: Ordering) -> str:
    """Return a job's position in the series of an order: a text that sorts as the jobs do, and never changes."""
    at = _milliseconds(codec.moment(job.created_at))
    return position_from(f"{_digits(LAST_MILLISECOND - at)}-{job.id}", key_text(job.order.name), order)


def position_from(newest: str, name: str, order: Ordering) -> str:
    """Return a job's position in another order, from that among the newest and its name as a key's text."""
    match order:
        case Ordering.NEWEST:
            return newest
        case Ordering.OLDEST:
            digits, _, job_id = newest.partition("-")
            return f"{_digits(LAST_MILLISECOND - int(digits))}-{job_id}"
        case Ordering.NAME:
            return f"{name}{FIRST}{newest}"


def key_text(name: str) -> str:
    """Encode the beginning of a name in letters that keys allow; a prefix of a name encodes to a prefix."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-._") else _escaped(letter)
        for letter in name[:INDEXED_LETTERS]
    )


def _escaped(letter: str) -> str:
    """Encode any letter in five that keys allow, so that no key grows too long."""
    number = ord(letter)
    return "$" + "".join(BASE_36[number // 36**power % 36] for power in (3, 2, 1, 0))


def _milliseconds(moment: datetime) -> int:
    return min(max(int(moment.timestamp() * 1000), 0), LAST_MILLISECOND)


def _digits(milliseconds: int) -> str:
    return f"{milliseconds:013d}"
