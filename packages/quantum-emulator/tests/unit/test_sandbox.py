"""The fork server: each program in a process of its own, limited, and ended when it must."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from quantum_emulator.errors import ProgramError
from quantum_emulator.sandbox import ENVIRONMENT, Sandbox, SandboxLostError
from quantum_emulator.settings import Limits

BELL = {"circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]}
QUBITS = 26
LONG = {"circuit": [{"gate": gate, "target": q} for _ in range(200) for gate in ("h", "t") for q in range(QUBITS)]}


def header(**changes: Any) -> dict[str, Any]:
    """What an IonQ circuit is run with."""
    run = {"format": "ionq.circuit.v1", "output": "ionq.quantum-results.v1", "shots": 100, "seed": 1, "qubits": 30}
    return {**run, **changes}


def program(circuit: object) -> bytes:
    """A circuit as it lies in its blob."""
    return json.dumps(circuit).encode()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with time enough for each program, however busy the machine."""
    sandbox = Sandbox(Limits(seconds=60.0, memory_mebibytes=1500))
    yield sandbox
    await sandbox.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Sandbox]:
    """A sandbox with a second for each program."""
    sandbox = Sandbox(Limits(seconds=1.0, memory_mebibytes=1500))
    yield sandbox
    await sandbox.close()


async def children_of(sandbox: Sandbox, *, some: bool) -> list[int]:
    """The programs that run, once there are some, or none."""
    server = (await sandbox.ensure_started()).process.pid
    listed = Path(f"/proc/{server}/task/{server}/children")
    async with asyncio.timeout(30):
        # The kernel tells nobody of a new process: looking is all there is, and /proc is no disk.
        while bool(children := listed.read_text(encoding="ascii").split()) is not some:  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0)
    return [int(child) for child in children]


async def test_programs_run_apart_and_alike(sandbox: Sandbox) -> None:
    """Many at once give the same as one alone, by their seeds."""
    alone = await sandbox.run(header(), program(BELL))

    together = await asyncio.gather(*(sandbox.run(header(), program(BELL)) for _ in range(10)))

    assert set(together) == {alone}


async def test_a_program_that_takes_too_long_is_killed(hasty: Sandbox) -> None:
    """The reason says the limit, and nothing is left running."""
    with pytest.raises(ProgramError, match="after 1 s"):
        await hasty.run(header(), program(LONG))

    assert await children_of(hasty, some=False) == []


async def test_a_program_that_takes_too_much_memory_fails() -> None:
    """Half a gibibyte is not enough for a vector of 26 qubits; the next program runs."""
    cramped = Sandbox(Limits(seconds=60.0, memory_mebibytes=500))
    try:
        with pytest.raises(ProgramError) as caught:
            await cramped.run(header(), program(LONG))

        assert caught.value.code == "RuntimeError"
        assert await cramped.run(header(), program(BELL))
    finally:
        await cramped.close()


async def test_what_is_little_entangled_needs_no_vector(sandbox: Sandbox) -> None:
    """A chain of 27 qubits that leaves the Clifford gates runs though its vector would take two gibibytes."""
    chain = [{"gate": "rx", "rotation": 0.3, "target": 0}]
    chain += [{"gate": "cnot", "control": q, "target": q + 1} for q in range(26)]

    output = json.loads(await sandbox.run(header(), program({"qubits": 27, "circuit": chain})))

    assert set(output["histogram"]) <= {"0", str(2**27 - 1)}


async def test_a_caller_that_goes_takes_its_program_along(sandbox: Sandbox) -> None:
    """Cancelling the run kills the child at once."""
    run = asyncio.create_task(sandbox.run(header(), program(LONG)))
    await children_of(sandbox, some=True)

    run.cancel()

    assert await children_of(sandbox, some=False) == []


async def test_a_program_that_dies_is_reported(sandbox: Sandbox) -> None:
    """A child that is ended by a signal fails its job with the signal's name."""
    run = asyncio.create_task(sandbox.run(header(), program(LONG)))

    os.kill(*await children_of(sandbox, some=True), signal.SIGSEGV)

    with pytest.raises(ProgramError, match="SIGSEGV"):
        await run


async def test_a_lost_fork_server_is_started_again(sandbox: Sandbox) -> None:
    """The program under way is reported as lost, and the next one runs in a new server."""
    run = asyncio.create_task(sandbox.run(header(), program(LONG)))
    await children_of(sandbox, some=True)
    server = await sandbox.ensure_started()

    server.process.send_signal(signal.SIGKILL)

    with pytest.raises(SandboxLostError):
        await run
    await server.process.wait()
    assert await sandbox.run(header(), program(BELL))


async def test_programs_see_no_environment(sandbox: Sandbox) -> None:
    """What the fork server was given is all that its children could read."""
    server = await sandbox.ensure_started()

    environment = Path(f"/proc/{server.process.pid}/environ").read_bytes().split(b"\0")  # noqa: ASYNC240  # no disk

    assert {entry.partition(b"=")[0].decode() for entry in environment if entry} <= {*ENVIRONMENT, "LC_CTYPE"}
