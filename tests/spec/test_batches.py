"""Many orders as one: compared, swept, cancelled, restarted; each member runs once, and the batch is answered once."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from itertools import accumulate
from typing import Any

from azure.core.exceptions import ResourceExistsError

from tests.support.product import BELL, OTHER_QPU, PATIENCE_SECONDS, QPU, SIMULATOR, Product, circuit

QUANTINUUM = "quantinuum.sim.h2-1e"
ROTATION = (
    'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float theta;\nqubit q;\nbit c;\nrx(theta) q;\nc = measure q;\n'
)


async def start(product: Product, batch: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Hand in a batch by HTTP."""
    answer = await product.api.post("/batches", json=batch, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 202, answer.text
    view: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/batches/{view['id']}"
    return view


async def answered(product: Product, batch: dict[str, Any]) -> dict[str, Any]:
    """Wait for the answer to a batch, which is sent before its orchestration ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await product.host.hub.wait_for(batch["id"])
        while True:
            for answers in product.answers.values():
                if answers[0]["subject"] == batch["id"]:
                    return answers[0]
            await product.receive()


async def members(product: Product, batch: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    """Read the members of a batch, page by page."""
    listed: list[dict[str, Any]] = []
    following = {}
    while True:
        page = (await product.api.get(f"/batches/{batch['id']}/members", params={**query, **following})).json()
        listed += page["members"]
        if page["continuation"] is None:
            return listed
        following = {"continuation": page["continuation"]}


def most_at_once(jobs: list[dict[str, Any]]) -> int:
    """Count the jobs that were on their way at the same time, at most."""
    moments = [(job["createdAt"], 1) for job in jobs] + [(job["history"][-1]["at"], -1) for job in jobs]
    return max(accumulate(step for _, step in sorted(moments)))


def a_comparison(**changes: Any) -> dict[str, Any]:
    """A Bell pair on four targets."""
    order = {"shots": 100, "input": {"format": "openqasm3", "text": BELL}, "tags": {"team": "chem"}}
    return {"name": "bells", "order": order, "targets": [SIMULATOR, QPU, OTHER_QPU, QUANTINUUM]} | changes


async def test_one_program_is_compared_on_four_targets(product: Product) -> None:
    """Each target runs it once, the table has a row for each, and one answer tells of all."""
    rank = {"by": "fidelity", "reference": {"counts": {"00": 0.5, "11": 0.5}}}
    batch = await start(product, a_comparison(rank=rank))
    answer = await answered(product, batch)
    table = (await product.api.get(f"/batches/{batch['id']}/table")).json()

    assert (answer["type"], answer["data"]["byPhase"]) == ("quantumjobs.batch.succeeded", {"succeeded": 4})
    assert [row["target"] for row in table["rows"]] == a_comparison()["targets"]
    assert all(sum(row["counts"].values()) == 100 for row in table["rows"])
    assert all(row["fidelity"] > 0.9 for row in table["rows"])
    assert (table["outcome"], answer["data"]["verdict"]["tie"]) == ("tie", table["tie"])
    csv = await product.api.get(f"/batches/{batch['id']}/table", headers={"Accept": "text/csv"})
    assert csv.text.startswith("number,id,target,")
    ids = [row["id"] for row in table["rows"]]
    assert len((await product.ledger(*ids))["jobs"]) == 4
    job = await product.job(ids[0])
    assert (job["batch"], job["name"], job["answerTo"]) == (batch["id"], "bells [0]", "none")
    await product.receive()
    assert not [each for each in product.answers.values() if each[0]["subject"] in ids]


async def test_a_sweep_runs_in_its_window(product: Product) -> None:
    """Fifty points, never more than seven at once; each has the angle of its point."""
    sweep = {"grid": {"theta": {"from": 0, "to": 3.14159265, "count": 50}}}
    order = {"target": SIMULATOR, "shots": 20, "input": {"format": "openqasm3", "text": ROTATION}}
    batch = await start(product, {"order": order, "sweep": sweep, "window": 7})
    table = (await answered(product, batch))["data"]
    ended = await members(product, batch, phase="succeeded", top="20")
    jobs = [await product.job(each["id"]) for each in ended]

    assert (table["phase"], most_at_once(jobs)) == ("succeeded", 7)
    assert [each["number"] for each in ended] == list(range(50))
    rows = (await product.api.get(f"/batches/{batch['id']}/table")).json()["rows"]
    assert (rows[0]["counts"], rows[49]["counts"]) == ({"0": 20}, {"1": 20})


async def test_a_repeated_batch_is_the_same_one(product: Product) -> None:
    """The same key and request lead to one batch; another request under the key is refused."""
    first = await start(product, a_comparison(targets=[SIMULATOR]), "batch-key")
    second = await start(product, a_comparison(targets=[SIMULATOR]), "batch-key")
    other = await product.api.post("/batches", json=a_comparison(), headers={"Idempotency-Key": "batch-key"})
    await answered(product, first)

    assert first["id"] == second["id"]
    assert other.status_code == 422
    assert first["id"] in [batch["id"] for batch in (await product.api.get("/batches")).json()["batches"]]


async def test_a_cancelled_batch_cancels_every_member(product: Product) -> None:
    """Those on their way are cancelled, the others never start."""
    await product.set_target(SIMULATOR, queueSeconds=3600)
    with product.time_held():
        batch = await start(product, {"order": circuit(), "sweep": {"params": [{}] * 30}, "window": 5})
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(await members(product, batch, phase="running")) < 5:
                pass
        cancelled = await product.api.post(f"/batches/{batch['id']}/cancel")
    answer = await answered(product, batch)

    assert cancelled.status_code == 202
    assert answer["data"]["phase"] == "cancelled"
    assert answer["data"]["byPhase"] == {"cancelled": 5, "leftOut": 25}


async def test_a_member_that_fails_leaves_the_others_alone(product: Product) -> None:
    """A batch that partly succeeded says so; with `stopOnFailure` no more members start."""
    orders = [circuit(), circuit(target=QPU), circuit()]
    await product.set_target(QPU, failure={"next": 2, "errorData": {"code": "Decohered", "message": "Too warm."}})
    goes_on = await start(product, {"orders": orders})
    stops = await start(product, {"orders": [orders[1], *orders], "window": 1, "stopOnFailure": True})

    assert (await answered(product, goes_on))["data"]["byPhase"] == {"succeeded": 2, "failed": 1}
    assert (await answered(product, goes_on))["data"]["phase"] == "partly"
    assert (await answered(product, stops))["data"]["byPhase"] == {"failed": 1, "leftOut": 3}


async def test_members_are_answered_where_that_is_asked_for(product: Product) -> None:
    """`answers` chooses: the batch, its members, or both."""
    batch = await start(product, {"orders": [circuit(), circuit()], "answers": "both"})
    await answered(product, batch)
    ids = [member["id"] for member in await members(product, batch)]

    assert [(await product.answer_to(id=id_))["data"]["phase"] for id_ in ids] == ["succeeded", "succeeded"]


async def test_a_batch_comes_by_queue(product: Product) -> None:
    """A message with its kind is a batch; one with faults is answered with all of them."""
    good = await product.send(json.dumps(a_comparison(targets=[SIMULATOR], kind="batch")))
    bad = await product.send(json.dumps(a_comparison(targets=["nowhere"], kind="batch", packing="auto")))

    assert (await product.answer_to(messageId=good))["type"] == "quantumjobs.batch.succeeded"
    refused = await product.answer_to(messageId=bad)
    assert refused["type"] == "quantumjobs.batch.rejected"
    assert [fault["field"] for fault in refused["data"]["error"]["errors"]] == ["packing", "targets[0]"]


async def test_a_batch_whose_process_died_goes_on(product: Product) -> None:
    """Housekeeping starts it again, and no member runs twice."""
    await product.set_target(SIMULATOR, queueSeconds=600)
    with product.time_held():
        batch = await start(product, {"order": circuit(), "sweep": {"params": [{}] * 6}, "window": 3})
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(await members(product, batch, phase="running")) < 3:
                pass
        await product.kill(batch["id"])
        await product.keep_house()
    answer = await answered(product, batch)
    ids = [member["id"] for member in await members(product, batch)]
    created = Counter(entry["jobId"] for entry in (await product.ledger(*ids))["jobs"])

    assert answer["data"]["byPhase"] == {"succeeded": 6}
    assert created == dict.fromkeys(ids, 1)


async def test_a_paused_batch_goes_on_when_its_caller_says_so(product: Product) -> None:
    """Nothing starts meanwhile; both requests can be repeated."""
    await product.set_target(SIMULATOR, queueSeconds=600)
    with product.time_held():
        sweep = {"order": circuit(), "sweep": {"params": [{}] * 4}, "window": 2, "answers": "both"}
        batch = await start(product, sweep)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(on_their_way := await members(product, batch, phase="running")) < 2:
                pass
        for _ in range(2):
            assert (await product.api.post(f"/batches/{batch['id']}/pause")).status_code == 202
    for member in on_their_way:
        await product.answer_to(id=member["id"])
    assert len(await members(product, batch, phase="pending")) == 2
    listed = (await product.api.get("/batches", params={"phase": "paused"})).json()["batches"]
    assert [each["pauseRequested"] for each in listed] == [True]
    resumed = await product.api.post(f"/batches/{batch['id']}/resume")

    assert (await answered(product, batch))["data"]["byPhase"] == {"succeeded": 4}
    assert resumed.status_code == 202


async def test_what_failed_runs_again_in_a_new_batch(product: Product) -> None:
    """The others keep their jobs, of which no second one is made; one key makes one batch."""
    await product.set_target(QPU, failure={"next": 1, "errorData": {"code": "Decohered", "message": "Too warm."}})
    first = await start(product, {"orders": [circuit(), circuit(target=QPU), circuit()]})
    path = f"/batches/{first['id']}/rerun"
    assert (await answered(product, first))["data"]["phase"] == "partly"
    keys = {"Idempotency-Key": "rerun-key"}
    again, repeated = [(await product.api.post(path, json={"members": "failed"}, headers=keys)).json() for _ in "12"]
    answer = await answered(product, again)
    ids = [[member["id"] for member in await members(product, batch)] for batch in (first, again)]
    created = Counter(entry["jobId"] for entry in (await product.ledger(*ids[0], ids[1][1]))["jobs"])

    assert (again["id"], again["rerunOf"], again["reused"]) == (repeated["id"], first["id"], 2)
    assert answer["data"]["byPhase"] == {"succeeded": 3}
    assert [one == other for one, other in zip(*ids, strict=True)] == [True, False, True]
    assert created == dict.fromkeys({*ids[0], *ids[1]}, 1)


async def test_a_batch_is_uploaded_and_its_sound_members_run(product: Product) -> None:
    """Its orders are lines of a blob; the one with a fault is a rejected member, and the batch is answered once."""
    lines = [circuit(), circuit(shots=0), circuit()]
    inputs = product.blobs.get_container_client("inputs")
    with suppress(ResourceExistsError):
        await inputs.create_container()
    await inputs.upload_blob("orders.jsonl", "\n".join(map(json.dumps, lines)), overwrite=True)
    batch = {
        "orders": {"blob": "inputs/orders.jsonl"},
        "partial": True,
        "window": {"all": 2, "targets": {SIMULATOR: 1}},
    }
    await product.upload("many.batch.json", json.dumps(batch))
    answer = await product.answer_to(blob="orders/many.batch.json")

    assert (answer["type"], answer["data"]["byPhase"]) == (
        "quantumjobs.batch.partly",
        {"succeeded": 2, "rejected": 1},
    )
    rejected = await members(product, answer["data"], phase="rejected")
    job = await product.job(rejected[0]["id"])
    assert [fault["field"] for fault in job["error"]["errors"]] == ["shots"]
