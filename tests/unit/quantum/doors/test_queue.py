"""The queue door: an order in, and an answer out for one that cannot be run."""

from base64 import b64encode, encodebytes, urlsafe_b64encode

import pytest

from quantum.doors.queue import start_from_queue
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import job_id
from tests.support.builders import App, an_order_body

ID = job_id("queue", "m1")


async def deliver(app: App, body: bytes) -> None:
    """Deliver a message."""
    await start_from_queue("m1", body, app.core, app.orchestrations)


async def test_an_order_in_a_message_is_a_job() -> None:
    """Delivered again, it is the same job."""
    app = App()
    await deliver(app, an_order_body())
    await deliver(app, an_order_body())

    assert app.orchestrations.started == {ID: 1}
    assert app.index.entries[ID].job.source == {"door": "queue", "messageId": "m1"}
    assert app.answers.sent == []


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"shots": 0}', an_order_body(target="ionq.simulater")])
async def test_an_order_that_cannot_be_run_is_answered_and_done(body: bytes) -> None:
    """The message is not delivered again, and nothing is started."""
    app = App()

    await deliver(app, body)

    (answer,) = app.answers.sent
    assert (answer["id"], answer["type"]) == (f"{ID}-rejected", "quantumjobs.job.rejected")
    assert answer["data"]["error"]["errors"]
    assert (app.orchestrations.started, app.index.entries[ID].job.phase) == ({}, Phase.REJECTED)


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "body",
    [
        MARK + an_order_body(),
        b64encode(an_order_body()),
        MARK + b64encode(MARK + an_order_body()) + b"\r\n",
        encodebytes(an_order_body()),
        urlsafe_b64encode(an_order_body(tags={"a": ">>>???~~~"})),
    ],
)
async def test_a_message_may_be_written_in_several_ways(body: bytes) -> None:
    """As text or base64, with line breaks or byte order marks, as clients and editors do."""
    app = App()

    await deliver(app, body)

    assert app.orchestrations.started == {ID: 1}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (str(b64encode(an_order_body())).encode(), "bytes as Python prints them"),
        (str(an_order_body()).encode(), "bytes as Python prints them"),
        (b64encode(b64encode(an_order_body())), "looks like base64: send what is in it, or encode it only once"),
        (an_order_body().decode().encode("utf-16"), "UTF-16 text: save it as UTF-8"),
        (an_order_body().decode().encode("utf-16-le"), "UTF-16 text: save it as UTF-8"),
    ],
)
async def test_a_message_in_another_disguise_is_told_what_it_looks_like(body: bytes, words: str) -> None:
    """Its sender reads what to do, not which letter is not JSON."""
    app = App()

    await deliver(app, body)

    (answer,) = app.answers.sent
    (fault,) = answer["data"]["error"]["errors"]
    assert words in fault["reason"]


async def test_a_rejection_whose_answer_was_lost_is_answered_again_with_the_same_id() -> None:
    """Even if the order has become right in between."""
    app = App()
    app.answers.failure = ServiceUnavailableError("down")
    with pytest.raises(ServiceUnavailableError):
        await deliver(app, an_order_body(input={"format": "qir.v1", "blob": "inputs/a.ll"}))
    app.answers.failure = None
    app.blobs.contents["inputs/a.ll"] = b"BC\xc0\xde"

    await deliver(app, an_order_body(input={"format": "qir.v1", "blob": "inputs/a.ll"}))

    assert [answer["id"] for answer in app.answers.sent] == [f"{ID}-rejected"]
    assert app.orchestrations.started == {}


async def test_an_order_with_very_many_faults_still_has_an_answer() -> None:
    """The answer fits into a message."""
    app = App()
    fields = {f"é{n}" * 20: 1 for n in range(5000)}

    await deliver(app, an_order_body(**fields))

    assert len(app.answers.sent) == 1


async def test_a_service_that_fails_leaves_the_message_for_another_try() -> None:
    """What is no fault of the order is no rejection."""
    app = App()
    app.index.failure = ServiceUnavailableError("down")

    with pytest.raises(ServiceUnavailableError):
        await deliver(app, an_order_body())

    assert app.answers.sent == []


async def test_an_order_whose_text_has_the_word_kind_is_an_order() -> None:
    """Only a message that says of itself that it is a batch is one."""
    app = App()

    await deliver(app, an_order_body(tags={"kind": "batch"}))

    assert app.orchestrations.started == {ID: 1}
