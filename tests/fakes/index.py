"""The job index in memory."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from quantum.model import Job
from quantum.ports import Entry
from tests.fakes.failing import Failing


class InMemoryJobIndex(Failing):
    """The JobIndex port on dicts; `entries` are by id, `open` are the ids of jobs that may not have ended."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, Entry] = {}
        self.cancelled: set[str] = set()
        self.open: dict[str, str] = {}

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        self._answer()
        if not job.is_final:
            self.open[job.id] = job.order.workspace
        return self.entries.setdefault(job.id, entry := Entry(_stored(job), digest)) is entry

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked."""
        self._answer()
        entry = self.entries.get(job_id)
        if entry is None or job_id not in self.cancelled:
            return entry
        return replace(entry, job=replace(entry.job, cancel_requested=True))

    async def record(self, job: Job) -> None:
        """Write where a job is now."""
        self._answer()
        known = self.entries.get(job.id)
        self.entries[job.id] = Entry(_stored(job), known.digest if known else "")

    async def request_cancel(self, job_id: str) -> None:
        """Note that the caller wants the job cancelled."""
        self._answer()
        self.cancelled.add(job_id)

    async def open_ids(self, workspace: str | None = None) -> AsyncIterator[str]:
        """List the ids that may belong to jobs that have not ended, of one workspace or all."""
        self._answer()
        for job_id, where in list(self.open.items()):
            if workspace in (None, where):
                yield job_id

    async def close_id(self, job_id: str) -> None:
        """Take an id off that list."""
        self._answer()
        self.open.pop(job_id, None)

    async def page(
        self, filters: Mapping[str, str], top: int, continuation: str | None
    ) -> tuple[Sequence[Job], str | None]:
        """List jobs newest first, with the token of the next page; ValueError for a token that is none of ours."""
        self._answer()
        mark, start = json.dumps(filters, sort_keys=True), 0
        if continuation is not None:
            theirs, _, place = continuation.rpartition("@")
            if theirs != mark:
                raise ValueError("continuation is not a token of this list")
            start = int(place)
        newest = sorted((entry.job for entry in self.entries.values()), key=lambda job: job.created_at, reverse=True)
        found = [job for job in newest if _fits(job, filters)]
        end = start + top
        return found[start:end], f"{mark}@{end}" if end < len(found) else None

    async def check(self) -> None:
        """Raise if the index cannot be used."""
        self._answer()


def _stored(job: Job) -> Job:
    """What is left of a job that goes through JSON."""
    return Job.from_wire(json.loads(json.dumps(job.to_wire())))


def _fits(job: Job, filters: Mapping[str, str]) -> bool:
    facts = {"phase": job.phase.value, "target": job.target}
    exact = all(facts[name] == text for name, text in filters.items() if name in facts)
    return exact and job.order.name.startswith(filters.get("name", ""))
