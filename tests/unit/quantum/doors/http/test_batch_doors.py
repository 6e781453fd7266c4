"""The doors of batches: lists by phase, requests that can be repeated, and what cannot be answered."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.batches.expand import member_id
from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.doors.http import batch_controls, batches, frame
from quantum.doors.http.frame import Door, Request, Response
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure
from quantum.service.batch_steps import advance, finish
from quantum.wire import codec
from tests.support.builders import CIRCUIT, JOB_ID, NOW, App, a_target, with_progress

ORDER: dict[str, Any] = {
    "target": "ionq.simulator",
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
DOWN = ServiceUnavailableError("down")


async def ask(app: App, door: Door, body: Any = None, *, headers: Mapping[str, str] | None = None, **query: str) -> Any:
    """Let a door answer; `id` is part of the path."""
    route = {"id": query.pop("id")} if "id" in query else {}
    content = b"" if body is None else json.dumps(body).encode()
    request = Request(headers or {}, query, route, content, "POST")
    return await frame.answer(door, request, app.core, app.orchestrations)


async def started(app: App, **batch: Any) -> str:
    """Take a batch; gives its id."""
    answer = await ask(app, batches.start_batch_from_http, batch or {"orders": [ORDER, ORDER]})
    assert answer.status == 202, answer.body
    return str(answer.body["id"])


async def ended(app: App, batch_id: str, phase: Phase = Phase.FAILED) -> None:
    """Let all members of a batch of two end, and the batch."""
    await advance(app.core.batches, batch_id, app.orchestrations)
    for number in range(2):
        entry = app.index.entries[member_id(batch_id, number)]
        app.index.entries[entry.job.id] = replace(entry, job=entry.job.moved_to(phase, app.clock))
    await advance(app.core.batches, batch_id, app.orchestrations)
    await finish(app.core.batches, batch_id)


def problem(answer: Response) -> tuple[int, str]:
    """The status and the detail of a problem."""
    return answer.status, str(answer.body["detail"])


async def test_batches_are_listed_by_phase() -> None:
    """Pages that have none of the phase are passed over, up to a bound; a wrong phase is refused."""
    app = App()
    for number in range(30):
        at = codec.timestamp(NOW + timedelta(minutes=number))
        phase = BatchPhase.FAILED if number % 10 == 0 else BatchPhase.RUNNING
        batch = Batch(f"00000000-0000-5000-8000-{number:012d}", "many", at, {"door": "http"}, members=".", phase=phase)
        app.batches.batches[batch.id] = batch
    following: dict[str, str] = {}
    pages: list[list[int]] = []
    while len(pages) == 0 or following["continuation"]:
        page = (await ask(app, batches.list_batches, phase="failed", top="2", **following)).body
        pages.append([int(batch["id"][-12:]) for batch in page["batches"]])
        following = {"continuation": page["continuation"]}
    wrong = await ask(app, batches.list_batches, phase="finished", top="none")

    assert pages == [[20], [10], [0]]
    assert [fault["field"] for fault in wrong.body["errors"]] == ["phase", "top"]
    assert len((await ask(app, batches.list_batches, top="2")).body["batches"]) == 2


async def test_a_request_can_be_repeated() -> None:
    """The time of the first one stays, and every one wakes the batch."""
    app = App()
    id_ = await started(app)
    for door in (batch_controls.pause_batch, batch_controls.cancel_batch):
        first = await ask(app, door, id=id_)
        app.pass_time(minutes=1)
        assert (await ask(app, door, id=id_)).status == first.status == 202
    at = codec.timestamp(NOW)
    batch = await app.batches.find(id_)
    assert batch
    assert (batch.paused_at, batch.cancel_requested_at) == (at, codec.timestamp(NOW + timedelta(minutes=1)))
    resumed = [await ask(app, batch_controls.resume_batch, id=id_) for _ in range(2)]

    assert [answer.body.get("pauseRequested") for answer in resumed] == [None, None]
    assert app.orchestrations.woken == [id_] * 6


async def test_a_batch_that_has_ended_stays_as_it_is() -> None:
    """Nothing is recorded, and nothing woken."""
    app = App()
    id_ = await started(app)
    await ended(app, id_)
    app.orchestrations.woken.clear()
    for door in (batch_controls.pause_batch, batch_controls.resume_batch, batch_controls.cancel_batch):
        answer = await ask(app, door, id=id_)
        assert (answer.status, answer.body["phase"]) == (202, "failed")

    assert (app.orchestrations.woken, app.batches.paused, app.batches.cancelled) == ([], {}, {})


async def test_members_that_failed_run_again() -> None:
    """One key makes one batch; the earlier one is named."""
    app = App()
    id_ = await started(app)
    key = {"idempotency-key": "again"}
    early = await ask(app, batch_controls.rerun_batch, {"members": "failed"}, headers=key, id=id_)
    await ended(app, id_)
    answers = [await ask(app, batch_controls.rerun_batch, {}, headers=key, id=id_) for _ in range(2)]
    without_key = await ask(app, batch_controls.rerun_batch, {}, id=id_)

    assert problem(early)[0] == 409
    assert "accepted" in problem(early)[1]
    assert [(answer.status, answer.body["rerunOf"]) for answer in answers] == [(202, id_)] * 2
    assert answers[0].body["id"] == answers[1].body["id"] != without_key.body["id"]
    assert answers[0].headers["Location"] == f"/api/batches/{answers[0].body['id']}"


@pytest.mark.parametrize(
    ("body", "status"), [({"members": "all"}, 400), ({"membres": "failed"}, 400), ([], 400), ({"x": "y" * 70_000}, 413)]
)
async def test_a_wrong_request_to_run_again_is_refused(body: Any, status: int) -> None:
    """Before the batch is read."""
    app = App()

    assert (await ask(app, batch_controls.rerun_batch, body, id=JOB_ID)).status == status


async def test_a_batch_whose_request_is_gone_cannot_run_again() -> None:
    """Its caller is told to send the request."""
    app = App()
    id_ = await started(app)
    await ended(app, id_)
    app.blobs.contents.clear()
    app.core.batches._requests.clear()
    answer = await ask(app, batch_controls.rerun_batch, {}, id=id_)

    assert (answer.status, "send the request" in answer.body["detail"]) == (410, True)


async def test_a_batch_that_may_have_been_taken_is_named() -> None:
    """With its id and its key, so that it can be sent again."""
    app = App()

    async def unanswered(batch: Batch) -> bool:  # noqa: ARG001
        raise DOWN

    app.batches.claim = unanswered  # type: ignore[method-assign]  # the one call that fails
    answer = await ask(app, batches.start_batch_from_http, {"orders": [ORDER]}, headers={"idempotency-key": "mine"})

    assert (answer.status, answer.body["idempotencyKey"]) == (503, "mine")
    assert answer.headers["Location"] == f"/api/batches/{answer.body['id']}"


async def test_a_service_that_is_down_is_told() -> None:
    """Nothing was started."""
    app = App()
    app.batches.failure = DOWN

    answer = await ask(app, batches.start_batch_from_http, {"orders": [ORDER]})
    assert (answer.status, "started nothing" in answer.body["detail"]) == (503, True)


async def test_a_batch_with_faults_names_them() -> None:
    """And one that runs says when to look again."""
    app = App()
    refused = await ask(app, batches.start_batch_from_http, {"orders": [ORDER | {"shots": 0}], "window": 0})
    id_ = await started(app)

    assert [fault["field"] for fault in refused.body["errors"]] == ["window", "orders[0].shots"]
    assert (await ask(app, batches.read_batch, id=id_)).headers["Retry-After"] == "1"


async def test_a_batch_that_is_too_large_is_refused() -> None:
    """Before it is read."""
    answer = await ask(App(), batches.start_batch_from_http, {"orders": ["x" * 5_000_000]})

    assert answer.status == 413


@pytest.mark.parametrize("id_", [JOB_ID, "none"])
async def test_a_batch_that_is_unknown_names_the_way_to_the_list(id_: str) -> None:
    """A 404 with the command."""
    status, detail = problem(await ask(App(), batches.read_batch, id=id_))

    assert (status, "qjobs batch list" in detail) == (404, True)


async def test_a_rejected_batch_has_no_members_and_no_table() -> None:
    """Both doors say so."""
    app = App()
    error = Failure("InvalidOrder", "no")
    batch = Batch(JOB_ID, "no", codec.timestamp(NOW), {"door": "queue"}, error=error)
    app.batches.batches[JOB_ID] = batch.moved_to(BatchPhase.REJECTED, NOW)

    assert (await ask(app, batches.list_members, id=JOB_ID)).body == {"members": [], "continuation": None}
    assert problem(await ask(app, batches.read_table, id=JOB_ID)) == (409, "The batch is rejected.")
    assert problem(await ask(app, batch_controls.rerun_batch, {}, id=JOB_ID))[0] == 409


async def test_a_table_is_not_there_yet_or_gone() -> None:
    """A batch that runs has none; one that was removed is 410."""
    app = App()
    id_ = await started(app)
    assert problem(await ask(app, batches.read_table, id=id_)) == (409, "The batch is accepted. Try again later.")
    await ended(app, id_)
    assert (await ask(app, batches.read_table, id=id_)).status == 200
    assert (await ask(app, batches.read_table, headers={"accept": "text/csv"}, id=id_)).media_type == "text/csv"
    del app.blobs.contents[f"batches/{id_}/table.json"]

    assert (await ask(app, batches.read_table, id=id_)).status == 410


@pytest.mark.parametrize(
    ("door", "query", "field"),
    [
        (batches.list_members, {"phase": "done"}, "phase"),
        (batches.list_members, {"continuation": "-1"}, "continuation"),
        (batches.list_batches, {"continuation": "one"}, "continuation"),
    ],
)
async def test_a_wrong_request_for_a_list_is_refused(door: Door, query: dict[str, str], field: str) -> None:
    """By the parameter's name."""
    answer = await ask(App(), door, id=JOB_ID, **query)

    assert (answer.status, [fault["field"] for fault in answer.body["errors"]]) == (400, [field])


async def test_members_are_listed_page_by_page() -> None:
    """Those of one phase and target, by number."""
    app = App()
    id_ = await started(app, orders=[ORDER] * 3)
    page = (await ask(app, batches.list_members, id=id_, top="2", target="ionq.simulator")).body
    rest = (await ask(app, batches.list_members, id=id_, top="2", continuation=page["continuation"])).body

    assert [each["number"] for each in (*page["members"], *rest["members"])] == [0, 1, 2]
    assert (await ask(app, batches.list_members, id=id_, phase="failed")).body["members"] == []
    assert (await ask(app, batches.list_members, id=id_, target="other")).body["members"] == []


async def test_a_member_shows_the_target_that_was_chosen_or_turned_to() -> None:
    """Until it has a job, that of its order; by the query's target it is found as it was ordered."""
    app = App()
    app.workspace.target_list.append(a_target(id="ionq.qpu.aria-1"))
    chosen, with_fallback = ORDER | {"target": "auto"}, ORDER | {"fallbackTargets": ["ionq.qpu.aria-1"]}
    id_ = await started(app, orders=[chosen, with_fallback, chosen], window=2)

    async def shown(**query: str) -> list[str]:
        page = (await ask(app, batches.list_members, id=id_, **query)).body
        return [each["target"] for each in page["members"]]

    assert await shown() == ["auto", "ionq.simulator", "auto"]
    await advance(app.core.batches, id_, app.orchestrations)
    entry = app.index.entries[member_id(id_, 1)]
    app.index.entries[entry.job.id] = replace(entry, job=with_progress(entry.job, fallback=1))

    assert await shown() == ["ionq.simulator", "ionq.qpu.aria-1", "auto"]
    assert await shown(target="auto") == ["ionq.simulator", "auto"]
    del app.index.entries[member_id(id_, 0)]
    assert await shown(target="auto", top="1") == ["auto"]
