"""A round of housekeeping: what it does beside its jobs, and that no part of it stops the others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.service import care
from quantum.service.care import CLAIM_PATIENCE
from quantum.service.housekeeping import keep_house
from quantum.service.lost_uploads import LostUploads
from quantum.workspaces.watching import MANY
from tests.support.builders import JOB_ID, NOW, App, a_job, an_order, no_step
from tests.support.fakes.index import InMemoryJobIndex
from tests.support.fakes.orchestrations import InMemoryOrchestrations
from tests.support.fakes.telemetry import exporting
from tests.support.uploading import PATH, REACH, Uploading

RETENTION = timedelta(days=30)
DOWN = ServiceUnavailableError("down")


async def waiting_jobs(app: App, count: int, **changes: object) -> list[Job]:
    """Claim so many jobs that have waited in the workspace since then."""
    job = a_job(an_order(**changes)).moved_to(Phase.STAGING, app.clock).moved_to(Phase.WAITING, app.clock)
    jobs = [replace(job, id=f"{number:08x}{JOB_ID[8:]}") for number in range(count)]
    for each in jobs:
        await app.index.claim(each, "digest")
        app.orchestrations.states[each.id] = "running"
    return jobs


@pytest.mark.parametrize(("count", "watchers"), [(MANY - 1, []), (MANY, [DEFAULT])])
async def test_a_watcher_is_started_where_many_jobs_wait(count: int, watchers: list[str]) -> None:
    """Below that number the jobs look for themselves; jobs that execute do not count."""
    app = App()
    jobs = await waiting_jobs(app, count + 1)
    await app.index.record(jobs[0].moved_to(Phase.EXECUTING, NOW))

    await keep_house(app.services, app.orchestrations, RETENTION, no_step)

    assert app.orchestrations.watchers == watchers


class Unwatched(InMemoryOrchestrations):
    """A durable engine that starts no watchers now."""

    async def start_watcher(self, workspace: str) -> None:
        """Fail."""
        raise ServiceUnavailableError(f"no watcher of {workspace}")


async def test_a_watcher_or_queue_that_fails_does_not_stop_the_round() -> None:
    """The lost job is started and histories are purged; the failures are raised at the end."""
    app = App(orchestrations=Unwatched())
    await waiting_jobs(app, MANY)
    await app.index.claim(a_job(), "digest")
    app.answer_queues.failure = DOWN
    app.pass_time(minutes=3)

    with pytest.raises(ExceptionGroup) as raised:
        await keep_house(app.services, app.orchestrations, RETENTION, no_step)

    assert [str(error) for error in raised.value.exceptions] == [f"no watcher of {DEFAULT}", "down"]
    assert app.orchestrations.started == {JOB_ID: 1}
    assert len(app.orchestrations.purges) == 1


async def test_unused_queues_of_answers_are_removed() -> None:
    """Queues that are used stay."""
    app = App()
    for name in ("mine", "idle"):
        await app.answer_queues.send(name, b"{}", RETENTION)
    app.answer_queues.unused.add("idle")

    await keep_house(app.services, app.orchestrations, RETENTION, no_step)

    assert list(app.answer_queues.messages) == ["mine"]


class Unclaimed(InMemoryJobIndex):
    """An index whose list of open jobs has jobs that were never claimed: a door writes the list first."""

    async def open_entries(self, workspace: str | None = None) -> AsyncIterator[Entry]:
        """List them."""
        for job_id in self.open:
            yield Entry(replace(a_job(an_order(workspace=workspace or DEFAULT)), id=job_id), "digest")


@pytest.mark.parametrize(("age", "is_listed"), [(CLAIM_PATIENCE, True), (CLAIM_PATIENCE + timedelta(seconds=1), False)])
async def test_an_entry_that_was_never_claimed_leaves_the_list_after_a_day(age: timedelta, *, is_listed: bool) -> None:
    """A door claims within seconds; until a day has passed it may be about to."""
    app = App(index=Unclaimed())
    app.index.open[JOB_ID] = DEFAULT
    app.clock += age

    report = await keep_house(app.services, app.orchestrations, RETENTION, no_step)

    assert report == {"started": 0, "givenUp": 0}
    assert (JOB_ID in app.index.open) is is_listed


async def test_a_job_that_is_not_looked_at_in_this_round_may_be_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    """All overdue jobs are counted in every round, also where there are so many that they take turns."""
    monkeypatch.setattr(care, "MOST_LOOKS", 2)
    with exporting() as exported:
        app = App()
        jobs = await waiting_jobs(app, 8, deadline="PT1H")
        app.pass_time(days=2)

        await keep_house(replace(app.services, telemetry=exported.telemetry), app.orchestrations, RETENTION, no_step)

    assert exported.measured["quantumjobs.overdue"] == [({}, len(jobs))]


@pytest.mark.parametrize("failing", ["listing", "one upload"])
async def test_a_search_for_uploads_that_fails_does_not_stop_the_round(failing: str) -> None:
    """Jobs are looked after, and the failure is raised at the end."""
    app = Uploading()
    await app.round()
    await app.index.claim(a_job(), "digest")
    app.put()
    app.pass_time(minutes=6)
    if failing == "listing":
        app.uploads.failure = DOWN
    else:
        app.uploads.broken[PATH] = DOWN

    with pytest.raises(ExceptionGroup) as raised:
        await keep_house(app.services, app.orchestrations, RETENTION, no_step, LostUploads(app.intake, REACH))

    assert raised.value.exceptions == (DOWN,)
    assert app.orchestrations.started == {JOB_ID: 1}
