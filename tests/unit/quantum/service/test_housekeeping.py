"""Housekeeping: no claimed order stays lying, no job is without an end, no history is kept for ever."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.parts import parts_of
from quantum.ports import Entry, State
from quantum.service.care import GRACE
from quantum.service.housekeeping import MAX_CONSECUTIVE_FAILURES, MAX_RESTARTS, ROOM, expected_end, keep_house
from quantum.wire import codec
from tests.support.builders import JOB_ID, NOW, App, a_job, a_remote_job, an_order, no_step, with_progress, with_remote
from tests.support.fakes.index import InMemoryJobIndex
from tests.support.fakes.telemetry import exporting

RETENTION = timedelta(days=30)
OTHER_ID = JOB_ID.replace("0c6f", "1c6f")


async def keep(app: App) -> dict[str, int]:
    """Keep house once."""
    return dict(await keep_house(app.services, app.orchestrations, RETENTION, no_step))


async def claimed(app: App, state: State, job: Job | None = None) -> None:
    """A job that was claimed a while ago, and where it is now."""
    await app.index.claim(a_job(), "digest")
    if job is not None:
        await app.index.record(job)
    app.orchestrations.states[JOB_ID] = state
    app.pass_time(minutes=3)


async def test_a_claimed_order_whose_start_was_lost_is_started() -> None:
    """As its door would have started it, but for an earlier orchestration that may have come further than the index."""
    app = App()
    await claimed(app, "unknown")

    done = await keep(app)

    assert (done, app.orchestrations.started) == ({"started": 1, "givenUp": 0}, {JOB_ID: 1})
    assert app.orchestrations.inputs[JOB_ID] == with_progress(a_job(), may_be_submitted=True)


async def test_a_door_has_time_to_start_what_it_has_claimed() -> None:
    """Housekeeping comes after it, not between."""
    app = App()
    await app.index.claim(a_job(), "digest")
    app.clock = NOW + GRACE

    assert await keep(app) == {"started": 0, "givenUp": 0}
    assert app.orchestrations.started == {}


async def test_a_job_that_is_on_its_way_is_let_alone() -> None:
    """However long it takes."""
    app = App()
    await claimed(app, "running")
    app.pass_time(days=300)

    assert await keep(app) == {"started": 0, "givenUp": 0}
    assert list(app.index.open) == [JOB_ID]


@pytest.mark.parametrize("state", ["died", "ended"])
async def test_a_job_whose_orchestration_came_to_an_end_before_it_is_taken_up_where_it_was(state: State) -> None:
    """The new one knows that the workspace may have the job, and how often that has happened."""
    app = App()
    waiting = a_job().moved_to(Phase.STAGING, app.clock).moved_to(Phase.WAITING, app.clock)
    await claimed(app, state, waiting)

    await keep(app)

    restarted = with_progress(waiting, restarts=1)
    assert app.index.entries[JOB_ID] == Entry(restarted, "digest")
    assert app.orchestrations.inputs[JOB_ID] == with_progress(restarted, may_be_submitted=True)


async def test_after_three_restarts_the_caller_hears_that_it_failed() -> None:
    """One answer, and then nothing more is tried."""
    app = App()
    await claimed(app, "died")
    for _ in range(MAX_RESTARTS):
        await keep(app)
        app.orchestrations.states[JOB_ID] = "died"

    done = [await keep(app), await keep(app)]

    assert done == [{"started": 0, "givenUp": 1}, {"started": 0, "givenUp": 0}]
    assert app.orchestrations.started == {JOB_ID: MAX_RESTARTS}
    (answer,) = app.answers.sent
    assert (answer["type"], answer["data"]["error"]["code"]) == ("quantumjobs.job.failed", "OrchestrationFailed")
    assert app.index.entries[JOB_ID].job.history[-1]["phase"] == "failed"


async def test_a_divided_job_that_is_given_up_leaves_no_part_running() -> None:
    """Those that exist are cancelled, though one of them has ended."""
    app = App()
    job = with_progress(a_job(shots_at_once={"ionq.simulator": 400}), restarts=MAX_RESTARTS)
    first, second, third = (part.remote_id for part in parts_of(job))
    for remote_id, status in ((first, "Succeeded"), (second, "Executing")):
        app.workspace.jobs[remote_id] = a_remote_job(id=remote_id, status=status)
    await claimed(app, "died", job)

    assert await keep(app) == {"started": 0, "givenUp": 1}
    assert app.workspace.jobs[second].status == "CancellationRequested"
    assert third not in app.workspace.jobs


async def test_giving_up_is_tried_again_until_the_caller_has_heard() -> None:
    """The answer comes before the note that there was one."""
    app = App()
    await claimed(app, "died", with_progress(a_job(), restarts=MAX_RESTARTS))
    app.answers.failure = ServiceUnavailableError("down")
    with pytest.raises(ExceptionGroup):
        await keep(app)
    app.answers.failure = None

    await keep(app)

    assert [answer["id"] for answer in app.answers.sent] == [f"{JOB_ID}-failed"]
    assert list(app.index.open) == []


async def test_a_job_that_has_ended_is_not_looked_after_any_more() -> None:
    """Its orchestration may be purged by then."""
    app = App()
    await claimed(app, "unknown", a_job().moved_to(Phase.FAILED, NOW))

    assert await keep(app) == {"started": 0, "givenUp": 0}
    assert (list(app.index.open), app.orchestrations.started) == ([], {})


async def test_an_orchestration_that_died_before_it_gave_its_answer_is_started_for_that() -> None:
    """It may have died between the note in the index and the queue."""
    app = App()
    await claimed(app, "died", a_job().moved_to(Phase.FAILED, NOW))

    assert await keep(app) == {"started": 1, "givenUp": 0}
    assert app.orchestrations.inputs[JOB_ID].phase is Phase.FAILED


async def test_a_job_that_ended_as_something_is_given_up_as_that() -> None:
    """Its caller hears how it ended, not that we had trouble to say so."""
    app = App()
    await claimed(app, "died", with_progress(a_job(), restarts=MAX_RESTARTS).moved_to(Phase.CANCELLED, NOW))

    assert await keep(app) == {"started": 0, "givenUp": 1}
    assert [answer["id"] for answer in app.answers.sent] == [f"{JOB_ID}-cancelled"]


async def test_a_claim_that_never_came_is_passed_over() -> None:
    """The list of what may be open is written before the claim."""
    app = App()
    app.index.open[JOB_ID] = "default"

    assert await keep(app) == {"started": 0, "givenUp": 0}


async def test_old_orchestrations_are_purged() -> None:
    """After the time that the deployment has set; whatever its id begins with, each has its turn within 16 rounds."""
    app = App()

    for _ in range(16):
        await keep(app)
        app.pass_time(minutes=5)

    assert app.orchestrations.purges[0] == NOW - RETENTION
    prefixes = [prefix for some in app.orchestrations.purged for prefix in some]
    assert sorted(prefixes) == [f"{number:02x}" for number in range(256)]


async def test_a_job_that_cannot_be_looked_after_holds_up_no_other() -> None:
    """What was wrong with it is raised when the others are done."""
    app = App()
    unreadable = replace(a_job(), id=OTHER_ID, history=({"phase": "accepted", "at": "yesterday"},))
    await app.index.claim(unreadable, "digest")
    await claimed(app, "unknown")

    with pytest.raises(ExceptionGroup) as raised:
        await keep(app)

    assert [type(error) for error in raised.value.exceptions] == [ValueError]
    assert app.orchestrations.started == {JOB_ID: 1}
    assert len(app.orchestrations.purges) == 1


class Flickering(InMemoryJobIndex):
    """An index that fails a few times, then works."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    async def find(self, job_id: str) -> Entry | None:
        """Fail, or find."""
        self.failures -= 1
        if self.failures >= 0:
            raise ServiceUnavailableError("down")
        return await super().find(job_id)


@pytest.mark.parametrize(
    ("failures", "raised", "started"),
    [(MAX_CONSECUTIVE_FAILURES - 1, ExceptionGroup, 2), (MAX_CONSECUTIVE_FAILURES, ServiceUnavailableError, 0)],
)
async def test_a_service_that_keeps_failing_ends_the_round(
    failures: int, raised: type[Exception], started: int
) -> None:
    """It would fail for every other job too; one that failed a few times does not keep the others waiting."""
    app = App(index=Flickering(failures))
    for number in range(MAX_CONSECUTIVE_FAILURES + 1):
        await app.index.claim(replace(a_job(), id=f"{number}c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"), "digest")
    app.pass_time(minutes=3)

    with pytest.raises(raised):
        await keep(app)

    assert len(app.orchestrations.started) == started


class SlowToFile(InMemoryJobIndex):
    """An index that fails whenever a job is to be closed."""

    async def close_entries(self, entries: Sequence[Entry]) -> None:
        """Fail."""
        raise ServiceUnavailableError(f"{len(entries)} are not filed")


async def test_what_cannot_be_filed_is_left_for_the_next_time() -> None:
    """It is in all lists where it is; lost jobs are started before anything is filed."""
    app = App(index=SlowToFile())
    await claimed(app, "ended", a_job().moved_to(Phase.FAILED, NOW))
    lost = replace(a_job(), id="1c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11")
    await app.index.claim(lost, "digest")

    assert await keep(app) == {"started": 1, "givenUp": 0}
    assert list(app.index.open) == [JOB_ID, lost.id]


async def test_a_job_past_its_time_is_told_of() -> None:
    """Those past their deadline, or past what their target's queue lets expect; and those alone."""
    with exporting() as exported:
        app = App()
        await claimed(app, "running", a_job(an_order(deadline="PT5M")))
        services = replace(app.services, telemetry=exported.telemetry)

        measured = []
        for minutes in (0, 20):
            app.pass_time(minutes=minutes)
            await keep_house(services, app.orchestrations, RETENTION, no_step)
            measured.append(exported.measured["quantumjobs.overdue"])

    assert measured == [[({}, 0)], [({}, 1)]]
    ((text, fields),) = exported.lines
    assert (text.partition(":")[0], fields["job.id"], fields["seconds"]) == ("job overdue", JOB_ID, 23 * 60)


def test_without_a_deadline_the_target_s_queue_says_what_to_expect() -> None:
    """Three times as long as it was said to be, and some room."""
    waiting = with_remote(a_job(), queue_seconds=3600, since=codec.timestamp(NOW))

    assert expected_end(waiting) == NOW + timedelta(hours=3) + ROOM
    assert expected_end(a_job()) == NOW + ROOM
