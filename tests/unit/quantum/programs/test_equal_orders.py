"""Which orders are equal, and which results may be reused."""

from dataclasses import replace
from typing import Any

import pytest

from quantum.contract.reuse import ReuseRule
from quantum.jobs.model import Job
from quantum.programs.providers import is_hardware, reuse_notes
from quantum.programs.reuse import may_reuse, run_key
from tests.support.builders import a_job, a_program, an_order, with_progress

PROGRAM = a_program(digest="d")


def key(job: Job | None = None, compiler: str = "1", **program: Any) -> str:
    """The key of a job with a program that is changed like this."""
    return run_key(job or a_job(), replace(PROGRAM, **program), compiler)


@pytest.mark.parametrize(
    "order",
    [
        {"name": "other"},
        {"tags": {"a": "b"}},
        {"deadline": "PT1H"},
        {"priority": "High"},
        {"fallback_targets": ("ionq.qpu.aria-1",)},
        {"answer_to": "none"},
        {"reuse_result": True},
    ],
)
def test_what_does_not_decide_about_the_result_makes_no_difference(order: dict[str, Any]) -> None:
    """Neither do the job's id, nor where its program is."""
    job = replace(a_job(an_order(**order)), id="11111111-1111-5111-8111-111111111111")

    assert key(job, blob="programs/other/1") == key()


@pytest.mark.parametrize(
    "order",
    [
        {"target": "ionq.qpu.aria-1"},
        {"shots": 999},
        {"params": {"noiseSeed": 1}},
        {"workspace": "other"},
        {"entry_point": "Main"},
        {"arguments": (3,)},
    ],
)
def test_what_decides_about_the_result_makes_another_key(order: dict[str, Any]) -> None:
    """As do seeds and noise, which are parameters."""
    assert key(a_job(an_order(**order))) != key()


@pytest.mark.parametrize(
    "program",
    [
        {"digest": "e"},
        {"format": "other"},
        {"layout": "2"},
        {"output": "microsoft.quantum-results.v1"},
        {"encoding": "gzip"},
        {"media_type": "text/plain"},
        {"profile": "Adaptive_RI"},
    ],
)
def test_another_program_or_form_of_results_is_another_key(program: dict[str, Any]) -> None:
    """By its content, not by its name."""
    assert key(**program) != key()


def test_another_tenant_has_results_of_its_own() -> None:
    """What one has paid for is not handed to another."""
    ours, theirs = (replace(a_job(), source={"door": "http", "tenant": name}) for name in ("ours", "theirs"))

    assert len({key(ours), key(theirs), key()}) == 3


def test_another_compiler_is_another_key_for_what_it_compiled() -> None:
    """A module of the caller's own has not met it."""
    assert key(compiler="2") != key(compiler="1")
    assert key(compiler="2", is_compiled=False) == key(compiler="1", is_compiled=False)


def test_the_next_target_has_a_key_of_its_own() -> None:
    """It is that of an order for it."""
    turned = with_progress(a_job(an_order(fallback_targets=("rigetti.sim.qvm",))), fallback=1)

    assert key(turned) == key(a_job(an_order(target="rigetti.sim.qvm")))


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("ionq.simulator", False),
        ("quantinuum.sim.h2-1e", False),
        ("microsoft.tabu.cpu", False),
        ("ionq.qpu.aria-1", True),
        ("somebody.new", True),
    ],
)
def test_what_is_not_known_as_a_simulator_is_hardware(target: str, answer: object) -> None:
    """So that nobody is given an old result unawares."""
    assert is_hardware(target) is answer


def test_results_of_hardware_are_reused_only_where_the_order_says_so() -> None:
    """Those of simulators are wherever it asks for any."""
    aria = "ionq.qpu.aria-1"

    def allows(target: str, rule: ReuseRule | None) -> bool:
        return may_reuse(a_job(an_order(target=target, reuse_result=rule)))

    assert [allows("ionq.simulator", rule) for rule in (None, ReuseRule(), ReuseRule("P1D"))] == [False, True, True]
    assert [allows(aria, rule) for rule in (ReuseRule(), ReuseRule("P1D"), ReuseRule(hardware=True))] == [
        False,
        False,
        True,
    ]
    (note,) = reuse_notes(("ionq.simulator", aria), ReuseRule())
    assert note.startswith("reuseResult has no effect on ionq.qpu.aria-1, which is hardware")
    assert reuse_notes((aria,), ReuseRule(hardware=True)) == reuse_notes((aria,), None) == ()
