"""The Ledger port on Table storage: budgets with their changes, open reservations, accounts and decisions."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from quantum.adapters.ledger_account import LedgerAccount
from quantum.adapters.table_wire import Query, Row, Write, etag_of
from quantum.adapters.tables import Tables
from quantum.budgets.model import Budget, Change, Claim, Decision, Definitions, Reservation
from quantum.budgets.rules import Refusal, Reserve, Settle, Totals
from quantum.settings import StorageSettings
from quantum.storage import LEDGER_TABLE
from quantum.wire import codec

WHAT = "The ledger"
BUDGETS, CURRENT, CHANGE = "budgets", "current", "change:"
OPEN, DECISIONS, DECISION = "open", "decision:", "decision"
LAST_VERSION = 9_999_999
SETTING = "the setting JOB_BUDGETS"


class AzureTableLedger:
    """The Ledger port on Azure Table storage."""

    def __init__(
        self,
        settings: StorageSettings,
        seed: Callable[[], tuple[Sequence[Budget], str]] = lambda: ((), ""),
        tables: Tables | None = None,
    ) -> None:
        self._tables = tables or Tables(settings, WHAT)
        self._seed = seed
        self._accounts: dict[str, LedgerAccount] = {}

    async def definitions(self) -> Definitions:
        """Read the budgets; the first call ever stores those of the setting."""
        definitions, _ = await self._definitions()
        if definitions is not None:
            return definitions
        budgets, at = self._seed()
        if not budgets:
            return Definitions()
        await self._define(Change(at, SETTING, 1, tuple(budgets)), None)
        definitions, _ = await self._definitions()
        return definitions or Definitions()

    async def define(self, budgets: Sequence[Budget], version: int, by: str, at: str) -> bool:
        """Replace the budgets, which had this version, and keep the change; return False where another was first."""
        definitions, etag = await self._definitions()
        if (definitions or Definitions()).version != version:
            return False
        return await self._define(Change(at, by, version + 1, tuple(budgets)), etag)

    async def changes(self, most: int) -> Sequence[Change]:
        """List the latest changes, newest first."""
        query = Query("PartitionKey eq @budgets and RowKey ge @first", {"budgets": BUDGETS, "first": CHANGE})
        answer = await self._tables.answer(LEDGER_TABLE, query, most)
        return [Change.from_wire(_data(row)) for row in answer.rows if row["RowKey"].startswith(CHANGE)]

    async def open(self, reservation: Reservation) -> Reservation:
        """Write the claims of a submission before any is reserved, or return those that were written before."""
        if await self._tables.insert(LEDGER_TABLE, _row(OPEN, reservation.submission, reservation)):
            return reservation
        return await self.find(reservation.submission) or reservation

    async def find(self, submission: str) -> Reservation | None:
        """Return the claims of a submission that is not settled."""
        row = await self._tables.get(LEDGER_TABLE, OPEN, submission)
        return codec.from_wire(Reservation, _data(row)) if row else None

    async def unsettled(self) -> AsyncIterator[Reservation]:
        """List the claims of all submissions that are not settled."""
        async for row in self._tables.rows(LEDGER_TABLE, Query("PartitionKey eq @open", {"open": OPEN})):
            yield codec.from_wire(Reservation, _data(row))

    async def reserve(self, reservation: Reservation, claim: Claim) -> Refusal | None:
        """Reserve a claim, once."""
        action = Reserve(reservation.submission, reservation.job, claim.amount, claim.limit, reservation.at)
        return await self._account(claim.key).ask(action)

    async def settle(self, reservation: Reservation, claim: Claim, charged: int, at: str) -> None:
        """Charge a submission's account, once, and release the rest of what was reserved."""
        await self._account(claim.key).ask(Settle(reservation.submission, reservation.job, charged, at))

    async def close_reservation(self, submission: str) -> None:
        """Take a submission from those that are not settled; its entries stay."""
        await self._tables.remove(LEDGER_TABLE, {"PartitionKey": OPEN, "RowKey": submission})

    async def totals(self, key: str) -> Totals:
        """Read the sums of an account."""
        totals, _ = await self._account(key).totals()
        return totals

    async def decide(self, subject: str, decision: Decision) -> Decision:
        """Record a decision about a submission or a batch, once; return the one that counts."""
        if await self._tables.insert(LEDGER_TABLE, _row(DECISIONS + subject, DECISION, decision)):
            return decision
        return await self.decision(subject) or decision

    async def decision(self, subject: str) -> Decision | None:
        """Return the decision about a submission or a batch."""
        row = await self._tables.get(LEDGER_TABLE, DECISIONS + subject, DECISION)
        return codec.from_wire(Decision, _data(row)) if row else None

    async def close(self) -> None:
        """Close the connections."""
        await self._tables.close()

    async def _definitions(self) -> tuple[Definitions | None, str | None]:
        row = await self._tables.get(LEDGER_TABLE, BUDGETS, CURRENT)
        return (codec.from_wire(Definitions, _data(row)), etag_of(row)) if row else (None, None)

    async def _define(self, change: Change, etag: str | None) -> bool:
        """Write the budgets and the change together; return False where another was first."""
        current = _row(BUDGETS, CURRENT, Definitions(change.budgets, change.version))
        writes = [
            Write("replace" if etag else "insert", current, etag),
            Write("insert", _row(BUDGETS, f"{CHANGE}{LAST_VERSION - change.version:07d}", change)),
        ]
        return await self._tables.submit(LEDGER_TABLE, writes)

    def _account(self, key: str) -> LedgerAccount:
        if key not in self._accounts:
            self._accounts[key] = LedgerAccount(self._tables, key)
        return self._accounts[key]


def _row(partition: str, key: str, value: Any) -> Row:
    return {"PartitionKey": partition, "RowKey": key, "data": json.dumps(codec.to_wire(value), separators=(",", ":"))}


def _data(row: Row) -> Any:
    return json.loads(row["data"])
