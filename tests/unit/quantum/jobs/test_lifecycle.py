"""The phases of a job: the moves that are legal, and that nothing else moves it."""

import json
import os
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from quantum.jobs.lifecycle import FINAL, MOVES, PHASE_OF_STATUS, IllegalMoveError, Phase, move, phase_of
from quantum.jobs.model import Job
from tests.support.builders import NOW, a_job, an_order

ACTIVE = frozenset(Phase) - FINAL


@pytest.mark.parametrize("phase", Phase)
def test_staying_is_always_legal(phase: Phase) -> None:
    """Being told the same twice is no move."""
    assert move(phase, phase) is phase


@pytest.mark.parametrize("final", sorted(FINAL))
def test_no_move_leads_out_of_an_end(final: Phase) -> None:
    """A job that has ended never goes on."""
    for phase in set(Phase) - {final}:
        with pytest.raises(IllegalMoveError, match=f"a job that is {final} cannot become {phase}"):
            move(final, phase)


@pytest.mark.parametrize("phase", sorted(ACTIVE))
def test_an_end_can_be_reached_from_everywhere(phase: Phase) -> None:
    """No phase is a trap."""
    reached = {phase}
    while (further := reached.union(*(MOVES[place] for place in reached))) != reached:
        reached = further

    assert reached & FINAL


@pytest.mark.parametrize("status", PHASE_OF_STATUS)
@pytest.mark.parametrize("phase", [Phase.STAGING, Phase.WAITING, Phase.EXECUTING])
def test_every_status_of_the_workspace_can_follow_a_submission(phase: Phase, status: str) -> None:
    """Whatever the workspace says next, the job can follow."""
    assert move(phase, phase_of(status)) is phase_of(status)


def test_a_status_that_nobody_knows_counts_as_running() -> None:
    """A new word in the service makes no job fail."""
    assert phase_of("Contemplating") is Phase.EXECUTING


def test_only_the_workspace_ends_a_job_that_is_being_cancelled() -> None:
    """A job that finishes in spite of a cancellation may still be collected."""
    assert Phase.COLLECTING in MOVES[Phase.CANCELLING]
    assert Phase.SUCCEEDED not in MOVES[Phase.CANCELLING]


STEPS = 10_000 if "CI" in os.environ else 1_000
STEPS_A_LIFE = 25  # some lives are found to be too short, or like one before: a quarter more are begun
WALK = settings(deadline=None, max_examples=STEPS * 5 // 4 // STEPS_A_LIFE, stateful_step_count=STEPS_A_LIFE)


class Lifecycle(RuleBasedStateMachine):
    """Moves a job at random, legally and not, a target after the other."""

    steps = 0  # of all walks together

    def __init__(self) -> None:
        super().__init__()
        self.job = a_job(an_order(fallback_targets=("second", "third")))
        self.clock = NOW

    @rule(to=st.sampled_from(Phase), seconds=st.integers(1, 1000))
    def try_to_move(self, to: Phase, seconds: int) -> None:
        """A legal move is noted with its time, an illegal one raises and changes nothing."""
        type(self).steps += 1
        before, self.clock = self.job, self.clock + timedelta(seconds=seconds)
        legal = to in MOVES[before.phase] or to is before.phase
        try:
            self.job = before.moved_to(to, self.clock)
        except IllegalMoveError:
            assert not legal
            assert self.job is before
        else:
            assert legal
            assert len(self.job.history) == len(before.history) + (to is not before.phase)

    @precondition(lambda self: not self.job.is_final)
    @rule(data=st.data())
    def move_legally(self, data: st.DataObject) -> None:
        """Go on, so that long lives are seen too."""
        type(self).steps += 1
        to = data.draw(st.sampled_from(sorted(MOVES[self.job.phase])))
        self.job = self.job.moved_to(to, self.clock)

    @precondition(lambda self: Phase.STAGING in MOVES[self.job.phase] and self.job.next_target)
    @rule()
    def fall_back(self) -> None:
        """Turn to the next target: another job in the workspace, and nothing known of it yet."""
        type(self).steps += 1
        before = self.job
        self.job = before.failed_over().moved_to(Phase.STAGING, self.clock)
        assert self.job.target == before.next_target
        assert self.job.remote_id not in {before.remote_id, before.id}
        assert self.job.remote.status is None

    @invariant()
    def the_wire_keeps_it(self) -> None:
        """A job that crosses an orchestration is the same on the other side."""
        assert Job.from_wire(json.loads(json.dumps(self.job.to_wire()))) == self.job

    @invariant()
    def the_history_ends_with_the_phase(self) -> None:
        """What is shown of a job agrees with where it is, and its times never go back."""
        assert self.job.history[-1]["phase"] == self.job.phase
        times = [entry["at"] for entry in self.job.history]
        assert times == sorted(times)

    @invariant()
    def an_end_comes_once(self) -> None:
        """At most one phase of a life is final, and it is the last."""
        ends = [entry["phase"] for entry in self.job.history if Phase(entry["phase"]) in FINAL]
        assert ends == ([self.job.phase] if self.job.is_final else [])


def test_no_sequence_of_moves_breaks_the_rules_of_a_jobs_life() -> None:
    """Thousands of steps at random, each followed by a look at everything that must always hold."""
    before = Lifecycle.steps

    run_state_machine_as_test(Lifecycle, settings=WALK)

    assert Lifecycle.steps - before >= STEPS
