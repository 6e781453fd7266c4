"""The Ledger port on Table storage, over tables in memory and over the service."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from quantum.adapters.ledger_table import AzureTableLedger
from quantum.budgets.ledger import Ledger
from quantum.budgets.model import Claim, Decision, Reservation
from quantum.budgets.rules import Refusal, Totals
from quantum.settings import StorageSettings
from tests.support.fakes.tables import NOWHERE, InMemoryTables

AT = "2026-12-01T00:00:00.000Z"
ROOM = 7


@pytest.fixture(params=["memory", "azurite", "azure"])
async def ledgers(
    request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]
) -> AsyncIterator[list[Ledger]]:
    """The ledger, as three processes have it."""
    tables = InMemoryTables() if request.param == "memory" else None
    settings = StorageSettings(NOWHERE) if tables else storage(request.param)
    ledgers = [AzureTableLedger(settings, tables=tables) for _ in range(3)]
    yield list[Ledger](ledgers)
    for ledger in ledgers:
        await ledger.close()


def claims(number: int, limit: int = ROOM) -> list[tuple[Reservation, Claim]]:
    """So many submissions that each claim one unit of a new account."""
    claim = Claim(f"test:{uuid4()}", "budget test", "USD", 1, limit)
    return [(Reservation(str(uuid4()), str(uuid4()), AT, (claim,)), claim) for _ in range(number)]


async def test_a_hundred_submissions_and_room_for_seven(ledgers: list[Ledger]) -> None:
    """Exactly seven are reserved, though three processes reserve at the same time."""
    requests = claims(100)
    replies = await asyncio.gather(*(ledgers[number % 3].reserve(*request) for number, request in enumerate(requests)))

    assert sum(reply is None for reply in replies) == ROOM
    assert {reply.left for reply in replies if reply} == {0}
    assert await ledgers[0].totals(requests[0][1].key) == Totals(ROOM, 0)


async def test_a_repeated_step_meets_its_own_entry(ledgers: list[Ledger]) -> None:
    """Reserved, charged and released once, whichever process repeats it."""
    ledger, other, _ = ledgers
    (first, claim), (second, _), (third, _) = claims(3, limit=2)
    for each in (ledger, other, ledger):
        assert await each.reserve(first, claim) is None
        assert await each.reserve(second, claim) is None
    assert await ledger.reserve(third, claim) == Refusal(0)
    for each in (ledger, other, other):
        await each.settle(first, claim, 3, AT)
        await each.settle(second, claim, 0, AT)

    assert await ledger.totals(claim.key) == Totals(0, 3)


async def test_one_submission_is_in_a_round_once(ledgers: list[Ledger]) -> None:
    """What is requested twice at the same time is done one after the other."""
    ledger, *_ = ledgers
    ((reservation, claim),) = claims(1)
    await asyncio.gather(
        ledger.reserve(reservation, claim), ledger.reserve(reservation, claim), ledger.settle(reservation, claim, 5, AT)
    )

    assert await ledger.totals(claim.key) == Totals(0, 5)


async def test_claims_are_written_before_anything_is_reserved(ledgers: list[Ledger]) -> None:
    """A repeated step makes the claims of the first one, until they are settled."""
    ledger, other, _ = ledgers
    (reservation, _), (later, _) = claims(2)
    again = Reservation(reservation.submission, reservation.job, AT, later.claims)

    assert await ledger.find(reservation.submission) is None
    assert await ledger.open(reservation) == reservation
    assert await other.open(again) == reservation
    assert reservation in [each async for each in other.unsettled()]
    for _ in range(2):
        await ledger.close_reservation(reservation.submission)
    assert await other.find(reservation.submission) is None


async def test_a_decision_counts_once(ledgers: list[Ledger]) -> None:
    """The first; the second caller learns it."""
    ledger, other, _ = ledgers
    subject = str(uuid4())
    yes, no = Decision("approved", "ada", AT, "it is worth it"), Decision("denied", "bob", AT)

    assert await ledger.decision(subject) is None
    assert await ledger.decide(subject, yes) == yes
    assert await other.decide(subject, no) == yes
    assert await other.decision(subject) == yes
