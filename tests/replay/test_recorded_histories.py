"""What began under an older release goes on under this one: recorded histories, replayed by today's orchestrators."""

import importlib
import pkgutil
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest

import orchestrators
from orchestrators import steps
from orchestrators.run_job import run_job
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from tests.replay.recordings import all_recordings
from tests.replay.replaying import BrokenReplayError, Code, replay
from tests.replay.stories import STORIES

RECORDINGS = all_recordings()

type Steps = Generator[Any, Any, Any]


class Altered:
    """The orchestration's context, with some of its methods replaced."""

    def __init__(self, context: Any, **methods: Any) -> None:
        self._context = context
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        """Give the replaced method, or the context's own."""
        return self._methods[name] if name in self._methods else getattr(self._context, name)


def code_of(name: str) -> Code | None:
    """Find today's orchestrator of this name: its file has that name too."""
    code: Code | None = getattr(importlib.import_module(f"orchestrators.{name}"), name, None)
    return code


@pytest.mark.parametrize("story", RECORDINGS)
def test_an_instance_that_was_recorded_goes_on_today(story: str) -> None:
    """Deployed in the middle of any turn, today's code takes the steps that have been taken, and goes on."""
    recording = RECORDINGS[story]
    code = code_of(recording.orchestrator)

    assert code is not None
    replay(recording, code)


def test_every_story_and_every_orchestrator_is_recorded() -> None:
    """No process is deployed whose running instances nobody looks after."""
    modules = [module.name for module in pkgutil.iter_modules(orchestrators.__path__)]

    assert RECORDINGS.keys() == {story.__name__ for story in STORIES}
    assert {recording.orchestrator for recording in RECORDINGS.values()} == {name for name in modules if code_of(name)}


def test_the_stories_are_about_what_can_happen() -> None:
    """Each kind of end, a carried-over round, an event and every step are among them."""
    turns = [turn for recording in RECORDINGS.values() for part in recording.rounds for turn in part.turns]
    taken = {step for turn in turns for step in turn.took}

    assert len(RECORDINGS["many_rounds"].rounds) > 1
    assert any(met.get("Name") == "wake" for turn in turns for met in turn.met)
    assert taken == {
        *("activity " + name for name in ("stage_input", "submit_job", "check_job", "cancel_job", "collect_result")),
        *("activity record_progress", "activity close_session", "activity send_answer", "activity watch_workspace"),
        *("activity advance_batch", "activity finish_batch", "activity check_approval"),
        *("event wake", "timer", "continue-as-new"),
    }


def another_step_first(context: Any) -> Steps:
    """Look whether the account is good, then do as ever."""
    yield context.call_activity("check_account", None)
    return (yield from run_job(context))


def a_pause_first(context: Any) -> Steps:
    """Wait a moment, then do as ever."""
    yield context.create_timer(context.current_utc_datetime)
    return (yield from run_job(context))


def two_steps_swapped(context: Any) -> Steps:
    """Submit before staging."""
    job = Job.from_wire(context.get_input())
    job = yield from steps.submit_job(context, job.moved_to(Phase.STAGING, context.current_utc_datetime))
    return (yield from run_job(Altered(context, get_input=job.to_wire)))


def a_step_left_out(context: Any) -> Steps:
    """Tell nobody how it ended."""

    def call_activity(name: str, payload: Any) -> Any:
        return context.call_activity("record_progress" if name == "send_answer" else name, payload)

    return (yield from run_job(Altered(context, call_activity=call_activity)))


def another_event(context: Any) -> Steps:
    """Wait for an event of another name."""
    return (
        yield from run_job(Altered(context, wait_for_external_event=lambda _: context.wait_for_external_event("go")))
    )


def an_end_too_soon(context: Any) -> Steps:
    """Do nothing at all."""
    yield from ()
    return context.instance_id


def an_exception(context: Any) -> Steps:
    """Stumble over what an older release wrote."""
    yield from ()
    return context.get_input()["no such field"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (another_step_first, "step 1 was 'activity stage_input' and is 'activity check_account' today"),
        (a_pause_first, "step 1 was 'activity stage_input' and is 'timer' today"),
        (two_steps_swapped, "step 1 was 'activity stage_input' and is 'activity submit_job' today"),
        (a_step_left_out, "was 'activity send_answer' and is 'activity record_progress' today"),
        (another_event, "was 'event wake' and is 'event go' today"),
        (an_end_too_soon, "step 1 was 'activity stage_input' and is nothing today"),
        (an_exception, "it raises 'no such field'"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_change_that_breaks_what_runs_is_found(code: Code, problem: str) -> None:
    """The story, the place and both steps are named, and what to do about it."""
    with pytest.raises(BrokenReplayError) as broken:
        replay(RECORDINGS["happy"], code)

    assert "run_job, story 'happy', round 1, turn " in str(broken.value)
    assert problem in str(broken.value)
    assert "let what runs finish first" in str(broken.value)
    assert "python -m tests.replay.record" in str(broken.value)


def another_step_last(context: Any) -> Steps:
    """Do as ever, then one thing more."""
    output = yield from run_job(context)
    yield context.call_activity("archive_job", None)
    return output


def other_contents(context: Any) -> Steps:
    """Pass other things to the same steps, and wait longer."""

    def call_activity(name: str, payload: Any) -> Any:
        return context.call_activity(name, payload | {"new": "field"})

    def create_timer(due: datetime) -> Any:
        return context.create_timer(due + timedelta(hours=1))

    return (yield from run_job(Altered(context, call_activity=call_activity, create_timer=create_timer)))


@pytest.mark.parametrize("story", ["happy", "woken", "cancelled"])
@pytest.mark.parametrize("code", [another_step_last, other_contents])
def test_a_change_that_breaks_nothing_passes(story: str, code: Code) -> None:
    """New steps may come after those that exist; what steps are given, and when timers fire, may change."""
    assert replay(RECORDINGS[story], code) == sum(len(part.turns) for part in RECORDINGS[story].rounds)
