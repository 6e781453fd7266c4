"""The whole process with a step that fails for good: it ends within the patience that the docs state, with one answer.

A step on its own keeps its patience easily; it is what other steps do in between that gave it back.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, cycle, product
from pathlib import Path

import pytest

from orchestrators.retries import PATIENCE, PATIENCE_ONCE_SUBMITTED, PATIENCE_TO_CANCEL, PATIENCE_TO_SUBMIT, Patience
from orchestrators.run_job import run_job
from quantum.jobs.model import Job
from tests.builders import NOW, a_job, an_order
from tests.fakes.durable import HandDriven, Outcome, Script

ROUNDS = 2000
OPERATIONS = Path("docs/operations.md")
SUBMITTED: Outcome = {"outcome": "submitted", "status": "Waiting", "providerId": "ionq", "queueSeconds": 0}
SEEN: Outcome = {"outcome": "seen", "cancelRequested": False, "status": "Waiting", "providerId": "ionq"}
ENDED = SEEN | {"status": "Succeeded"}
STEPS: dict[str, Patience] = {
    "stage_input": PATIENCE,
    "submit_job": PATIENCE_TO_SUBMIT,
    "check_job": PATIENCE_ONCE_SUBMITTED,
    "cancel_job": PATIENCE_TO_CANCEL,
    "collect_result": PATIENCE_ONCE_SUBMITTED,
}
WORKING: dict[str, Script] = {
    "record_progress": [{"outcome": "recorded"}],
    "stage_input": [{"outcome": "staged"}],
    "submit_job": [SUBMITTED],
    "check_job": [SEEN, ENDED],
    "cancel_job": [{"outcome": "asked"}],
    "collect_result": [{"outcome": "collected", "result": {"blob": "results/x", "bytes": 2}, "warnings": []}],
    "send_answer": [{"outcome": "sent"}],
}


def failing(*words: str) -> Script:
    """One trouble after another, for ever."""
    turns = cycle(words)
    return lambda _: {"outcome": next(turns), "error": {"code": "Oops", "message": "again"}}


def run(**scripts: Script) -> tuple[HandDriven, Job]:
    """Run a job that is asked to cancel as soon as it is seen, until it ends; gives the one answer."""
    asks: Script = [SEEN | {"cancelRequested": "cancel_job" in scripts}, ENDED]
    context = HandDriven(WORKING | {"check_job": asks} | scripts, NOW)
    context.run(run_job, a_job(an_order()).to_wire(), rounds=ROUNDS)
    (answered,) = context.called("send_answer")
    return context, Job.from_wire(answered)


def lasting() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each step with each trouble that is waited out there, and with each pair of them in turn."""
    for step, patience in STEPS.items():
        yield from ((step, (word,)) for word in patience)
        yield from ((step, pair) for pair in combinations(patience, 2))


@pytest.mark.parametrize(("step", "words"), [*lasting()], ids=str)
def test_a_step_that_fails_for_good_ends_within_its_patience(step: str, words: tuple[str, ...]) -> None:
    """Whatever succeeds around it, and in whichever ways it fails, the caller hears in time."""
    longest = max(STEPS[step][word] for word in words)

    context, job = run(**{step: failing(*words)})

    assert job.is_final
    assert context.now - NOW <= longest * 1.5


@pytest.mark.parametrize(("first", "second"), [*combinations(STEPS, 2)])
def test_steps_do_not_give_each_other_patience(first: str, second: str) -> None:
    """Every step has its own: one that fails for a while before one that fails for good changes nothing."""
    for one, other in product(("busy", "broken"), ("unavailable", "missing")):
        context, job = run(**{first: recovering(first, one), second: failing(other)})

        assert job.is_final
        assert context.now - NOW <= 1.5 * STEPS[second][other] + timedelta(hours=1)


def recovering(step: str, word: str) -> Script:
    """A trouble that passes."""
    trouble: Outcome = {"outcome": word, "retryAfterSeconds": 30, "error": {"code": "Oops", "message": "again"}}
    turns = cycle([*[trouble] * 12, WORKING[step][-1]])  # type: ignore[index]  # these are lists
    return lambda _: next(turns)


def test_the_docs_state_each_patience() -> None:
    """An operator reads there how long a job bears what."""
    stated = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))

    for outcome in PATIENCE_ONCE_SUBMITTED:
        cells = [said.strip() for said in stated[outcome].split("|")[1:]]
        assert cells == [in_words(patience.get(outcome)) for patience in STEPS.values()], outcome


def in_words(length: timedelta | None) -> str:
    """Write a patience as the table does."""
    if length is None:
        return "ends the job"
    return f"{length.days} days" if length.days else f"{length.seconds // 60} minutes"
