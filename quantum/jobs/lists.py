"""Lists of jobs: which filters go together, in which order, and where a page ends.

Every list that is allowed is a piece of one series that the index keeps ready: what a page does not show is not read.
Each selection in LISTS costs a job that has ended two rows for each value of it: whatever its phase, and with it.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product

from quantum.jobs.model import Job
from quantum.jobs.tags import tag_texts
from quantum.programs.formats import provider_of
from quantum.wire import codec as wire

LAST_MILLISECOND = 9_999_999_999_999
INDEXED_LETTERS = 64  # of a name: a row's key must stay short
FIRST, PAST = "!", "~"  # before and after all that a place within a list may begin with
BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"

FORGED = "continuation is not a token of this list: pass on what its last page gave, with the same filters and order"


class Ordering(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


CHOICES = ("workspace", "provider", "target", "tag")
Selection = tuple[str, ...]  # of CHOICES, in their order; never both provider and target, which is of one provider
EVERY_SELECTION: tuple[Selection, ...] = tuple(
    workspace + owner + tag
    for workspace, owner, tag in product([(), ("workspace",)], [(), ("provider",), ("target",)], [(), ("tag",)])
)
LISTS: Mapping[Ordering, tuple[Selection, ...]] = {  # by what jobs can be chosen in each order
    Ordering.NEWEST: EVERY_SELECTION,
    Ordering.OLDEST: ((),),
    Ordering.NAME: ((), ("target",)),
}


@dataclass(frozen=True)
class Series:
    """Jobs that have something in common, in an order: a list's own rows in the index.

    `chosen` is (choice, value) for each of a selection.
    """

    order: Ordering
    chosen: tuple[tuple[str, str], ...] = ()
    phase: str = ""


@dataclass(frozen=True)
class Listing:
    """A list that is asked for; `name` is how names begin, `since` is within, `until` without."""

    order: Ordering = Ordering.NEWEST
    chosen: tuple[tuple[str, str], ...] = ()
    phase: str = ""
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def series(self) -> Series:
        """Which of the index's series it is a piece of."""
        return Series(self.order, self.chosen, self.phase)

    @property
    def piece(self) -> tuple[str, str]:
        """The places between which the piece lies."""
        since, until = (_milliseconds(at) if at else None for at in (self.since, self.until))
        if self.order is Ordering.NAME:
            return (letters(self.name) or FIRST, letters(self.name) + PAST)
        if self.order is Ordering.OLDEST:
            return (_digits(since) if since is not None else FIRST, _digits(until) if until is not None else PAST)
        return (
            _digits(LAST_MILLISECOND - until + 1) if until is not None else FIRST,
            _digits(LAST_MILLISECOND - since) + PAST if since is not None else PAST,
        )

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
    """Name every series that a job stands in, whatever its phase."""
    for order, selections in LISTS.items():
        for selection in selections:
            for chosen in product(*(values(job, choice) for choice in selection)):
                yield Series(order, tuple(zip(selection, chosen, strict=True)))


def values(job: Job, choice: str) -> list[str]:
    """What a job is found by in one respect: several for its tags."""
    match choice:
        case "workspace":
            return [job.order.workspace]
        case "provider":
            return [provider_of(job.target)]
        case "target":
            return [job.target]
        case _:
            return tag_texts(job.order.tags)


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
