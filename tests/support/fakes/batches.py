"""The batches, in memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from quantum.batches.model import Batch
from tests.support.fakes.failing import Failing


class InMemoryBatches(Failing):
    """The BatchStore port on dicts; `closed_ids` has the ids of those that are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: dict[str, Batch] = {}
        self.cancelled: dict[str, str] = {}
        self.paused: dict[str, str | None] = {}
        self.closed_ids: set[str] = set()

    async def claim(self, batch: Batch) -> bool:
        """Insert a new batch; return False where the id is taken."""
        self._answer()
        return self.batches.setdefault(batch.id, batch) is batch

    async def find(self, batch_id: str) -> Batch | None:
        """Read a batch, with the latest requests to cancel or pause it."""
        self._answer()
        batch = self.batches.get(batch_id)
        requests = {"cancel_requested_at": self.cancelled.get(batch_id), "paused_at": self.paused.get(batch_id)}
        return replace(batch, **requests) if batch else None

    async def record(self, batch: Batch) -> None:
        """Write the current state of a batch."""
        self._answer()
        self.batches[batch.id] = Batch.from_wire(batch.to_wire())

    async def request_cancel(self, batch_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time."""
        self._answer()
        self.cancelled[batch_id] = at

    async def request_pause(self, batch_id: str, at: str | None) -> None:
        """Record that its caller paused the batch at a time, or with None that it may go on."""
        self._answer()
        self.paused[batch_id] = at

    async def page(self, top: int, continuation: str | None) -> tuple[Sequence[Batch], str | None]:
        """Read a page of the list, newest first."""
        self._answer()
        if continuation and not continuation.isdigit():
            raise ValueError("continuation is not a cursor of this list: pass that of its last page")
        newest = sorted(self.batches.values(), key=lambda batch: (batch.created_at, batch.id), reverse=True)
        start = int(continuation or 0)
        end = start + top
        return newest[start:end], str(end) if end < len(newest) else None

    async def open_batches(self) -> AsyncIterator[Batch]:
        """List the batches that are not closed."""
        self._answer()
        for batch in list(self.batches.values()):
            if batch.id not in self.closed_ids:
                yield batch

    async def close_batch(self, batch: Batch) -> None:
        """Take a batch from the open ones."""
        self.closed_ids.add(batch.id)
