"""Batches as they come in: their orders in a blob, all faults together, sound members without the others."""

import json
from typing import Any

import pytest

from quantum.batches.expand import member_id
from quantum.batches.model import Batch
from quantum.jobs.errors import InvalidOrderError
from quantum.service import batch_lines
from quantum.service.batch_steps import advance
from quantum.service.blob_orders import take_blob
from tests.support.builders import CIRCUIT, JOB_ID, App

ORDER: dict[str, Any] = {
    "target": "ionq.simulator",
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
HTTP = {"door": "http"}
LINES = "inputs/orders.jsonl"


async def take(app: App, batch: Any) -> Batch:
    """Read and take a batch."""
    members = await app.core.batches.read(json.dumps(batch).encode(), "http")
    return await app.core.batches.take(members, JOB_ID, HTTP, app.orchestrations)


async def faults(app: App, batch: Any) -> dict[str, str]:
    """What is wrong with a batch, by place; nothing is stored of it."""
    with pytest.raises(InvalidOrderError) as refused:
        await take(app, batch)
    assert (app.batches.batches, app.orchestrations.started) == ({}, {})
    return {fault.field: fault.reason for fault in refused.value.faults}


async def letters(app: App) -> str:
    """Advance the batch; gives what has become of its members."""
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    return app.batches.batches[JOB_ID].members


async def test_all_faults_come_at_once() -> None:
    """Those of the batch's fields, of its members, and those that only the workspace knows."""
    orders = [ORDER | {"target": "nowhere"}, ORDER | {"shots": 0}, ORDER | {"shots": 0, "target": "ionq.none"}]

    assert {*await faults(App(), {"orders": orders, "window": 0})} == {
        "window",
        "orders[0].target",
        "orders[1].shots",
        "orders[2].shots",
        "orders[2].target",
    }


async def test_faults_of_a_comparison_come_at_once() -> None:
    """Each unknown target by its place, with what is wrong with the order."""
    order = {"shots": 0, "input": ORDER["input"]}

    assert {*await faults(App(), {"order": order, "targets": ["ionq.simulator", "nowhere"], "answers": "all"})} == {
        "answers",
        "order.shots",
        "targets[1]",
    }


async def test_every_target_of_a_list_is_looked_up() -> None:
    """Also of members whose programs are not compiled before the acceptance."""
    orders = [ORDER | {"entryPoint": f"Main{number}"} for number in range(30)]
    broken = {"shots": 0, "target": "somewhere"}

    named = await faults(App(), {"orders": [*orders, ORDER | {"target": "nowhere"}, ORDER | broken]})
    assert {"orders[30].target", "orders[31].shots"} <= {*named}
    assert "orders[31].target" not in named  # where a member has faults of form, it is looked up as an example only


async def test_with_partial_the_sound_members_start() -> None:
    """The others become rejected jobs, each with its own faults."""
    app = App()
    orders = [ORDER, ORDER | {"shots": 0}, 7, ORDER | {"target": "nowhere"}]
    await take(app, {"orders": orders, "partial": True, "answers": "both"})

    assert await letters(app) == "rjjj"
    rejected = [app.index.entries[member_id(JOB_ID, number)].job for number in (1, 2, 3)]
    assert all(job.error and job.error.code == "InvalidOrder" for job in rejected)
    assert rejected[1].error
    assert rejected[1].error.message == "order: must be a JSON object, not a number"
    assert len(app.answers.messages) == 3


async def test_with_partial_a_faulty_line_is_rejected_with_its_reason() -> None:
    """A line that is no JSON has the same reason as without `partial`; the request stays the same one."""
    app = App()
    app.blobs.contents[LINES] = f"{json.dumps(ORDER)}\n{{\n".encode()
    batch = {"orders": {"blob": LINES}, "partial": True}
    first = await take(app, batch)
    app.blobs.contents[LINES] = json.dumps(ORDER).encode()

    assert (await take(app, batch)).digest == first.digest
    assert await letters(app) == "rj"
    error = app.index.entries[member_id(JOB_ID, 1)].job.error
    assert error
    assert error.message.startswith("order: is no order: not JSON: Expecting property name")


async def test_with_partial_a_batch_without_a_sound_member_is_refused() -> None:
    """Whether that shows in its form, or in the workspace."""
    unknown = ORDER | {"target": "nowhere"}

    assert {*await faults(App(), {"orders": [unknown, unknown], "partial": True})} == {"orders[0].target"}
    assert {*await faults(App(), {"orders": [ORDER | {"shots": 0}], "partial": True})} == {"orders[0].shots"}


async def test_orders_come_from_a_blob() -> None:
    """One a line; empty lines do not count. The same request is the same batch, whatever has become of the blob."""
    app = App()
    app.blobs.contents[LINES] = b"\n\n".join([json.dumps(ORDER).encode()] * 3) + b"\n"
    first = await take(app, {"orders": {"blob": LINES}, "name": "three"})
    app.blobs.contents[LINES] = json.dumps(ORDER).encode()
    second = await take(app, {"orders": {"blob": LINES}, "name": "three"})

    assert first.digest == second.digest
    assert await letters(app) == "rrr"


async def test_faults_of_lines_are_named_by_place() -> None:
    """Lines that are no JSON, lines that are no orders, and faults of orders, together with those of the batch."""
    app = App()
    lines = [json.dumps(ORDER), "{", "7", json.dumps(ORDER | {"shots": 0})]
    app.blobs.contents[LINES] = "\n".join(lines).encode()

    assert {*await faults(app, {"orders": {"blob": LINES}, "window": 0})} == {
        "window",
        "orders[1]",
        "orders[2]",
        "orders[3].shots",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "upload it"), (b"\n", "0 lines"), (b"{}\n" * 10_001, "10,001 lines"), (b"," * 600_000, "commas")],
    ids=["missing", "empty", "too many lines", "too many commas"],
)
async def test_a_blob_that_cannot_be_read_is_refused(content: bytes | None, reason: str) -> None:
    """Before time is spent on it."""
    app = App()
    if content is not None:
        app.blobs.contents[LINES] = content

    assert reason in (await faults(app, {"orders": {"blob": LINES}}))["orders.blob"]


async def test_a_blob_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    app = App()
    monkeypatch.setattr(batch_lines, "MAX_BYTES", 10)
    app.blobs.contents[LINES] = b" " * 11

    assert "11 bytes" in (await faults(app, {"orders": {"blob": LINES}}))["orders.blob"]


@pytest.mark.parametrize("batch", [7, {"orders": {"blob": 7}}, {"orders": {"blob": LINES}, "order": ORDER}])
async def test_what_cannot_be_a_batch_is_refused_before_a_blob_is_read(batch: Any) -> None:
    """The blob is not looked for."""
    assert "orders.blob" not in await faults(App(), batch)


async def test_a_batch_comes_as_an_upload() -> None:
    """Its name says so; the same upload is the same batch."""
    app = App()
    app.blobs.contents["orders/many.BATCH.json"] = json.dumps({"orders": [ORDER]}).encode()
    ids = [await take_blob("orders/many.BATCH.json", app.intake, app.orchestrations) for _ in range(2)]

    (batch,) = app.batches.batches.values()
    assert [batch.id] * 2 == ids
    assert (batch.members, batch.source) == (".", {"door": "blob", "blob": "orders/many.BATCH.json"})


@pytest.mark.parametrize(
    ("batch", "metadata", "field"),
    [({"orders": []}, {}, "orders"), ({"orders": [ORDER]}, {"shots": "7"}, "shots")],
)
async def test_a_faulty_upload_is_answered(batch: Any, metadata: dict[str, str], field: str) -> None:
    """As a rejected batch, with all its faults."""
    app = App()
    app.blobs.contents["orders/many.batch.json"] = json.dumps(batch).encode()
    app.blobs.metadata["orders/many.batch.json"] = metadata
    await take_blob("orders/many.batch.json", app.intake, app.orchestrations)

    (answer,) = (json.loads(message) for message in app.answers.messages)
    assert answer["type"] == "quantumjobs.batch.rejected"
    assert [fault["field"] for fault in answer["data"]["error"]["errors"]] == [field]
