"""Adoption: what is kept of a job that somebody else submitted, and that it is never taken for two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.contract.kinds import MAX_TAGS
from quantum.contract.requests import Adoption
from quantum.jobs.errors import NotFoundError, ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.service import adopt as adopt_rules
from quantum.service.adopt import adopt, id_for, tags_of
from quantum.wire import codec
from tests.support.builders import CIRCUIT, JOB_ID, NOW, App, a_job, a_remote_job, an_order, with_progress
from tests.support.fakes.index import InMemoryJobIndex

OTHER_ID = "8F2B1F60-C7B0-11F0-8DE9-0242AC120002"


def theirs(app: App, **changes: Any) -> str:
    """A job in the workspace that we have not submitted; its id."""
    facts = {"name": "theirs", "input_format": "ionq.circuit.v1", "shots": 40, "tags": ("team=chem", "plain")}
    remote = a_remote_job(**facts | changes)
    app.workspace.jobs[remote.id] = remote
    app.workspace.inputs[remote.id] = CIRCUIT.encode()
    return remote.id


async def adopted(app: App, id_: str, **tags: str) -> Job:
    """Adopt a job."""
    return await adopt(app.intake, Adoption(id_, tags=tags), app.orchestrations, {"door": "http"})


async def test_what_the_workspace_knows_of_a_job_is_kept() -> None:
    """Its order as far as it can be told, its program's qubits, its session; and it begins in the queue."""
    app = App()

    job = await adopted(app, theirs(app, session="s", priority="High", created="2026-11-21T08:00:00Z"), team="physics")

    order = job.order
    assert (job.id, job.remote_id, job.phase, job.remote.status) == (JOB_ID, JOB_ID, Phase.WAITING, "Waiting")
    assert (order.name, order.target, order.shots, order.priority) == ("theirs", "ionq.simulator", 40, "High")
    assert (order.tags, job.session_id) == ({"team": "physics", "plain": ""}, "s")
    assert job.program is not None
    assert (job.program.format, job.program.qubits, job.program.size) == ("ionq.circuit.v1", 2, len(CIRCUIT))
    assert job.remote.times == {"created": "2026-11-21T08:00:00Z"}
    assert app.orchestrations.inputs[JOB_ID] == job
    assert Job.from_wire(job.to_wire()) == job


async def test_an_adopted_job_has_no_more_tags_than_an_order_may_have() -> None:
    """Those that the adoption names come first: the index writes rows for each, in one transaction."""
    app = App()
    named = {f"ours{number}": "x" for number in range(MAX_TAGS - 1)}

    job = await adopted(app, theirs(app, tags=tuple(f"theirs{number}=y" for number in range(20))), **named)

    assert job.order.tags == named | {"theirs0": "y"}


async def test_an_id_that_is_not_as_we_write_them_gets_one_of_ours() -> None:
    """Always the same; the workspace is asked by its own."""
    app = App()

    first, second = [await adopted(app, theirs(app, id=OTHER_ID)) for _ in range(2)]

    assert first.id == second.id == id_for(OTHER_ID) != OTHER_ID
    assert first.remote_id == OTHER_ID
    assert app.orchestrations.started == {first.id: 1}


async def test_one_that_cannot_be_read_whole_is_adopted_all_the_same() -> None:
    """Without a name, shots, tags, format or program."""
    app = App()
    bare = theirs(app, name="", input_format=None, shots=None, tags=())
    unread = theirs(app, id=OTHER_ID)
    del app.workspace.inputs[OTHER_ID]

    job, other = await adopted(app, bare), await adopted(app, unread)

    assert (job.order.name, job.order.shots, job.program) == (JOB_ID, 0, None)
    assert other.program is not None
    assert (other.program.format, other.program.qubits) == ("ionq.circuit.v1", None)


async def test_a_job_of_ours_is_found_by_its_name_on_another_target() -> None:
    """There it has another id; a name that only looks like one of ours is not believed."""
    app = App()
    ours = replace(with_progress(a_job(an_order(fallback_targets=("b",))), fallback=1), phase=Phase.WAITING)
    app.index.entries[JOB_ID] = Entry(ours, "digest")
    app.orchestrations.states[JOB_ID] = "running"
    theirs(app, id=ours.remote_id, name=f"bell {JOB_ID}")
    theirs(app, id=OTHER_ID, name=f"bell {JOB_ID}")

    own, other = await adopted(app, ours.remote_id), await adopted(app, OTHER_ID)

    assert own == ours
    assert other.id == id_for(OTHER_ID)
    assert app.orchestrations.started == {other.id: 1}


async def test_an_adoption_whose_start_was_lost_is_started_when_it_comes_again() -> None:
    """The claim is the adoption: it is taken up where it is."""
    app = App()
    id_ = theirs(app)
    app.orchestrations.failure = ServiceUnavailableError("down")
    first = await adopted(app, id_)
    app.orchestrations.failure = None

    again = await adopted(app, id_)

    assert (first.id, app.orchestrations.started) == (again.id, {id_: 1})
    assert app.orchestrations.inputs[id_].phase is Phase.WAITING


async def test_what_is_not_there_is_not_adopted() -> None:
    """And nothing is kept."""
    app = App()

    with pytest.raises(NotFoundError):
        await adopted(app, JOB_ID)

    assert app.index.entries == {}


@pytest.mark.parametrize(
    ("texts", "tags"),
    [(("a=b", "c=d=e"), {"a": "b", "c": "d=e"}), (("=x", ""), {}), (("a\n",), {"a\\n": ""})],
)
def test_the_workspace_s_tags_are_read_as_we_write_them(texts: tuple[str, ...], tags: dict[str, str]) -> None:
    """A name and a value; what has no name is left out, and nothing is shown unescaped."""
    assert tags_of(texts) == tags


@pytest.mark.parametrize(("word", "largest"), [("unheard-of.v9", len(CIRCUIT)), ("ionq.circuit.v1", len(CIRCUIT) - 1)])
async def test_a_program_that_is_not_read_is_adopted_by_its_format(
    word: str, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its format is unknown here, or it is too large. Its result is still read."""
    monkeypatch.setattr(adopt_rules, "WHOLE_BYTES", largest)
    app = App()

    job = await adopted(app, theirs(app, input_format=word))

    assert job.program is not None
    assert (job.program.format, job.program.qubits, job.program.size) == (word, None, 0)


class ClaimedMeanwhile(InMemoryJobIndex):
    """An index into which another request puts the job between our look and our claim."""

    async def claim(self, job: Job, digest: str) -> bool:
        """Be late."""
        theirs = replace(job, created_at=codec.timestamp(NOW - timedelta(seconds=1)))
        await super().claim(theirs, digest)
        return await super().claim(job, digest)


async def test_of_two_requests_that_adopt_a_job_at_once_one_starts_it() -> None:
    """Both answer with the job that was claimed first."""
    app = App(index=ClaimedMeanwhile())

    job = await adopted(app, theirs(app))

    assert job == app.index.entries[JOB_ID].job
    assert job.created_at < codec.timestamp(NOW)
    assert app.orchestrations.started == {}
