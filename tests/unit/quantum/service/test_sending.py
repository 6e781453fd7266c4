"""An order says where its answer goes, also one that cannot be run, as far as that can be read."""

import json
from datetime import timedelta
from typing import Any

import pytest

from quantum import storage
from quantum.contract.answer_to import AnswerQueue
from quantum.contract.kinds import Limits
from quantum.contract.orders import Order
from quantum.doors.queue import answer_poison, start_from_queue
from quantum.jobs.errors import InvalidOrderError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.orders.read import parse_order
from quantum.ports import Services
from quantum.service.blob_orders import take_blob
from quantum.service.housekeeping import keep_house
from quantum.service.intake import digest_of
from quantum.service.sending import send_answer
from quantum.wire import codec as wire
from tests.support.builders import BELL, NOW, App, a_job, an_order, an_order_body, no_step

LONGEST = "a" * 55
OWN = {"queue": "mine", "keepFor": "PT1H"}
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (None, None),
        ("default", None),
        ("none", "none"),
        ({"queue": "mine"}, AnswerQueue("mine")),
        (OWN, AnswerQueue("mine", "PT1H")),
        ({"queue": LONGEST}, AnswerQueue(LONGEST)),
    ],
)
def test_where_an_answer_goes_is_part_of_the_order(stated: Any, read: Any) -> None:
    """It comes through JSON as it is, and the default stated aloud is the same order."""
    order = parse_order(an_order_body(answerTo=stated), Limits()).order

    assert order.answer_to == read
    assert wire.from_wire(Order, json.loads(json.dumps(wire.to_wire(order)))) == order


def test_the_default_said_aloud_is_the_same_order() -> None:
    """And another place is another order."""
    stated, unstated, none = (
        digest_of(parse_order(an_order_body(answerTo=to), Limits())) for to in ("default", None, "none")
    )

    assert (stated, none == unstated) == (unstated, False)


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("job-orders", "must be"),
        ("elsewhere", "must be"),
        (7, "must be"),
        ([], "must be"),
        ({}, "queue is missing"),
        ({"queue": "job-orders", "to": "x"}, "to is not a field here"),
        ({"queue": "answers-mine"}, "without the prefix"),
        ({"queue": "Mine"}, "small letters"),
        ({"queue": "a--b"}, "small letters"),
        ({"queue": "-a"}, "small letters"),
        ({"queue": "a/../job-orders"}, "small letters"),
        ({"queue": "a?x"}, "small letters"),
        ({"queue": "é"}, "small letters"),
        ({"queue": "a" * 56}, "55 are allowed"),
        ({"queue": ""}, "must not be empty"),
        ({"queue": 7}, "must be text"),
        ({"queue": "mine", "keepFor": "soon"}, "keepFor must be an ISO 8601 duration"),
        ({"queue": "mine", "keepFor": "P400D"}, "366 days"),
        ({"queue": "Mine", "keepFor": "soon"}, "; "),
    ],
)
def test_what_cannot_be_a_place_is_refused(stated: Any, reason: str) -> None:
    """With what it may be: no queue of the system can be named."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(an_order_body(answerTo=stated), Limits())

    (fault,) = refused.value.faults
    assert fault.field == "answerTo"
    assert reason in fault.reason


def test_no_queue_of_the_system_can_be_named() -> None:
    """None of them begins as the queues that orders can name, so no answer can become an order."""
    queues = [name for word, name in vars(storage).items() if word.endswith("_QUEUE")]

    assert len(queues) >= 4
    assert not [name for name in queues if name.startswith(storage.ANSWERS_PREFIX)]


def test_the_name_of_what_is_to_come_is_reserved() -> None:
    """An order that asks for a push hears that there is none yet."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(an_order_body(notify={"url": "https://example.org"}), Limits())

    assert [(fault.field, fault.reason) for fault in refused.value.faults] == [
        ("notify", "is not available yet; leave it out")
    ]
    assert parse_order(an_order_body(notify=False), Limits())


async def test_an_answer_goes_to_one_place() -> None:
    """To the queue of all, to the order's own with its time, or nowhere; sent again, it has the same id."""
    app = App()
    for to in (None, AnswerQueue("mine", "PT1H"), "none", AnswerQueue("mine", "PT1H")):
        await send_answer(app.services, ended(to))

    assert (len(app.answers.sent), list(app.answer_queues.messages)) == (1, ["mine"])
    assert app.answer_queues.lifetimes == {"mine": HOUR}
    assert len({answer["id"] for answer in (*app.answers.sent, *app.answer_queues.sent("mine"))}) == 1


async def test_a_message_that_cannot_be_run_is_answered_where_it_said() -> None:
    """Its job keeps target, shots, tags and name, so that lists find it."""
    app = App()
    order = {"target": "ionq.simulator", "shots": 10, "name": "x", "tags": {"team": "chem"}, "answerTo": OWN}

    await start_from_queue("m1", json.dumps(order).encode(), app.core, app.orchestrations)

    (answer,) = app.answer_queues.sent("mine")
    assert (answer["data"]["phase"], app.answers.sent, app.answer_queues.lifetimes["mine"]) == ("rejected", [], HOUR)
    order = app.index.entries[answer["subject"]].job.order
    assert (order.target, order.shots, order.name, order.tags) == ("ionq.simulator", 10, "x", {"team": "chem"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"shots": 0}, ("ionq.simulator", 0, "bell")),
        ({"target": "nowhere.at.all"}, ("nowhere.at.all", 1000, "bell")),
        ({"target": 7}, ("", 1000, "bell")),
        ({"name": None, "params": 3}, ("ionq.simulator", 1000, "ionq.simulator")),
        ({"shots": 2_000_000}, ("ionq.simulator", 2_000_000, "bell")),
        ({"answerTo": {"queue": "job orders"}}, ("ionq.simulator", 1000, "bell")),
    ],
)
async def test_what_is_sound_of_a_refused_order_is_kept(changes: Any, expected: tuple[Any, ...]) -> None:
    """Whether its fields or its target are at fault; where its place cannot be read, it is the default."""
    app = App()

    await start_from_queue("m1", an_order_body(**changes), app.core, app.orchestrations)

    (answer,) = app.answers.sent
    assert (answer["data"]["target"], answer["data"]["shots"], answer["data"]["name"]) == expected


@pytest.mark.parametrize(
    ("metadata", "place"),
    [
        ({"answerTo": json.dumps(OWN)}, "mine"),
        ({"answerto": json.dumps(OWN), "shots": "x"}, "mine"),
        ({"answerTo": "none"}, None),
        ({"answerTo": '"none"'}, None),
    ],
)
async def test_an_upload_that_cannot_be_run_is_answered_where_it_said(metadata: dict[str, str], place: str) -> None:
    """In its metadata, words plain or in JSON; its path says target and name."""
    app = App()
    app.blobs.contents["orders/ionq.simulator/noshots.qasm"] = BELL.encode()
    app.blobs.metadata["orders/ionq.simulator/noshots.qasm"] = metadata

    id_ = await take_blob("orders/ionq.simulator/noshots.qasm", app.intake, app.orchestrations)

    assert (app.answers.sent, list(app.answer_queues.messages)) == ([], [place] if place else [])
    job = app.index.entries[str(id_)].job
    assert (job.phase, job.target, job.order.name) == (Phase.REJECTED, "ionq.simulator", "noshots")


async def test_an_order_on_which_the_app_failed_is_answered_where_it_said() -> None:
    """As far as its text can be read; else on the queue of all."""
    app = App()

    await answer_poison("p1", an_order_body(answerTo=OWN), app.core)
    await answer_poison("p2", b"{", app.core)
    await answer_poison("p3", b"[]", app.core)

    assert [answer["data"]["target"] for answer in app.answer_queues.sent("mine")] == ["ionq.simulator"]
    assert [answer["data"]["target"] for answer in app.answers.sent] == ["", ""]


async def test_an_answer_that_could_not_be_sent_is_sent_when_the_message_comes_again() -> None:
    """Under the same id."""
    app = App()
    app.answer_queues.failure = ServiceUnavailableError("down")
    body = an_order_body(shots=0, answerTo=OWN)
    with pytest.raises(ServiceUnavailableError):
        await start_from_queue("m1", body, app.core, app.orchestrations)
    app.answer_queues.failure = None

    await start_from_queue("m1", body, app.core, app.orchestrations, delivery=2)

    assert len(app.answer_queues.sent("mine")) == 1


async def test_housekeeping_removes_queues_that_nobody_uses() -> None:
    """And where it cannot, it says so after all else is done."""
    app = App()
    await send_answer(app.services, ended(AnswerQueue("mine")))
    app.answer_queues.unused.add("mine")

    await house(app.services, app)
    assert app.answer_queues.messages == {}

    app.answer_queues.failure = ServiceUnavailableError("down")
    with pytest.raises(ExceptionGroup):
        await house(app.services, app)


async def house(services: Services, app: App) -> None:
    """Keep house once."""
    await keep_house(services, app.orchestrations, timedelta(days=30), no_step)


def ended(to: str | AnswerQueue | None) -> Any:
    """A job that has ended, whose answer goes there."""
    return a_job(an_order(answer_to=to)).moved_to(Phase.REJECTED, NOW)
