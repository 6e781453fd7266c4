"""Sizes: histories stay small and memory stays level, however large a program or its result is."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from azure.storage.blob.aio import ContainerClient

from benchmarks.measuring.figures import TIMES, Figure
from benchmarks.measuring.processes import forget_peak, in_proc
from benchmarks.scripted_workspace import MIB, scripted_workspace
from local.stack import Stack, WorkspaceEndpoint
from quantum.storage import INPUTS_CONTAINER

KIB = 1024
QIR = b'define void @main() #0 { ret void }\nattributes #0 = { "entry_point" }\n'
LARGE = 100 * MIB
COUNTED = 16 * MIB  # the largest output that the app turns into counts
SIZES = (
    (len(QIR), 1),
    (LARGE, 64 * KIB),
    (64 * KIB, LARGE),
    (4 * MIB, COUNTED),
)  # of input and result; the smallest input is a whole program
FINAL = {"succeeded", "failed", "rejected"}


@dataclass(frozen=True)
class Seen:
    """The cost of one job: bytes of history, and peak growth of the host's memory in KiB."""

    history: int
    grown: int


async def measure() -> AsyncIterator[Figure]:
    """Send jobs of growing sizes through the app, to a workspace that accepts and returns any size."""
    async with scripted_workspace() as workspace:
        settings = {"AZURE_QUANTUM_CONNECTION_STRING": WorkspaceEndpoint(workspace.url, "none").connection_string}
        with TemporaryDirectory() as folder:
            async with Stack(Path(folder), settings=settings) as stack:
                workspace.storage = stack.endpoints.storage
                await run_one(stack, 64 * KIB, 64 * KIB)  # imports at first use do not count
                jobs = [await run_one(stack, *size) for size in SIZES]
    small, large_input, large_result, counted = jobs
    worst = max(job.history for job in jobs)
    for figure in [
        Figure("history, from the smallest to 100 MiB", worst / KIB, "KiB", at_most=64),
        Figure("growth of memory, smallest input and result", small.grown / KIB, "MiB"),
        Figure("growth of memory, input of 100 MiB", large_input.grown * KIB / LARGE, TIMES, at_most=1.5),
        Figure("growth of memory, result of 100 MiB", large_result.grown * KIB / LARGE, TIMES, at_most=1.5),
        Figure(
            "growth of memory, result of 16 MiB made into counts", counted.grown * KIB / COUNTED, TIMES, at_most=1.5
        ),
    ]:
        yield figure


async def run_one(stack: Stack, input_bytes: int, output_bytes: int) -> Seen:
    """Run one job to its end, and measure the host meanwhile."""
    where = stack.endpoints
    name = f"{input_bytes}-{output_bytes}.ll"
    await upload(where.storage, name, input_bytes)
    pid = where.pids["host"]
    before = in_proc(pid, "VmRSS")
    forget_peak(pid)
    async with httpx.AsyncClient(base_url=where.api, timeout=120) as http:
        http.headers["x-functions-key"] = where.function_key
        job_id = await run(http, f"{INPUTS_CONTAINER}/{name}", output_bytes)
    return Seen(bytes_of_history(stack.state / "host" / "journal.sqlite", job_id), in_proc(pid, "VmHWM") - before)


async def upload(storage: str, name: str, size: int) -> None:
    """Put a program of exactly this size into the app's storage."""
    async with ContainerClient.from_connection_string(storage, INPUTS_CONTAINER, max_block_size=4 * MIB) as container:
        if not await container.exists():
            await container.create_container()
        await container.upload_blob(name, padded(size), length=size, overwrite=True)


def padded(size: int) -> Iterator[bytes]:
    """Write the smallest program, padded with blanks to this size."""
    whole, rest = divmod(size - len(QIR), MIB)
    yield from (b" " * MIB for _ in range(whole))
    yield b" " * rest + QIR


async def run(http: httpx.AsyncClient, blob: str, output_bytes: int) -> str:
    """Order a job, wait until it has succeeded, and return its id."""
    order = {"name": "size", "target": "ionq.simulator", "shots": 100, "params": {"outputBytes": output_bytes}}
    accepted = await http.post("/api/jobs", json=order | {"input": {"format": "qir.v1", "blob": blob}})
    assert accepted.status_code == 202, accepted.text
    url = f"/api/jobs/{accepted.json()['id']}"
    async with asyncio.timeout(120):
        while (view := (await http.get(url)).json())["phase"] not in FINAL:  # noqa: ASYNC110  # HTTP has no event
            await asyncio.sleep(0.1)
    assert view["phase"] == "succeeded", view
    return str(view["id"])


def bytes_of_history(journal: Path, job_id: str) -> int:
    """Add up an orchestration's events in the host's journal; its API shows less."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as rows:
        total = rows.execute("SELECT sum(length(event)) FROM history WHERE instance_id = ?", [job_id]).fetchone()
    return int(total[0])
