"""An orchestration that does not move is woken, then its steps are taken outside of it, and somebody is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import InstanceStatus
from quantum.service.housekeeping import keep_house
from quantum.service.stalled_orchestrations import StalledOrchestrations, is_stalled
from quantum.wire import codec
from tests.support.builders import JOB_ID, NOW, App, a_job, no_step
from tests.support.fakes.telemetry import exporting

RETENTION = timedelta(days=30)
ROUND = {"minutes": 5}
WAITING = a_job().moved_to(Phase.STAGING, NOW).moved_to(Phase.WAITING, NOW)


@pytest.mark.parametrize(
    ("pause", "silence"),
    [
        (None, timedelta(minutes=45)),  # in an activity
        (timedelta(seconds=1), timedelta(minutes=10)),
        (timedelta(minutes=5), timedelta(minutes=15)),
        (timedelta(minutes=-5), timedelta(minutes=10)),
        (timedelta(days=1), timedelta(days=3)),
    ],
)
def test_silence_is_three_times_the_pause_that_was_announced(pause: timedelta | None, silence: timedelta) -> None:
    """Ten minutes at least; one that announced none has three times as long as a step may take."""
    status = InstanceStatus("running", NOW, None if pause is None else NOW + pause)

    assert not is_stalled(status, NOW + silence)
    assert is_stalled(status, NOW + silence + timedelta(seconds=1))


@pytest.mark.parametrize("status", [InstanceStatus("ended", NOW), InstanceStatus("unknown"), InstanceStatus("running")])
def test_only_what_should_move_is_silent(status: InstanceStatus) -> None:
    """What has ended does not, nor what is suspended, or what the engine tells nothing of."""
    assert not is_stalled(status, NOW + timedelta(days=9))


class Steps:
    """Takes steps that a test scripts (`goes on`, `ended`, or an error), and keeps the jobs that they were taken of."""

    def __init__(self, *outcomes: str | Exception) -> None:
        self.outcomes = list(outcomes)
        self.taken: list[Job] = []

    async def take(self, job: Job) -> bool:
        """Take the next one."""
        self.taken.append(job)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome == "ended"


async def silent_job(app: App, job: Job = WAITING) -> None:
    """A job whose orchestration last moved an hour ago."""
    await app.index.claim(job, "digest")
    app.orchestrations.states[job.id] = "running"
    app.orchestrations.moved[job.id] = app.clock
    app.orchestrations.pauses_until[job.id] = app.clock + timedelta(minutes=2)
    app.pass_time(hours=1)


async def rounds(app: App, steps: Steps, number: int) -> None:
    """Let housekeeping come so often."""
    for _ in range(number):
        await keep_house(app.services, app.orchestrations, RETENTION, steps.take)
        app.pass_time(**ROUND)


async def test_it_is_woken_once_then_a_step_is_taken_each_round_until_the_job_has_ended() -> None:
    """Then its id is closed, and it is asked for no more, though its orchestration stands still for ever."""
    app, steps = App(), Steps("goes on", "goes on", "ended")
    await silent_job(app)

    await rounds(app, steps, 3)
    await app.index.record(WAITING.moved_to(Phase.FAILED, NOW))  # as the last step will find it
    await rounds(app, steps, 4)

    assert app.orchestrations.woken == [JOB_ID]
    assert len(steps.taken) == 3
    assert list(app.index.open) == []


async def test_what_was_just_woken_has_time_to_move() -> None:
    """A round that comes early leaves it alone."""
    app, steps = App(), Steps()
    await silent_job(app)

    await rounds(app, steps, 1)
    app.pass_time(minutes=-4)
    await rounds(app, steps, 1)

    assert (app.orchestrations.woken, steps.taken) == ([JOB_ID], [])


async def test_one_that_moved_after_its_wake_is_woken_again_when_it_is_silent_again() -> None:
    """A wake counts for the silence that it broke."""
    app, steps = App(), Steps()
    await silent_job(app)
    await rounds(app, steps, 1)
    app.orchestrations.moved[JOB_ID] = app.clock
    app.orchestrations.pauses_until[JOB_ID] = app.clock + timedelta(minutes=2)
    await rounds(app, steps, 2)
    app.pass_time(hours=1)

    await rounds(app, steps, 1)

    assert (app.orchestrations.woken, steps.taken) == ([JOB_ID, JOB_ID], [])


async def test_a_wake_survives_the_process_that_sent_it() -> None:
    """It is noted in the index, beside the job."""
    app = App()
    await silent_job(app)

    await keep_house(app.services, app.orchestrations, RETENTION, no_step)

    assert app.index.entries[JOB_ID].woken_at == codec.timestamp(app.clock)


async def test_a_step_that_fails_holds_up_no_other() -> None:
    """What went wrong is raised at the end, and tried again in the next round."""
    app, other = App(), replace(WAITING, id=JOB_ID.replace("0c6f", "1c6f"))
    steps = Steps(ServiceUnavailableError("down"), "goes on")
    await silent_job(app, other)
    await silent_job(app)
    await rounds(app, steps, 1)

    with pytest.raises(ExceptionGroup):
        await keep_house(app.services, app.orchestrations, RETENTION, steps.take)

    assert {job.id for job in steps.taken} == {JOB_ID, other.id}


async def test_a_round_minds_no_more_than_it_has_time_for() -> None:
    """Where there are very many, others have their turn each time."""
    app, ids = App(), {f"{number:08d}{JOB_ID[8:]}" for number in range(4)}
    for job_id in ids:
        await silent_job(app, replace(WAITING, id=job_id))
    woken = []
    for _ in range(20):
        silent = StalledOrchestrations(app.services, app.orchestrations, Steps().take, a_round=2)
        for job_id in ids:
            silent.add(replace(app.index.entries[job_id], woken_at=None), await app.orchestrations.status(job_id))
        await silent.handle()
        woken.append(app.orchestrations.woken[2 * len(woken) :])
        app.pass_time(seconds=7)

    assert {len(each) for each in woken} == {2}
    assert {job_id for each in woken for job_id in each} == ids


async def test_an_operator_is_told_how_many_there_are_and_what_was_done() -> None:
    """Of each a line, with how long it has been silent; jobs that move are none of them."""
    with exporting() as exported:
        app, steps = App(), Steps("goes on", "ended")
        await silent_job(app)
        services = replace(app.services, telemetry=exported.telemetry)
        measured = []
        for _ in range(3):
            await keep_house(services, app.orchestrations, RETENTION, steps.take)
            measured.append(exported.measured["quantumjobs.silent"])
            app.pass_time(**ROUND)

    assert measured == [[({}, 1)]] * 3
    lines = [fields for text, fields in exported.lines if text.startswith("job silent")]
    assert [(line["outcome"], line["seconds"]) for line in lines] == [
        ("woken", 60 * 60),
        ("stepTaken", 65 * 60),
        ("ended", 70 * 60),
    ]
    assert {(line["job.id"], line["job.phase"]) for line in lines} == {(JOB_ID, "waiting")}
