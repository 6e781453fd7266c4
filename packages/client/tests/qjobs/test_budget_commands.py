"""Budgets and approvals: by both clients and by the command."""

import json
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem, a_view
from quantumjobs import ApiError, UnexpectedAnswerError

LAB = {"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "month", "limit": 500}
SHOWN = LAB | {"approveAbove": 50, "reserved": 60.5, "spent": 440, "left": -0.5, "periodEnds": "2026-12-01T00:00:00Z"}
CHANGE = {"at": "2026-11-21T08:00:00Z", "by": "ada", "version": 3, "budgets": [LAB]}
BUDGETS = {"budgets": [SHOWN], "version": 3, "changes": [CHANGE]}
HELD = {
    "submission": JOB_ID,
    "budget": "lab",
    "unit": "USD",
    "amount": 60.5,
    "above": 50,
    "until": "2026-11-28T08:00:00Z",
}
APPROVE, DENY = f"POST /api/jobs/{JOB_ID}/approve", f"POST /api/jobs/{JOB_ID}/deny"


async def test_budgets_are_read(call: Any, api: FakeJobsApi) -> None:
    """With what is left, and who set them."""
    api.answers("GET /api/budgets", BUDGETS)

    answer = await call("budgets")

    (budget,) = answer.budgets
    assert (budget.name, budget.left, budget.approve_above, budget.period_began) == ("lab", -0.5, 50, None)
    assert (answer.version, answer.changes[0].by, answer.changes[0].budgets[0].limit) == (3, "ada", 500)
    assert repr(answer) == "<BudgetList lab -0.5 USD left>"


@pytest.mark.parametrize("document", [{}, [], {"budgets": [{}]}, {"budgets": [], "changes": [1]}])
async def test_what_is_no_list_of_budgets_is_unexpected(call: Any, api: FakeJobsApi, document: Any) -> None:
    """A wrong address is told from no budgets."""
    api.answers("GET /api/budgets", Scripted(200, document))

    with pytest.raises(UnexpectedAnswerError):
        await call("budgets")


async def test_a_decision_is_sent(call: Any, api: FakeJobsApi) -> None:
    """With its reason; a second one is an error."""
    api.answers(APPROVE, Scripted(202, a_view("awaitingApproval", approval=HELD)))
    api.answers(DENY, a_problem(409, "It was decided before"))

    view = await call("approve", JOB_ID, why="agreed")
    with pytest.raises(ApiError):
        await call("deny", JOB_ID)

    assert view.approval.amount == 60.5
    assert [request.body for request in api.requests] == [{"why": "agreed"}, {"why": None}]


def test_budgets_are_shown(qjobs: Any, api: FakeJobsApi) -> None:
    """As a table with who set them, as names, or as they came."""
    api.answers("GET /api/budgets", BUDGETS)
    table, names, document = (
        qjobs("budgets", "list"),
        qjobs("budgets", "list", "-q"),
        qjobs("budgets", "list", "--json"),
    )

    assert "lab" in table.stdout
    assert "-0.50" in table.stdout
    assert "version 3, set by ada" in table.stderr
    assert names.stdout == "lab\n"
    assert json.loads(document.stdout) == BUDGETS


def test_no_budgets_are_told(qjobs: Any, api: FakeJobsApi) -> None:
    """Every order may cost what it costs."""
    api.answers("GET /api/budgets", {"budgets": [], "version": 0, "changes": []})

    assert "there are no budgets" in (qjobs("budgets", "list").stdout + qjobs("budgets", "list").stderr)


@pytest.mark.parametrize(("document", "version"), [([LAB], 3), (BUDGETS, 3), ({"budgets": [LAB], "version": 2}, 2)])
def test_budgets_are_set_from_a_file(qjobs: Any, api: FakeJobsApi, document: Any, version: int) -> None:
    """A list has the version that there is; a document that was shown is checked against its own."""
    api.answers("GET /api/budgets", BUDGETS)
    api.answers("PUT /api/budgets", BUDGETS)

    done = qjobs("budgets", "set", "-", stdin=json.dumps(document).encode())

    assert done.returncode == 0, done.stderr
    sent = api.requests[-1].body
    assert sent["version"] == version
    assert {"name", "limit"} <= set(sent["budgets"][0])
    assert not {"reserved", "left"} & set(sent["budgets"][0])


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"budgets": 3}'])
def test_a_wrong_file_of_budgets_is_refused(qjobs: Any, text: str) -> None:
    """Before anything is sent."""
    assert qjobs("budgets", "set", "-", stdin=text.encode()).returncode == 2


def test_standard_input_without_json_is_named(qjobs: Any) -> None:
    """Not by its sign on the command line."""
    assert "standard input is no JSON" in qjobs("budgets", "set", "-", stdin=b"").stderr


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_a_job_that_was_decided_is_named_by_the_remedy(qjobs: Any, api: FakeJobsApi, verb: str) -> None:
    """The command can be copied."""
    api.answers(f"POST /api/jobs/{JOB_ID}/{verb}", a_problem(409, "It was decided before"))

    assert qjobs(verb, JOB_ID).stderr.endswith(f"wait for it: qjobs watch {JOB_ID}\n")

    api.answers(f"POST /api/jobs/{JOB_ID}/{verb}", a_problem(404, "There is no such job"))
    api.answers(f"POST /api/batches/{JOB_ID}/{verb}", a_problem(409, "It was decided before"))

    assert qjobs(verb, JOB_ID).stderr.endswith(f"see how it stands: qjobs batch show {JOB_ID}\n")


def test_a_job_is_approved_or_denied(qjobs: Any, api: FakeJobsApi) -> None:
    """By its id; the answer says where to look."""
    view = a_view("awaitingApproval", approval=HELD)
    for route in (APPROVE, DENY):
        api.answers(route, Scripted(202, view))
    approved, denied = qjobs("approve", JOB_ID), qjobs("deny", JOB_ID, "--why", "too much", "-q")
    document = qjobs("approve", JOB_ID, "--json")

    assert approved.stdout.startswith("approved: bell; see how it goes on: qjobs watch")
    assert (denied.stdout, json.loads(document.stdout)) == (f"{JOB_ID}\n", view)


def test_an_id_of_a_batch_is_understood(qjobs: Any, api: FakeJobsApi) -> None:
    """Where no job has the id; where no batch has it, either, the answer about the job is shown."""
    batch = {"id": JOB_ID, "name": "three", "phase": "awaitingApproval"}
    for verb in ("approve", "deny"):
        api.answers(f"POST /api/jobs/{JOB_ID}/{verb}", a_problem(404, "There is no such job"))
    api.answers(f"POST /api/batches/{JOB_ID}/approve", Scripted(202, batch))
    api.answers(f"POST /api/batches/{JOB_ID}/deny", a_problem(404, "There is no such batch"))
    approved, unknown = qjobs("approve", JOB_ID), qjobs("deny", JOB_ID)

    assert approved.stdout == f"approved: three; see how it goes on: qjobs batch watch {JOB_ID}\n"
    assert unknown.returncode != 0
    assert "no such job" in unknown.stderr


async def test_what_a_batch_waits_for_is_read(call: Any, api: FakeJobsApi) -> None:
    """With its limits and its decision."""
    view = {"id": JOB_ID, "phase": "awaitingApproval", "maxCost": {"USD": 70}, "approval": HELD}
    for verb in ("approve", "deny"):
        api.answers(f"POST /api/batches/{JOB_ID}/{verb}", Scripted(202, view))
    first, second = await call("approve_batch", JOB_ID, why="agreed"), await call("deny_batch", JOB_ID)

    assert (first.max_cost, first.approval.amount) == ({"USD": 70}, 60.5)
    assert second.phase == "awaitingApproval"


def test_what_a_job_waits_for_is_shown(qjobs: Any, api: FakeJobsApi) -> None:
    """And how it was decided."""
    decided = HELD | {"verdict": "approved", "by": "ada", "at": "2026-11-21T08:00:00Z", "why": "agreed"}
    path = f"GET /api/jobs/{JOB_ID}"
    api.answers(path, a_view("awaitingApproval", approval=HELD))
    waiting = qjobs("show", JOB_ID).stdout
    api.answers(path, a_view("waiting", approval=decided, maxCost={"USD": 70}))
    later = qjobs("show", JOB_ID).stdout
    api.answers(path, a_view("waiting", approval={"submission": "s", "verdict": "denied"}))

    assert "needed for 60.5 USD by 2026-11-28 08:00:00 UTC (budget lab)" in waiting
    assert "60.5 USD approved by ada 2026-11-21 08:00:00 UTC: agreed" in later
    assert "its cost denied" in qjobs("show", JOB_ID).stdout


def test_a_limit_by_unit_is_sent(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """A number goes on meaning the target's own unit."""
    api.answers("POST /api/jobs", Scripted(202, a_view()))
    for text in ("40", "USD=40,EUR=30.5"):
        qjobs("submit", bell, "--target", "ionq.simulator", "--shots", "1", "--max-cost", text)

    assert [request.body["maxCost"] for request in api.requests] == [40, {"USD": 40, "EUR": 30.5}]
    assert qjobs("submit", bell, "--max-cost", "USD=x").returncode == 2


def test_a_limit_with_a_unit_twice_is_refused(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Which of two amounts holds is not guessed, and nothing is sent."""
    done = qjobs("submit", bell, "--target", "ionq.simulator", "--shots", "1", "--max-cost", "USD=1,USD=900")

    assert (done.returncode, api.requests) == (2, [])
    assert "names a unit twice: give each unit one amount" in done.stderr
