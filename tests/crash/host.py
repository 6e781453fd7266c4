"""A host in a process of its own that is killed and started again within a moment, from a warm fork server."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path
from typing import Self

import pytest

from functions_host.host import Host
from tests.crash.services import listens

ROOT = Path(__file__).parents[2]
# What the app and the host import; in the fork server once, instead of at every start.
WARM = (
    "crash_host",
    "activities.submit_job",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.h11_impl",
    "azure.durable_functions",
    "quantum.adapters.blobs",
    "quantum.adapters.compiler",
    "quantum.adapters.durable",
    "quantum.adapters.job_index",
    "quantum.adapters.queues",
    "quantum.adapters.workspace",
    "quantum.results.normalise",
    "quantum.doors.blob",
    "quantum.doors.events",
    "quantum.doors.http.jobs",
    "quantum.doors.http.poison",
    "quantum.doors.queue",
    "quantum.service.housekeeping",
    "orchestrators.run_job",
)


def fork_server() -> ForkServerContext:
    """Start the fork server, if it is not running yet, with all that a host imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(WARM))
    # Python 3.13.0 forgets to hand sys.path to the fork server (CPython issue 117378); the environment it inherits.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        forkserver.ensure_running()
    return context


def serve(settings: Mapping[str, str], state: Path, port: int) -> None:
    """Serve the app until killed; runs in the child."""
    with (state / "host.log").open("ab", buffering=0) as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.environ.update(settings)
    asyncio.run(_serve(settings, state, port))


async def _serve(settings: Mapping[str, str], state: Path, port: int) -> None:
    async with Host(ROOT, settings=settings, state_dir=state, port=port):
        await asyncio.Event().wait()


@dataclass
class KillableHost:
    """The host on one state folder and port, kept running while its `async with` block does."""

    settings: Mapping[str, str]
    state: Path
    port: int
    kills: int = 0
    _process: Process | None = None
    _keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.state.mkdir(parents=True, exist_ok=True)
        self._keeping = asyncio.create_task(self._keep_running())
        while not await listens(self.port):  # noqa: ASYNC110 - another process has no event for us
            await asyncio.sleep(0.05)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)

    @property
    def pid(self) -> int | None:
        """The process that lives; None while there is none."""
        return self._process.pid if self._process is not None else None

    def kill(self) -> None:
        """Send SIGKILL; a new process is started as soon as the old one is gone."""
        if self._process is not None:
            self.kills += 1
            self._process.kill()
            self._process = None

    async def _keep_running(self) -> None:
        context = fork_server()
        while True:
            process = context.Process(target=serve, args=(self.settings, self.state, self.port), daemon=True)
            process.start()
            self._process = process
            await ended(process)

    def log(self, lines: int = 40) -> str:
        """The last that the host said."""
        file = self.state / "host.log"
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:]) if file.exists() else ""


async def ended(process: Process) -> None:
    """Wait for the end of a process without a thread."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(process.sentinel)
    with contextlib.suppress(ValueError):
        process.join()
