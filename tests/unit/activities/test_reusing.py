"""Of equal orders one runs; the others wait for it or take its result; without one, exactly one replaces it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.stage_input import stage_input
from orchestrators.messages import Busy, FirstRuns, NotSubmitted, Outcome, ResultReused, Staged, StageInput
from quantum import wiring
from quantum.contract.reuse import ReuseRule
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.first_runs import FirstRun
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, Part, StoredResult
from quantum.service.answers import MAX_INLINE_BYTES
from quantum.service.reuse import LONGEST_PAUSE, SHORTEST_PAUSE
from quantum.storage import raw_part_path, raw_result_path, result_path
from tests.support.builders import NOW, QIR, App, a_job, a_program, an_order, with_progress
from tests.support.fakes.activities import call
from tests.support.fakes.first_runs import InMemoryFirstRuns

AT = "2026-11-21T09:00:00.000Z"


async def a_reusing_job(app: App, number: int = 1, **order: Any) -> Job:
    """A job that was accepted, of an order that may reuse a result."""
    id_ = str(UUID(int=number, version=5))
    program = a_program(blob=f"programs/{id_}/1", digest="d")
    job = replace(a_job(an_order(**{"reuse_result": True} | order)), id=id_, program=program)
    app.blobs.contents[program.blob] = QIR.encode()
    await app.index.claim(job, "d")
    return job


async def stage(job: Job) -> Outcome:
    """Stage a job's program."""
    return await call(stage_input, StageInput(job.moved_to(Phase.STAGING, NOW)))


async def end(
    app: App,
    job: Job,
    phase: Phase = Phase.SUCCEEDED,
    warnings: tuple[str, ...] = (),
    size: int = 0,
    extra: dict[str, Any] | None = None,
) -> None:
    """Bring a job to its end, with a result where it succeeds."""
    job = replace(job, phase=phase, history=(*job.history, {"phase": phase.value, "at": AT}))
    if phase is Phase.SUCCEEDED:
        stored = {"id": job.id, "counts": {"00": 7}, "rawBlob": raw_result_path(job.id), "padding": "." * size} | (
            extra or {}
        )
        content = json.dumps(stored | ({"warnings": list(warnings)} if warnings else {})).encode()
        app.blobs.contents |= {result_path(job.id): content, raw_result_path(job.id): b"raw"}
        job = replace(job, result=StoredResult(result_path(job.id), len(content)))
    await app.index.record(job)


async def test_the_first_runs_however_often_its_step_is_repeated(app: App) -> None:
    """Also where it may have been submitted already."""
    job = await a_reusing_job(app)

    outcomes = [await stage(job), await stage(job), await stage(with_progress(job, may_be_submitted=True))]

    assert outcomes == [Staged()] * 3
    assert [first.job_id for first in app.first_runs.first.values()] == [job.id]


async def test_the_outputs_of_all_parts_are_copied(app: App) -> None:
    """Of a first that was divided; the result says where they are."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)
    outputs = {raw_part_path(first.id, number): b"raw %d" % number for number in (1, 2)}
    parts = (Part(first.id, 50, "Succeeded"), Part("second", 50, "Succeeded"))
    divided = replace(first, remote=replace(first.remote, parts=parts))
    await end(app, divided, extra={"fromParts": [{"shots": 50, "rawBlob": path} for path in outputs]})
    app.blobs.contents |= outputs

    outcome = await stage(second)

    assert isinstance(outcome, ResultReused)
    ours = [raw_part_path(second.id, number) for number in (1, 2)]
    assert [app.blobs.contents[path] for path in ours] == [b"raw 1", b"raw 2"]
    result = json.loads(app.blobs.contents[result_path(second.id)])
    assert [part["rawBlob"] for part in result["fromParts"]] == ours


async def test_the_second_joins_the_first_and_its_view_says_so(app: App) -> None:
    """It is noted with the first, which wakes it at its end, and has copied nothing."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)

    outcome = await stage(second)
    await app.core.wake_waiting(first.id, app.orchestrations)

    assert outcome == FirstRuns(first.id, SHORTEST_PAUSE)
    entry = await app.index.find(second.id)
    assert entry
    assert (entry.job.waits_for, entry.job.phase) == (first.id, Phase.ACCEPTED)
    assert app.orchestrations.woken == [second.id]
    assert list(app.workspace.inputs) == [first.id]


async def test_a_long_wait_asks_seldom_and_writes_nothing_again(app: App) -> None:
    """The index may be full: what it says about the wait is a help, no more."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)
    app.clock = NOW + timedelta(days=1)
    app.index.read_only = ServiceUnavailableError("full")
    assert await stage(second) == FirstRuns(first.id, LONGEST_PAUSE)
    app.index.read_only, app.first_runs.waiting = None, {}

    outcomes = [await stage(replace(second, waits_for=first.id)) for _ in range(2)]

    assert outcomes == [FirstRuns(first.id, LONGEST_PAUSE)] * 2
    assert (app.first_runs.waiting, app.index.recorded) == ({}, ["accepted"])


@pytest.mark.parametrize("size", [0, MAX_INLINE_BYTES])
async def test_a_result_that_is_there_is_copied(app: App, size: int) -> None:
    """With its warnings, under the job's own name; what becomes of the first does not matter any more."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)
    await end(app, first, warnings=("odd",), size=size)

    outcome = await stage(second)

    assert isinstance(outcome, ResultReused)
    assert (outcome.source.job, outcome.source.ended_at, outcome.warnings) == (first.id, AT, ("odd",))
    content = app.blobs.contents[result_path(second.id)]
    stored = json.loads(content)
    assert outcome.result == StoredResult(result_path(second.id), len(content))
    assert (stored["id"], stored["rawBlob"], stored["counts"]) == (second.id, raw_result_path(second.id), {"00": 7})
    assert stored["reusedFrom"] == {"job": first.id, "endedAt": AT}
    assert app.blobs.contents[raw_result_path(second.id)] == b"raw"
    assert (app.services.recent.take(result_path(second.id)) is None) == bool(size)


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.CANCELLED, Phase.EXPIRED, Phase.REJECTED])
async def test_of_those_that_wait_exactly_one_replaces_a_first_without_a_result(app: App, phase: Phase) -> None:
    """The others wait for that one."""
    first, *others = [await a_reusing_job(app, number) for number in range(1, 6)]
    await stage(first)
    waiting = [replace(other, waits_for=first.id) for other in others]
    await end(app, first, phase)

    outcomes = await asyncio.gather(*map(stage, waiting))

    (new,) = (job for job, outcome in zip(others, outcomes, strict=True) if outcome == Staged())
    assert outcomes.count(FirstRuns(new.id, SHORTEST_PAUSE)) == 3


async def test_a_first_that_was_never_claimed_or_has_moved_on_is_replaced(app: App) -> None:
    """Its result would be another target's."""
    moved = await a_reusing_job(app, 1, fallback_targets=("rigetti.sim.qvm",))
    await stage(moved)
    await app.index.record(with_progress(moved, fallback=1))
    second = await a_reusing_job(app, 2)
    assert await stage(second) == Staged()
    del app.index.entries[second.id]

    assert await stage(await a_reusing_job(app, 3)) == Staged()


@pytest.mark.parametrize("path", [result_path, raw_result_path])
async def test_a_result_that_retention_has_removed_is_not_reused(app: App, path: Any) -> None:
    """Nor half of one."""
    first = await a_reusing_job(app, 1)
    await stage(first)
    await end(app, first)
    del app.blobs.contents[path(first.id)]

    assert await stage(await a_reusing_job(app, 2)) == Staged()


@pytest.mark.parametrize(("age", "outcome"), [("PT1H", ResultReused), ("PT59M", Staged)])
async def test_a_result_that_is_too_old_is_not_reused(app: App, age: str, outcome: type[Outcome]) -> None:
    """Then the order runs, and its result is the one for later orders."""
    first = await a_reusing_job(app, 1)
    await stage(first)
    await end(app, first)
    app.clock = NOW + timedelta(hours=1)

    assert type(await stage(await a_reusing_job(app, 2, reuse_result=ReuseRule(age)))) is outcome


async def test_hardware_runs_each_order_that_does_not_allow_its_results(app: App) -> None:
    """And none of them is the first for those that do."""
    aria = "ionq.qpu.aria-1"
    jobs = [await a_reusing_job(app, number, target=aria) for number in (1, 2)]

    assert [await stage(job) for job in jobs] == [Staged()] * 2
    assert app.first_runs.first == {}


async def test_an_order_of_a_former_release_runs(app: App) -> None:
    """Its program has no digest."""
    job = await a_reusing_job(app)

    assert await stage(replace(job, program=a_program(blob=f"programs/{job.id}/1"))) == Staged()


async def test_a_job_that_waits_can_be_stopped(app: App) -> None:
    """It leaves the first alone; one that may be submitted is stopped by the next step."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)
    await app.index.request_cancel(second.id, AT)

    outcomes = [await stage(second), await stage(with_progress(second, may_be_submitted=True))]

    assert outcomes == [NotSubmitted("cancel"), Staged()]


async def test_a_job_that_waits_expires(app: App) -> None:
    """At its own deadline."""
    await stage(await a_reusing_job(app, 1))
    second = await a_reusing_job(app, 2, deadline="PT1M")
    app.clock = NOW + timedelta(minutes=1)

    assert await stage(second) == NotSubmitted("deadline")


async def test_a_first_that_ends_while_another_job_joins_is_seen(app: App) -> None:
    """Its end is read after the note, so that no wake-up is missed."""
    first, second = await a_reusing_job(app, 1), await a_reusing_job(app, 2)
    await stage(first)

    class Late(InMemoryFirstRuns):
        async def wait_for(self, first_id: str, job_id: str) -> None:
            await super().wait_for(first_id, job_id)
            await end(app, first)

    late = Late()
    late.first = app.first_runs.first
    with wiring.standing_in(replace(app.services, first_runs=late)):
        assert isinstance(await stage(second), ResultReused)


async def test_a_row_that_others_always_win_is_tried_again_later(app: App) -> None:
    """The step is retried as where a service is busy."""

    class Contested(InMemoryFirstRuns):
        async def take(self, key: str, job_id: str, former: FirstRun | None) -> bool:  # noqa: ARG002
            return False

    with wiring.standing_in(replace(app.services, first_runs=Contested())):
        assert isinstance(await stage(await a_reusing_job(app)), Busy)


async def test_a_wake_up_that_cannot_be_sent_is_left_to_the_timer(app: App) -> None:
    """The end of a job does not fail for that."""

    class Down(InMemoryFirstRuns):
        async def waiting_for(self, first: str) -> AsyncIterator[str]:
            raise ServiceUnavailableError("down")
            yield first

    with wiring.standing_in(replace(app.services, first_runs=Down())) as served:
        await served.wake_waiting("x", app.orchestrations)

    assert app.orchestrations.woken == []
