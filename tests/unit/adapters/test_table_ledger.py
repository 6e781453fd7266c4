"""What the ledger costs in requests, how budgets change, and what it does where the service does not answer."""

import asyncio
from collections.abc import Sequence

import pytest

from quantum.adapters.ledger_table import SETTING, AzureTableLedger
from quantum.adapters.table_wire import Write
from quantum.budgets.model import Budget, Claim, Definitions, Reservation
from quantum.budgets.rules import Totals
from quantum.jobs.errors import ServiceBusyError, ServiceUnavailableError
from quantum.settings import StorageSettings
from tests.support.fakes.tables import NOWHERE, InMemoryTables

AT = "2026-12-01T00:00:00.000Z"
LAB = Budget("lab", "workspace", "default", "USD", "month", 500, 50)
CLAIM = Claim("lab:USD:2026-12-01", "budget lab", "USD", 1, 7)


class SlowTables(InMemoryTables):
    """Tables that let others go on before they answer, and that lose the answers to some transactions."""

    lost = 0

    async def submit(self, table: str, writes: Sequence[Write]) -> bool:
        """Execute a transaction, perhaps without an answer."""
        await asyncio.sleep(0)
        done = await super().submit(table, writes)
        if self.lost:
            self.lost -= 1
            raise ServiceUnavailableError("the connection was lost")
        return done


def over(tables: InMemoryTables, *seed: Budget) -> AzureTableLedger:
    """The adapter over these tables."""
    return AzureTableLedger(StorageSettings(NOWHERE), lambda: (seed, AT), tables)


def a_reservation(number: int = 0) -> Reservation:
    """The claims of a submission."""
    return Reservation(f"submission-{number}", "job", AT, (CLAIM,))


async def test_a_reservation_is_one_transaction() -> None:
    """Beside a look at the totals."""
    tables = InMemoryTables()

    await over(tables).reserve(a_reservation(), CLAIM)

    assert tables.requests == {"get": 1, "submit": 1}


async def test_a_burst_is_a_few_transactions() -> None:
    """What arrives while a request is on its way travels together, as far as a transaction has room."""
    tables = SlowTables()
    ledger = over(tables)
    wide = Claim(CLAIM.key, CLAIM.budget, CLAIM.unit, 1, 1000)

    await asyncio.gather(*(ledger.reserve(a_reservation(number), wide) for number in range(250)))

    assert await ledger.totals(CLAIM.key) == Totals(250, 0)
    assert tables.requests["submit"] <= 5


async def test_a_lost_answer_reserves_once() -> None:
    """Each caller learns of the failure; a repeated step meets its entry."""
    tables = SlowTables()
    ledger = over(tables)
    tables.lost = 1

    with pytest.raises(ServiceUnavailableError):
        await ledger.reserve(a_reservation(), CLAIM)

    assert await ledger.reserve(a_reservation(), CLAIM) is None
    assert await ledger.totals(CLAIM.key) == Totals(1, 0)


async def test_an_account_that_changes_all_the_time_is_a_busy_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attempts end, and the step is retried."""

    class Contended(InMemoryTables):
        async def submit(self, table: str, writes: Sequence[Write]) -> bool:  # noqa: ARG002
            return False

    monkeypatch.setattr("quantum.adapters.ledger_account.LONGEST_PAUSE", 0)
    with pytest.raises(ServiceBusyError):
        await over(Contended()).reserve(a_reservation(), CLAIM)


async def test_a_caller_that_has_gone_stops_nobody() -> None:
    """The others of its round receive their replies, or the round's error."""
    tables = SlowTables()
    ledger = over(tables)
    for lost in (0, 1):
        tables.lost = lost
        gone, stays = (asyncio.create_task(ledger.reserve(a_reservation(number), CLAIM)) for number in (lost, lost + 5))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await asyncio.gather(stays, return_exceptions=True) == [None]) is not bool(lost)


async def test_the_setting_is_stored_once() -> None:
    """Later budgets are those that somebody has set, even none."""
    tables = InMemoryTables()
    assert await over(tables).definitions() == Definitions()
    ledger = over(tables, LAB)

    assert await ledger.definitions() == Definitions((LAB,), 1)
    assert await ledger.define((), 1, "ada", AT)
    assert await ledger.definitions() == Definitions((), 2)
    assert [(change.by, change.version) for change in await ledger.changes(9)] == [("ada", 2), (SETTING, 1)]


async def test_of_two_changes_the_first_counts() -> None:
    """The second was made of budgets that are no more."""
    tables = InMemoryTables()
    ledger, other = over(tables), over(tables)

    assert await ledger.define((LAB,), 0, "ada", AT)
    assert not await other.define((), 0, "bob", AT)
    assert (await other.definitions()).budgets == (LAB,)


async def test_two_processes_store_the_setting_at_once() -> None:
    """One of them does, and both have it."""

    class Late(InMemoryTables):
        late = 0

        async def submit(self, table: str, writes: Sequence[Write]) -> bool:
            self.late += 1
            return await super().submit(table, writes) and self.late > 1

    assert await over(Late(), LAB).definitions() == Definitions((LAB,), 1)
