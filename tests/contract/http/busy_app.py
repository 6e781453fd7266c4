"""An app in which something of everything is there, under the ids of the contract's examples."""

import json
from dataclasses import replace
from typing import Any

from quantum.adapters.ledger_table import AzureTableLedger
from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.budgets.model import Budget
from quantum.contract import examples
from quantum.contract.answer_to import AnswerQueue
from quantum.contract.constraints import Constraints
from quantum.contract.fields import Fault
from quantum.contract.reuse import ReuseRule
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Candidate, Cause, Failure, Job, Part, RemoteState, ReusedFrom, StoredResult
from quantum.ports import Entry
from quantum.results.normalise import make_result
from quantum.settings import StorageSettings
from quantum.storage import raw_result_path, result_path
from quantum.workspaces.profiles import Credential, Profile, SecretName
from quantum.workspaces.remote import Quota, Session
from tests.support.builders import (
    CIRCUIT,
    NOW,
    QIR,
    App,
    a_job,
    a_remote_job,
    a_target,
    an_order,
    with_progress,
    with_remote,
)
from tests.support.fakes.tables import NOWHERE, InMemoryTables
from tests.support.fakes.workspace import InMemoryWorkspace

RAW = json.dumps({"Results": [{"Histogram": [{"Outcome": [0, 0], "Count": 6}, {"Outcome": [1, 1], "Count": 4}]}]})
WAITING_ID = "11111111-5f5e-5a1c-9d7e-7a2f1b0c4d11"
FAILED_ID = "22222222-5f5e-5a1c-9d7e-7a2f1b0c4d11"
REJECTED_ID = "33333333-5f5e-5a1c-9d7e-7a2f1b0c4d11"
TIMES = {
    "created": "2026-11-21T09:00:01Z",
    "began": "2026-11-21T09:00:03Z",
    "ended": "2026-11-21T09:00:04Z",
    "cancelled": "2026-11-21T09:00:05Z",
}
COST = {
    "estimated": 1.5,
    "currency": "USD",
    "source": "service",
    "items": [{"dimension": "qgs", "unit": "qubit-gate-shot", "consumed": 10, "billed": 10, "unitPrice": 0.1}],
}
CAUSE = Cause("Inner", "what is behind it", "a part")
FAILURE = Failure("Broken", "it broke", (Fault("input", "is wrong", 3, 1),), "the machine", (CAUSE,), (CAUSE,))
RUNNING_BATCH_ID = "44444444-5f5e-5a1c-9d7e-7a2f1b0c4d11"
HELD = Approval(examples.HELD_ID, "lab", "USD", 60.5, 50, "2026-11-28T09:00:00.000Z")
LAB = Budget("lab", "workspace", "default", "USD", "month", 500, 50)
UPLOAD = "orders/ionq.simulator/circuit.json"
RESOURCE = examples.REGISTRATION["resourceId"]


def a_busy_app() -> App:
    """An app with jobs in several phases, a session, a workspace of somebody's own, and poison."""
    app = App(ledger=AzureTableLedger(StorageSettings(NOWHERE), lambda: ((LAB,), TIMES["created"]), InMemoryTables()))
    for job in some_jobs():
        app.index.entries[job.id] = Entry(job, "digest")
        app.orchestrations.states[job.id] = "completed" if job.is_final else "running"
    done = app.index.entries[examples.JOB_ID].job
    app.blobs.contents[raw_result_path(done.id)] = RAW.encode()
    if done.program:
        app.blobs.contents[done.program.blob] = QIR.encode()
    remote = a_remote_job(began=TIMES["began"], ended=TIMES["ended"], created=TIMES["created"])
    result = make_result(done, remote, RAW.encode(), raw_result_path(done.id))
    app.blobs.contents[result_path(done.id)] = result.content
    app.blobs.contents[f"poison/{examples.POISON_ID}.json"] = json.dumps(poison()).encode()
    app.blobs.contents[UPLOAD] = CIRCUIT.encode()
    app.blobs.metadata[UPLOAD] = {"shots": "10"}
    add_batches(app)
    fill(app.workspace)
    app.workspaces.open[examples.WORKSPACE] = InMemoryWorkspace([a_target()])
    credential = Credential("clientSecret", "tenant", "client", SecretName("chem-secret"))
    profile = Profile(examples.WORKSPACE, "https://eastus.quantum.azure.com", str(RESOURCE), credential)
    app.profiles.profiles[profile.name] = profile
    app.vault.secrets["chem-secret"] = "hidden"
    return app


def add_batches(app: App) -> None:
    """Put a batch that has ended into the app, and one that runs."""
    request, table = f"batches/{examples.BATCH_ID}/1.json", f"batches/{examples.BATCH_ID}/table.json"
    app.blobs.contents[request] = json.dumps(examples.BATCH).encode()
    verdict = {"by": "fidelity", "outcome": "best", "reason": "only one", "best": 0, "tie": [0]}
    row = {"number": 0, "phase": "succeeded", "counts": {"00": 6, "11": 4}, "notes": ["few shots"]}
    app.blobs.contents[table] = json.dumps({**verdict, "rows": [row]}).encode()
    ended = Batch(examples.BATCH_ID, "bells", TIMES["created"], {"door": "http"}, "digest", request, "sf", 20)
    ended = replace(ended, table=table, verdict=verdict, costs={"USD": 1.5}, answer_to=AnswerQueue("chem"))
    held = replace(
        ended,
        id=examples.HELD_BATCH_ID,
        members="..",
        table=None,
        verdict=None,
        max_cost={"USD": 40},
        approval=replace(HELD, submission=examples.HELD_BATCH_ID),
    )
    for batch in (
        ended.moved_to(BatchPhase.PARTLY, NOW),
        replace(ended, id=RUNNING_BATCH_ID, members="r.", table=None),
        held.moved_to(BatchPhase.AWAITING_APPROVAL, NOW),
    ):
        app.batches.batches[batch.id] = batch


def poison() -> dict[str, Any]:
    """An order on which the app failed."""
    return {"id": examples.POISON_ID, "messageId": "m1", "at": "2026-11-21T09:00:00Z", "blob": UPLOAD}


def some_jobs() -> list[Job]:
    """Jobs with every fact that a job can have."""
    order = an_order(
        params={"debias": True},
        tags={"team": "chem"},
        deadline="PT2H",
        fallback_targets=("ionq.qpu.aria-1",),
        entry_point="Main",
        arguments=(3,),
        priority="High",
        urgency="high",
        session=examples.SESSION_ID,
        max_cost={"USD": 7.5},
        answer_to=AnswerQueue("chem"),
        reuse_result=ReuseRule("P1D", hardware=True),
        constraints=Constraints(("ionq",)),
    )
    succeeded = a_job(
        order,
        id=examples.JOB_ID,
        cancel_requested=True,
        cancel_requested_at=TIMES["created"],
        warnings=("a delay was left out",),
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
        adopted="another",
        choice=(Candidate("ionq.simulator", ("free",), 1),),
        approval=replace(HELD, verdict="approved", by="ada", at=TIMES["began"], why="it is worth it"),
        reused_from=ReusedFrom(FAILED_ID, TIMES["created"]),
        result=StoredResult(result_path(examples.JOB_ID), 100),
    )
    succeeded = with_remote(succeeded, status="Succeeded", provider_id="ionq", times=TIMES, cost=COST)
    succeeded = with_progress(succeeded, fallback=1, polls=3, wakes=2, attempts=1)
    waiting = with_remote(a_job(id=WAITING_ID, waits_for=examples.JOB_ID), queue_seconds=12.5)
    waiting = waiting.moved_to(Phase.STAGING, NOW).moved_to(Phase.WAITING, NOW)
    failed = replace(
        a_job(id=FAILED_ID, error=FAILURE).moved_to(Phase.FAILED, NOW),
        source={"door": "batch", "batch": examples.BATCH_ID},
        remote=RemoteState(
            "Failed", parts=(Part(FAILED_ID, 6, "Succeeded", COST), Part("other", 4, "Failed", error=FAILURE))
        ),
    )
    rejected = replace(
        a_job(id=REJECTED_ID, error=Failure("InvalidOrder", "no", (Fault("shots", "is missing"),))),
        source={"door": "queue", "messageId": "m", "poisonMessageId": "p"},
    ).moved_to(Phase.REJECTED, NOW)
    for phase in (Phase.STAGING, Phase.COLLECTING, Phase.SUCCEEDED):
        succeeded = succeeded.moved_to(phase, NOW)
    held = a_job(id=examples.HELD_ID, approval=HELD).moved_to(Phase.STAGING, NOW).moved_to(Phase.AWAITING_APPROVAL, NOW)
    return [succeeded, waiting, failed, rejected, held]


def fill(workspace: InMemoryWorkspace) -> None:
    """Put into the workspace what its examples name."""
    other = a_target(id="quantinuum.sim.h2-1e", provider="quantinuum")
    workspace.target_list[:] = [a_target(status_page="https://status.example"), other]
    workspace.known_quotas.append(Quota("ionq", "qgs", "Workspace", "Monthly", 100.0, 1.5, 0.5))
    session = Session(
        examples.SESSION_ID,
        "a series",
        "ionq.simulator",
        "ionq",
        "Waiting",
        "Abort",
        "High",
        ("team=chem",),
        {"created": TIMES["created"]},
        COST,
        FAILURE,
    )
    workspace.sessions_by_id[session.id] = session
    remote = a_remote_job(id=examples.REMOTE_ID, name="a circuit", shots=10, cost=COST, error=FAILURE, **TIMES)
    workspace.jobs[remote.id] = replace(remote, session=session.id, input_format="qir.v1")
    workspace.inputs[remote.id] = b"define"
