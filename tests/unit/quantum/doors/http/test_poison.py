"""Poison: what our own code failed on is answered, kept, listed, and played again."""

import asyncio
import json
from base64 import b64encode
from contextlib import suppress

import pytest

from quantum.batches.model import Batch
from quantum.doors.http import frame, poison
from quantum.doors.http.frame import Request, Response
from quantum.doors.queue import answer_poison, answer_poisoned_blob, start_from_queue
from quantum.jobs.errors import NotFoundError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import job_id
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import Blob
from quantum.service.redeliveries import forget_redeliveries
from tests.support.builders import App, an_order_body
from tests.support.fakes.blobs import InMemoryBlobStore

ID = job_id("poison", "p1")
REPLAYED = job_id("queue", ID)
BLOB = "orders/ionq.simulator/bell.qasm"
UPLOADED = job_id("blob", f"{BLOB}:1")


async def poisoned(app: App, body: bytes = b'{"some": "order"}') -> None:
    """Deliver a message from the poison queue."""
    await answer_poison("p1", body, app.core)


async def listed(app: App) -> Response:
    """Ask for what is kept."""
    return await frame.answer(poison.list_poison, Request(), app.core, app.orchestrations)


async def replayed(app: App, id_: str) -> Response:
    """Ask for one to be tried again."""
    return await frame.answer(poison.replay_poison, Request(route={"id": id_}), app.core, app.orchestrations)


async def test_a_poisoned_order_is_rejected_with_a_code() -> None:
    """Its caller hears, and finds the same in the index."""
    app = App()

    await poisoned(app)

    (answer,) = app.answers.sent
    assert (answer["type"], answer["id"]) == ("quantumjobs.job.rejected", f"{ID}-rejected")
    assert answer["data"]["error"]["code"] == "Poisoned"
    assert answer["data"]["source"] == {"door": "queue", "poisonMessageId": "p1"}
    assert app.index.entries[ID].job.phase is Phase.REJECTED


async def test_poison_that_is_delivered_twice_is_kept_once() -> None:
    """And answered under one id."""
    app = App()
    app.answers.failure = ServiceUnavailableError("down")
    with pytest.raises(ServiceUnavailableError):
        await poisoned(app)
    app.answers.failure = None

    await poisoned(app)

    assert list(app.blobs.contents) == [f"poison/{ID}.json"]
    assert [answer["id"] for answer in app.answers.sent] == [f"{ID}-rejected"]


async def tried_again(app: App, message_id: str, body: bytes) -> None:
    """Deliver an order for the second time, to a host that is killed once it has noted that."""
    app.index.failure = ServiceUnavailableError("down")
    with suppress(ServiceUnavailableError):
        await start_from_queue(message_id, body, app.core, app.orchestrations, delivery=2)
    app.index.failure = None


async def test_a_message_that_was_tried_before_is_answered_under_its_own_id() -> None:
    """Whoever sent it knows no other; two with one text are each answered once, and each can be played again."""
    app = App()
    for message in ("m1", "m2"):
        await tried_again(app, message, an_order_body())
    await tried_again(app, "m3", an_order_body(name="another"))

    for message in ("p1", "p2", "p1"):
        await answer_poison(message, b64encode(an_order_body()), app.core)

    ids = [job_id("queue", message) for message in ("m1", "m2")]
    assert [answer["id"] for answer in app.answers.sent] == [f"{id_}-rejected" for id_ in (*ids, ids[0])]
    assert app.answers.sent[1]["data"]["source"] == {"door": "queue", "messageId": "m2", "poisonMessageId": "p2"}
    (first, second) = [await replayed(app, id_) for id_ in ids]
    assert app.orchestrations.started == {first.body["job"]: 1, second.body["job"]: 1}


async def test_an_order_whose_job_has_begun_is_not_given_up() -> None:
    """Its host was killed after it had started the job: nobody is told that it failed, and nobody can run it again."""
    app = App()
    for delivery in (1, 2):
        await start_from_queue("m1", an_order_body(), app.core, app.orchestrations, delivery=delivery)

    await poisoned(app, an_order_body())

    assert app.answers.sent == []
    assert (await listed(app)).body == {"poison": []}


async def test_an_order_that_was_refused_is_told_so_again() -> None:
    """Its host may have been killed before it had told."""
    app = App()
    await start_from_queue("m1", b"{}", app.core, app.orchestrations, delivery=5)

    await poisoned(app, b"{}")

    assert [answer["data"]["error"]["code"] for answer in app.answers.sent] == ["InvalidOrder"] * 2
    assert len({answer["id"] for answer in app.answers.sent}) == 1


async def test_tries_are_forgotten_when_no_message_can_be_left() -> None:
    """They are for the days that a message may live."""
    app = App()
    await tried_again(app, "m1", b"{}")

    app.pass_time(days=7)
    await forget_redeliveries(app.services)
    before = list(app.blobs.contents)
    app.pass_time(days=2)
    await forget_redeliveries(app.services)

    assert (len(before), list(app.blobs.contents)) == (1, [])


async def test_what_is_kept_is_listed_without_its_content() -> None:
    """Programs may be large, and are their owners'."""
    app = App()
    nothing = await listed(app)
    await poisoned(app)

    response = await listed(app)

    assert (nothing.status, nothing.body) == (200, {"poison": []})
    assert response.body == {"poison": [{"id": ID, "messageId": "p1", "at": "2026-11-21T09:00:00.000Z"}]}


async def test_a_replayed_order_is_a_job() -> None:
    """And kept no longer."""
    app = App()
    await poisoned(app, an_order_body())

    response = await replayed(app, ID.upper())

    assert (response.status, response.body) == (202, {"id": ID, "replayed": True, "job": REPLAYED})
    assert list(app.orchestrations.started) == [REPLAYED]
    assert f"poison/{ID}.json" not in app.blobs.contents


async def test_an_order_that_is_replayed_twice_at_once_is_one_job() -> None:
    """Two operators, or an impatient one, pay once."""
    app = App()
    await poisoned(app, an_order_body())

    await asyncio.gather(replayed(app, ID), replayed(app, ID))

    assert app.orchestrations.started == {REPLAYED: 1}


@pytest.mark.parametrize("body", [b"\xff\x00", b""])
async def test_a_replayed_order_may_be_refused(body: bytes) -> None:
    """Its caller hears what is wrong with it."""
    app = App()
    await poisoned(app, body)

    await replayed(app, ID)

    assert [answer["data"]["error"]["code"] for answer in app.answers.sent] == ["Poisoned", "InvalidOrder"]


async def test_an_order_that_still_cannot_be_taken_is_kept() -> None:
    """Nothing is forgotten before it is somewhere else."""
    app = App()
    await poisoned(app, an_order_body())
    app.index.failure = ServiceUnavailableError("down")

    response = await replayed(app, ID)

    assert (response.status, f"poison/{ID}.json" in app.blobs.contents) == (503, True)


async def test_an_uploaded_order_is_kept_by_its_place_and_replayed() -> None:
    """What the blob trigger gives up is answered like what the queue does."""
    app = App()
    app.blobs.contents[BLOB], app.blobs.metadata[BLOB] = b"a program", {"shots": "5"}
    report = {"Type": "BlobTrigger", "ContainerName": "orders", "BlobName": BLOB.partition("/")[2], "ETag": "1"}
    await answer_poisoned_blob("p1", b64encode(json.dumps(report).encode()), app.core)

    listed_orders, response = (await listed(app)).body["poison"], await replayed(app, UPLOADED)

    (answer,) = app.answers.sent
    assert (answer["id"], answer["data"]["source"]["door"]) == (f"{UPLOADED}-rejected", "blob")
    assert answer["data"]["source"] == {"door": "blob", "blob": BLOB, "poisonMessageId": "p1"}
    assert [order["blob"] for order in listed_orders] == [BLOB]
    assert list(app.orchestrations.started) == [response.body["job"]]
    assert (await listed(app)).body == {"poison": []}


async def test_an_upload_that_is_gone_cannot_be_replayed() -> None:
    """404, and it stays on the list, where it says what is missing."""
    app = App()
    report = {"ContainerName": "orders", "BlobName": "ionq.simulator/gone.qasm", "ETag": '"1"'}
    await answer_poisoned_blob("p1", json.dumps(report).encode(), app.core)

    response = await replayed(app, job_id("blob", "orders/ionq.simulator/gone.qasm:1"))

    assert (response.status, len((await listed(app)).body["poison"])) == (404, 1)


@pytest.mark.parametrize("id_", [ID, "", "..%2fresults", "x" * 999])
async def test_what_is_not_kept_cannot_be_replayed(id_: str) -> None:
    """404, whatever it looks like."""
    response = await replayed(App(), id_)

    assert (response.status, response.body["title"]) == (404, "There is no such order")


class PlayedMeanwhile(InMemoryBlobStore):
    """Somebody replays an order between our list and our look."""

    async def open(self, path: str) -> Blob:
        """Find nothing."""
        raise NotFoundError(path)


async def test_what_was_replayed_meanwhile_is_not_listed() -> None:
    """It spoils no list."""
    app = App(blobs=PlayedMeanwhile())
    await poisoned(app)

    assert (await listed(app)).body == {"poison": []}


@pytest.mark.parametrize(
    ("blob", "content", "name"),
    [
        ("orders/bell.order.json", an_order_body(name="mine", shots=0), "mine"),
        ("orders/bell.order.json", b" " * (MAX_ORDER_BYTES + 1), "orders/bell.order.json"),
        ("orders/bell.qasm", b"", "orders/bell.qasm"),
        ("orders/ionq.simulator/bell.qasm", b"", "bell"),
    ],
)
async def test_a_poisoned_upload_is_listed_by_what_can_be_read_of_it(blob: str, content: bytes, name: str) -> None:
    """A whole order names itself, a program has the name of its file, and all else is listed by its path."""
    app = App()
    app.blobs.contents[blob] = content
    report = {"ContainerName": "orders", "BlobName": blob.partition("/")[2], "ETag": "1"}

    await answer_poisoned_blob("p1", json.dumps(report).encode(), app.core)

    (entry,) = app.index.entries.values()
    assert (entry.job.phase, entry.job.order.name) == (Phase.REJECTED, name)


async def test_a_message_that_was_accepted_as_a_batch_is_not_given_up() -> None:
    """Its batch goes on: a host that was killed several times may have accepted it."""
    app = App()
    app.index.failure = ServiceUnavailableError("the process ends here")
    for delivery in (1, 2):
        with pytest.raises(ServiceUnavailableError):
            await start_from_queue("m1", an_order_body(), app.core, app.orchestrations, delivery=delivery)
    app.index.failure = None
    await app.batches.claim(Batch(job_id("queue", "m1"), "sweep", "2026-11-21T09:00:00.000Z", {"door": "queue"}))

    await poisoned(app, an_order_body())

    assert (app.index.entries, app.answers.sent, (await listed(app)).body) == ({}, [], {"poison": []})
