"""Uploads that no event told of: housekeeping finds them, and hands each to the queue of orders under its own id.

1. An upload is handed over when it has lain for some minutes, and neither a record of it nor a claim from after its
   creation exists. Another ETag alone is no other upload.
2. What was created before `since` (a while before the search's first round ever), or more days ago than a setting says,
   is not handed over.
3. A round reads so many pages of the list, and goes on there the next time; once the list is through, it begins again.
   What has not changed since a pass began is looked at no more, so that old uploads cost their place in a page alone.
4. What cannot be dealt with holds nothing up, and is looked at again in the next pass.
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
from quantum.service.uploads import id_of, id_of_upload, of_upload
from quantum.service.waiting import take_found
from quantum.telemetry import names as telemetry
from quantum.wire import codec as wire

GRACE = timedelta(minutes=5)  # until then its event may be on its way
BEFORE_THE_FIRST_ROUND = timedelta(minutes=15)  # the app started, and its first uploads came, before the timer rang
PAGES_A_ROUND = 100
CHECKED_A_ROUND = 2000  # then the round ends with its page
AT_ONCE = 8
JOBS_A_PAGE = 200
CLOCKS_APART = timedelta(seconds=5)  # the app's and the storage's


@dataclass
class LostUploads:
    """One round of the search; `found` counts what it handed over, `failures` says what could not be dealt with."""

    intake: Intake
    reach: timedelta
    pages: int = PAGES_A_ROUND
    most: int = CHECKED_A_ROUND
    checked: int = 0
    found: int = 0
    failures: list[Exception] = field(default_factory=list)

    @property
    def services(self) -> Services:
        """The services that the app uses."""
        return self.intake.services

    async def look(self) -> None:
        """Go on with the search for a round; does nothing where the setting is 0 days."""
        if not self.reach:
            return
        now = self.services.now()
        search = await self.services.uploads.search(now - BEFORE_THE_FIRST_ROUND)
        search = search if search.began else replace(search, began=now, cursor=None, held=None)
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
        except ValueError:  # the cursor is not taken any more: this pass begins again
            return replace(search, began=None, cursor=None, held=None)
        due = [each for each in uploads if search.settled <= each.changed <= now - GRACE]
        self.checked += len(due)
        left = await self._look_at(due, search.since, now)
        held = min([each.changed for each in left] + ([search.held] if search.held else []), default=None)
        search = replace(search, cursor=cursor, held=held)
        return search if cursor else _through(search)

    async def _look_at(self, due: Sequence[Upload], since: datetime, now: datetime) -> list[Upload]:
        """Deal with the uploads of a page, and give those that could not be dealt with."""
        few = asyncio.Semaphore(AT_ONCE)
        left: list[Upload] = []

        async def each[T](upload: Upload, step: Awaitable[T]) -> T | None:
            async with few:
                try:
                    return await step
                except Exception as error:  # noqa: BLE001  # one upload holds up no other; it is raised at the end
                    left.append(upload)
                    self.failures.append(error)
                    return None

        first = max(since, now - self.reach)
        asked = await asyncio.gather(*(each(upload, self._candidate(upload, first)) for upload in due))
        candidates = [candidate for candidate in asked if candidate]
        try:
            claimed = await self._claimed(candidates)
        except ServiceError as error:
            self.failures.append(error)
            return [*left, *(candidate.upload for candidate in candidates)]
        lost = [candidate.upload for candidate in candidates if candidate.upload.path not in claimed]
        await asyncio.gather(*(each(upload, self._hand_over(upload)) for upload in lost))
        return left

    async def _candidate(self, upload: Upload, first: datetime) -> "_Candidate | None":
        """Ask by path and by id what is known of an upload; None where it has a claim, or is too old to be taken."""
        records = await self.services.uploads.records(upload.path)
        own = of_upload(upload, records)
        replaces = not own and any(record.created == upload.created for record in records)
        if not own and not replaces and upload.created < first:
            return None
        ids = {id_of(upload.path, etag) for etag in (upload.etag, *(record.etag for record in own))}
        if any([await self.services.index.find(id_) for id_ in ids]):
            return None
        others = frozenset(id_of(upload.path, record.etag) for record in records)
        return _Candidate(upload, others, has_record=bool(own or replaces))

    async def _claimed(self, candidates: Sequence["_Candidate"]) -> set[str]:
        """Give the paths that have a claim from after their blob was created, by a version that kept no records."""
        asked = {each.upload.path: each for each in candidates if not each.has_record}
        if not asked:
            return set()
        since = min(each.upload.created for each in asked.values()) - CLOCKS_APART
        claimed: set[str] = set()
        jobs, token = await self.services.index.page(Listing(since=since), JOBS_A_PAGE, None)
        while True:
            for job in jobs:
                each = asked.get(job.source.get("blob", ""))
                if each and job.id not in each.others and _is_after(job.created_at, each.upload.created):
                    claimed.add(each.upload.path)
            if token is None:
                return claimed
            jobs, token = await self.services.index.page(Listing(since=since), JOBS_A_PAGE, token)

    async def _hand_over(self, upload: Upload) -> None:
        id_ = await id_of_upload(self.services, upload, "search")
        if not await take_found(upload.path, id_, self.intake):
            return
        self.found += 1
        telemetry.log_event(telemetry.UNANNOUNCED_UPLOAD, {telemetry.JOB_ID: id_, telemetry.DOOR: "blob"})


@dataclass(frozen=True)
class _Candidate:
    """An upload without a claim under an id of its own; `others` are the ids of uploads of its path that are known."""

    upload: Upload
    others: frozenset[str]
    has_record: bool


def _is_after(claimed_at: str, created: datetime) -> bool:
    return wire.moment(claimed_at) >= created - CLOCKS_APART


def _through(search: Search) -> Search:
    """End a pass: what did not change since it began, less the time that events have, was dealt with."""
    settled = (search.began or search.settled) - GRACE
    settled = max(search.settled, min(settled, search.held or settled))
    return Search(search.since, settled)
