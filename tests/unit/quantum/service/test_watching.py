"""A watcher's rounds on fakes, what its record promises to the jobs that sleep, and who starts it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.progress import Watcher
from quantum.service.housekeeping import keep_house
from quantum.service.watching import LATENESS, LISTED_AFTER, MOST_REPEATED, PAGE, RECORD_SECONDS
from quantum.telemetry.names import WATCHED
from quantum.wire import codec
from quantum.workspaces.remote import ListedJob, RemoteJob
from quantum.workspaces.watching import FEW, MANY, REPEAT
from tests.support.builders import NOW, App, a_job, a_remote_job, a_target, no_step, with_remote
from tests.support.fakes.telemetry import exporting

HOUR_AGO = NOW - timedelta(hours=1)
SIMULATOR = "ionq.simulator"
LISTED, BEHIND = Watcher(MANY, listed=True), Watcher(MANY, listed=False)


async def a_waiting_job(app: App, number: int) -> Job:
    """A job that waits in the workspace since an hour ago."""
    job = with_remote(a_job(), since=codec.timestamp(HOUR_AGO), status="Waiting")
    job = replace(job, id=f"{number:08x}-5f5e-5a1c-9d7e-7a2f1b0c4d11", phase=Phase.WAITING)
    await app.index.claim(job, "digest")
    remote = a_remote_job(id=job.id, created=codec.timestamp(HOUR_AGO))
    app.workspace.jobs[job.id] = remote
    return job


async def many(app: App, count: int = MANY) -> list[Job]:
    """Many such jobs."""
    return [await a_waiting_job(app, number) for number in range(count)]


def remote(job: Job, **changes: object) -> RemoteJob:
    """A job as the workspace reports it to a check."""
    return a_remote_job(**{"id": job.id, "created": codec.timestamp(HOUR_AGO)} | changes)


async def is_watched(app: App, job: Job, **changes: object) -> Watcher | None:
    """What a check of this job learns from the record."""
    return await app.core.watching.watcher_of(DEFAULT, job.id, remote(job, **changes))


async def test_a_round_wakes_the_one_job_that_moved() -> None:
    """Among several pages of jobs that did not."""
    app = App()
    jobs = await many(app, 2 * PAGE + 1)
    first = await app.core.watching.round(DEFAULT, app.orchestrations)
    app.workspace.move(jobs[150].id, "Executing")

    second = await app.core.watching.round(DEFAULT, app.orchestrations)

    assert (first.waiting, first.woken) == (len(jobs), 0)
    assert (second.waiting, second.woken) == (len(jobs) - 1, 1)
    assert app.orchestrations.woken == [jobs[150].id]


async def test_a_job_that_keeps_to_its_word_is_woken_again_much_later() -> None:
    """A list that lies for ever costs a few checks of the index, and fewer of the workspace."""
    app = App()
    (job,) = await many(app, 1)
    app.workspace.stale_list = []
    for _ in range(60):
        await app.core.watching.round(DEFAULT, app.orchestrations)
        app.pass_time(seconds=10)

    assert app.orchestrations.woken == [job.id] * 4  # at once, then after 1, 3 and 7 minutes


async def test_a_job_that_followed_its_list_is_left_alone() -> None:
    """The index, asked before it is woken again, says that it has moved."""
    app = App()
    (job,) = await many(app, 1)
    app.workspace.move(job.id, "Executing")
    await app.core.watching.round(DEFAULT, app.orchestrations)
    await app.index.record(replace(job, phase=Phase.EXECUTING))
    app.clock += REPEAT

    await app.core.watching.round(DEFAULT, app.orchestrations)

    assert app.orchestrations.woken == [job.id]


async def test_a_round_asks_the_index_about_few_jobs() -> None:
    """Of the jobs that were woken before, so many are woken again in one round."""
    app = App()
    jobs = await many(app, MOST_REPEATED + 5)
    app.workspace.stale_list = []
    await app.core.watching.round(DEFAULT, app.orchestrations)
    app.clock += REPEAT

    again = await app.core.watching.round(DEFAULT, app.orchestrations)

    assert again.woken == MOST_REPEATED
    assert len(app.orchestrations.woken) == len(jobs) + MOST_REPEATED


async def test_two_watchers_do_no_harm() -> None:
    """Each process has its own memory, and a wake too many is a look too many."""
    app, other = App(), None
    jobs = await many(app)
    other = App(index=app.index, workspace=app.workspace, blobs=app.blobs, orchestrations=app.orchestrations)
    app.workspace.move(jobs[0].id, "Succeeded")
    for each in (app, other, app, other):
        await each.core.watching.round(DEFAULT, each.orchestrations)

    assert app.orchestrations.woken == [jobs[0].id] * 2


async def test_a_watched_job_may_sleep_while_the_record_is_fresh() -> None:
    """It learns how many wait with it; when the watcher is late, it is on its own."""
    app = App()
    jobs = await many(app)
    assert await is_watched(app, jobs[0]) is None

    seen = await app.core.watching.round(DEFAULT, app.orchestrations)

    assert await is_watched(app, jobs[0]) == LISTED
    app.clock += timedelta(seconds=3 * seen.pause_seconds) + LATENESS
    assert await is_watched(app, jobs[0]) is None


async def test_only_waiting_jobs_sleep_long() -> None:
    """One that executes ends soon, and looks for itself."""
    app = App()
    jobs = await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)

    assert await is_watched(app, jobs[0], status="Executing") is None
    assert await is_watched(app, jobs[0], status="Tepid") is None


@pytest.mark.parametrize("created", [None, "", "yesterday", "2026-11-21T08:00:00"])
async def test_a_time_that_cannot_be_read_does_no_harm(created: str | None) -> None:
    """The job looks for itself."""
    app = App()
    jobs = await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)

    assert await is_watched(app, jobs[0], created=created) is None


async def test_a_job_too_new_for_the_last_list_looks_for_itself() -> None:
    """Unless many have waited for its target for a while: it waits behind them, and sleeps a little longer."""
    app = App()
    jobs = await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)
    new = codec.timestamp(NOW - LISTED_AFTER + timedelta(seconds=1))

    assert await is_watched(app, jobs[0], created=new, target="ionq.qpu.aria-1") is None
    assert await is_watched(app, jobs[0], created=new) == BEHIND


async def test_a_job_behind_a_queue_that_moves_fast_looks_for_itself() -> None:
    """Many wait for its target, but none for long."""
    app = App()
    app.clock = HOUR_AGO + timedelta(seconds=20)
    jobs = await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)

    assert await is_watched(app, jobs[0], created=codec.timestamp(app.clock)) is None
    assert await is_watched(app, jobs[0]) == LISTED


async def test_another_process_reads_the_record_now_and_then() -> None:
    """And not at all for a job that is so young that it looks often anyway."""
    app = App()
    jobs = await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)
    other = App(index=app.index, workspace=app.workspace, blobs=app.blobs)

    assert await is_watched(other, jobs[0], created=codec.timestamp(NOW)) is None
    assert await is_watched(other, jobs[0]) == LISTED
    await app.core.watching.finish(DEFAULT, app.orchestrations)
    assert await is_watched(other, jobs[0]) == LISTED
    other.pass_time(seconds=RECORD_SECONDS + 1)
    assert await is_watched(other, jobs[0]) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"at": 1}'])
async def test_a_record_that_cannot_be_read_is_none(content: bytes) -> None:
    """So that jobs look for themselves."""
    app = App()
    (job,) = await many(app, 1)
    await app.blobs.write(f"watching/{DEFAULT}.json", content)

    assert await is_watched(app, job) is None


async def test_the_end_of_a_watch_wakes_who_sleeps() -> None:
    """Those few jobs check, find no record, and go on by their own timers."""
    app = App()
    jobs = await many(app, FEW - 1)
    seen = await app.core.watching.round(DEFAULT, app.orchestrations)

    assert seen.may_end
    await app.core.watching.finish(DEFAULT, app.orchestrations)

    assert sorted(app.orchestrations.woken) == sorted(job.id for job in jobs)
    assert await is_watched(app, jobs[0]) is None


async def test_the_record_says_what_was_seen() -> None:
    """When, how many wait for which target, since when, and for how long the target says that they will."""
    app = App()
    app.workspace.target_list = [a_target(average_queue_seconds=90), a_target(id="other", average_queue_seconds=5)]
    await many(app)
    await app.core.watching.round(DEFAULT, app.orchestrations)

    record = json.loads(app.blobs.contents[f"watching/{DEFAULT}.json"])

    assert record["at"] == record["began"] == codec.timestamp(NOW)
    assert (record["waiting"], record["oldest"]) == ({SIMULATOR: MANY}, {SIMULATOR: codec.timestamp(HOUR_AGO)})
    assert record["queueSeconds"] == {SIMULATOR: 90}


async def test_a_round_measures_how_many_jobs_it_watches() -> None:
    """For the chart of operations; a story that measures everything else has too few jobs for a watcher."""
    with exporting() as exported:
        app = App(telemetry=exported.telemetry)
        await many(app)

        await app.core.watching.round(DEFAULT, app.orchestrations)

    assert [amount for _, amount in exported.measured[WATCHED.name]] == [MANY]


async def test_a_fresh_record_has_a_newer_estimate_than_the_submission() -> None:
    """For a job that waits; without a watcher the estimate of the submission stays."""
    app = App()
    app.workspace.target_list = [a_target(average_queue_seconds=90)]
    job, *_ = [with_remote(each, queue_seconds=7) for each in await many(app)]
    before = await app.core.watching.with_estimate(job)
    await app.core.watching.round(DEFAULT, app.orchestrations)

    after = [await app.core.watching.with_estimate(each) for each in (job, replace(job, phase=Phase.EXECUTING))]

    assert [each.remote.queue_seconds for each in (before, *after)] == [7, 90, 7]


async def test_a_workspace_that_does_not_answer_fails_the_round() -> None:
    """And nobody is woken for a list that was not read."""
    app = App()
    await many(app)
    app.workspace.failure = ServiceUnavailableError("down")

    with pytest.raises(ServiceUnavailableError):
        await app.core.watching.round(DEFAULT, app.orchestrations)

    assert app.orchestrations.woken == []


async def test_jobs_of_others_are_neither_counted_nor_woken() -> None:
    """They share the workspace and its list."""
    app = App()
    jobs = await many(app, 1)
    app.workspace.stale_list = [
        ListedJob(jobs[0].id, "Waiting", SIMULATOR, HOUR_AGO),
        ListedJob("theirs", "Executing", SIMULATOR, HOUR_AGO),
    ]

    seen = await app.core.watching.round(DEFAULT, app.orchestrations)

    assert (seen.waiting, app.orchestrations.woken) == (1, [])


async def test_many_unwatched_jobs_start_a_watcher() -> None:
    """As soon as one process has checked so many of them; not for fewer, nor twice."""
    app = App()
    jobs = await many(app)
    for job in [*jobs[:-1], *jobs[:-1]]:
        await is_watched(app, job)
        await app.core.watching.start_where_needed(lambda: app.orchestrations)
    assert app.orchestrations.watchers == []

    await is_watched(app, jobs[-1])
    await app.core.watching.start_where_needed(lambda: app.orchestrations)
    await app.core.watching.start_where_needed(lambda: app.orchestrations)

    assert app.orchestrations.watchers == [DEFAULT]


@pytest.mark.parametrize(("count", "watchers"), [(MANY, [DEFAULT]), (MANY - 1, [])])
async def test_housekeeping_starts_a_watcher_that_is_missing(count: int, watchers: list[str]) -> None:
    """For a killed one, and for jobs that so many processes check that none sees many."""
    app = App()
    for job in await many(app, count):
        app.orchestrations.states[job.id] = "running"

    await keep_house(app.services, app.orchestrations, timedelta(days=30), no_step)

    assert app.orchestrations.watchers == watchers


async def test_checks_that_nobody_watches_are_counted_up_to_a_number() -> None:
    """The checks that follow cost no memory; where the watcher cannot be started they are counted anew."""
    app = App()
    jobs = await many(app, 2 * MANY)
    for job in jobs:
        assert await is_watched(app, job) is None
    sizes = {len(counted) for counted in app.core.watching._unwatched.values()}
    app.orchestrations.failure = ServiceUnavailableError("down")
    await app.core.watching.start_where_needed(lambda: app.orchestrations)
    app.orchestrations.failure = None
    await app.core.watching.start_where_needed(lambda: app.orchestrations)

    assert sizes == {MANY}
    assert app.orchestrations.watchers == []
