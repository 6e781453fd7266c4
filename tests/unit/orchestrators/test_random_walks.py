"""The process of a job on a workspace that does whatever it likes: it always ends, once, and as it should."""

import os
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrators.messages import CancelJob, CheckJob, Outcome, Unavailable
from orchestrators.run_job import run_job
from quantum.contract.orders import Order
from quantum.jobs.lifecycle import MOVES, Phase
from quantum.jobs.model import Failure, Job
from tests.support.builders import NOW, a_check, a_job, an_order, with_progress
from tests.support.fakes.durable import HandDriven, Run
from tests.unit.orchestrators.random_workspace import ENDED, REFUSED, RandomWorkspace

WALKS = 600 if "CI" in os.environ else 120
LOST = Unavailable(Failure("Unavailable", "The connection was cut."))
NEVER_RAN = {None, "Cancelled"}

orders = st.builds(
    lambda fallbacks, deadline: an_order(fallback_targets=fallbacks, deadline=deadline),
    st.sampled_from([(), ("second",), ("second", "third")]),
    st.sampled_from([None, "PT5S", "PT1M", "PT1H"]),
)


@settings(deadline=None, max_examples=WALKS)
@given(
    order=orders,
    chance=st.integers(0, 2**32).map(Random),
    may_cancel=st.booleans(),
    wakes=st.lists(st.integers(0, 600), max_size=4).map(sorted),
)
def test_a_job_ends_once_and_as_the_workspace_says(
    order: Order, chance: Random, *, may_cancel: bool, wakes: list[int]
) -> None:
    """Whatever fails, is lost, refused, cancelled or late: legal moves, one target at a time, one answer."""
    workspace = RandomWorkspace(chance, caller_may_cancel=may_cancel)
    context = HandDriven(workspace.scripts(), NOW, [NOW + timedelta(seconds=number) for number in wakes])
    workspace.context = context

    output = context.run(run_job, a_job(order).to_wire(), rounds=1000)

    job = context.called("send_answer")[-1].job
    assert output == {"phase": job.phase}
    answers = [with_progress(request.job, attempts=0, struggles={}) for request in context.called("send_answer")]
    assert all(answered == answers[0] for answered in answers)
    assert_that_its_history_is_legal(job)
    assert_that_it_ended_as_the_workspace_says(job, workspace)


def test_a_cancellation_that_worked_unheard_still_leads_to_the_next_target(run: Run) -> None:
    """The reply to our request was lost, the next one was refused: the job is not called cancelled by its caller."""
    first: dict[str, str] = {}

    def check(request: CheckJob) -> Outcome:
        return a_check(first.get(request.remote_id, "Succeeded"))

    def cancel(request: CancelJob) -> Outcome:
        was, first[request.remote_id] = first[request.remote_id], "Cancelled"
        return REFUSED if was == "Cancelled" else LOST

    order = an_order(deadline="PT1H", fallback_targets=("second",))
    first[a_job(order).remote_id] = "Waiting"
    _, job = run(a_job(order), check_job=check, cancel_job=cancel)

    assert (job.phase, job.target) == (Phase.SUCCEEDED, "second")


def assert_that_its_history_is_legal(job: Job) -> None:
    """Every phase follows from the one before, and the job is in the last, which is final."""
    phases = [Phase(entry["phase"]) for entry in job.history]
    assert all(after in MOVES[before] for before, after in pairwise(phases))
    assert job.is_final
    assert job.phase is phases[-1]


def assert_that_it_ended_as_the_workspace_says(job: Job, workspace: RandomWorkspace) -> None:
    """What is told is what happened there; all that was left behind on the way was cancelled."""
    status = workspace.jobs.pop(job.remote_id, None)
    assert set(workspace.jobs.values()) <= {"Cancelled"}
    assert status in ENDED | {None}
    match job.phase:
        case Phase.SUCCEEDED:
            assert (status, job.error) == ("Succeeded", None)
        case Phase.FAILED:
            assert job.error
            assert (status, job.error.code) == ("Failed", "Decohered") or workspace.refuses_collecting
        case Phase.REJECTED:
            assert (status, job.error and job.error.code) == (None, "Refused")
        case Phase.CANCELLED:
            assert status in NEVER_RAN
            assert workspace.cancel_requested
        case Phase.EXPIRED:
            assert status in NEVER_RAN
            assert job.deadline_at
            assert workspace.context
            assert workspace.context.now >= job.deadline_at
        case phase:
            pytest.fail(f"{phase} is not an end")
