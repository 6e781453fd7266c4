"""Uploads that no event announced are found and taken once; what was taken before, in whatever way, is let alone."""

import json
from datetime import timedelta

import pytest

from quantum.doors.queue import answer_poison, answer_poisoned_blob
from quantum.jobs.errors import CompilerBusyError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.service.blob_orders import source_of
from quantum.service.lost_uploads import BEFORE_THE_FIRST_ROUND, GRACE
from quantum.service.prepare import WHOLE_BYTES
from quantum.service.uploads import id_of
from tests.support.builders import BELL, CIRCUIT, a_job
from tests.support.uploading import OTHER, PATH, Uploading

BUSY = CompilerBusyError("Too many programs wait to be compiled.")


@pytest.fixture
async def app() -> Uploading:
    """An app that has looked for lost uploads before."""
    app = Uploading()
    await app.round()
    app.pass_time(hours=1)
    return app


async def formerly_taken(app: Uploading, path: str, etag: str) -> Job:
    """What a version that kept no records has claimed for an upload."""
    job = Job.accepted(id_of(path, etag), a_job().order, app.clock, source_of(path))
    await app.index.claim(job, "digest")
    return job


async def test_an_upload_whose_event_was_lost_is_taken_after_some_minutes(app: Uploading) -> None:
    """Under the id that its event would have given it; not before its event had its time, and once."""
    upload = app.put()
    app.clock += GRACE - timedelta(seconds=1)
    early = await app.round()

    rounds = [await app.later() for _ in range(3)]

    assert (early.handed_over, [each.handed_over for each in rounds]) == (0, [1, 0, 0])
    assert app.orchestrations.started == {id_of(PATH, upload.etag): 1}


async def test_an_upload_whose_event_came_is_let_alone(app: Uploading) -> None:
    """However often the search passes it."""
    app.put()
    await app.event()

    assert [(await app.later()).handed_over for _ in range(3)] == [0, 0, 0]
    assert len(app.index.entries) == 1


async def test_an_event_that_comes_after_the_search_is_of_the_same_job(app: Uploading) -> None:
    """Also where the blob's metadata or properties were changed in between."""
    app.put()
    await app.later()
    await app.event()
    app.change(md5=None)

    await app.event()
    await app.later()

    assert list(app.orchestrations.started.values()) == [1]


@pytest.mark.parametrize("how", [{}, {"md5": None}], ids=["metadata", "properties"])
async def test_a_change_after_a_run_is_no_upload(app: Uploading, how: dict[str, None]) -> None:
    """The ETag is new, and the content has been run."""
    app.put()
    await app.event()
    app.pass_time(days=1)
    app.change(**how)

    assert [(await app.later()).handed_over for _ in range(2)] == [0, 0]
    assert len(app.index.entries) == 1


async def test_a_change_while_the_event_is_on_its_way_is_no_second_upload(app: Uploading) -> None:
    """The door takes it under the ETag that it meets; the search knows it by the path and its creation."""
    app.put()
    app.change()
    await app.event()
    app.change()

    await app.later()

    assert list(app.orchestrations.started.values()) == [1]


@pytest.mark.parametrize("created", [None, "kept"], ids=["creation reset", "creation kept"])
async def test_an_overwrite_after_a_run_whose_event_was_lost_is_taken(app: Uploading, created: str | None) -> None:
    """Whether the storage counts an overwrite as a creation, or not: its content is another."""
    first = app.put()
    await app.event()
    app.pass_time(hours=2)
    changes = {"created": first.created} if created else {}
    second = app.put(content=CIRCUIT.replace('"h"', '"x"'), **changes)

    await app.later()
    await app.later()

    assert app.orchestrations.started == {id_of(PATH, each.etag): 1 for each in (first, second)}


async def test_the_same_content_uploaded_again_is_another_order(app: Uploading) -> None:
    """Where the storage counts an overwrite as a creation, as Put Blob does in Azurite."""
    app.put()
    await app.event()
    app.pass_time(seconds=1)
    app.put()

    await app.later()

    assert list(app.orchestrations.started.values()) == [1, 1]


async def test_an_event_of_an_overwrite_within_a_second_is_another_order(app: Uploading) -> None:
    """As it was before the search: an event tells of new content, whatever the storage's times say."""
    app.put()
    await app.event()
    app.put()
    await app.event()

    await app.later()

    assert list(app.orchestrations.started.values()) == [1, 1]


async def test_a_copied_blob_is_an_upload_of_its_own_path(app: Uploading) -> None:
    """A copy in the container is a new blob, as an event would say; its source is let alone."""
    app.put()
    await app.event()
    copied = app.put(OTHER)

    await app.later()

    assert app.index.entries[id_of(OTHER, copied.etag)].job.source == source_of(OTHER)
    assert len(app.index.entries) == 2


async def test_a_container_that_is_older_than_the_deployment_is_not_run() -> None:
    """Nor when its blobs are changed later; what came a little before the first round is an order."""
    app = Uploading()
    app.put()
    app.clock += BEFORE_THE_FIRST_ROUND + timedelta(seconds=1)
    fresh = app.put(OTHER)

    rounds = [await app.later(), await app.later()]
    app.change()
    rounds.append(await app.later())

    assert [each.handed_over for each in rounds] == [1, 0, 0]
    assert list(app.index.entries) == [id_of(OTHER, fresh.etag)]


async def test_what_is_older_than_the_setting_says_is_not_taken(app: Uploading) -> None:
    """The app may have been stopped for longer than anybody waits."""
    app.put()
    app.pass_time(days=1)
    stored = app.put(OTHER)

    await app.later(days=6, minutes=1)

    assert list(app.index.entries) == [id_of(OTHER, stored.etag)]


async def test_no_days_are_no_search(app: Uploading) -> None:
    """That is how it is switched off."""
    app.put()
    app.pass_time(minutes=6)

    assert (await app.round(reach=timedelta())).handed_over == 0
    assert app.index.entries == {}


async def test_what_a_version_without_records_took_is_let_alone(app: Uploading) -> None:
    """By its id, and, where the metadata was changed after that, by a claim of its path from after its creation."""
    first, second = app.put(), app.put(OTHER)
    app.pass_time(seconds=10)
    for upload in (first, second):
        await formerly_taken(app, upload.path, upload.etag)
    app.change(OTHER)

    await app.later()

    assert app.orchestrations.started == {}


async def test_a_claim_from_before_a_blob_was_created_is_of_another_upload(app: Uploading) -> None:
    """An overwrite since a former version took the path is taken; so is one whose path another upload has claimed."""
    first = app.put()
    await formerly_taken(app, PATH, first.etag)
    app.pass_time(hours=1)
    second = app.put()

    await app.later()

    assert list(app.orchestrations.started) == [id_of(PATH, second.etag)]


async def test_a_claim_that_came_after_an_overwrite_may_be_of_what_was_there_before(app: Uploading) -> None:
    """Its record says so: the door had read the blob, and was still at work."""
    first = app.put()
    app.compiler.failure = BUSY
    await app.event()
    app.pass_time(seconds=2)
    second = app.put(content=CIRCUIT.replace('"h"', '"x"'))
    app.pass_time(seconds=10)
    await formerly_taken(app, PATH, first.etag)

    await app.later()

    assert id_of(PATH, second.etag) in app.orchestrations.started


async def test_a_door_that_died_before_its_claim_loses_nothing(app: Uploading) -> None:
    """The record stands before the claim; the search takes the upload under the recorded id, changed or not."""
    upload = app.put()
    app.index.failure = ServiceUnavailableError("the door's process ends here")
    with pytest.raises(ServiceUnavailableError):
        await app.event()
    app.index.failure = None
    app.change()

    await app.later()

    assert app.orchestrations.started == {id_of(PATH, upload.etag): 1}


async def test_a_search_that_died_before_its_note_was_sent_loses_nothing(app: Uploading) -> None:
    """It begins its pass again."""
    app.put()
    app.orders.failure = ServiceUnavailableError("the process ends here")
    failed = await app.later()
    app.orders.failure = None
    app.change()

    await app.later()
    await app.later()

    assert (len(failed.failures), failed.handed_over) == (1, 0)
    assert list(app.orchestrations.started.values()) == [1]


async def test_an_upload_that_waits_for_a_compiler_is_let_alone(app: Uploading) -> None:
    """Its note is on the queue; two notes would wait twice."""
    app.put("orders/ionq.simulator/bell.qasm", BELL)
    app.compiler.failure = BUSY
    await app.event("orders/ionq.simulator/bell.qasm")
    notes, app.orders.messages = app.orders.messages, []

    outcome = await app.later()

    assert (len(notes), outcome.handed_over, app.orders.messages) == (1, 0, [])


async def test_what_cannot_be_run_is_answered(app: Uploading) -> None:
    """As if its event had come."""
    app.put("orders/ionq.simulator/program.exe")

    await app.later()
    await app.later()

    (answer,) = app.answers.sent
    assert answer["data"]["phase"] == Phase.REJECTED.value


async def test_an_upload_too_large_to_have_an_event_is_refused_by_its_size(app: Uploading) -> None:
    """Event Grid passes over what is larger than the app takes; its caller gets the answer from the search."""
    app.put(content="x" * (WHOLE_BYTES + 1))

    await app.later()

    (answer,) = app.answers.sent
    (fault,) = answer["data"]["error"]["errors"]
    assert (fault["field"], str(WHOLE_BYTES + 1) in fault["reason"].replace(",", "")) == ("input", True)


async def test_one_that_cannot_be_asked_for_holds_up_no_other(app: Uploading) -> None:
    """It is looked at again, until that succeeds; the others are settled meanwhile."""
    broken = app.put()
    app.uploads.broken[PATH] = ServiceUnavailableError("down")
    app.pass_time(minutes=1)
    app.put(OTHER)

    failed = [await app.later() for _ in range(3)]
    app.uploads.broken.clear()
    mended = await app.later()

    assert [(each.handed_over, len(each.failures)) for each in failed] == [(1, 1), (0, 1), (0, 1)]
    assert mended.handed_over == 1
    assert id_of(PATH, broken.etag) in app.orchestrations.started


@pytest.mark.parametrize("changed", [False, True])
async def test_one_that_both_ways_give_up_is_answered_under_one_id(app: Uploading, changed: object) -> None:
    """The host reports its event's ETag, and the queue the note: whichever comes first, one answer is sent again."""
    path = "orders/ionq.simulator/bell.qasm"
    upload = app.put(path, BELL)
    if changed:
        app.change(path)
    app.compiler.failure = ServiceUnavailableError("the door fails on it")
    with pytest.raises(ServiceUnavailableError):
        await app.event(path)
    app.pass_time(minutes=6)
    with pytest.raises(ServiceUnavailableError):
        await app.round()
    (note,) = [name for name in app.blobs.contents if name.startswith("waiting/")]
    report = {"ContainerName": "orders", "BlobName": path.removeprefix("orders/"), "ETag": f'"{upload.etag}"'}

    await answer_poisoned_blob("p1", json.dumps(report).encode(), app.core)
    id_ = note.removeprefix("waiting/").removesuffix(".json")
    await answer_poison("p2", json.dumps({"waitingOrder": id_, "pauses": 0}).encode(), app.core)

    assert {answer["id"] for answer in app.answers.sent} == {f"{id_}-rejected"}
    assert list(app.index.entries) == [id_]
