"""How a job that somebody else submitted to the workspace becomes one of ours: waited for, collected, announced.

It is known by its own id, so that adopted twice it is the same job, and one of ours is found as what it is. It begins
in phase `waiting`: its orchestration has nothing to stage and never submits anything.
"""

from contextlib import suppress
from dataclasses import replace

from quantum.contract.kinds import MAX_TAGS, printable
from quantum.contract.orders import Order
from quantum.contract.requests import Adoption
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import ServiceError
from quantum.jobs.ids import is_job_id
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, RemoteState, job_id
from quantum.jobs.program import Program
from quantum.jobs.tags import tags_from
from quantum.ports import Orchestrations, Services, Workspace
from quantum.programs.formats import FORMATS
from quantum.programs.gates import count_gates
from quantum.service.intake import Intake
from quantum.service.prepare import WHOLE_BYTES
from quantum.wire import codec as wire
from quantum.workspaces.remote import RemoteJob


async def adopt(intake: Intake, wanted: Adoption, orchestrations: Orchestrations) -> Job:
    """Take a job of the workspace under our care, or return the job that it already is here.

    Raises NotFoundError where the workspace has no such job.
    """
    known = await _known(intake.services, id_for(wanted.id, wanted.workspace), wanted.id)
    if known is None:
        workspace = await intake.services.workspaces.named(wanted.workspace)
        remote = await workspace.job(wanted.id)
        known = await _known(intake.services, id_for(remote.id, wanted.workspace), remote.id)
        known = known or await _known(intake.services, remote.name.rpartition(" ")[2], remote.id)
        if known is None:
            program = await _program(workspace, remote)
            return await _taken(intake.services, _adopted(remote, program, wanted, intake.services), orchestrations)
    if not known.is_final:
        with suppress(ServiceError):
            await intake.start_if_lost(known, orchestrations)
    return known


def id_for(remote_id: str, workspace: str = DEFAULT) -> str:
    """The id here of a job there: its own where it is a GUID as we write them, else one derived from it."""
    if is_job_id(remote_id):
        return remote_id
    return job_id("adopt", remote_id if workspace == DEFAULT else f"{workspace}/{remote_id}")


async def _known(services: Services, id_: str, remote_id: str) -> Job | None:
    """The job of this id, if it is or was this one in the workspace."""
    entry = await services.index.find(id_) if is_job_id(id_) else None
    return entry.job if entry and remote_id in entry.job.remote_ids else None


def _adopted(remote: RemoteJob, program: Program | None, wanted: Adoption, services: Services) -> Job:
    order = Order(
        name=printable(remote.name, 127) or remote.id,
        target=remote.target,
        shots=remote.shots or 0,
        tags=_tags(remote, wanted),
        workspace=wanted.workspace,
        priority=remote.priority,
        session=remote.session,
    )
    source = {"door": "http", "adopted": remote.id}
    job = Job.accepted(id_for(remote.id, wanted.workspace), order, services.now(), source).moved_to(
        Phase.WAITING, services.now()
    )
    return replace(
        job,
        program=program,
        adopted=remote.id,
        remote=RemoteState(since=wire.timestamp(services.now())).reported(remote.account),
    )


def _tags(remote: RemoteJob, wanted: Adoption) -> dict[str, str]:
    """The job's tags, no more than an order may have: those that the adoption names, then those that it came with."""
    both = {**wanted.tags, **tags_of(remote.tags), **wanted.tags}  # the first for the order, the last for the texts
    return dict(list(both.items())[:MAX_TAGS])


async def _taken(services: Services, job: Job, orchestrations: Orchestrations) -> Job:
    """Claim the job and start it, unless somebody did so a moment ago."""
    if await services.index.claim(job, digest=f"adopted {job.adopted}"):
        with suppress(ServiceError):  # the claim is the adoption: housekeeping starts it, too
            await orchestrations.start(job)
        return job
    entry = await services.index.find(job.id)
    return entry.job if entry else job


async def _program(workspace: Workspace, remote: RemoteJob) -> Program | None:
    """What its results and its price need to know of the program: its format, its qubits, its gates."""
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
    """Read the workspace's tags; of very many, the first."""
    return tags_from(printable(text, 256) for text in texts[:MAX_TAGS])
