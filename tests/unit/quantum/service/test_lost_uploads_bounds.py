"""The search for lost uploads does a bounded amount of work a round, starves no upload, and goes on where it was."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.jobs.uploads import Upload
from quantum.service import lost_uploads
from quantum.service.blob_orders import source_of
from quantum.service.lost_uploads import GRACE, PAGES_PER_ROUND
from quantum.service.uploads import id_of
from tests.support.builders import a_job
from tests.support.fakes.index import InMemoryJobIndex
from tests.support.uploading import PATH, Uploading

OLD = 100_000


async def with_old_ones(number: int, page_size: int = 1000) -> Uploading:
    """An app whose container of orders had so many blobs before the app was there."""
    app = Uploading()
    app.uploads.page_size = page_size
    one = app.put("orders/ionq.simulator/0000000.json")
    paths = (f"orders/ionq.simulator/{each:07}.json" for each in range(number))
    app.uploads.blobs = dict.fromkeys(paths, one)
    app.pass_time(hours=1)
    await app.round()
    return app


async def test_a_hundred_thousand_old_blobs_cost_their_place_in_a_page_alone() -> None:
    """A hundred pages a round, and nothing is asked about any of them; the one that is lost is found."""
    app = await with_old_ones(OLD)
    app.uploads.listed = 0
    upload = app.put("orders/ionq.simulator/0050000.lost.json")

    done = await app.later()

    assert (done.handed_over, done.checked, app.uploads.listed) == (1, 1, PAGES_PER_ROUND)
    assert app.uploads.reads == 3  # by the search twice, and by the door
    assert list(app.index.entries) == [id_of(upload.path, upload.etag)]


async def test_a_list_longer_than_a_round_is_gone_through_round_by_round() -> None:
    """Wherever a lost upload stands, and whenever it comes, it is found within two passes."""
    app = await with_old_ones(50, page_size=5)
    names = [f"orders/ionq.simulator/{each:07}.lost.json" for each in range(0, 50, 7)]
    counts = []
    for _ in range(14):
        if names:
            app.put(names.pop())
        app.pass_time(minutes=6)
        counts.append((await app.round(pages=3)).handed_over)

    assert sum(counts) == 8
    assert max(app.orchestrations.started.values()) == 1


async def test_a_crowd_of_new_uploads_ends_a_round_early_and_none_is_left_out() -> None:
    """The rest is for the next round."""
    app = Uploading()
    await app.round()
    app.uploads.page_size = 10
    for each in range(57):
        app.put(f"orders/ionq.simulator/{each:05}.exe")

    app.pass_time(minutes=6)
    rounds = [(await app.round(most=25)).checked for _ in range(2)]

    assert rounds == [30, 27]
    assert len(app.index.entries) == 57


async def test_a_cursor_that_the_storage_refuses_begins_the_pass_again() -> None:
    """Nothing is settled by a pass that was not gone through."""
    app = await with_old_ones(20, page_size=5)
    app.put("orders/ionq.simulator/0000000.lost.json")
    app.pass_time(minutes=6)
    await app.round(pages=1)
    app.put("orders/ionq.simulator/0000001.lost.json")
    app.uploads.refused_cursors = {"5"}

    refused = await app.later()
    app.uploads.refused_cursors = set()

    assert refused.handed_over == 0
    assert (await app.later()).handed_over == 1


async def test_a_list_that_fails_in_the_middle_goes_on_there() -> None:
    """How far it came is kept."""
    app = await with_old_ones(20, page_size=5)
    app.pass_time(minutes=6)
    await app.round(pages=2)
    before = app.uploads.progress
    app.uploads.failure = ServiceUnavailableError("down")
    try:
        await app.round()
    except ServiceUnavailableError:
        app.uploads.failure = None

    app.uploads.listed = 0
    await app.round()

    assert before is not None
    assert (before.cursor, app.uploads.listed) == ("10", 2)


async def test_what_is_uploaded_behind_the_cursor_is_found_in_the_next_pass() -> None:
    """A pass settles what changed before it began, and not what came meanwhile."""
    app = await with_old_ones(20, page_size=5)
    app.pass_time(minutes=6)
    await app.round(pages=2)
    upload = app.put(PATH.replace("circuit", "0000000.lost"))
    app.pass_time(days=1)

    counts = [(await app.round(pages=2)).handed_over for _ in range(3)]

    assert sum(counts) == 1
    assert id_of(upload.path, upload.etag) in app.index.entries
    assert app.uploads.progress is not None
    assert app.uploads.progress.settled <= app.clock - timedelta(minutes=5)


async def taken_without_records(app: Uploading, upload: Upload) -> None:
    """Claim a job for an upload without a record of it."""
    job = Job.accepted(id_of(upload.path, upload.etag), a_job().order, app.clock, source_of(upload.path))
    await app.index.claim(job, "digest")
    app.change(upload.path)


async def test_claims_are_looked_up_on_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload counts as taken wherever its claim is in the list."""
    monkeypatch.setattr(lost_uploads, "JOBS_PER_PAGE", 1)
    app = Uploading()
    await app.round()
    app.pass_time(hours=1)
    for number in range(3):
        await taken_without_records(app, app.put(f"orders/ionq.simulator/{number}.json"))

    await app.later()

    assert app.orchestrations.started == {}


class WithoutLists(InMemoryJobIndex):
    """An index that lists nothing while it is down."""

    is_down = True

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Fail, or list."""
        if self.is_down:
            raise ServiceUnavailableError("down")
        return await super().page(listing, top, continuation)


async def test_uploads_are_not_taken_while_their_claims_cannot_be_listed() -> None:
    """They might run twice; the next pass takes them."""
    index = WithoutLists()
    app = Uploading(index=index)
    await app.round()
    app.put()
    failed = await app.later()
    index.is_down = False

    mended = await app.later()

    assert (failed.handed_over, [type(error) for error in failed.failures]) == (0, [ServiceUnavailableError])
    assert (mended.handed_over, mended.failures) == (1, [])


async def test_an_event_has_its_time_and_not_longer() -> None:
    """An upload is left to it until then, and is taken from that moment on."""
    app = Uploading()
    await app.round()
    app.pass_time(hours=1)
    app.put()

    early = await app.later(seconds=GRACE.total_seconds() - 1)
    late = await app.later(seconds=1)

    assert (early.handed_over, late.handed_over) == (0, 1)
