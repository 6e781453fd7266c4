"""The process on the real durable SDK, replayed from the beginning at every turn."""

import warnings
from datetime import timedelta

import pytest

from orchestrators.messages import AnswerSent, Collected, JobChecked, Outcome, Staged, Submitted
from orchestrators.run_job import run_job
from quantum.jobs.ids import RUN_JOB, WAKE
from quantum.jobs.model import StoredResult
from quantum.wire import codec
from tests.support.builders import NOW, a_job, an_account
from tests.support.fakes.replayed import Replayed


def complete(instance: Replayed, activity: str, outcome: Outcome) -> None:
    """Let an activity come to its outcome."""
    instance.complete(activity, outcome.to_wire())


SUBMITTED = Submitted(an_account(), codec.timestamp(NOW), 600)


def seen(status: str) -> JobChecked:
    """A look at the job in the workspace."""
    return JobChecked(an_account(status), cancel_requested=False, at=codec.timestamp(NOW))


def started() -> Replayed:
    """An instance whose job is about to be submitted."""
    instance = Replayed(run_job, a_job().to_wire(), NOW)
    complete(instance, "stage_input", Staged())
    return instance


@pytest.fixture
def waiting() -> Replayed:
    """An instance whose job waits in the workspace."""
    instance = started()
    complete(instance, "submit_job", SUBMITTED)
    return instance


def test_the_process_has_the_name_that_the_engine_starts() -> None:
    """Doors start an orchestration by the function's name."""
    assert run_job.__name__ == RUN_JOB


def carried(instance: Replayed) -> bool:
    """Whether the instance goes on in a fresh round."""
    kinds = {action["actionType"] for action in instance.actions}
    return bool(instance.state["isDone"]) and 4 in kinds


def test_a_job_runs_to_its_end_through_every_replay(waiting: Replayed) -> None:
    """Each turn asks for what the former turns asked for, and for one thing more."""
    waiting.fire()
    complete(waiting, "check_job", seen("Succeeded"))
    complete(waiting, "collect_result", Collected(StoredResult("results/x", 2)))
    complete(waiting, "send_answer", AnswerSent())

    assert waiting.state["isDone"]
    assert waiting.state["output"] == {"phase": "succeeded"}
    assert waiting.state["customStatus"] == {"phase": "succeeded", "target": "ionq.simulator", "polls": 1}


def test_one_task_for_the_event_serves_many_pauses(waiting: Replayed) -> None:
    """An event that comes in a later pause is not swallowed by a task that an earlier one left behind."""
    for _ in range(3):
        waiting.fire()
        complete(waiting, "check_job", seen("Waiting"))
    timer = waiting.actions[-1]

    waiting.now += timedelta(seconds=1)
    waiting.raise_event(WAKE)

    assert waiting.actions[-1]["functionName"] == "check_job"
    assert waiting.actions.index(timer | {"isCanceled": True}) == len(waiting.actions) - 2


def test_a_wake_up_leads_to_a_look_and_a_fresh_round(waiting: Replayed) -> None:
    """What it carries over is the job."""
    waiting.raise_event(WAKE)
    complete(waiting, "check_job", seen("Waiting"))

    assert carried(waiting)
    assert waiting.actions[-1]["input"]


def test_an_event_that_came_early_causes_one_look_and_no_more() -> None:
    """The SDK gives it to every later task of its name: without a fresh round no pause would ever be made again."""
    instance = started()

    with warnings.catch_warnings():
        # The SDK warns of an event that nobody waits for yet, at every replay, and keeps it.
        warnings.filterwarnings("ignore", "Potential duplicate Task completion")
        instance.raise_event(WAKE)
        complete(instance, "submit_job", SUBMITTED)
        complete(instance, "check_job", seen("Waiting"))

    assert carried(instance)
