"""When a batch is likely to have ended, by the pace at which its members have ended so far."""

from datetime import datetime, timedelta

from quantum.batches import progress
from quantum.batches.model import Batch
from quantum.batches.progress import LEFT_OUT, BatchPhase
from quantum.wire import codec

LONGEST = timedelta(days=365)  # a later end says nothing


def expected_end(batch: Batch, now: datetime) -> str | None:
    """Return the time; None where the batch does not run, or none of its members has ended."""
    ended = progress.ended_count(batch.members)
    count = ended - batch.members.count(LEFT_OUT) - batch.reused
    if batch.phase is not BatchPhase.RUNNING or count <= 0 or ended == len(batch.members):
        return None
    left = _time_running(batch, now) / count * (len(batch.members) - ended)
    return codec.timestamp(now + left) if left < LONGEST else None


def _time_running(batch: Batch, now: datetime) -> timedelta:
    """Add up the time for which the batch has run, without its pauses."""
    starts = [codec.moment(change["at"]) for change in batch.history]
    spans = zip(batch.history, starts, [*starts[1:], now], strict=True)
    running = (until - start for change, start, until in spans if change["phase"] == BatchPhase.RUNNING)
    return max(sum(running, timedelta()), timedelta())
