"""The port of the ledger: the budgets, the accounts that they are spent from, and the decisions about large orders."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from quantum.budgets.model import Budget, Change, Claim, Decision, Definitions, Reservation
from quantum.budgets.rules import Refusal, Totals


class Ledger(Protocol):
    """The ledger of a deployment. Every method can be repeated without harm."""

    async def definitions(self) -> Definitions:
        """Read the budgets; the first call ever stores those of the setting."""
        ...

    async def define(self, budgets: Sequence[Budget], version: int, by: str, at: str) -> bool:
        """Replace the budgets, which had this version, and keep the change; return False where another was first."""
        ...

    async def changes(self, most: int) -> Sequence[Change]:
        """List the latest changes, newest first."""
        ...

    async def open(self, reservation: Reservation) -> Reservation:
        """Write the claims of a submission before any is reserved, or return those that were written before."""
        ...

    async def find(self, submission: str) -> Reservation | None:
        """Return the claims of a submission that is not settled."""
        ...

    def unsettled(self) -> AsyncIterator[Reservation]:
        """List the claims of all submissions that are not settled."""
        ...

    async def reserve(self, reservation: Reservation, claim: Claim) -> Refusal | None:
        """Reserve a claim, once."""
        ...

    async def settle(self, reservation: Reservation, claim: Claim, charged: int, at: str) -> None:
        """Charge a submission's account, once, and release the rest of what was reserved."""
        ...

    async def close_reservation(self, submission: str) -> None:
        """Take a submission from those that are not settled; its entries stay."""
        ...

    async def totals(self, key: str) -> Totals:
        """Read the sums of an account."""
        ...

    async def decide(self, subject: str, decision: Decision) -> Decision:
        """Record a decision about a submission or a batch, once; return the one that counts."""
        ...

    async def decision(self, subject: str) -> Decision | None:
        """Return the decision about a submission or a batch."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
