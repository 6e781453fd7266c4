"""Sessions, quotas and adopted jobs, by both clients and by the command."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem, a_view
from quantumjobs import NotFoundError, Quota, RefusedError, UnexpectedAnswerError, UsageError

SESSION = {
    "id": JOB_ID,
    "name": "series",
    "target": "ionq.simulator",
    "status": "Waiting",
    "isOpen": True,
    "jobFailurePolicy": "Abort",
    "tags": {"team": "chem"},
    "times": {"created": "2026-11-21T08:00:00Z"},
}
CLOSED = SESSION | {"status": "Succeeded", "isOpen": False}
QUOTA = {"provider": "ionq", "dimension": "qgs", "scope": "Workspace", "limit": 100.0, "utilization": 5.0, "holds": 1.0}


def plays_a_session(api: FakeJobsApi) -> None:
    """Script one session with three jobs on two pages."""
    api.answers("POST /api/sessions", Scripted(201, SESSION))
    api.answers("GET /api/sessions", {"sessions": [SESSION], "continuation": "next"})
    api.answers(f"GET /api/sessions/{JOB_ID}", SESSION)
    api.answers(f"POST /api/sessions/{JOB_ID}/close", CLOSED)
    pages = ({"jobs": [a_view(id="a"), a_view(id="b")], "continuation": "2"}, {"jobs": [a_view(id="c")]})
    api.answers(f"GET /api/sessions/{JOB_ID}/jobs", *pages)


async def test_a_session_is_opened_read_and_closed(call: Any, api: FakeJobsApi) -> None:
    """What was said of it is sent, under a key of its own; what it is comes back."""
    plays_a_session(api)

    opened = await call("open_session", "ionq.simulator", name="series", job_failure_policy="Continue")
    read, closed = await call("session", JOB_ID), await call("close_session", JOB_ID)
    page = await call("sessions_page", top=1)

    body = {"target": "ionq.simulator", "name": "series", "jobFailurePolicy": "Continue"}
    assert api.requests[0].body == body
    assert api.requests[0].headers["idempotency-key"]
    assert (opened, opened.is_open, opened.tags) == (read, True, {"team": "chem"})
    assert opened.created_at == datetime(2026, 11, 21, 8, tzinfo=timezone.utc)
    assert (closed.status, closed.is_open) == ("Succeeded", False)
    assert (page.sessions, page.continuation, api.requests[-1].query) == ((read,), "next", {"top": "1"})


async def test_the_jobs_of_a_session_are_read_page_by_page(call: Any, api: FakeJobsApi) -> None:
    """All of them, however many pages there are."""
    plays_a_session(api)

    jobs = await call("session_jobs", JOB_ID)

    assert [job.id for job in jobs] == ["a", "b", "c"]
    assert [request.query for request in api.requests] == [{}, {"continuation": "2"}]


async def test_a_page_that_names_itself_as_the_next_is_unexpected(call: Any, api: FakeJobsApi) -> None:
    """A list without an end is not followed."""
    api.answers(f"GET /api/sessions/{JOB_ID}/jobs", {"jobs": [], "continuation": "2"})

    with pytest.raises(UnexpectedAnswerError):
        await call("session_jobs", JOB_ID)


async def test_a_job_is_adopted(call: Any, api: FakeJobsApi) -> None:
    """By its id in the workspace; what is unknown there, or no id, is told apart."""
    api.answers("POST /api/jobs/adopt", Scripted(202, a_view("waiting", sessionId="s", queueSeconds=2)))

    job = await call("adopt", JOB_ID, tags={"team": "chem"})
    api.answers("POST /api/jobs/adopt", a_problem(404, "There is no such job"))

    assert (job.phase, job.session_id, job.queue_seconds, job.duration_seconds) == ("waiting", "s", 2, None)
    assert api.requests[0].body == {"id": JOB_ID, "tags": {"team": "chem"}}
    with pytest.raises(NotFoundError):
        await call("adopt", JOB_ID)
    with pytest.raises(UsageError):
        await call("adopt", "../jobs")


async def test_quotas_are_read(call: Any, api: FakeJobsApi) -> None:
    """Of all providers, or of one."""
    api.answers("GET /api/quotas", {"quotas": [QUOTA]})

    quotas = await call("quotas", "ionq")

    assert quotas.quotas == (Quota("ionq", "qgs", "Workspace", None, 100, 5, 1),)
    assert api.requests[0].query == {"provider": "ionq"}


@pytest.mark.parametrize(
    ("method", "command"),
    [
        (("session", JOB_ID), ("sessions", "show", JOB_ID)),
        (("close_session", JOB_ID), ("sessions", "close", JOB_ID)),
        (("sessions_page",), ("sessions",)),
        (("quotas",), ("quotas",)),
    ],
)
async def test_a_workspace_of_one_s_own_is_named_in_every_call(
    call: Any, qjobs: Any, api: FakeJobsApi, method: tuple[str, ...], command: tuple[str, ...]
) -> None:
    """By both clients, and by each request of the command."""
    plays_a_session(api)
    api.answers("GET /api/quotas", {"quotas": [QUOTA]})

    await call(*method, workspace="chem")
    done = qjobs(*command, "--workspace", "chem", "--json")

    assert done.returncode == 0
    assert {request.query.get("workspace") for request in api.requests} == {"chem"}


async def test_the_jobs_of_a_session_elsewhere_are_read_there(call: Any, qjobs: Any, api: FakeJobsApi) -> None:
    """Page by page; and it is opened there."""
    plays_a_session(api)

    await call("session_jobs", JOB_ID, workspace="chem")
    qjobs("sessions", "open", "ionq.simulator", "--workspace", "chem")

    assert [request.query for request in api.requests[:2]] == [
        {"workspace": "chem"},
        {"workspace": "chem", "continuation": "2"},
    ]
    assert api.requests[2].body["workspace"] == "chem"


@pytest.mark.parametrize(
    ("path", "method", "document"),
    [
        ("GET /api/quotas", ("quotas",), {}),
        ("GET /api/quotas", ("quotas",), {"quotas": [{}]}),
        ("GET /api/sessions", ("sessions_page",), {"sessions": 1}),
        (f"GET /api/sessions/{JOB_ID}", ("session", JOB_ID), {"id": JOB_ID}),
    ],
)
async def test_what_is_of_another_form_is_unexpected(
    call: Any, api: FakeJobsApi, path: str, method: tuple[str, ...], document: Any
) -> None:
    """A wrong address is told from an empty list."""
    api.answers(path, Scripted(200, document))

    with pytest.raises(UnexpectedAnswerError):
        await call(*method)


async def test_a_session_that_cannot_be_opened_says_why(call: Any, api: FakeJobsApi) -> None:
    """Every fault by its field."""
    faults = [{"field": "target", "reason": "is not in this workspace"}]
    api.answers("POST /api/sessions", a_problem(400, "The session cannot be opened", errors=faults))

    with pytest.raises(RefusedError) as refused:
        await call("open_session", "nowhere")

    assert [(fault.field, fault.reason) for fault in refused.value.faults] == [("target", "is not in this workspace")]


async def test_an_error_of_the_workspace_is_kept_whole(call: Any, api: FakeJobsApi) -> None:
    """Its target and the errors inside it, too."""
    inner = [{"code": "Chiller", "message": "Out of helium."}, {"code": "E42"}]
    error = {"code": "Oops", "message": "Too warm.", "target": "qpu", "innerErrors": inner}
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("failed", error=error))

    job = await call("get", JOB_ID)

    assert (job.error.target, job.error.inner) == ("qpu", (("Chiller", "Out of helium."), ("E42", "")))


def test_the_command_goes_through_a_session(qjobs: Any, api: FakeJobsApi) -> None:
    """Opened with its id alone on standard output, shown with its jobs, listed, closed."""
    plays_a_session(api)

    opened = qjobs("sessions", "open", "ionq.simulator", "--name", "series", "--on-failure", "continue", "--tag", "a=b")
    shown = qjobs("sessions", "show", JOB_ID)
    listed, closed = qjobs("sessions", "--top", "1"), qjobs("sessions", "close", JOB_ID, "--json")

    sent = {"target": "ionq.simulator", "name": "series", "jobFailurePolicy": "Continue", "tags": {"a": "b"}}
    assert (opened.stdout.strip(), api.requests[0].body) == (JOB_ID, sent)
    assert "Waiting" in shown.stdout
    assert [line.split()[0] for line in shown.stdout.splitlines()[-3:]] == ["a", "b", "c"]
    assert "--continuation next" in listed.stderr
    assert json.loads(closed.stdout) == CLOSED


def test_the_command_adopts_and_shows_quotas(qjobs: Any, api: FakeJobsApi) -> None:
    """It says how to go on, and what is used of what."""
    api.answers("POST /api/jobs/adopt", Scripted(202, a_view("waiting")))
    api.answers("GET /api/quotas", {"quotas": [QUOTA]})

    adopted, quotas = qjobs("adopt", JOB_ID, "--tag", "a=b"), qjobs("quotas", "--provider", "ionq")

    assert f"qjobs watch {JOB_ID}" in adopted.stdout
    assert api.requests[0].body == {"id": JOB_ID, "tags": {"a": "b"}}
    assert quotas.stdout.splitlines()[-1].split() == ["ionq", "qgs", "Workspace", "6", "100"]


def test_the_command_sends_what_an_order_says_of_session_priority_and_cost(
    qjobs: Any, api: FakeJobsApi, bell: str
) -> None:
    """By the names of the order's fields."""
    api.serves_job(a_view())

    options = ("--session", "own", "--priority", "High", "--urgency", "low", "--max-cost", "12.5")
    qjobs("submit", bell, *options, "--answer-to", "mine:2d")

    sent = {name: api.requests[0].body[name] for name in ("session", "priority", "urgency", "maxCost", "answerTo")}
    own = {"queue": "mine", "keepFor": "PT48H"}
    assert sent == {"session": "own", "priority": "High", "urgency": "low", "maxCost": 12.5, "answerTo": own}


def test_the_command_reads_which_results_may_be_reused(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Any, up to an age, of hardware too, or none; anything else is refused before it is sent."""
    api.serves_job(a_view())

    for text in ("any", "no", "90m", "any+hardware", "P1D+hardware"):
        qjobs("submit", bell, "--reuse-result", text)
    refused = [qjobs("submit", bell, "--reuse-result", text).returncode for text in ("1d+simulators", "no+hardware")]

    rules = [True, False, {"maxAge": "PT90M"}, {"hardware": True}, {"maxAge": "P1D", "hardware": True}]
    assert [request.body["reuseResult"] for request in api.requests] == rules
    assert refused == [2, 2]


def test_the_command_reads_what_the_target_must_be_like(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Names add up; what is no constraint is refused before anything is sent."""
    api.serves_job(a_view())
    words = ("provider=ionq", "provider=rigetti", "format=qir.v1", "kind=simulator", "qubits=5", "queue=2h")

    qjobs("submit", bell, "--target", "auto", *(word for each in words for word in ("--constraint", each)))
    refused = [qjobs("submit", bell, "--constraint", text).returncode for text in ("provider", "kind=", "speed=1")]

    assert api.requests[0].body["target"] == "auto"
    assert api.requests[0].body["constraints"] == {
        "providers": ["ionq", "rigetti"],
        "formats": ["qir.v1"],
        "kind": "simulator",
        "qubits": 5,
        "maxQueueTime": "PT2H",
    }
    assert refused == [2, 2, 2]


def test_the_command_reads_where_an_answer_goes(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """A word of the API, or a queue's name."""
    api.serves_job(a_view())

    for text in ("none", "default", "mine"):
        qjobs("submit", bell, "--answer-to", text)

    assert [request.body["answerTo"] for request in api.requests] == ["none", "default", {"queue": "mine"}]
