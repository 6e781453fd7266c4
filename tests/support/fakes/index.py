"""The job index in memory."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quantum.jobs.lists import Listing, Ordering, position_of
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.wire import codec
from tests.support.fakes.failing import Failing

if TYPE_CHECKING:
    from quantum.jobs.errors import ServiceError


class InMemoryJobIndex(Failing):
    """The JobIndex port on dicts; `entries` are by id, `open` are the ids of jobs that may not have ended.

    For a page it looks at `looks` jobs at most. `recorded` has the phases that were written, `reads` counts readings;
    while `read_only` is set, it refuses to write states.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, Entry] = {}
        self.cancelled: dict[str, str] = {}
        self.open: dict[str, str] = {}
        self.looks = 1_000_000
        self.recorded: list[str] = []
        self.reads = 0
        self.read_only: ServiceError | None = None

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        self._answer()
        self.open[job.id] = job.order.workspace
        return self.entries.setdefault(job.id, entry := Entry(_stored(job), digest)) is entry

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked."""
        self._answer()
        self.reads += 1
        entry = self.entries.get(job_id)
        if entry is None or job_id not in self.cancelled:
            return entry
        return replace(entry, job=replace(entry.job, cancel_requested=True, cancel_requested_at=self.cancelled[job_id]))

    async def record(self, job: Job) -> None:
        """Write where a job is now."""
        self._answer()
        if self.read_only:
            raise self.read_only
        self.recorded.append(job.phase.value)
        entry = self.entries.get(job.id)
        self.entries[job.id] = replace(entry, job=_stored(job)) if entry else Entry(_stored(job), "")
        self.open[job.id] = job.order.workspace

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Note that the caller wants the job cancelled, and when that was."""
        self._answer()
        self.cancelled[job_id] = at

    async def note_wake(self, job_id: str, at: str) -> None:
        """Note that housekeeping woke a job, and when that was."""
        self._answer()
        self.entries[job_id] = replace(self.entries[job_id], woken_at=at)

    async def open_entries(self, workspace: str | None = None) -> AsyncIterator[Entry]:
        """List the entries that may not have ended, of one workspace or all, newest first."""
        self._answer()
        ids = [job_id for job_id, where in self.open.items() if workspace in (None, where)]
        entries = [replace(self.entries[job_id], version="open") for job_id in ids if job_id in self.entries]
        for entry in sorted(entries, key=lambda entry: position_of(entry.job, Ordering.NEWEST)):
            yield entry

    async def open_jobs(self, workspace: str | None = None) -> AsyncIterator[Job]:
        """List the jobs of those entries."""
        async for entry in self.open_entries(workspace):
            yield entry.job

    async def close_id(self, job_id: str) -> None:
        """Take the id of a job that has ended, or was never claimed, off that list."""
        self._answer()
        entry = self.entries.get(job_id)
        if entry is None or entry.job.is_final:
            self.open.pop(job_id, None)

    async def close_entries(self, entries: Sequence[Entry]) -> None:
        """Take all these off that list."""
        for entry in entries:
            await self.close_id(entry.job.id)

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the token of the next; ValueError for a token that is none of this list's."""
        self._answer()
        after = "" if continuation is None else listing.position(continuation)
        in_order = sorted((position_of(entry.job, listing.order), entry.job) for entry in self.entries.values())
        ahead = [(position, job) for position, job in in_order if position > after]
        matches = [(position, job) for position, job in ahead[: self.looks] if fits(job, listing)]
        if len(matches) > top:
            return [job for _, job in matches[:top]], listing.cursor(matches[top - 1][0])
        cursor = listing.cursor(ahead[self.looks - 1][0]) if len(ahead) > self.looks else None
        return [job for _, job in matches], cursor

    async def check(self) -> None:
        """Raise if the index cannot be used."""
        self._answer()


def _stored(job: Job) -> Job:
    """What is left of a job that goes through JSON."""
    return Job.from_wire(json.loads(json.dumps(job.to_wire())))


def fits(job: Job, listing: Listing) -> bool:
    """Say in plain words which jobs a list is of."""
    facts = {
        ("workspace", job.order.workspace),
        ("provider", job.target.partition(".")[0].lower()),
        ("target", job.target),
        *(("tag", f"{name}={text}") for name, text in job.order.tags.items()),
    }
    at = codec.moment(job.created_at)
    return (
        facts.issuperset(listing.chosen)
        and listing.phase in ("", job.phase.value)
        and job.order.name.startswith(listing.name)
        and (listing.since is None or at >= listing.since)
        and (listing.until is None or at < listing.until)
    )
