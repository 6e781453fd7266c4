"""Adopts a job that somebody else submitted to the workspace: it is watched, collected and answered like our own.

Its id follows from the remote id, so that adopting it twice is the same job, and adopting our own job returns that job.
It begins in phase `waiting`: its orchestration stages and submits nothing.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from quantum.contract.answer_to import DEFAULT_ANSWER
from quantum.contract.kinds import MAX_TAGS, printable
from quantum.contract.orders import Order
from quantum.contract.requests import Adoption
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceError
from quantum.jobs.ids import is_job_id
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, RemoteState, job_id
from quantum.jobs.parts import belongs
from quantum.jobs.program import Program
from quantum.jobs.tags import tags_from
from quantum.ports import Orchestrations, Services, Workspace
from quantum.programs.formats import FORMATS
from quantum.programs.gates import count_gates
from quantum.service.intake import Intake
from quantum.service.prepare import WHOLE_BYTES
from quantum.wire import codec
from quantum.workspaces.remote import RemoteJob


async def adopt(intake: Intake, adoption: Adoption, orchestrations: Orchestrations, source: Mapping[str, str]) -> Job:
    """Adopt a job of the workspace on somebody's behalf, or return it if it is one of ours already.

    Raises NotFoundError where the workspace has no such job.
    """
    job = await _find_job(intake.services, id_for(adoption.id, adoption.workspace), adoption.id)
    if job is None:
        workspace = await intake.services.workspaces.get(adoption.workspace)
        remote = await workspace.job(adoption.id)
        job = await job_here(intake.services, remote, adoption.workspace)
        if job is None:
            program = await _program(workspace, remote)
            adopted = _adopted(remote, program, adoption, intake.services)
            adopted = replace(adopted, source={**source, "adopted": remote.id})
            return await _claim_and_start(intake.services, adopted, orchestrations)
    if not job.is_final:
        with suppress(ServiceError):
            await intake.start_if_lost(job, orchestrations)
    return job


async def job_here(services: Services, remote: RemoteJob, workspace: str) -> Job | None:
    """Find our own job that a job of the workspace belongs to, by its id or by the one at the end of its name."""
    job = await _find_job(services, id_for(remote.id, workspace), remote.id)
    last = remote.name.rpartition(" ")[2]
    return job or (await _find_job(services, last, remote.id) if last != remote.id else None)


def id_for(remote_id: str, workspace: str = DEFAULT) -> str:
    """Return our id of a remote job: its own where that is a GUID in our form, else one derived from it."""
    if is_job_id(remote_id):
        return remote_id
    return job_id("adopt", remote_id if workspace == DEFAULT else f"{workspace}/{remote_id}")


async def _find_job(services: Services, id_: str, remote_id: str) -> Job | None:
    """Return our job of this id, if this remote job belongs to it."""
    entry = await services.index.find(id_) if is_job_id(id_) else None
    return entry.job if entry and belongs(remote_id, entry.job) else None


def _adopted(remote: RemoteJob, program: Program | None, adoption: Adoption, services: Services) -> Job:
    order = Order(
        name=printable(remote.name, 127) or remote.id,
        target=remote.target,
        shots=remote.shots or 0,
        tags=_tags(remote, adoption),
        workspace=adoption.workspace,
        priority=remote.priority,
        session=remote.session,
        answer_to=None if adoption.answer_to == DEFAULT_ANSWER else adoption.answer_to,
    )
    job = Job.accepted(id_for(remote.id, adoption.workspace), order, services.now(), {}).moved_to(
        Phase.WAITING, services.now()
    )
    return replace(
        job,
        program=program,
        adopted=remote.id,
        remote=RemoteState(since=codec.timestamp(services.now())).updated(remote.account),
    )


def _tags(remote: RemoteJob, adoption: Adoption) -> dict[str, str]:
    """Merge tags, up to the limit of an order: those of the adoption first, then those of the remote job."""
    tags = {**adoption.tags, **tags_of(remote.tags), **adoption.tags}  # the first sets the order, the last the values
    return dict(list(tags.items())[:MAX_TAGS])


async def _claim_and_start(services: Services, job: Job, orchestrations: Orchestrations) -> Job:
    """Claim the job and start it, unless another request was faster."""
    if await services.index.claim(job, digest=f"adopted {job.adopted}"):
        with suppress(ServiceError):  # the claim is the adoption: housekeeping starts it, too
            await orchestrations.start(job)
        return job
    entry = await services.index.find(job.id)
    return entry.job if entry else job


async def _program(workspace: Workspace, remote: RemoteJob) -> Program | None:
    """Read the format, qubits and gates of the program, which its result and price need."""
    word = remote.input_format
    if word is None:
        return None
    program = Program("", word, 0)
    with suppress(ServiceError):
        blob = await workspace.open_input(remote.id)
        if word in FORMATS and blob.size <= WHOLE_BYTES:
            content = await blob.read()
            qubits = FORMATS[word].check(content).qubits
            return replace(program, size=blob.size, qubits=qubits, gates=count_gates(word, content, qubits))
    return program


def tags_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Decode the workspace's tags, up to the limit of an order."""
    return tags_from(printable(text, 256) for text in texts[:MAX_TAGS])
