"""Uploads in memory: the container of orders as a list, and the records of what was taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from quantum.jobs.uploads import Search, Upload, UploadRecord
from tests.support.fakes.failing import Failing


class InMemoryUploads(Failing):
    """The Uploads port on dicts; `blobs` are by path, `page_size` is how many a page lists.

    `listed` counts the pages, `reads` the reads of a path's records; paths in `broken` fail when they are asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blobs: dict[str, Upload] = {}
        self.stored: dict[tuple[str, datetime, int], UploadRecord] = {}
        self.progress: Search | None = None
        self.page_size = 1000
        self.listed = 0
        self.reads = 0
        self.broken: dict[str, Exception] = {}
        self.refused_cursors: set[str] = set()

    async def page(self, cursor: str | None) -> tuple[Sequence[Upload], str | None]:
        """List a page of uploads by name, with the cursor of the next; ValueError for a cursor that is refused."""
        self._answer()
        if cursor in self.refused_cursors:
            raise ValueError(cursor)
        self.listed += 1
        names = sorted(self.blobs)
        start = int(cursor) if cursor else 0
        end = start + self.page_size
        return [self.blobs[name] for name in names[start:end]], str(end) if end < len(names) else None

    async def record(self, record: UploadRecord, number: int) -> bool:
        """Insert a record; False where its number is taken."""
        self._answer()
        return self.stored.setdefault((record.path, record.created, number), record) is record

    async def records(self, path: str) -> Sequence[UploadRecord]:
        """Read the records of a path."""
        self._answer()
        self.reads += 1
        if path in self.broken:
            raise self.broken[path]
        return [self.stored[key] for key in sorted(self.stored) if key[0] == path]

    async def search(self, since: datetime) -> Search:
        """Read how far the search has come."""
        self._answer()
        self.progress = self.progress or Search(since, since)
        return self.progress

    async def save(self, search: Search) -> None:
        """Write how far the search has come; the moment since which it takes uploads stays."""
        self._answer()
        since = self.progress.since if self.progress else search.since
        self.progress = replace(search, since=since)
