"""A batch on fakes whose process is killed before any one of its calls: it goes on, and loses and doubles nothing."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.batches.expand import member_id
from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.batches.read import batch_from
from quantum.contract.kinds import Limits
from quantum.contract.orders import SubmittedOrder
from quantum.jobs.errors import InvalidOrderError, NotFoundError, ServiceUnavailableError, UnknownClaimError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure
from quantum.orders.read import order_from
from quantum.service import batches as batches_module
from quantum.service.batch_care import look_after_batches
from quantum.service.batch_steps import advance, finish
from quantum.service.care import CLAIM_PATIENCE
from quantum.wire import codec
from tests.support.builders import CIRCUIT, JOB_ID, NOW, App
from tests.support.fakes.failing import Failing

ORDER: dict[str, Any] = {
    "target": "ionq.simulator",
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
REQUEST = {"order": ORDER, "sweep": {"params": [{}] * 3}, "window": 2}
DOWN = ServiceUnavailableError("down")


class KilledError(Exception):
    """The process was killed."""


async def take(app: App, request: dict[str, Any] = REQUEST) -> Batch:
    """Take a batch."""
    members = batch_from(request, Limits())
    return await app.core.batches.take(members, JOB_ID, {"door": "http"}, app.orchestrations)


async def run(app: App) -> list[BatchPhase | None]:
    """Run a batch to its end, as its door and its process do: whatever is killed is done again."""

    async def again[T](step: Callable[[], Awaitable[T]]) -> T:
        try:
            return await step()
        except KilledError:
            return await step()

    await again(lambda: take(app))
    while not (await again(lambda: advance(app.core.batches, JOB_ID, app.orchestrations))).has_ended:
        for id_, entry in list(app.index.entries.items()):
            ended = entry.job if entry.job.is_final else entry.job.moved_to(Phase.FAILED, app.clock)
            app.index.entries[id_] = replace(entry, job=ended)
    return [await again(lambda: finish(app.core.batches, JOB_ID))]


async def run_on(app: App) -> None:
    """Let a batch that was taken run to its end."""
    while not (await advance(app.core.batches, JOB_ID, app.orchestrations)).has_ended:
        for id_, entry in list(app.index.entries.items()):
            app.index.entries[id_] = replace(entry, job=entry.job.moved_to(Phase.FAILED, app.clock))
    await finish(app.core.batches, JOB_ID)


async def test_a_kill_before_any_call_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member starts once, the batch has one end, and its answer always has the same id."""
    points = 0
    while True:
        app, calls = App(), 0

        def count(_: Failing, at: int = points) -> None:
            nonlocal calls
            calls += 1
            if calls == at + 1:
                raise KilledError

        monkeypatch.setattr(Failing, "_answer", count)
        assert await run(app) == ["failed"]
        starts = {id_: times for id_, times in app.orchestrations.started.items() if id_ != JOB_ID}
        assert starts == {member_id(JOB_ID, number): 1 for number in range(3)}
        assert len({json.loads(message)["id"] for message in app.answers.messages}) == 1
        if calls <= points:
            break
        points += 1

    assert points > 20


async def test_only_members_are_answered_where_that_is_asked_for() -> None:
    """The batch itself sends nothing."""
    app = App()
    await take(app, REQUEST | {"answers": "members"})
    await run_on(app)

    assert (app.batches.batches[JOB_ID].phase, app.answers.messages) == (BatchPhase.FAILED, [])


async def test_a_batch_that_has_ended_stays_ended() -> None:
    """A step that is repeated later changes nothing; one for an unknown batch is an error."""
    app = App()
    await run(app)
    outcome = await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert (outcome.has_ended, outcome.has_moved) == (True, False)
    with pytest.raises(NotFoundError):
        await advance(app.core.batches, member_id(JOB_ID, 7), app.orchestrations)


async def test_a_member_of_an_earlier_release_is_the_member() -> None:
    """Another order under its id is not started a second time."""
    app = App()
    await take(app)
    await app.core.intake.take(
        _submitted(), member_id(JOB_ID, 0), {"door": "batch", "batch": JOB_ID}, app.orchestrations
    )
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert app.batches.batches[JOB_ID].members == "rr."


def _submitted() -> SubmittedOrder:

    return order_from(ORDER | {"shots": 11}, Limits())


async def test_a_cancellation_that_was_recorded_is_only_hinted_at_again() -> None:
    """Members whose cancellation is recorded are woken, nothing more."""
    app = App()
    await take(app)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    await app.batches.request_cancel(JOB_ID, codec.timestamp(NOW))
    for _ in range(2):
        await advance(app.core.batches, JOB_ID, app.orchestrations)
        app.pass_time(minutes=1)

    assert app.batches.batches[JOB_ID].members == "rrx"
    assert len(app.orchestrations.woken) == 4


async def test_hints_are_given_once_a_second_and_only_the_latest_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many members end, and however many batches there are."""
    monkeypatch.setattr(batches_module, "MAX_REQUESTS", 0)
    app = App()
    for _ in range(3):
        await app.core.batches.wake(JOB_ID, member_id(JOB_ID, 0), app.orchestrations)
    assert len(app.orchestrations.woken) == 3  # with no memory at all
    monkeypatch.undo()
    for _ in range(3):
        await app.core.batches.wake(JOB_ID, member_id(JOB_ID, 0), app.orchestrations)
    app.pass_time(seconds=2)
    await app.core.batches.wake(JOB_ID, member_id(JOB_ID, 0), app.orchestrations)

    assert len(app.orchestrations.woken) == 5


async def test_only_the_latest_requests_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are read again from their blobs; a batch without a request has no members."""
    monkeypatch.setattr(batches_module, "MAX_REQUESTS", 0)
    app = App()
    batch = await take(app)
    monkeypatch.setattr(batches_module, "MAX_REQUESTS", 1)

    assert len(await app.core.batches.members_of(batch)) == 3
    other = replace(batch, request="batches/other.json")
    app.blobs.contents["batches/other.json"] = json.dumps({"orders": [ORDER]}).encode()
    assert len(await app.core.batches.members_of(other)) == 1
    assert len(app.core.batches._requests) == 1
    with pytest.raises(NotFoundError):
        await app.core.batches.members_of(replace(batch, request=None))


async def test_an_id_that_is_taken_meanwhile_is_the_batch_of_the_other() -> None:
    """A claim without a row is uncertain."""
    app = App()
    first = await take(app)
    claimed = await app.core.batches.accept(
        replace(first, request=None), batch_from(REQUEST, Limits()), app.orchestrations
    )
    assert claimed == app.batches.batches[JOB_ID]

    async def taken(batch: Batch) -> bool:  # noqa: ARG001
        return False

    app.batches.claim = taken  # type: ignore[method-assign]  # the row is gone
    app.batches.batches.clear()
    with pytest.raises(UnknownClaimError):
        await take(app)


async def test_a_refusal_is_recorded_once_and_answered_again() -> None:
    """A batch that runs under the id is not answered as rejected; a rejected one is refused again."""
    app = App()
    error = InvalidOrderError(())
    for _ in range(2):
        await app.core.batches.refuse(JOB_ID, {"door": "queue"}, error)
    assert len(app.answers.messages) == 2
    with pytest.raises(InvalidOrderError):
        await take(app)

    other = App()
    await take(other)
    await other.core.batches.refuse(JOB_ID, {"door": "queue"}, error)
    assert other.answers.messages == []


async def test_a_batch_that_is_sent_again_after_its_end_is_that_batch() -> None:
    """Its orchestration is not started again."""
    app = App()
    await run(app)
    again = await take(app)

    assert (again.phase, app.orchestrations.started[JOB_ID]) == (BatchPhase.FAILED, 1)


async def test_housekeeping_goes_on_after_a_failure() -> None:
    """It returns each, whether a batch or the list fails."""
    app = App()
    await take(app)
    app.pass_time(minutes=5)
    app.orchestrations.failure = DOWN
    assert await look_after_batches(app.services, app.orchestrations) == [DOWN]
    app.batches.failure = DOWN
    assert await look_after_batches(app.services, app.orchestrations) == [DOWN]


async def test_housekeeping_closes_what_never_ran() -> None:
    """A claim that was never made, after a day; a rejected batch at once."""
    app = App()
    at = codec.timestamp(NOW)
    unclaimed = Batch(JOB_ID, "", at, {})
    rejected = Batch(member_id(JOB_ID, 1), "no", at, {"door": "queue"}, error=Failure("InvalidOrder", "no"))
    for batch in (unclaimed, rejected.moved_to(BatchPhase.REJECTED, NOW)):
        app.batches.batches[batch.id] = batch
    await look_after_batches(app.services, app.orchestrations)
    assert app.batches.closed_ids == {rejected.id}
    app.pass_time(seconds=(CLAIM_PATIENCE + timedelta(minutes=1)).total_seconds())
    await look_after_batches(app.services, app.orchestrations)

    assert app.batches.closed_ids == {rejected.id, JOB_ID}


async def test_a_batch_whose_process_ended_early_is_started_again() -> None:
    """An orchestration that is over although its batch is not does not close it."""
    app = App()
    await take(app)
    app.orchestrations.states[JOB_ID] = "ended"
    app.pass_time(minutes=5)
    await look_after_batches(app.services, app.orchestrations)

    assert (app.orchestrations.started[JOB_ID], app.batches.closed_ids) == (2, set())
