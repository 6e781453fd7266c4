"""Builds orders, jobs and services that are right, so that a test names only what it is about."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrators.messages import JobChecked, Submitted
from quantum import app
from quantum.adapters.ledger_table import AzureTableLedger
from quantum.contract.kinds import Limits
from quantum.contract.orders import Order, ProgramInput, SubmittedOrder
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.model import Account, Job
from quantum.jobs.on_demand import OnDemand
from quantum.jobs.program import Compiled, Program
from quantum.ports import Services
from quantum.settings import StorageSettings
from quantum.telemetry.names import NoopTelemetry, Telemetry
from quantum.workspaces.remote import RemoteJob, Target
from tests.support.fakes.answer_queues import InMemoryAnswerQueues
from tests.support.fakes.batches import InMemoryBatches
from tests.support.fakes.blobs import InMemoryBlobStore
from tests.support.fakes.compiler import FakeCompiler
from tests.support.fakes.first_runs import InMemoryFirstRuns
from tests.support.fakes.index import InMemoryJobIndex
from tests.support.fakes.orchestrations import InMemoryOrchestrations
from tests.support.fakes.queue import InMemoryQueue
from tests.support.fakes.tables import NOWHERE, InMemoryTables
from tests.support.fakes.uploads import InMemoryUploads
from tests.support.fakes.workspace import InMemoryWorkspace
from tests.support.fakes.workspaces import InMemoryProfiles, InMemoryVault, InMemoryWorkspaces

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
AT_THE_CALL = ""  # as the moment of an outcome: when `HandDriven` calls the activity
JOB_ID = "0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"
BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; h q[0]; cx q[0], q[1]; bit[2] c = measure q;'
QIR = 'define void @ENTRYPOINT__main() #0 { ret void }\nattributes #0 = { "entry_point" }\n'
CIRCUIT = json.dumps({"qubits": 2, "circuit": [{"gate": "h", "target": 0}]})


def an_order(**changes: Any) -> Order:
    """An order for a thousand Bell pairs."""
    return replace(Order("bell", "ionq.simulator", 1000), **changes)


def a_submitted_order(program: ProgramInput | None = None, **changes: Any) -> SubmittedOrder:
    """The same order, with its program, as it comes in."""
    return SubmittedOrder(an_order(**changes), program or ProgramInput("openqasm3", text=BELL))


def an_order_body(**changes: Any) -> bytes:
    """The same order as a caller writes it; a change to None leaves a field out."""
    order = {
        "name": "bell",
        "target": "ionq.simulator",
        "shots": 1000,
        "input": {"format": "openqasm3", "text": BELL},
    } | changes
    return json.dumps({name: value for name, value in order.items() if value is not None}).encode()


def a_job(order: Order | None = None, **changes: Any) -> Job:
    """A job that was accepted, with its program in our storage."""
    job = Job.accepted(JOB_ID, order or an_order(), NOW, {"door": "http"})
    return replace(job, **({"program": a_program()} | changes))


def with_progress(job: Job, **changes: Any) -> Job:
    """The same job further on its way."""
    return replace(job, progress=replace(job.progress, **changes))


def with_remote(job: Job, **changes: Any) -> Job:
    """The same job, of which the workspace said this."""
    return replace(job, remote=replace(job.remote, **changes))


def an_account(status: str = "Waiting", **changes: Any) -> Account:
    """What IonQ's workspace says of the job."""
    return replace(Account(status, "ionq"), **changes)


def a_submission(status: str = "Waiting", queue_seconds: float | None = 0) -> Submitted:
    """What a submission comes to, in a script."""
    return Submitted(an_account(status), AT_THE_CALL, queue_seconds)


def a_check(status: str = "Waiting", *, cancel: bool = False, **facts: Any) -> JobChecked:
    """What a look at the job in the workspace comes to, in a script."""
    return JobChecked(an_account(status, **facts), cancel, AT_THE_CALL)


def a_program(**changes: Any) -> Program:
    """A compiled Bell pair."""
    program = Program(f"programs/{JOB_ID}/1", "qir.v1", len(QIR), "ENTRYPOINT__main", "Base", 2, is_compiled=True)
    return replace(program, **changes)


def a_target(**changes: Any) -> Target:
    """IonQ's simulator, available."""
    return replace(Target("ionq.simulator", "ionq", "Available", 0, qubits=29), **changes)


def a_remote_job(**changes: Any) -> RemoteJob:
    """The job as the workspace tells of it while it waits."""
    remote = RemoteJob(JOB_ID, "Waiting", "ionq", "ionq.simulator", "microsoft.quantum-results.v2")
    return replace(remote, **changes)


async def no_step(job: Job) -> bool:
    """What housekeeping is given where no orchestration is silent."""
    raise AssertionError(f"a step of {job.id} was taken outside of its orchestration")


@dataclass
class App:
    """The app on fakes, each part within a test's reach; `core` is the App that doors and activities receive."""

    workspace: InMemoryWorkspace = field(default_factory=lambda: InMemoryWorkspace([a_target()]))
    workspaces: InMemoryWorkspaces = field(default_factory=InMemoryWorkspaces)
    profiles: InMemoryProfiles = field(default_factory=InMemoryProfiles)
    vault: InMemoryVault = field(default_factory=InMemoryVault)
    blobs: InMemoryBlobStore = field(default_factory=InMemoryBlobStore)
    uploads: InMemoryUploads = field(default_factory=InMemoryUploads)
    index: InMemoryJobIndex = field(default_factory=InMemoryJobIndex)
    batches: InMemoryBatches = field(default_factory=InMemoryBatches)
    first_runs: InMemoryFirstRuns = field(default_factory=InMemoryFirstRuns)
    answers: InMemoryQueue = field(default_factory=InMemoryQueue)
    answer_queues: InMemoryAnswerQueues = field(default_factory=InMemoryAnswerQueues)
    orders: InMemoryQueue = field(default_factory=InMemoryQueue)
    compiler: FakeCompiler = field(default_factory=lambda: FakeCompiler(Compiled(QIR, "ENTRYPOINT__main", 2)))
    orchestrations: InMemoryOrchestrations = field(default_factory=InMemoryOrchestrations)
    ledger: AzureTableLedger = field(
        default_factory=lambda: AzureTableLedger(StorageSettings(NOWHERE), tables=InMemoryTables())
    )
    limits: Limits = field(default_factory=Limits)
    clock: datetime = NOW
    telemetry: Telemetry = field(default_factory=NoopTelemetry)

    def __post_init__(self) -> None:
        self.workspaces.open.setdefault(DEFAULT, self.workspace)
        self.services = Services(
            workspaces=self.workspaces,
            profiles=self.profiles,
            vault=self.vault,
            blobs=self.blobs,
            uploads=self.uploads,
            index=self.index,
            batches=self.batches,
            first_runs=self.first_runs,
            answers=self.answers,
            answer_queues=self.answer_queues,
            orders=self.orders,
            compiler=self.compiler,
            ledger=OnDemand(lambda: self.ledger),
            limits=self.limits,
            now=lambda: self.clock,
            telemetry=self.telemetry,
        )
        self.core = app.App.from_services(self.services)
        self.targets, self.intake = self.core.targets, self.core.intake

    def pass_time(self, **length: float) -> None:
        """Put the clock forward."""
        self.clock += timedelta(**length)
