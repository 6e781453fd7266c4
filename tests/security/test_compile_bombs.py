"""Programs that are made to hurt the compiler are ended in time, two at a time, and nobody else notices."""

import asyncio
import time

import httpx
import pytest
from deployment import Deployment, bell

COMPILERS_AT_ONCE = 2
STARTING_SECONDS = 5  # what a child takes to start on a busy machine, and its queue's fair share
NESTED = "(" * 100_000 + "1" + ")" * 100_000
BOMBS = {
    "a loop without end": ("openqasm3", "OPENQASM 3.0; qubit q; while (true) { reset q; } bit c = measure q;"),
    "too many qubits": ("openqasm3", "OPENQASM 3.0; qubit[1000000000] q; bit[1000000000] c = measure q;"),
    "deep nesting": ("openqasm3", f"OPENQASM 3.0; int a = {NESTED}; qubit q; bit c = measure q;"),
    "recursion": ("qsharp", "function F(n : Int) : Int { F(n + 1) } operation Main() : Int { F(0) }"),
    "a large array": ("qsharp", "operation Main() : Int { let a = [0, size = 100000000000]; Length(a) }"),
    "doubling text": (
        "qsharp",
        'operation Main() : Int { mutable s = "x"; while true { set s = s + s; } 0 }',
    ),
    "many gates": (
        "qsharp",
        "operation Main() : Result { use q = Qubit(); for i in 1..1000000000 { H(q); } MResetZ(q) }",
    ),
}


def program(kind: str) -> dict[str, object]:
    """An order for a bomb."""
    word, text = BOMBS[kind]
    return bell(input={"format": word, "text": text})


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_bomb_is_a_fault_of_the_program(deployment: Deployment, kind: str) -> None:
    """The compiler's limits end it, the caller is told so, and no process is left behind."""
    before, began = deployment.memory(), time.monotonic()

    answer = await deployment.post(program(kind))

    assert answer.status_code == 400, answer.text
    assert {fault["field"] for fault in answer.json()["errors"]} == {"input"}
    assert time.monotonic() - began < 10 + STARTING_SECONDS
    assert deployment.children() == []
    assert deployment.memory() - before < 50


async def test_ten_bombs_wait_for_two_compilers_and_disturb_nobody(deployment: Deployment) -> None:
    """Two are compiled at a time; what needs no compiler is answered as ever meanwhile."""
    slowest, most, worked = 0.0, 0, deployment.processor_seconds()

    async with asyncio.TaskGroup() as group:
        bombs = [group.create_task(deployment.post(program("a loop without end"))) for _ in range(10)]
        while not all(bomb.done() for bomb in bombs):
            began = time.monotonic()
            assert (await deployment.api.get("/api/jobs?top=1")).status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, len(deployment.children()))
            await asyncio.sleep(0.05)

    assert {answered(bomb.result()) for bomb in bombs} == {(400, "input")}
    assert most == COMPILERS_AT_ONCE
    assert slowest < 1
    assert deployment.processor_seconds() - worked < 5


def answered(answer: httpx.Response) -> tuple[int, str]:
    """The status, and the field that is at fault."""
    return answer.status_code, answer.json()["errors"][0]["field"]
