"""Every call of the client is run against the app in memory, and all that the app sends can be read from its views."""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import httpx
import pytest

import quantumjobs
from quantum.contract import examples
from quantum.contract.orders import INPUT, ORDER
from quantum.contract.parameters import FILTERS
from quantum.contract.requests import SESSION_REQUEST
from quantum.contract.routes import BY_DOOR, ROUTES
from quantum.contract.workspaces import REGISTRATION
from quantum.service.answers import job_view
from quantumjobs import AsyncQuantumJobs, Grid, Program, QuantumJobs, calls, failures, workspace_calls
from quantumjobs.orders import OrderFields
from quantumjobs.transport import HttpxLine
from tests.contract.http.busy_app import RUNNING_BATCH_ID, WAITING_ID, a_busy_app, some_jobs
from tests.contract.http.conforming import described, differences
from tests.contract.http.served_api import InMemory, door_for

JOB, BATCH, SESSION, WORKSPACE = examples.JOB_ID, examples.BATCH_ID, examples.SESSION_ID, examples.WORKSPACE
OWN = {re.sub(r"([A-Z])", r"_\1", name).lower(): text for name, text in examples.REGISTRATION.items()}
SELECTION = {"tag": "team=chem", "since": "2026-11-20", "until": "2026-11-30", "order": "oldest"}

type Call = Callable[[Any], Any]
CALLS: dict[str, Call] = {
    "submit": lambda client: client.submit(
        Program("openqasm3", text=str(examples.ORDER["input"]["text"])), target="ionq.simulator", shots=10
    ),
    "estimate": lambda client: client.estimate(
        Program("openqasm3", text=str(examples.ORDER["input"]["text"])),
        targets=["ionq.simulator", "ionq.qpu.aria-1"],
        shots=10,
    ),
    "get": lambda client: client.get(JOB),
    "result": lambda client: client.result(JOB),
    "raw": lambda client: client.raw(JOB),
    "program": lambda client: client.program(JOB),
    "cancel": lambda client: client.cancel(WAITING_ID),
    "watch": lambda client: client.watch(JOB),
    "wait": lambda client: client.wait(JOB),
    "list_page": lambda client: client.list_page(top=1, **SELECTION),
    "list": lambda client: client.list(top=1, phase="succeeded"),
    "counts": lambda client: client.counts([JOB, WAITING_ID]),
    "costs": lambda client: client.costs("provider", top=3, since="2026-11-20"),
    "targets": lambda client: client.targets(workspace=WORKSPACE),
    "formats": lambda client: client.formats(),
    "quotas": lambda client: client.quotas("ionq"),
    "adopt": lambda client: client.adopt(examples.REMOTE_ID, tags={"team": "chem"}),
    "open_session": lambda client: client.open_session("ionq.simulator", name="mine", job_failure_policy="Continue"),
    "session": lambda client: client.session(SESSION),
    "close_session": lambda client: client.close_session(SESSION),
    "sessions_page": lambda client: client.sessions_page(top=1),
    "session_jobs": lambda client: client.session_jobs(SESSION),
    "poison": lambda client: client.poison(),
    "replay_poison": lambda client: client.replay_poison(examples.POISON_ID),
    "workspaces": lambda client: client.workspaces(),
    "workspace": lambda client: client.workspace(WORKSPACE),
    "add_workspace": lambda client: client.add_workspace(**{**OWN, "name": "new-lab"}),
    "remove_workspace": lambda client: client.remove_workspace(WORKSPACE),
    "submit_batch": lambda client: client.submit_batch(examples.BATCH),
    "compare": lambda client: client.compare(
        examples.BATCH["order"], examples.BATCH["targets"], by="fidelity", reference="ideal"
    ),
    "sweep": lambda client: client.sweep(examples.BATCH["order"], Grid("theta", 0, 3.14, 5), ["ionq.simulator"]),
    "batch": lambda client: client.batch(BATCH),
    "watch_batch": lambda client: client.watch_batch(BATCH),
    "wait_batch": lambda client: client.wait_batch(BATCH),
    "members": lambda client: client.members(BATCH, phase="succeeded"),
    "cancel_batch": lambda client: client.cancel_batch(RUNNING_BATCH_ID),
    "pause_batch": lambda client: client.pause_batch(RUNNING_BATCH_ID),
    "resume_batch": lambda client: client.resume_batch(RUNNING_BATCH_ID),
    "rerun_batch": lambda client: client.rerun_batch(BATCH),
    "batch_table": lambda client: client.batch_table(BATCH),
    "batches_page": lambda client: client.batches_page(phase="partly", top=1),
    "members_page": lambda client: client.members_page(BATCH, phase="succeeded", target="ionq.simulator", top=1),
    "budgets": lambda client: client.budgets(),
    "set_budgets": lambda client: client.set_budgets(examples.BUDGETS["budgets"], version=0),
    "approve": lambda client: client.approve(examples.HELD_ID, why="agreed"),
    "approve_batch": lambda client: client.approve_batch(examples.HELD_BATCH_ID, why="agreed"),
    "deny_batch": lambda client: client.deny_batch(examples.HELD_BATCH_ID),
    "deny": lambda client: client.deny(examples.HELD_ID),
    "health": lambda client: client.health(),
}
METHODS = {name for name, _ in inspect.getmembers(QuantumJobs, inspect.isfunction) if not name.startswith("_")}
UNREAD = {"describe_api"}  # a document for tools


def test_every_method_of_the_client_is_run() -> None:
    """A call that is added is run here, blocking and asynchronous."""
    assert CALLS.keys() == METHODS - {"close"}
    assert set(dir(AsyncQuantumJobs)) | {"close"} >= METHODS


@pytest.mark.parametrize("name", CALLS)
def test_a_blocking_call_is_understood(name: str) -> None:
    """What the client sends is taken by the app, and what comes back becomes a view."""
    transport = InMemory(a_busy_app())
    with QuantumJobs("http://127.0.0.1:1", "key") as client:
        client._line = HttpxLine(httpx.Client(transport=transport, base_url="http://127.0.0.1:1/api/"))
        answer = CALLS[name](client)
        views = list(answer) if isinstance(answer, Iterator) else [answer]

    assert views
    assert_described(transport)


@pytest.mark.parametrize("name", CALLS)
async def test_an_asynchronous_call_is_understood(name: str) -> None:
    """Both clients speak alike."""
    transport = InMemory(a_busy_app())
    async with AsyncQuantumJobs("http://127.0.0.1:1", "key") as client:
        client._http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1/api/")
        answer = CALLS[name](client)
        if isinstance(answer, AsyncIterator):
            views = [view async for view in answer]
        else:
            assert isinstance(answer, Awaitable)
            views = [await answer]

    assert views
    assert_described(transport)


def test_every_route_is_called_by_the_client() -> None:
    """Whatever the API can do, the client can do."""
    called = set()
    for call in CALLS.values():
        transport = InMemory(a_busy_app())
        with QuantumJobs("http://127.0.0.1:1", "key") as client:
            client._line = HttpxLine(httpx.Client(transport=transport, base_url="http://127.0.0.1:1/api/"))
            answer = call(client)
            list(answer) if isinstance(answer, Iterator) else None
        called |= {door_for(request.method, request.url.path)[0].__name__ for request, _ in transport.seen}

    assert {route.door for route in ROUTES} - called == UNREAD


def assert_described(transport: InMemory) -> None:
    """Every answer that the client met is one of the contract's, and none is an error."""
    assert transport.seen
    for request, answer in transport.seen:
        reply = BY_DOOR[door_for(request.method, request.url.path)[0].__name__].replies[answer.status]
        assert answer.status < 300
        if reply.document:
            body = httpx.Response(200, content=answer.encoded()).json()
            assert list(differences(body, {"$ref": f"#/components/schemas/{reply.document}"})) == []


VIEWS: dict[str, tuple[type, dict[str, str]]] = {  # by schema: the client's view, and what goes by another name there
    "JobView": (quantumjobs.JobView, {}),
    "JobPage": (quantumjobs.JobPage, {}),
    "PhaseChange": (quantumjobs.PhaseChange, {}),
    "Times": (quantumjobs.Times, {}),
    "Cancellation": (quantumjobs.Cancellation, {}),
    "Failure": (failures.JobError, {"errors": "faults", "inner_errors": "inner"}),
    "Fault": (quantumjobs.Fault, {}),
    "Result": (quantumjobs.Result, {}),
    "Part": (quantumjobs.Part, {}),
    "Register": (quantumjobs.Register, {}),
    "Solution": (quantumjobs.Solution, {}),
    "JobPart": (quantumjobs.JobPart, {}),
    "Contribution": (quantumjobs.Contribution, {}),
    "CountsSum": (quantumjobs.CountsSum, {}),
    "LeftOut": (quantumjobs.LeftOut, {}),
    "CostSum": (quantumjobs.CostSum, {}),
    "CostShare": (quantumjobs.CostShare, {}),
    "JobWithoutCost": (quantumjobs.LeftOut, {}),
    "PriceView": (quantumjobs.Price, {}),
    "TargetView": (quantumjobs.Target, {}),
    "TargetList": (quantumjobs.TargetList, {}),
    "QuotaView": (quantumjobs.Quota, {}),
    "QuotaList": (quantumjobs.QuotaList, {}),
    "FormatView": (quantumjobs.Format, {}),
    "Catalogue": (quantumjobs.FormatList, {}),
    "SessionView": (quantumjobs.Session, {}),
    "SessionPage": (quantumjobs.SessionPage, {}),
    "WorkspaceView": (quantumjobs.Workspace, {"credential": "kind"}),
    "CredentialView": (quantumjobs.Workspace, {}),
    "WorkspaceList": (quantumjobs.WorkspaceList, {}),
    "EstimateList": (quantumjobs.EstimateList, {}),
    "Estimate": (quantumjobs.Estimate, {}),
    "GatesView": (quantumjobs.Gates, {}),
    "PoisonedOrder": (quantumjobs.Poisoned, {}),
    "PoisonList": (quantumjobs.PoisonList, {}),
    "BatchView": (quantumjobs.Batch, {}),
    "BatchPage": (quantumjobs.BatchPage, {}),
    "ReusedFrom": (quantumjobs.ReusedFrom, {}),
    "BatchChange": (quantumjobs.PhaseChange, {}),
    "UnitCost": (quantumjobs.UnitCost, {}),
    "MemberView": (quantumjobs.Member, {}),
    "MemberPage": (quantumjobs.MemberPage, {}),
    "VerdictView": (quantumjobs.Verdict, {}),
    "ComparisonRow": (quantumjobs.BatchRow, {}),
    "Comparison": (quantumjobs.BatchTable, {}),
    "BudgetView": (quantumjobs.Budget, {}),
    "BudgetFields": (quantumjobs.Budget, {}),
    "BudgetChange": (quantumjobs.BudgetChange, {}),
    "BudgetsView": (quantumjobs.BudgetList, {}),
    "ApprovalView": (quantumjobs.Approval, {}),
    "Health": (quantumjobs.Health, {}),
    "Check": (quantumjobs.Check, {}),
}
WITHOUT_A_VIEW = {  # documents of requests; mappings that are handed on as they are; what errors and ids are made of
    *("BudgetsRequest", "ApprovalDecision"),
    *("Order", "AnswerQueue", "ProgramInput", "SessionRequest", "Adoption", "Registration", "EstimateRequest", "Rerun"),
    *("ReuseRule", "Constraints", "Candidate"),
    *("Cost", "CostItem", "Source", "JobLinks", "SessionLinks", "ProviderView", "ParamView", "ShotsRule"),
    *("TargetFormats", "Cause", "Problem", "Replayed", "RemoteJobView", "RemoteJobPage", "Answer", "EndedJob"),
    *("Batch", "BatchLinks", "EndedBatch", "BatchAnswer", "Targets", "TargetRow"),
}


def test_every_document_has_a_view() -> None:
    """A document that is added to the contract is added to the client, or named as one that needs no view."""
    assert described()["components"]["schemas"].keys() == VIEWS.keys() | WITHOUT_A_VIEW


@pytest.mark.parametrize("name", VIEWS)
def test_all_that_is_sent_can_be_read(name: str) -> None:
    """Every property of a document is an attribute of its view."""
    view, renamed = VIEWS[name]
    assert is_dataclass(view)
    attributes = {field.name for field in fields(view)}
    sent = {snake(word) for word in described()["components"]["schemas"][name]["properties"]}

    assert {renamed.get(word, word) for word in sent} - attributes == set()


def test_the_views_of_jobs_hold_what_was_sent() -> None:
    """Of jobs that have every fact, no attribute is empty."""
    sent = [job_view(job) for job in some_jobs()]
    views = [quantumjobs.JobView.from_wire(document) for document in sent]

    assert {name for document in sent for name in document} == described()["components"]["schemas"]["JobView"][
        "properties"
    ].keys()
    for field in fields(quantumjobs.JobView):
        assert any(getattr(view, field.name) not in (None, False, (), {}) for view in views), field.name


@pytest.mark.parametrize(
    ("words", "table", "renamed"),
    [
        (OrderFields, ORDER, {}),
        (workspace_calls.SessionFields, SESSION_REQUEST, {}),
        (calls.OwnWorkspace, REGISTRATION, {}),
        (calls.JobFilter, {parameter.name for parameter in FILTERS}, {"from": "since", "to": "until"}),
        (Program, INPUT, {"base64": "data"}),
    ],
    ids=["order", "session", "workspace", "filters", "program"],
)
def test_all_that_may_be_sent_can_be_written(words: type, table: Any, renamed: dict[str, str]) -> None:
    """Every field and filter of the contract is a keyword of the client, and none is left that the app refuses."""
    expected = {renamed.get(name, snake(name)) for name in table} - {"input", "traceparent", "notify"}
    keywords = set(words.__annotations__)

    assert keywords <= expected
    assert expected - keywords <= {"target", "output_format", "content_type", "content_encoding"}


def snake(word: str) -> str:
    """Spell a name of JSON as Python does."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", word).lower()
