"""Finds uploads without an event, during housekeeping, and puts each on the queue of orders under its own id.

1. An upload is handed over when it is some minutes old, and neither a record of it nor a claim from after its creation
   exists. Another ETag alone does not make another upload.
2. Uploads from before `since` (shortly before the first round ever), or older than a setting says, are not handed over.
3. A round reads a limited number of pages, and the next round continues there; after the last page a new pass begins.
   Uploads that have not changed since a pass began are skipped later, so that old ones only cost their row in a page.
4. A failure with one upload does not stop the others; it is retried in the next pass.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from quantum.jobs.errors import ServiceError
from quantum.jobs.lists import Listing
from quantum.jobs.uploads import Search, Upload
from quantum.ports import Services
from quantum.service.intake import Intake
from quantum.service.uploads import id_of, id_of_upload, records_of
from quantum.service.waiting import enqueue_upload
from quantum.telemetry import names as telemetry
from quantum.wire import codec
from quantum.wire.records import record

GRACE = timedelta(minutes=5)  # its event may still arrive
BEFORE_THE_FIRST_ROUND = timedelta(minutes=15)  # the app may receive uploads before the first run of the timer
PAGES_PER_ROUND = 100
CHECKS_PER_ROUND = 2000  # a round ends with the page that reaches it
AT_ONCE = 8
JOBS_PER_PAGE = 200
CLOCK_SKEW = timedelta(seconds=5)  # between the app and the storage


@dataclass
class LostUploads:
    """One round of the search; `handed_over` counts uploads, `failures` lists the errors."""

    intake: Intake
    reach: timedelta
    pages: int = PAGES_PER_ROUND
    most: int = CHECKS_PER_ROUND
    checked: int = 0
    handed_over: int = 0
    failures: list[Exception] = field(default_factory=list)

    @property
    def services(self) -> Services:
        """The services that the app uses."""
        return self.intake.services

    async def look(self) -> None:
        """Continue the search for one round; do nothing where the setting is 0 days."""
        if not self.reach:
            return
        now = self.services.now()
        search = await self.services.uploads.search(now - BEFORE_THE_FIRST_ROUND)
        search = search if search.began else replace(search, began=now, cursor=None, oldest_unhandled=None)
        try:
            for _ in range(self.pages):
                search = await self._page(search, now)
                if search.began is None or self.checked >= self.most:
                    break
        finally:
            await self.services.uploads.save(search)

    async def _page(self, search: Search, now: datetime) -> Search:
        try:
            uploads, cursor = await self.services.uploads.page(search.cursor)
        except ValueError:  # the storage refuses the cursor: this pass begins again
            return replace(search, began=None, cursor=None, oldest_unhandled=None)
        due = [each for each in uploads if search.settled <= each.changed <= now - GRACE]
        self.checked += len(due)
        unhandled = await self._look_at(due, search.since, now)
        oldest_unhandled = min(
            [each.changed for each in unhandled] + ([search.oldest_unhandled] if search.oldest_unhandled else []),
            default=None,
        )
        search = replace(search, cursor=cursor, oldest_unhandled=oldest_unhandled)
        return search if cursor else _end_pass(search)

    async def _look_at(self, due: Sequence[Upload], since: datetime, now: datetime) -> list[Upload]:
        """Handle the uploads of a page, and return those that failed."""
        semaphore = asyncio.Semaphore(AT_ONCE)
        unhandled: list[Upload] = []

        async def each[T](upload: Upload, step: Awaitable[T]) -> T | None:
            async with semaphore:
                try:
                    return await step
                except Exception as error:  # noqa: BLE001  # one failure stops no other upload; it is raised at the end
                    unhandled.append(upload)
                    self.failures.append(error)
                    return None

        first = max(since, now - self.reach)
        results = await asyncio.gather(*(each(upload, self._candidate(upload, first)) for upload in due))
        candidates = [candidate for candidate in results if candidate]
        try:
            claimed = await self._claimed(candidates)
        except ServiceError as error:
            self.failures.append(error)
            return [*unhandled, *(candidate.upload for candidate in candidates)]
        lost = [candidate.upload for candidate in candidates if candidate.upload.path not in claimed]
        await asyncio.gather(*(each(upload, self._hand_over(upload)) for upload in lost))
        return unhandled

    async def _candidate(self, upload: Upload, first: datetime) -> "_Candidate | None":
        """Look up an upload by path and by id; return None where it has a claim or is too old."""
        records = await self.services.uploads.records(upload.path)
        own = records_of(upload, records)
        replaces = not own and any(record.created == upload.created for record in records)
        if not own and not replaces and upload.created < first:
            return None
        ids = {id_of(upload.path, etag) for etag in (upload.etag, *(record.etag for record in own))}
        if any([await self.services.index.find(id_) for id_ in ids]):
            return None
        others = frozenset(id_of(upload.path, record.etag) for record in records)
        return _Candidate(upload, others, has_record=bool(own or replaces))

    async def _claimed(self, candidates: Sequence["_Candidate"]) -> set[str]:
        """Return the paths whose blob has a newer claim, by a version that wrote no records."""
        by_path = {each.upload.path: each for each in candidates if not each.has_record}
        if not by_path:
            return set()
        since = min(each.upload.created for each in by_path.values()) - CLOCK_SKEW
        claimed: set[str] = set()
        jobs, cursor = await self.services.index.page(Listing(since=since), JOBS_PER_PAGE, None)
        while True:
            for job in jobs:
                each = by_path.get(job.source.get("blob", ""))
                if each and job.id not in each.others and _is_after(job.created_at, each.upload.created):
                    claimed.add(each.upload.path)
            if cursor is None:
                return claimed
            jobs, cursor = await self.services.index.page(Listing(since=since), JOBS_PER_PAGE, cursor)

    async def _hand_over(self, upload: Upload) -> None:
        id_ = await id_of_upload(self.services, upload, "search")
        if not await enqueue_upload(upload.path, id_, self.intake):
            return
        self.handed_over += 1
        telemetry.log_event(telemetry.UNANNOUNCED_UPLOAD, {telemetry.JOB_ID: id_, telemetry.DOOR: "blob"})


@record
class _Candidate:
    """An upload without a claim under its own id; `others` are the ids of recorded uploads of its path."""

    upload: Upload
    others: frozenset[str]
    has_record: bool


def _is_after(claimed_at: str, created: datetime) -> bool:
    return codec.moment(claimed_at) >= created - CLOCK_SKEW


def _end_pass(search: Search) -> Search:
    """End a pass: all changes up to its beginning, less the grace period of events, are handled."""
    settled = (search.began or search.settled) - GRACE
    settled = max(search.settled, min(settled, search.oldest_unhandled or settled))
    return Search(search.since, settled)
