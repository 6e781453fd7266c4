"""An order with the target `auto` gets targets when it comes, or a reason for each one."""

from dataclasses import replace
from typing import Any

import pytest

from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.messages import StageInput, SubmitJob, Submitted, TargetUnavailable
from quantum import wiring
from quantum.contract.constraints import Constraints
from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.orders import ProgramInput
from quantum.jobs.errors import InvalidOrderError, ServiceUnavailableError
from quantum.jobs.model import Job
from quantum.orders.estimates import parse_inquiry
from quantum.orders.read import parse_order
from quantum.programs.providers import RETIRED
from quantum.service.answers import job_view
from tests.support.builders import CIRCUIT, JOB_ID, App, a_submitted_order, a_target, an_order_body
from tests.support.fakes.activities import call
from tests.support.fakes.compiler import FakeCompiler

SIMULATOR, ARIA, H2, QVM = "ionq.simulator", "ionq.qpu.aria-1", "quantinuum.sim.h2-1e", "rigetti.sim.qvm"
HTTP = {"door": "http"}


def an_app(**states: str) -> App:
    """The app, with targets of three providers; a state is that of a provider."""
    app = App()
    app.workspace.target_list[:] = [
        a_target(id=name, provider=provider, availability=states.get(provider, "Available"), average_queue_seconds=wait)
        for name, provider, wait in (
            (ARIA, "ionq", 60),
            (H2, "quantinuum", 0),
            (QVM, "rigetti", 9),
            (SIMULATOR, "ionq", 5),
        )
    ]
    return app


async def take(app: App, program: ProgramInput | None = None, **changes: Any) -> Job:
    """Take an order that leaves the target to the app."""
    order = a_submitted_order(program, **{"target": "auto"} | changes)
    return await app.core.intake.take(order, JOB_ID, HTTP, app.orchestrations)


async def faults(app: App, program: ProgramInput | None = None, **changes: Any) -> list[str]:
    """What is wrong with such an order."""
    with pytest.raises(InvalidOrderError) as refused:
        await take(app, program, **changes)
    return [f"{fault.field}: {fault.reason}" for fault in refused.value.faults]


async def test_the_best_target_is_taken_and_the_next_are_its_fallbacks() -> None:
    """The job says why; a repeated order is the same job, whatever would be chosen now."""
    app = an_app()

    job = await take(app)
    app.workspace.target_list.reverse()
    again = await take(app)

    assert again.order == job.order
    assert job.order.targets == (SIMULATOR, QVM)
    choice = job_view(job)["choice"]
    assert choice[0] == {
        "target": SIMULATOR,
        "rank": 1,
        "reasons": ["available", "free", "average queue time 5 s"],
    }
    assert "rank" not in choice[-1]
    assert job.program
    assert job.program.profile == "Base"


@pytest.mark.parametrize(
    ("changes", "targets"),
    [
        ({"max_cost": 200}, (SIMULATOR, QVM, ARIA)),
        ({"max_cost": 50}, (SIMULATOR, QVM)),
        ({"max_cost": 150, "shots": 10_001}, (SIMULATOR, QVM)),
        ({"constraints": Constraints(kind="hardware")}, (ARIA,)),
    ],
)
async def test_only_an_order_that_allows_costs_falls_back_to_a_billed_target(
    changes: dict[str, Any], targets: tuple[str, ...]
) -> None:
    """And never to one over its `maxCost`."""
    assert (await take(an_app(), **changes)).order.targets == targets


async def test_a_degraded_target_that_accepts_without_running_is_never_taken() -> None:
    """Its queue of 0 seconds does not help it."""
    job = await take(an_app(quantinuum="Degraded"), constraints=Constraints(kind="simulator"))

    assert job.order.targets == (SIMULATOR, QVM)
    assert job.choice
    assert {each.target: each.reasons[0] for each in job.choice if each.rank is None} == {
        H2: "is Degraded: it accepts jobs and does not run them for now",
        ARIA: "is hardware",
    }


async def test_where_no_target_is_right_each_says_why() -> None:
    """All at once; nothing is stored."""
    app = an_app(rigetti="Unavailable")

    reasons = await faults(app, ProgramInput("ionq.circuit.v1", text=CIRCUIT), constraints=Constraints(qubits=30))

    assert [reason.split()[:2] for reason in reasons] == [["target:", "auto:"]] * 4
    assert "rigetti.sim.qvm is unavailable; has 29 qubits; rigetti.sim.qvm does not take ionq.circuit.v1" in reasons[2]
    assert (app.blobs.contents, app.index.entries) == ({}, {})


async def test_a_program_that_is_wrong_everywhere_is_what_is_wrong() -> None:
    """Not the targets."""
    app = an_app()
    app.compiler = FakeCompiler((Fault("input", "is no program", 1, 2),))
    with (
        wiring.standing_in(replace(app.services, compiler=app.compiler)) as core,
        pytest.raises(InvalidOrderError) as no,
    ):
        await core.intake.take(a_submitted_order(target="auto"), JOB_ID, HTTP, app.orchestrations)

    assert no.value.faults == (Fault("input", "is no program", 1, 2),)


async def test_a_cost_limit_and_a_size_are_reasons_too() -> None:
    """The limit is the order's own."""
    app = an_app()
    app.workspace.target_list[:] = [a_target(id=ARIA, qubits=1), *(a_target(id=name) for name in RETIRED)]

    (reason,) = await faults(app, max_cost=1)

    assert "input needs 2 qubits; ionq.qpu.aria-1 has 1; maxCost" in reason


async def test_without_targets_nothing_can_be_chosen() -> None:
    """And without an answer of the workspace the order comes again."""
    app = an_app()
    app.workspace.target_list.clear()
    assert await faults(app) == ["target: auto: this workspace has no targets"]
    assert "workspace" in (await faults(app, workspace="nowhere"))[0]

    down = an_app()
    down.workspace.failure = ServiceUnavailableError("down")
    with pytest.raises(ServiceUnavailableError):
        await take(down)


def test_what_does_not_go_with_a_choice_is_refused() -> None:
    """By name, and all at once."""

    def wrong(**changes: Any) -> set[str]:
        with pytest.raises(InvalidOrderError) as refused:
            parse_order(an_order_body(**changes), Limits())
        return {fault.field for fault in refused.value.faults}

    assert wrong(constraints={"qubits": 3}) == {"constraints"}
    assert wrong(target="auto", fallbackTargets=[ARIA], session="s") == {"fallbackTargets", "session"}
    assert wrong(target="auto", constraints={"qubits": 0, "kind": "x", "other": 1}) == {"constraints"}
    assert wrong(target="auto", constraints=[]) == {"constraints"}


def test_a_cost_limit_among_the_constraints_belongs_beside_them() -> None:
    """With every other fault."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(an_order_body(target="auto", constraints={"maxCost": 5, "qubits": 0}), Limits())

    (fault,) = refused.value.faults
    assert fault.field == "constraints"
    assert fault.reason.startswith("qubits must be")
    assert fault.reason.endswith("; maxCost belongs beside constraints, as a field of the order itself")


def test_an_estimate_with_a_choice_is_for_every_target() -> None:
    """It looks at all of them anyway; constraints are for orders."""
    inquiry = parse_inquiry(an_order_body(target="auto"), Limits())
    listed = parse_inquiry(an_order_body(targets=["auto"]), Limits())
    limited = parse_inquiry(an_order_body(target="auto", constraints={"qubits": 3}), Limits())

    assert (inquiry.targets, inquiry.faults) == ((), ())
    assert (listed.targets, listed.faults) == ((), ())
    assert [fault.field for fault in limited.faults] == ["constraints"]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, Submitted),
        ({"average_queue_seconds": 61}, TargetUnavailable),
        ({"availability": "Unavailable"}, TargetUnavailable),
    ],
)
async def test_what_spoke_for_a_target_is_checked_again_when_it_is_submitted(
    change: dict[str, Any], outcome: type[object]
) -> None:
    """Where that has changed, the next one has its turn."""
    app = an_app()
    job = await take(app, constraints=Constraints(max_queue_time="PT1M"))
    app.workspace.target_list[-1] = replace(a_target(), **change)
    app.pass_time(minutes=2)

    with wiring.standing_in(app.services):
        await call(stage_input, StageInput(job))
        done = await call(submit_job, SubmitJob(job))

    assert isinstance(done, outcome)
