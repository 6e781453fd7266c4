"""The rules of an account: reserve, then charge or release. Pure, and safe to repeat.

1. An account has totals, and one entry for each submission: reserved, then settled with what it was charged.
2. A submission is reserved once, however often that is requested; room is needed only then.
3. A charge may exceed what was reserved, and the limit: money that is spent is recorded.
4. A submission is settled once; one that was released can be reserved again.
"""

from dataclasses import replace
from typing import Self

from quantum.wire.records import record


@record
class Totals:
    """The sums of an account, in millionths."""

    reserved: int = 0
    charged: int = 0

    @property
    def used(self) -> int:
        """What is not left."""
        return self.reserved + self.charged


@record
class LedgerEntry:
    """A submission's entry in an account; `charged` is None while it is reserved."""

    submission: str
    job: str
    reserved: int
    at: str
    charged: int | None = None
    settled_at: str | None = None

    @property
    def is_released(self) -> bool:
        """Whether nothing is reserved or charged."""
        return self.charged == 0


@record
class Reserve:
    """Reserve an amount for a submission, if the account has room for it below its limit."""

    submission: str
    job: str
    amount: int
    limit: int
    at: str


@record
class Settle:
    """Charge a submission, and release what it did not use."""

    submission: str
    job: str
    charged: int
    at: str


type Action = Reserve | Settle


@record
class Refusal:
    """An account has no room; `left` is what could have been reserved."""

    left: int


@record
class Applied:
    """An account after an action: its totals, the entry, where that is new or changed, and a refusal, if any."""

    totals: Totals
    entry: LedgerEntry | None = None
    refusal: Refusal | None = None

    @classmethod
    def unchanged(cls, totals: Totals) -> Self:
        """Make the outcome of an action that was applied before."""
        return cls(totals)


def apply(totals: Totals, entry: LedgerEntry | None, action: Action) -> Applied:
    """Apply an action to an account, where `entry` is the submission's own."""
    return _reserve(totals, entry, action) if isinstance(action, Reserve) else _settle(totals, entry, action)


def _reserve(totals: Totals, entry: LedgerEntry | None, action: Reserve) -> Applied:
    if entry is not None and not entry.is_released:
        return Applied.unchanged(totals)
    if totals.used + action.amount > action.limit:
        return Applied(totals, refusal=Refusal(action.limit - totals.used))
    reserved = LedgerEntry(action.submission, action.job, action.amount, action.at)
    return Applied(replace(totals, reserved=totals.reserved + action.amount), reserved)


def _settle(totals: Totals, entry: LedgerEntry | None, action: Settle) -> Applied:
    if entry is None:
        if not action.charged:
            return Applied.unchanged(totals)
        entry = LedgerEntry(action.submission, action.job, 0, action.at)
    if entry.charged is not None:
        return Applied.unchanged(totals)
    settled = replace(entry, charged=action.charged, settled_at=action.at)
    return Applied(Totals(totals.reserved - entry.reserved, totals.charged + action.charged), settled)
