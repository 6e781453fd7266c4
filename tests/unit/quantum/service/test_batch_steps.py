"""The steps of a batch on fakes: claims, the window, stops, and steps that are cut off and repeated."""

from dataclasses import replace
from typing import Any

import pytest

from quantum.batches.expand import member_id
from quantum.batches.model import Batch
from quantum.batches.read import batch_from
from quantum.contract.kinds import Limits
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, ServiceUnavailableError, UnknownClaimError
from quantum.jobs.lifecycle import Phase
from quantum.service.batch_care import look_after_batches
from quantum.service.batch_steps import advance, finish
from tests.support.builders import CIRCUIT, JOB_ID, App

DOWN = ServiceUnavailableError("down")
ORDER: dict[str, Any] = {
    "target": "ionq.simulator",
    "shots": 10,
    "input": {"format": "ionq.circuit.v1", "text": CIRCUIT},
}
SWEEP = {"order": ORDER, "sweep": {"params": [{}] * 5}, "window": 2}


async def take(app: App, **batch: Any) -> Batch:
    """Take a batch."""
    members = batch_from(batch or SWEEP, Limits())
    return await app.core.batches.take(members, JOB_ID, {"door": "http"}, app.orchestrations)


async def letters(app: App) -> str:
    """What has become of the members."""
    batch = await app.batches.find(JOB_ID)
    assert batch
    return batch.members


def end(app: App, number: int, phase: Phase = Phase.CANCELLED) -> None:
    """Let a member's job end."""
    id_ = member_id(JOB_ID, number)
    entry = app.index.entries[id_]
    app.index.entries[id_] = replace(entry, job=entry.job.moved_to(phase, app.clock))


async def test_a_batch_is_claimed_before_it_is_started() -> None:
    """Taken again it is the same one; another request under its id is refused."""
    app = App()
    first, second = await take(app), await take(app)

    assert (first.id, second.id, app.orchestrations.started) == (JOB_ID, JOB_ID, {JOB_ID: 1})
    assert await letters(app) == "....."
    with pytest.raises(ConflictingOrderError):
        await take(app, orders=[ORDER])


async def test_nothing_starts_unless_all_members_are_sound() -> None:
    """Faults that only the workspace knows have their places, too."""
    app = App()
    with pytest.raises(InvalidOrderError) as refused:
        await take(app, orders=[ORDER, ORDER | {"target": "nowhere"}])

    assert [fault.field for fault in refused.value.faults] == ["orders[1].target"]
    assert (app.batches.batches, app.orchestrations.started) == ({}, {})


async def test_a_claim_without_an_answer_is_told_as_uncertain() -> None:
    """The caller learns the id, and can send the request again."""
    app = App()
    app.batches.claim = _fail  # type: ignore[method-assign]  # the one call that fails
    with pytest.raises(UnknownClaimError) as uncertain:
        await take(app)

    assert uncertain.value.job_id == JOB_ID


async def _fail(batch: Batch) -> bool:  # noqa: ARG001
    raise DOWN


async def test_members_start_in_their_window() -> None:
    """One that ends makes room for the next; each is claimed as an order of its own."""
    app = App()
    await take(app)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    assert await letters(app) == "rr..."
    again = await advance(app.core.batches, JOB_ID, app.orchestrations)
    assert (again.has_moved, await letters(app)) == (False, "rr...")
    end(app, 1)
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "rcr.."
    job = app.index.entries[member_id(JOB_ID, 2)].job
    assert (job.source, job.order.answer_to) == ({"door": "batch", "batch": JOB_ID}, "none")
    assert set(app.orchestrations.started.values()) == {1}


async def test_a_hint_saves_reads_and_costs_no_end() -> None:
    """A step reads the member that ended in this process; one whose end it has missed is counted in the next."""
    app = App()
    await take(app)
    for _ in range(2):
        await advance(app.core.batches, JOB_ID, app.orchestrations)
    end(app, 0)
    end(app, 1)
    await app.core.batches.wake(JOB_ID, member_id(JOB_ID, 1), app.orchestrations)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    assert await letters(app) == "rcr.."
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "ccrr."


async def test_a_step_that_was_cut_off_starts_nothing_twice() -> None:
    """The members that it started are met again under their ids."""
    app = App()
    before = await take(app)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    app.batches.batches[JOB_ID] = before
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "rr..."
    assert set(app.orchestrations.started.values()) == {1}


async def test_a_cancellation_meets_members_that_no_step_recorded() -> None:
    """Started members are cancelled, the others left out."""
    app = App()
    before = await take(app)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    app.batches.batches[JOB_ID] = before
    await app.batches.request_cancel(JOB_ID, before.created_at)
    outcome = await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert (outcome.has_ended, await letters(app)) == (False, "rrxxx")
    assert {member_id(JOB_ID, number) for number in (0, 1)} == {*app.orchestrations.woken}
    entry = await app.index.find(member_id(JOB_ID, 0))
    assert entry
    assert entry.job.cancel_requested


async def test_a_failure_stops_the_rest_where_that_is_asked_for() -> None:
    """Those on their way go on."""
    app = App()
    await take(app, **SWEEP, stopOnFailure=True)
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    end(app, 0, Phase.FAILED)
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "frxxx"
    assert app.orchestrations.woken == []


async def test_a_service_that_is_down_costs_no_member() -> None:
    """What could not be started is started by a later step."""
    app = App()
    await take(app)
    await app.core.batches.members_of(app.batches.batches[JOB_ID])
    app.blobs.failure = DOWN
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    assert await letters(app) == "....."
    app.blobs.failure = None
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "rr..."


async def test_a_batch_is_answered_once_all_members_have_ended() -> None:
    """Not before; and a repeated end sends the same answer."""
    app = App()
    await take(app, orders=[ORDER])
    await advance(app.core.batches, JOB_ID, app.orchestrations)
    assert await finish(app.core.batches, JOB_ID) is None
    end(app, 0)
    assert (await advance(app.core.batches, JOB_ID, app.orchestrations)).has_ended
    assert [await finish(app.core.batches, JOB_ID) for _ in range(2)] == ["failed"] * 2

    assert len(app.answers.messages) == 2
    assert len({*app.answers.messages}) == 1


async def test_housekeeping_starts_what_was_lost_and_closes_what_has_ended() -> None:
    """A batch that runs is left alone."""
    app = App()
    await take(app)
    await look_after_batches(app.services, app.orchestrations)
    app.orchestrations.states[JOB_ID] = "died"
    await look_after_batches(app.services, app.orchestrations)
    assert app.orchestrations.started[JOB_ID] == 1
    app.pass_time(minutes=3)
    await look_after_batches(app.services, app.orchestrations)
    assert app.orchestrations.started[JOB_ID] == 2
    app.batches.batches[JOB_ID] = replace(app.batches.batches[JOB_ID], members="sssss")
    await finish(app.core.batches, JOB_ID)
    app.orchestrations.states[JOB_ID] = "ended"
    assert await look_after_batches(app.services, app.orchestrations) == []

    assert app.batches.closed_ids == {JOB_ID}


async def test_equal_programs_are_compiled_once() -> None:
    """The members of a batch share what the compiler made."""
    app = App()
    program = {"format": "openqasm3", "text": "OPENQASM 3.0; qubit q; bit c = measure q;"}
    await take(app, orders=[ORDER | {"input": program}] * 4)
    await advance(app.core.batches, JOB_ID, app.orchestrations)

    assert await letters(app) == "rrrr"
    assert len(app.compiler.requests) == 1
