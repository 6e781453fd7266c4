"""How an order becomes exactly one job, or none."""

import asyncio

import pytest

from quantum.contract.fields import Fault
from quantum.contract.orders import ProgramInput, SubmittedOrder
from quantum.jobs.errors import ConflictingOrderError, InvalidOrderError, ServiceUnavailableError, UnknownClaimError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job
from quantum.jobs.program import Compiled
from quantum.ports import Entry
from quantum.service.intake import digest_of
from tests.support.builders import CIRCUIT, JOB_ID, QIR, App, a_job, a_submitted_order, a_target
from tests.support.fakes.index import InMemoryJobIndex

SOURCE = {"door": "http"}


async def take(app: App, order: SubmittedOrder | None = None) -> Job:
    """Take an order under one id."""
    return await app.intake.take(order or a_submitted_order(), JOB_ID, SOURCE, app.orchestrations)


async def test_a_right_order_is_kept_claimed_and_started() -> None:
    """After that it can be forgotten by its caller."""
    app = App()

    job = await take(app)

    assert job.phase is Phase.ACCEPTED
    assert job.program is not None
    assert app.blobs.contents == {job.program.blob: QIR.encode()}
    assert app.index.entries == {JOB_ID: Entry(job, digest_of(a_submitted_order()))}
    assert app.orchestrations.started == {JOB_ID: 1}


async def test_what_the_compiler_notes_is_among_the_job_s_warnings() -> None:
    """From its acceptance on, and however it ends."""
    app = App()
    app.compiler.answer = Compiled(QIR, "ENTRYPOINT__main", 2, notes=("a delay was left out",))

    job = await take(app)

    assert job.warnings == ("a delay was left out",)


async def test_a_repeated_order_is_the_same_job() -> None:
    """It is neither compiled nor started again."""
    app = App()

    assert await take(app) == await take(app)

    assert len(app.compiler.requests) == 1
    assert app.orchestrations.started == {JOB_ID: 1}


async def test_an_order_that_comes_many_times_at_once_is_compiled_once() -> None:
    """Compilers are dear, and one's result is all that they need."""
    app = App()

    jobs = await asyncio.gather(*(take(app) for _ in range(9)))

    assert jobs == [jobs[0]] * 9
    assert len(app.compiler.requests) == 1


async def test_another_order_under_the_same_id_is_a_conflict() -> None:
    """The first one stands."""
    app = App()
    job = await take(app)

    with pytest.raises(ConflictingOrderError):
        await take(app, a_submitted_order(shots=5))

    assert app.index.entries[JOB_ID].job == job


async def test_a_claim_whose_start_was_lost_is_started_by_its_repetition() -> None:
    """A process that died between the two lost nothing."""
    app = App()
    app.orchestrations.failure = ServiceUnavailableError("down")
    accepted = [await take(app), await take(app)]
    app.orchestrations.failure = None

    await take(app)

    assert accepted[0] == accepted[1]
    assert app.orchestrations.started == {JOB_ID: 1}


async def test_a_job_that_was_lost_on_its_way_may_be_in_the_workspace_already() -> None:
    """Whoever takes it up is told so: it must not run a second time."""
    app = App()
    job = await take(app)
    await app.index.record(job.moved_to(Phase.STAGING, app.clock))
    app.orchestrations.states.clear()

    await take(app)

    assert (job.progress.may_be_submitted, app.orchestrations.inputs[JOB_ID].progress.may_be_submitted) == (False, True)


async def test_a_job_that_has_ended_is_not_started_again() -> None:
    """Its orchestration may be purged; it does not run twice."""
    app = App()
    job = await take(app)
    await app.index.record(job.moved_to(Phase.FAILED, app.clock))
    app.orchestrations.states.clear()

    assert (await take(app)).phase is Phase.FAILED

    assert app.orchestrations.started == {JOB_ID: 1}


class BeatenIndex(InMemoryJobIndex):
    """Another process claims the id between our look and our claim."""

    def __init__(self, winner: Entry) -> None:
        super().__init__()
        self.winner = winner

    async def claim(self, job: Job, digest: str) -> bool:
        """Come second."""
        self.entries.setdefault(job.id, self.winner)
        return await super().claim(job, digest)


class ForgottenIndex(InMemoryJobIndex):
    """Whoever has the id is gone when one looks."""

    async def claim(self, job: Job, digest: str) -> bool:  # noqa: ARG002 - as the port has it
        """Say that the id is taken."""
        return False


async def test_a_claim_that_lost_to_nobody_is_no_conflict() -> None:
    """That another order has the key is not known then: it is left open, and the order can be sent again."""
    app = App(index=ForgottenIndex())

    with pytest.raises(UnknownClaimError) as left_open:
        await take(app)

    assert left_open.value.job_id == JOB_ID
    assert app.orchestrations.started == {}


async def test_of_two_processes_with_one_order_one_claims_it() -> None:
    """The other returns the winner's job."""
    winner = a_job()
    app = App(index=BeatenIndex(Entry(winner, digest_of(a_submitted_order()))))
    app.orchestrations.states[JOB_ID] = "running"

    assert await take(app) == winner

    assert app.orchestrations.started == {}


async def test_of_two_processes_with_two_orders_for_one_id_one_is_told_so() -> None:
    """An id means one order."""
    app = App(index=BeatenIndex(Entry(a_job(), "another")))

    with pytest.raises(ConflictingOrderError):
        await take(app)

    assert app.orchestrations.started == {}


async def test_faults_of_target_and_program_are_named_together() -> None:
    """Nobody mends an order fault by fault, and nothing of it is kept."""
    app = App()
    app.compiler.answer = (Fault("input", "broken", 1, 1),)

    with pytest.raises(InvalidOrderError) as refused:
        await take(app, a_submitted_order(target="ionq.simulater"))

    assert [fault.field for fault in refused.value.faults] == ["target", "input"]
    assert (app.blobs.contents, app.index.entries, app.orchestrations.started) == ({}, {}, {})


async def test_a_right_program_for_an_unknown_target_is_refused() -> None:
    """The program alone makes no job."""
    app = App()

    with pytest.raises(InvalidOrderError) as refused:
        await take(app, a_submitted_order(target="ionq.simulater"))

    assert [fault.field for fault in refused.value.faults] == ["target"]


async def test_a_program_that_is_too_large_for_its_target_is_refused() -> None:
    """The machine's size is known before anything is queued."""
    app = App()
    app.workspace.target_list = [a_target(qubits=1), a_target(id="ionq.qpu", qubits=None)]
    order = a_submitted_order(ProgramInput("ionq.circuit.v1", text=CIRCUIT), fallback_targets=("ionq.qpu",))

    with pytest.raises(InvalidOrderError) as refused:
        await take(app, order)

    assert refused.value.faults == (Fault("input", "needs 2 qubits; ionq.simulator has 1"),)


async def test_orders_are_taken_while_the_workspace_does_not_answer() -> None:
    """A caller need not wait for the provider's weather."""
    app = App()
    app.workspace.failure = ServiceUnavailableError("down")

    assert (await take(app)).phase is Phase.ACCEPTED


async def test_a_refused_order_can_be_looked_up() -> None:
    """It has a row and an error, and runs nowhere."""
    app = App()
    error = InvalidOrderError((Fault("shots", "is missing"),))

    job = await app.intake.reject(JOB_ID, {"door": "queue", "messageId": "m7"}, error.failure)

    assert (job.phase, job.error, job.order.name) == (Phase.REJECTED, error.failure, "m7")
    assert app.index.entries[JOB_ID] == Entry(job, "")
    assert app.orchestrations.started == {}


async def test_an_order_that_was_refused_once_is_refused_again() -> None:
    """A message that is delivered twice has one answer, though what was wrong was put right in between."""
    app = App()
    faults = (Fault("input.blob", "there is no blob"),)
    await app.intake.reject(JOB_ID, {"door": "queue"}, InvalidOrderError(faults).failure)

    with pytest.raises(InvalidOrderError) as refused:
        await take(app)

    assert refused.value.faults == faults
    assert app.orchestrations.started == {}


async def test_an_order_that_was_given_up_is_refused_with_a_reason() -> None:
    """The error on the app's own account names no field: it is the fault, since a refusal without any says nothing."""
    app = App()
    await app.intake.reject(JOB_ID, {"door": "queue"}, Failure("Poisoned", "The app failed on it."))

    with pytest.raises(InvalidOrderError) as refused:
        await take(app)

    assert refused.value.faults == (Fault("", "The app failed on it."),)


def test_orders_differ_by_everything_that_was_asked() -> None:
    """The program counts, the order of the fields does not."""
    order = a_submitted_order(params={"a": 1, "b": 2})

    assert digest_of(order) == digest_of(a_submitted_order(params={"b": 2, "a": 1}))
    assert digest_of(order) != digest_of(a_submitted_order(params={"a": 1}))
    assert digest_of(a_submitted_order()) != digest_of(a_submitted_order(ProgramInput("openqasm3", text="other")))


@pytest.mark.parametrize("field", ["entryPoint", "arguments"])
async def test_a_field_that_is_refused_is_not_compiled_as_if_it_were_left_out(field: str) -> None:
    """One fault for one cause: the compiler's word on what was refused already is not told."""
    app = App()
    app.compiler.answer = (Fault(field, "name one"),)
    error = InvalidOrderError((Fault(field, "is wrong"),), a_submitted_order())

    complete = await app.intake.complete(error)

    assert complete.faults == error.faults
