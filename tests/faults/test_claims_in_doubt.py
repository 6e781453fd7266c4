"""Orders while the table of claims answers badly: what was told that nothing started never runs, what runs was told."""

import asyncio

import httpx
import pytest

from tests.support.fault_proxy import Call, Rule
from tests.support.faulty import PROGRAM, SIMULATOR, Faulty, no_fault

ORDERS, CALLERS = 96, 16
WAYS = ("lostReply", "reset", "503", "lostReply", "truncated")  # in turn, for most of the calls to tables


def tables_answer_badly() -> Rule:
    """Let four of five calls to tables fail, some after the request arrived."""
    turn = 0

    def rule(call: Call) -> str | None:
        nonlocal turn
        if call.service != "table":
            return None
        turn += 1
        return None if turn % 5 == 0 else WAYS[turn % len(WAYS)]

    return rule


async def post(faulty: Faulty, key: str | None) -> httpx.Response:
    """Send an order once."""
    order = {"name": "in doubt", "target": SIMULATOR, "shots": 10}
    body = order | {"input": {"format": "ionq.circuit.v1", "text": PROGRAM}}
    return await faulty.api.post("/jobs", json=body, headers={"Idempotency-Key": key} if key else {})


@pytest.mark.parametrize("has_key", [False, True], ids=["without keys", "with keys"])
async def test_what_runs_was_told_and_what_was_not_taken_never_runs(faulty: Faulty, has_key: object) -> None:
    """Every answer is 202, or 503 that says what is known; sent again under the key that it tells, it is one job."""
    before, few = set(await faulty.executions()), asyncio.Semaphore(CALLERS)

    async def one(number: int) -> httpx.Response:
        async with few:
            return await post(faulty, f"doubt-{number}" if has_key else None)

    faulty.rule = tables_answer_badly()
    answers = await asyncio.gather(*(one(number) for number in range(ORDERS)))
    faulty.rule = no_fault

    taken = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    problems = [answer.json() for answer in answers if answer.status_code == 503]
    in_doubt = {problem["id"]: problem["idempotencyKey"] for problem in problems if "id" in problem}
    assert {answer.status_code for answer in answers} <= {202, 503}
    assert all("started nothing" in problem["detail"] for problem in problems if "id" not in problem)
    assert in_doubt

    repeated = await asyncio.gather(*(post(faulty, key) for key in in_doubt.values()))

    assert [answer.json()["id"] for answer in repeated] == [*in_doubt]
    await faulty.answers_to([*taken, *in_doubt], 240)
    executions = await faulty.executions()
    assert set(executions) - before == taken | set(in_doubt)
    assert {executions[job_id] for job_id in taken | set(in_doubt)} == {1}
