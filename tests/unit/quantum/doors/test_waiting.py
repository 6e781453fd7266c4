"""A busy compiler holds no message: its order waits in a blob, comes again, and is one job with one answer."""

from dataclasses import replace
from typing import Any

import pytest

from quantum.contract.fields import Fault
from quantum.doors.blob import start_from_blob
from quantum.doors.queue import answer_poison, start_from_queue
from quantum.jobs.errors import CompilerBusyError, ServiceError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import job_id
from quantum.jobs.program import Compiled
from quantum.ports import COMPILER_PATIENCE_SECONDS
from quantum.service import blob_orders
from quantum.service.intake import SHORT_PATIENCE_SECONDS
from quantum.service.queue_orders import caller_of
from quantum.service.uploads import id_of
from quantum.service.waiting import NoCompilerError, pause_seconds
from quantum.telemetry import names as telemetry
from tests.support.builders import BELL, CIRCUIT, App, a_submitted_order, an_order_body
from tests.support.fakes.compiler import FakeCompiler

BUSY = CompilerBusyError("Too many programs wait to be compiled.")
ID = job_id("queue", "m1")
KEPT = f"waiting/{ID}.json"
PATH = "orders/ionq.simulator/bell.qasm"


def busy_app() -> App:
    """An app whose compiler has no time."""
    app = App()
    app.compiler.failure = BUSY
    return app


async def deliver(app: App, body: bytes | None = None, message_id: str = "m1", delivery: int = 1) -> None:
    """Deliver a message."""
    await start_from_queue(message_id, body or an_order_body(), app.core, app.orchestrations, delivery=delivery)


async def deliver_note(app: App, **how: Any) -> None:
    """Deliver the note that was put on the queue last."""
    await deliver(app, app.orders.messages[-1], "n1", **how)


async def test_an_order_waits_for_a_compiler_outside_of_the_host() -> None:
    """Its message is done with; what comes again is a note, until the order is the job that it would have been."""
    app = busy_app()
    await deliver(app)
    await deliver_note(app)
    assert (list(app.blobs.contents), app.index.entries, app.answers.sent) == ([KEPT], {}, [])
    app.compiler.failure = None

    await deliver_note(app)

    assert app.orchestrations.started == {ID: 1}
    assert app.index.entries[ID].job.source == {"door": "queue", "messageId": "m1"}
    assert KEPT not in app.blobs.contents
    assert [note["pauses"] for note in app.orders.sent] == [0, 1]


async def test_an_upload_waits_in_the_same_way() -> None:
    """Its blob stays where it is."""
    app = busy_app()
    app.blobs.contents[PATH], app.blobs.metadata[PATH] = BELL.encode(), {"shots": "5"}
    uploaded, source = id_of(PATH, (await app.blobs.open(PATH)).etag), blob_orders.source_of(PATH)
    await start_from_blob(PATH, app.core, app.orchestrations)
    assert f"waiting/{uploaded}.json" in app.blobs.contents
    app.compiler.failure = None

    await deliver_note(app)

    assert app.orchestrations.started == {uploaded: 1}
    assert app.index.entries[uploaded].job.source == source
    assert f"waiting/{uploaded}.json" not in app.blobs.contents


async def test_an_upload_that_was_removed_waits_no_more() -> None:
    """There is nothing to run, and nobody to tell."""
    app = busy_app()
    app.blobs.contents[PATH], app.blobs.metadata[PATH] = BELL.encode(), {"shots": "5"}
    await start_from_blob(PATH, app.core, app.orchestrations)
    del app.blobs.contents[PATH]

    await deliver_note(app)

    assert app.blobs.contents == {}
    assert len(app.orders.sent) == 1


async def test_an_order_without_a_compiler_passes_by() -> None:
    """Only what the compiler has no time for waits."""
    app = busy_app()

    await deliver(app, an_order_body(input={"format": "ionq.circuit.v1", "text": CIRCUIT}))

    assert app.orchestrations.started == {ID: 1}
    assert app.orders.sent == []


async def test_what_the_compiler_refuses_at_last_is_answered() -> None:
    """Under the id that its sender knows, with words about the program."""
    app = busy_app()
    await deliver(app)
    app.compiler.failure = None
    app.compiler.answer = (Fault("input", "compiling never ends"),)

    await deliver_note(app)

    (answer,) = app.answers.sent
    assert (answer["id"], answer["data"]["source"]["messageId"]) == (f"{ID}-rejected", "m1")
    assert app.index.entries[ID].job.phase is Phase.REJECTED
    assert KEPT not in app.blobs.contents


@pytest.mark.parametrize("fails", ["blobs", "orders"])
async def test_whatever_dies_in_between_it_is_one_job(fails: str) -> None:
    """The message is done with only when both the order and the note are safe."""
    app = busy_app()
    getattr(app, fails).failure = ServiceUnavailableError("down")
    with pytest.raises(ServiceError):
        await deliver(app)
    getattr(app, fails).failure = None
    await deliver(app, delivery=2)  # to a compiler that is busy still
    app.compiler.failure = None

    await deliver(app, delivery=3)  # its host died once more: it was not told that the message is done with
    await deliver_note(app)
    await deliver_note(app, delivery=2)

    assert app.orchestrations.started == {ID: 1}
    assert app.answers.sent == []
    assert KEPT not in app.blobs.contents


async def test_the_pauses_grow_to_a_minute_and_differ() -> None:
    """Orders that found the compiler busy together do not come back together."""
    ids = [job_id("queue", str(number)) for number in range(20)]

    assert all(2 * 2**pauses <= pause_seconds(id_, pauses) < 4 * 2**pauses for id_ in ids for pauses in range(5))
    assert all(32 <= pause_seconds(id_, pauses) < 64 for id_ in ids for pauses in (5, 99_999))
    assert len({pause_seconds(id_, 5) for id_ in ids}) > 8


async def test_pauses_stay_short_where_turns_are() -> None:
    """Before its first turn nobody has judged a program to be long, and those ahead are done within seconds."""
    app = busy_app()
    app.compiler.failure = CompilerBusyError("Too many programs wait to be compiled.", turns_are_short=True)
    await deliver(app)
    for _ in range(5):
        await deliver_note(app)

    assert max(app.orders.pauses) < 8


async def test_waiting_has_an_end() -> None:
    """After a day the host gives the note up; the order is answered for under its id, and can be tried again."""
    app = busy_app()
    await deliver(app)
    app.pass_time(days=1, seconds=1)
    with pytest.raises(NoCompilerError):
        await deliver_note(app)

    await answer_poison("p1", app.orders.messages[-1], app.core)

    (answer,) = app.answers.sent
    assert (answer["id"], answer["data"]["error"]["code"]) == (f"{ID}-rejected", "Poisoned")
    assert answer["data"]["source"] == {**caller_of("m1")[1], "poisonMessageId": "p1"}
    assert list(app.blobs.contents) == [f"poison/{ID}.json"]


async def test_a_note_whose_job_has_begun_is_done() -> None:
    """A second note of one order finds its job; nothing is said twice."""
    app = busy_app()
    await deliver(app)
    app.compiler.failure = None
    await deliver_note(app)

    await deliver_note(app)

    assert app.orchestrations.started == {ID: 1}
    assert app.answers.sent == []


async def test_a_note_of_nothing_is_an_order_that_cannot_be_run() -> None:
    """Whoever writes one gets an answer, as for anything else."""
    app = App()

    await deliver(app, b'{"waitingOrder": "%s", "pauses": 0}' % ID.encode())

    (answer,) = app.answers.sent
    assert answer["data"]["source"]["messageId"] == "m1"
    assert any(fault["field"] == "waitingOrder" for fault in answer["data"]["error"]["errors"])


async def test_only_a_caller_who_waits_waits_for_long() -> None:
    """A message has a turn at the compiler within two seconds, or comes again."""
    app = App()
    await deliver(app)
    await app.intake.take(a_submitted_order(), "i", {"door": "http"}, app.orchestrations)

    assert app.compiler.patience == [SHORT_PATIENCE_SECONDS, COMPILER_PATIENCE_SECONDS]


async def test_an_order_that_begins_to_wait_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """Once, however often it pauses."""
    caplog.set_level("INFO", telemetry.LOGGER)
    app = busy_app()

    await deliver(app)
    await deliver_note(app)

    assert [record.getMessage() for record in caplog.records] == [
        f"order waits for a compiler: job.id={ID} order.door=queue"
    ]


async def test_an_upload_that_is_removed_while_the_compiler_is_busy_does_not_wait() -> None:
    """There is nothing left to run, and nobody to tell."""
    app = busy_app()
    app.blobs.contents[PATH], app.blobs.metadata[PATH] = BELL.encode(), {"shots": "5"}
    app.compiler = Removing(app)
    app = replace(app)

    await start_from_blob(PATH, app.core, app.orchestrations)

    assert (app.blobs.contents, app.orders.messages, app.answers.sent) == ({}, [], [])


class Removing(FakeCompiler):
    """A busy compiler, during whose wait the caller removes the upload."""

    def __init__(self, app: App) -> None:
        super().__init__(())
        self.app = app

    async def compile(self, *_source: Any, **_how: Any) -> Compiled | tuple[Fault, ...]:
        """Remove it, and have no time."""
        self.app.blobs.contents.pop(PATH)
        raise BUSY
