"""Workspaces with what a test needs beyond the port: to wait for an end."""

import asyncio
import json
from dataclasses import dataclass
from typing import Protocol

from quantum.jobs.lifecycle import FINAL, Phase, phase_of
from quantum.ports import Workspace
from quantum.workspaces.remote import RemoteJob
from tests.support.fakes.workspace import InMemoryWorkspace

ANYBODY = "00000000-0000-0000-0000-000000000000"
PATIENCE_SECONDS = 30
ENDS = FINAL | {Phase.COLLECTING}


class Place(Protocol):
    """A workspace whose jobs come to an end."""

    @property
    def workspace(self) -> Workspace:
        """The port."""
        ...

    async def ended(self, job_id: str) -> RemoteJob:
        """Wait until a job has ended."""
        ...


@dataclass(frozen=True)
class InMemoryPlace:
    """The fake: its jobs end when they are asked to."""

    workspace: InMemoryWorkspace

    async def ended(self, job_id: str) -> RemoteJob:
        """Let the job end as it would."""
        cancelled = self.workspace.jobs[job_id].status == "CancellationRequested"
        self.workspace.move(job_id, "Cancelled" if cancelled else "Succeeded")
        if not cancelled:
            self.workspace.outputs[job_id] = json.dumps({"histogram": {"0": 0.5, "3": 0.5}}).encode()
        return self.workspace.jobs[job_id]


@dataclass(frozen=True)
class RealPlace:
    """A service: it is asked now and then until the job has ended."""

    workspace: Workspace

    async def ended(self, job_id: str) -> RemoteJob:
        """Ask until the job has ended, within bounds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            job = await self.workspace.job(job_id)
            while phase_of(job.status) not in ENDS:
                await asyncio.sleep(0.05)
                job = await self.workspace.job(job_id)
        return job
