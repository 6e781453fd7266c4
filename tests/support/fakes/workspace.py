"""A quantum workspace in memory: its jobs stand still until a test moves them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.jobs.lifecycle import UNFINISHED_STATUSES
from quantum.jobs.model import Job, Part
from quantum.jobs.program import Program
from quantum.ports import Blob
from quantum.programs.formats import row_of
from quantum.wire import codec
from quantum.workspaces.remote import ListedJob, RemoteJob, Target
from tests.support.fakes.blobs import a_blob
from tests.support.fakes.sessions import InMemorySessions

ENDED = frozenset({"Succeeded", "Completed", "Failed", "Cancelled"})


class InMemoryWorkspace(InMemorySessions):
    """The Workspace port on dicts by job id; `ledger` has every job that was ever created.

    A `stale_list` is what lists show instead of the jobs.
    """

    def __init__(self, targets: Sequence[Target] = ()) -> None:
        super().__init__()
        self.target_list = list(targets)
        self.inputs: dict[str, bytes] = {}
        self.media_types: dict[str, str] = {}
        self.encodings: dict[str, str | None] = {}
        self.outputs: dict[str, bytes] = {}
        self.ledger: list[str] = []
        self.times_asked_for_targets = 0
        self.stale_list: list[ListedJob] | None = None

    async def targets(self) -> Sequence[Target]:
        """List the targets of every provider in the workspace."""
        self._answer()
        self.times_asked_for_targets += 1
        return list(self.target_list)

    async def upload_input(
        self, job_id: str, content: AsyncIterator[bytes], size: int, media_type: str, encoding: str | None = None
    ) -> None:
        """Put a program where the workspace will read it; one that is there already is left as it is."""
        self._answer()
        whole = b"".join([chunk async for chunk in content])
        if len(whole) != size:
            raise ValueError(f"{len(whole)} bytes came, {size} were announced")
        if self.inputs.setdefault(job_id, whole) is whole:
            self.media_types[job_id] = media_type
            self.encodings[job_id] = encoding

    async def submit(self, job: Job, program: Program, part: Part | None = None) -> RemoteJob:
        """Create the job under `job.remote_id`, or one part of it, or return it if it is there already."""
        self._answer()
        remote_id, shots = (part.remote_id, part.shots) if part else (job.remote_id, job.order.shots)
        if remote_id not in self.jobs:
            if remote_id not in self.inputs:
                raise RefusedError("There is no input.", status=400)
            provider = job.target.partition(".")[0]
            output = program.output or row_of(program.format).output
            name = f"{job.order.name} {job.id}"
            remote = RemoteJob(remote_id, "Waiting", provider, job.target, output, name=name, shots=shots)
            self.jobs[remote_id] = replace(remote, session=job.session_id, priority=job.order.priority)
            self.ledger.append(remote_id)
        return self.jobs[remote_id]

    async def job(self, job_id: str) -> RemoteJob:
        """Read a job; NotFoundError where there is none."""
        self._answer()
        if job_id not in self.jobs:
            raise NotFoundError("There is no such job.")
        return self.jobs[job_id]

    async def unfinished_jobs(self, skip: int, top: int) -> tuple[Sequence[ListedJob], bool]:
        """List the jobs in a known unfinished state, oldest first, and say whether there are more."""
        self._answer()
        if self.stale_list is not None:
            listed = self.stale_list
        else:
            unfinished = (job for job in self.jobs.values() if job.status in UNFINISHED_STATUSES)
            listed = [_listed(job) for job in unfinished]
        return listed[skip : skip + top], len(listed) > skip + top

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled; RefusedError where it has ended."""
        job = await self.job(job_id)
        if job.status in ENDED:
            raise RefusedError("The job has ended.", status=409)
        self.move(job_id, "CancellationRequested")

    async def open_output(self, job_id: str) -> tuple[RemoteJob, Blob]:
        """Read a job that has succeeded, and begin to read its output."""
        remote = await self.job(job_id)
        if job_id not in self.outputs:
            raise NotFoundError("The job has no output.")
        return remote, a_blob(self.outputs[job_id])

    async def open_input(self, job_id: str) -> Blob:
        """Begin to read the program that a job was submitted with."""
        await self.job(job_id)
        if job_id not in self.inputs:
            raise NotFoundError("The job has no input.")
        return a_blob(self.inputs[job_id])

    def move(self, job_id: str, status: str, **facts: object) -> None:
        """Let a job reach a status."""
        self.jobs[job_id] = replace(self.jobs[job_id], status=status, **facts)  # type: ignore[arg-type]  # facts are fields


def _listed(job: RemoteJob) -> ListedJob:
    return ListedJob(job.id, job.status, job.target, codec.moment(job.created) if job.created else None)
