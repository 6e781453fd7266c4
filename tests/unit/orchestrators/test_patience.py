"""The whole process with a step that fails for good: it ends within the patience that the docs state, with one answer.

A step on its own keeps its patience easily; it is what other steps do in between that gave it back.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, cycle, pairwise, product
from pathlib import Path
from typing import get_args

import pytest

from orchestrators.messages import (
    AnswerSent,
    AnyFailure,
    Busy,
    CancelSent,
    Collected,
    Failed,
    Recorded,
    Staged,
)
from orchestrators.retries import PATIENCE, PATIENCE_ONCE_SUBMITTED, PATIENCE_TO_CANCEL, PATIENCE_TO_SUBMIT, Patience
from orchestrators.run_job import run_job
from quantum.jobs.model import Failure, Job, StoredResult
from quantum.jobs.retry_state import FailureKind
from tests.support.builders import NOW, a_check, a_job, a_submission, an_order
from tests.support.fakes.durable import HandDriven, Script

ROUNDS = 2000
OPERATIONS = Path("docs/operations.md")
ERROR = Failure("Oops", "again")
SEEN = a_check()
ENDED = a_check("Succeeded")
FAILURES: dict[str, type[AnyFailure]] = {failure.word: failure for failure in get_args(AnyFailure)}
STEPS: dict[str, Patience] = {
    "stage_input": PATIENCE,
    "submit_job": PATIENCE_TO_SUBMIT,
    "check_job": PATIENCE_ONCE_SUBMITTED,
    "cancel_job": PATIENCE_TO_CANCEL,
    "collect_result": PATIENCE_ONCE_SUBMITTED,
}
WORKING: dict[str, Script] = {
    "record_progress": [Recorded()],
    "stage_input": [Staged()],
    "submit_job": [a_submission()],
    "check_job": [SEEN, ENDED],
    "cancel_job": [CancelSent()],
    "collect_result": [Collected(StoredResult("results/x", 2))],
    "send_answer": [AnswerSent()],
}


def failing(*kinds: FailureKind) -> Script:
    """One failure after another, for ever."""
    turns = cycle(kinds)
    return lambda _: FAILURES[next(turns)](ERROR)


def tolerated(patience: Patience) -> list[FailureKind]:
    """The kinds of failure that are waited out."""
    return [kind for kind in get_args(FailureKind) if patience.of(kind) is not None]


def length_of(patience: Patience, kind: FailureKind) -> timedelta:
    """How long one of them is waited out."""
    length = patience.of(kind)
    assert length is not None
    return length


def run(**scripts: Script) -> tuple[HandDriven, Job]:
    """Run a job that is asked to cancel as soon as it is seen, until it ends; gives the one answer."""
    asks: Script = [a_check(cancel="cancel_job" in scripts), ENDED]
    context = HandDriven(WORKING | {"check_job": asks} | scripts, NOW)
    context.run(run_job, a_job(an_order()).to_wire(), rounds=ROUNDS)
    (answered,) = context.called("send_answer")
    return context, answered.job


def lasting() -> Iterator[tuple[str, tuple[FailureKind, ...]]]:
    """Each step with each trouble that is waited out there, and with each and the next in turn."""
    for step, patience in STEPS.items():
        kinds = tolerated(patience)
        yield from ((step, (kind,)) for kind in kinds)
        yield from ((step, pair) for pair in pairwise([*kinds, *kinds[:1]]))


@pytest.mark.parametrize(("step", "kinds"), [*lasting()], ids=str)
def test_a_step_that_fails_for_good_ends_within_its_patience(step: str, kinds: tuple[FailureKind, ...]) -> None:
    """Whatever succeeds around it, and in whichever ways it fails, the caller hears in time."""
    longest = max(length_of(STEPS[step], kind) for kind in kinds)

    context, job = run(**{step: failing(*kinds)})

    assert job.is_final
    assert context.now - NOW <= longest * 1.5


@pytest.mark.parametrize(("first", "second"), [*combinations(STEPS, 2)])
def test_steps_do_not_give_each_other_patience(first: str, second: str) -> None:
    """Every step has its own: one that fails for a while before one that fails for good changes nothing."""
    pairs: product[tuple[FailureKind, FailureKind]] = product(("busy", "broken"), ("unavailable", "missing"))
    for one, other in pairs:
        context, job = run(**{first: recovering(first, one), second: failing(other)})

        assert job.is_final
        assert context.now - NOW <= 1.5 * length_of(STEPS[second], other) + timedelta(hours=1)


def recovering(step: str, kind: FailureKind) -> Script:
    """A failure that passes."""
    trouble: Failed = Busy(ERROR, 30) if kind == "busy" else FAILURES[kind](ERROR)
    turns = cycle([*[trouble] * 12, WORKING[step][-1]])  # type: ignore[index]  # these are lists
    return lambda _: next(turns)


def test_the_docs_state_each_patience() -> None:
    """An operator reads there how long a job bears what."""
    stated = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))

    for kind in tolerated(PATIENCE_ONCE_SUBMITTED):
        cells = [cell.strip() for cell in stated[kind].split("|")[1:]]
        assert cells == [in_words(patience.of(kind)) for patience in STEPS.values()], kind


def in_words(length: timedelta | None) -> str:
    """Write a patience as the table does."""
    if length is None:
        return "ends the job"
    return f"{length.days} days" if length.days else f"{length.seconds // 60} minutes"
