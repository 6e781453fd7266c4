"""Batches that are paused, resumed and run again, on fakes."""

from dataclasses import replace
from typing import Any

import pytest

from quantum.batches.expand import member_id
from quantum.batches.model import Batch
from quantum.batches.read import batch_from
from quantum.contract.kinds import Limits
from quantum.jobs.errors import ConflictingOrderError, NotFoundError
from quantum.jobs.lifecycle import Phase
from quantum.service.batch_reruns import NothingToRunError, rerun
from quantum.service.batch_steps import advance, finish
from tests.support.builders import CIRCUIT, JOB_ID, App

ORDER: dict[str, Any] = {
    "target": "ionq.simulator",
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
SWEEP = {"name": "five", "order": ORDER, "sweep": {"params": [{}] * 5}, "window": 2}
AGAIN_ID, THIRD_ID = "11111111-5f5e-5a1c-9d7e-7a2f1b0c4d11", "22222222-5f5e-5a1c-9d7e-7a2f1b0c4d11"


async def an_app(**batch: Any) -> App:
    """The app, which has taken a batch."""
    app = App()
    await app.core.batches.take(batch_from(batch or SWEEP, Limits()), JOB_ID, {"door": "http"}, app.orchestrations)
    return app


async def step(app: App, batch_id: str = JOB_ID) -> tuple[str, str]:
    """Advance a batch; gives its phase and the letters of its members."""
    await advance(app.core.batches, batch_id, app.orchestrations)
    batch = await batch_of(app, batch_id)
    return batch.phase.value, batch.members


async def batch_of(app: App, batch_id: str) -> Batch:
    """Read a batch."""
    batch = await app.batches.find(batch_id)
    assert batch
    return batch


def end(app: App, id_: str, phase: Phase) -> None:
    """Let a job end."""
    entry = app.index.entries[id_]
    moved = entry.job
    for each in (Phase.STAGING, Phase.COLLECTING, phase) if phase is Phase.SUCCEEDED else (phase,):
        moved = moved.moved_to(each, app.clock)
    app.index.entries[id_] = replace(entry, job=moved)


async def run_again(app: App, earlier: str = JOB_ID, batch_id: str = AGAIN_ID) -> Batch:
    """Run a batch again."""
    return await rerun(app.core.batches, await batch_of(app, earlier), batch_id, {"door": "http"}, app.orchestrations)


async def an_ended_app() -> App:
    """A batch of five of which two succeeded."""
    app = await an_app(**SWEEP | {"window": 5})
    await step(app)
    for number, phase in enumerate((Phase.SUCCEEDED, Phase.FAILED, Phase.SUCCEEDED, Phase.EXPIRED, Phase.CANCELLED)):
        end(app, member_id(JOB_ID, number), phase)
    await step(app)
    assert await finish(app.core.batches, JOB_ID) == "partly"
    return app


async def test_a_paused_batch_starts_no_members_until_it_goes_on() -> None:
    """Those on their way go on, and are counted."""
    app = await an_app()
    assert await step(app) == ("running", "rr...")
    await app.batches.request_pause(JOB_ID, "2026-11-21T09:00:00.000Z")
    end(app, member_id(JOB_ID, 0), Phase.FAILED)
    assert await step(app) == ("paused", "fr...")
    await app.batches.request_pause(JOB_ID, None)

    assert await step(app) == ("running", "frr..")


async def test_a_batch_can_be_paused_before_it_begins() -> None:
    """No member starts at all."""
    app = await an_app()
    await app.batches.request_pause(JOB_ID, "2026-11-21T09:00:00.000Z")

    assert await step(app) == ("paused", ".....")


async def test_a_paused_batch_can_be_cancelled() -> None:
    """The cancellation counts."""
    app = await an_app()
    await step(app)
    await app.batches.request_pause(JOB_ID, "2026-11-21T09:00:00.000Z")
    await step(app)
    await app.batches.request_cancel(JOB_ID, "2026-11-21T09:00:00.000Z")

    assert await step(app) == ("cancelling", "rrxxx")


async def test_only_what_did_not_succeed_runs_again() -> None:
    """The others keep their jobs, and cost nothing again; the table has all."""
    app = await an_ended_app()
    again = await run_again(app)
    assert (again.members, again.rerun_of, again.reused, again.name) == ("s.s..", JOB_ID, 2, "five")
    started = {*app.orchestrations.started}
    assert await step(app, AGAIN_ID) == ("running", "srsrr")
    new = {member_id(AGAIN_ID, number) for number in (1, 3, 4)}
    assert {*app.orchestrations.started} - started == new
    for id_ in new:
        end(app, id_, Phase.SUCCEEDED)
    await step(app, AGAIN_ID)

    assert await finish(app.core.batches, AGAIN_ID) == "succeeded"
    table = app.blobs.contents[f"batches/{AGAIN_ID}/table.json"].decode()
    assert all(id_ in table for id_ in {member_id(JOB_ID, 0), member_id(JOB_ID, 2), *new})


async def test_a_batch_that_ran_again_can_run_again() -> None:
    """Jobs go on from batch to batch."""
    app = await an_ended_app()
    await run_again(app)
    await step(app, AGAIN_ID)
    for number, phase in ((1, Phase.SUCCEEDED), (3, Phase.FAILED), (4, Phase.FAILED)):
        end(app, member_id(AGAIN_ID, number), phase)
    await step(app, AGAIN_ID)
    await finish(app.core.batches, AGAIN_ID)
    third = await run_again(app, AGAIN_ID, THIRD_ID)
    members = await app.core.batches.members_of(third)

    assert third.members == "sss.."
    assert [members.id_of(THIRD_ID, number) for number in range(4)] == [
        member_id(JOB_ID, 0),
        member_id(AGAIN_ID, 1),
        member_id(JOB_ID, 2),
        member_id(THIRD_ID, 3),
    ]


async def test_a_repeated_rerun_is_the_same_one() -> None:
    """One key makes one batch; under the key of another request nothing is started."""
    app = await an_ended_app()
    first, second = await run_again(app), await run_again(app)

    assert (first.id, second.id, app.orchestrations.started[AGAIN_ID]) == (AGAIN_ID, AGAIN_ID, 1)
    with pytest.raises(ConflictingOrderError):
        await run_again(app, batch_id=JOB_ID)


async def test_what_cannot_run_again_is_refused() -> None:
    """What still runs, what has succeeded as a whole, what never had members."""
    app = await an_app(orders=[ORDER])
    with pytest.raises(NothingToRunError, match="accepted"):
        await run_again(app)
    await step(app)
    end(app, member_id(JOB_ID, 0), Phase.SUCCEEDED)
    await step(app)
    await finish(app.core.batches, JOB_ID)
    with pytest.raises(NothingToRunError, match="succeeded"):
        await run_again(app)
    app.batches.batches[JOB_ID] = replace(app.batches.batches[JOB_ID], request=None)
    with pytest.raises(NothingToRunError, match="rejected"):
        await run_again(app)


async def test_a_request_that_is_gone_cannot_run_again() -> None:
    """The caller learns that, instead of a batch that never ends."""
    app = await an_ended_app()
    path = app.batches.batches[JOB_ID].request
    assert path
    del app.blobs.contents[path]
    app.core.batches._requests.clear()  # as in a new process
    with pytest.raises(NotFoundError):
        await run_again(app)
