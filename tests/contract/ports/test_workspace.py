"""The Workspace port: the fake, the emulator and Azure Quantum keep the same promises."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest

from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.jobs.lifecycle import Phase, phase_of
from quantum.jobs.model import Job
from quantum.jobs.program import Program
from quantum.results.normalise import make_result
from quantum.workspaces.remote import ListedJob
from tests.contract.ports.places import Place
from tests.support.builders import a_job, an_order

GATES = [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]
BELL = json.dumps({"gateset": "qis", "qubits": 2, "circuit": GATES}).encode()
PROGRAM = Program("programs/bell", "ionq.circuit.v1", len(BELL), qubits=2)


def new_job(target: str = "ionq.simulator") -> Job:
    """A job that no workspace has seen."""
    return replace(a_job(an_order(target=target, tags={"team": "chem"})), id=str(uuid4()), program=PROGRAM)


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """A program as it is copied."""
    for start in range(0, len(content), 16):
        yield content[start : start + 16]


async def upload(place: Place, job: Job, content: bytes = BELL) -> None:
    """Put a program where the workspace reads it."""
    await place.workspace.upload_input(job.remote_id, pieces(content), len(content), "application/json")


async def submitted(place: Place, target: str = "ionq.simulator") -> Job:
    """A job in the workspace."""
    job = new_job(target)
    await upload(place, job)
    await place.workspace.submit(job, PROGRAM)
    return job


async def test_a_program_is_uploaded_as_what_it_is(place: Place) -> None:
    """Bytes that are gzip are read as such: the workspace learns their encoding."""
    packed = gzip.compress(BELL)
    job = new_job()
    await place.workspace.upload_input(job.remote_id, pieces(packed), len(packed), "application/json", "gzip")

    await place.workspace.submit(job, PROGRAM)

    assert phase_of((await place.ended(job.remote_id)).status) is Phase.COLLECTING


async def test_targets_are_listed_with_provider_and_availability(place: Place) -> None:
    """What an order may name."""
    by_id = {target.id: target for target in await place.workspace.targets()}

    simulator = by_id["ionq.simulator"]
    assert (simulator.provider, simulator.availability) == ("ionq", "Available")
    assert simulator.average_queue_seconds >= 0


async def test_a_job_goes_from_its_program_to_its_output(place: Place) -> None:
    """Uploaded, submitted, ended, read: and the counts are those of a Bell pair."""
    job = await submitted(place)

    await place.ended(job.remote_id)
    remote, output = await place.workspace.open_output(job.remote_id)

    assert phase_of(remote.status) is Phase.COLLECTING
    assert (remote.id, remote.provider_id, remote.target) == (job.id, "ionq", "ionq.simulator")
    assert remote.output_format == "ionq.quantum-results.v1"
    raw = await output.read()
    assert len(raw) == output.size
    counts = json.loads(make_result(job, remote, raw, "results/raw").content)["counts"]
    assert counts.keys() == {"00", "11"}
    assert sum(counts.values()) == 1000


async def test_a_job_that_is_submitted_twice_is_one_job(place: Place) -> None:
    """The second submission is answered with what the first one made."""
    job = await submitted(place)

    again = await place.workspace.submit(job, PROGRAM)

    assert again.id == job.id
    assert again.created == (await place.workspace.job(job.id)).created


async def test_a_program_that_is_there_already_is_left_as_it_is(place: Place) -> None:
    """A second upload neither fails nor changes what runs."""
    job = new_job()
    await upload(place, job)
    await upload(place, job, b'{"this": "is no circuit at all"}')
    await place.workspace.submit(job, PROGRAM)

    assert phase_of((await place.ended(job.remote_id)).status) is Phase.COLLECTING


async def test_a_job_that_waits_can_be_cancelled(place: Place) -> None:
    """Its own status says when it has come to its end, and it has no result."""
    job = await submitted(place, "ionq.qpu.aria-1")

    await place.workspace.cancel(job.remote_id)

    assert (await place.ended(job.remote_id)).status == "Cancelled"


async def test_cancelling_what_has_ended_changes_nothing(place: Place) -> None:
    """It may be refused, as providers do."""
    job = await submitted(place)
    ended = await place.ended(job.remote_id)

    with suppress(RefusedError):
        await place.workspace.cancel(job.remote_id)

    assert (await place.workspace.job(job.remote_id)).status == ended.status


async def test_what_was_never_submitted_is_not_found(place: Place) -> None:
    """To read, to cancel and to fetch."""
    unknown = str(uuid4())

    for ask in (place.workspace.job, place.workspace.cancel, place.workspace.open_output):
        with pytest.raises(NotFoundError):
            await ask(unknown)


async def test_nothing_that_is_told_of_a_job_holds_a_sas(place: Place) -> None:
    """What goes into a history or a log opens nothing."""
    job = await submitted(place)

    remote = await place.ended(job.remote_id)

    assert "sig=" not in repr(remote)
    assert "sig=" not in repr(await place.workspace.targets())


async def test_unfinished_jobs_are_listed_in_pages(place: Place) -> None:
    """Oldest first, whatever the size of a page, and without those that have ended."""
    jobs = [await submitted(place, "ionq.qpu.aria-1") for _ in range(3)]
    done = await submitted(place)
    await place.ended(done.remote_id)

    listed = await all_pages(place, top=2)

    assert [each.id for each in listed if each.id in {job.id for job in jobs}] == [job.id for job in jobs]
    assert done.id not in {each.id for each in listed}
    ours = [each for each in listed if each.id == jobs[0].id]
    assert [(each.target, phase_of(each.status)) for each in ours] == [("ionq.qpu.aria-1", Phase.WAITING)]


async def all_pages(place: Place, top: int) -> list[ListedJob]:
    """List every unfinished job of a workspace, which other tests use too."""
    listed: list[ListedJob] = []
    more = True
    while more:
        page, more = await place.workspace.unfinished_jobs(len(listed), top)
        assert len(page) <= top
        listed += page
    return listed
