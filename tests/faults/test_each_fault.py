"""Each call of an order, and each way in which it can fail: the order still succeeds, once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from quantum.jobs.model import job_id
from tests.faults.fault_cases import AMBIGUOUS, MADE_ONCE, OPERATIONS, REFUSALS, ROUNDS, Armed, job_of, operations_of
from tests.support.fault_proxy import Call
from tests.support.faulty import QPU, Faulty

PLACES = {"read_places", "write_places", "first_place"}  # one row for all jobs
APART = {"list_targets", "cancel_job", *PLACES}  # they need a story of their own
CASES = [(operation, name) for operation in OPERATIONS if operation not in APART for name in ROUNDS]


@dataclass(frozen=True)
class Outcome:
    """What became of an order whose calls failed."""

    job: Mapping[str, Any]
    executions: int
    answers: int
    met: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcomes(served_faulty: Faulty) -> Mapping[tuple[str, str], Outcome]:
    """Run an order for each case, all at once."""
    armed = Armed()
    ids = {case: job_id("http", "-".join(case)) for case in CASES}
    for (operation, name), id_ in ids.items():
        armed.arm(id_, operation, ROUNDS[name])
    served_faulty.rule = armed

    jobs = await served_faulty.run(["-".join(case) for case in CASES], seconds=600)

    executions = await served_faulty.executions()
    return {
        case: Outcome(job, executions[id_], answers_about(served_faulty, id_), armed.met[id_, case[0]])
        for (case, id_), job in zip(ids.items(), jobs, strict=True)
    }


def answers_about(faulty: Faulty, id_: str) -> int:
    """Count the answers about a job that do not repeat another."""
    return sum(answer["subject"] == id_ for answer in faulty.answers.values())


@pytest.mark.parametrize(("operation", "name"), CASES, ids=lambda part: part)
def test_an_order_succeeds_once(outcomes: Mapping[tuple[str, str], Outcome], operation: str, name: str) -> None:
    """Whichever call fails, and however: one job, executed once, one answer, and the right result."""
    outcome = outcomes[operation, name]

    assert outcome.met[:1] == list(ROUNDS[name][:1])
    assert (outcome.job["phase"], outcome.executions, outcome.answers) == ("succeeded", 1, 1)
    assert outcome.job["result"]["counts"] == {"1": 10}


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation not in APART])
def test_refusals_are_all_met(outcomes: Mapping[tuple[str, str], Outcome], operation: str) -> None:
    """A call that is refused is made again until it is not, whatever was said the last time."""
    met = outcomes[operation, "refusals"].met

    assert met == list(REFUSALS)


async def test_every_call_has_a_name(faulty: Faulty) -> None:
    """A call that the table does not know would never be made to fail here."""
    seen: list[Call] = []

    def rule(call: Call) -> None:
        seen.append(call)

    faulty.rule = rule

    (job,) = await faulty.run(["healthy"])

    own = [call for call in seen if job_of(call) == job["id"]]
    assert [call.path for call in own if len(operations_of(call)) != 1] == []
    covered = {operation for call in own for operation in operations_of(call)}
    assert covered == OPERATIONS.keys() - APART
    others = [call for call in seen if call not in own and not operations_of(call)]
    assert [call.path for call in others if not any(word in call.path for word in MADE_ONCE)] == []


@pytest.mark.parametrize("fault", [*REFUSALS, *AMBIGUOUS])
async def test_a_list_of_targets_is_not_needed(faulty: Faulty, fault: str) -> None:
    """An order is taken though the workspace does not say which targets it has."""
    faulty.clock.advance(timedelta(minutes=2))
    armed = 1 if fault == "stall" else 4
    waiting = [fault] * armed

    def rule(call: Call) -> str | None:
        return waiting.pop() if waiting and operations_of(call) == ["list_targets"] else None

    faulty.rule = rule

    (job,) = await faulty.run([f"targets-{fault}"])

    assert len(waiting) < armed
    assert job["phase"] == "succeeded"


@pytest.mark.parametrize("fault", [*REFUSALS, *AMBIGUOUS])
async def test_an_order_gets_its_place(faulty: Faulty, fault: str) -> None:
    """Whatever happens to the row of places, which all jobs share, the order takes one, and is submitted once."""
    waiting = [fault] * (1 if fault == "stall" else 2)

    def rule(call: Call) -> str | None:
        return waiting.pop() if waiting and PLACES.intersection(operations_of(call)) else None

    faulty.rule = rule

    (job,) = await faulty.run([f"places-{fault}"])

    assert waiting == []
    assert (job["phase"], (await faulty.executions())[job["id"]]) == ("succeeded", 1)


@pytest.mark.parametrize("name", [*ROUNDS])
async def test_a_cancellation_gets_through(faulty: Faulty, name: str) -> None:
    """What the caller asked for is asked of the workspace until it hears, and nothing is executed."""
    armed = Armed()
    id_ = job_id("http", f"cancel-{name}")
    armed.arm(id_, "cancel_job", ROUNDS[name])
    faulty.rule = armed
    await faulty.admin.patch(f"/admin/targets/{QPU}", json={"queueSeconds": 3600})
    with faulty.clock.busy():
        await faulty.submit(f"cancel-{name}", target=QPU)
        async with asyncio.timeout(60):
            while (await faulty.api.get(f"/jobs/{id_}")).json()["phase"] != "waiting":
                pass
        await faulty.api.post(f"/jobs/{id_}/cancel")

    (job,) = await faulty.answers_to([id_])

    assert armed.met[id_, "cancel_job"][:1] == list(ROUNDS[name][:1])
    assert (job["phase"], (await faulty.executions())[id_]) == ("cancelled", 0)


@pytest.mark.parametrize("operation", ["create_job", "upload_input", "keep_program", "claim", "record", "send_answer"])
async def test_a_service_that_is_away_for_a_while_is_waited_for(faulty: Faulty, operation: str) -> None:
    """It cuts a call, refuses connections for half a minute, and comes back: the order has waited."""
    proxy = faulty.proxies[OPERATIONS[operation][0]]
    away: list[asyncio.Task[None]] = []

    async def go_away() -> None:
        await proxy.refuse()
        await faulty.clock.wait_until(faulty.clock.now() + timedelta(seconds=30))
        await proxy.listen()

    def rule(call: Call) -> str | None:
        if away or operation not in operations_of(call):
            return None
        away.append(asyncio.create_task(go_away()))
        return "reset"

    faulty.rule = rule

    (job,) = await faulty.run([f"away-{operation}"])

    await asyncio.gather(*away)
    assert len(away) == 1
    assert (job["phase"], (await faulty.executions())[job["id"]]) == ("succeeded", 1)
