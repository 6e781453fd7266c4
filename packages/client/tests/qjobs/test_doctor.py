"""`qjobs doctor`: what it looks at, in which order, and what its exit codes say."""

import json
import socket
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem, a_result, a_view

WELL = {"status": "ok", "checks": {"storage": {"status": "ok", "detail": "3 ms"}}}
LISTED: dict[str, Any] = {"jobs": [], "continuation": None}
REACHED = ["local stack", "deployment", "reachable", "key", "settings", "health", "storage"]
BEFORE = [*REACHED, "targets", "quotas", "sessions"]
OF_THE_WORKSPACE = ("/api/targets", "/api/quotas", "/api/sessions")
COUNTS = {"00": 49, "11": 51}


@pytest.fixture
def deaf() -> str:
    """A URL where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def well(api: FakeJobsApi) -> FakeJobsApi:
    """A deployment without a fault, whose simulator runs what it is given."""
    offered = [
        {"id": "ionq.qpu.aria-1", "provider": "ionq", "availability": "Available"},
        {"id": "ionq.simulator", "provider": "ionq", "availability": "Unavailable"},
        {"id": "rigetti.sim.qvm", "provider": "rigetti", "availability": "Available"},
    ]
    api.answers("GET /api/health", WELL)
    api.answers("GET /api/jobs", LISTED)
    api.answers("GET /api/targets", {"targets": offered})
    api.answers("GET /api/quotas", {"quotas": []})
    api.answers("GET /api/sessions", {"sessions": [], "continuation": None})
    api.serves_job(a_view(), a_view("succeeded", wakes=1), result=a_result(counts=COUNTS))
    return api


def findings_of(done: Any) -> dict[str, tuple[str, str]]:
    """Give the findings by name: status and detail."""
    document = json.loads(done.stdout)
    assert document["ok"] is (done.returncode == 0)
    return {finding["name"]: (finding["status"], finding["detail"]) for finding in document["findings"]}


def test_all_is_well_down_to_a_job_on_a_free_simulator(qjobs: Any, well: FakeJobsApi) -> None:
    """Each step has its finding; the job is a Bell pair on the first free simulator that is available."""
    done = qjobs("doctor", "--json")

    findings = findings_of(done)
    assert (done.returncode, [*findings]) == (0, [*BEFORE, "job", "submission", "events"])
    assert {status for status, _ in findings.values()} == {"ok"}
    (order,) = [request.body for request in well.requests if request.method == "POST"]
    assert (order["target"], order["shots"], order["input"]["format"]) == ("rigetti.sim.qvm", 100, "openqasm3")


def test_the_job_can_be_left_out(qjobs: Any, well: FakeJobsApi) -> None:
    """Then nothing is ordered."""
    done = qjobs("doctor", "--no-job", "--json")

    assert (done.returncode, [*findings_of(done)]) == (0, BEFORE)
    assert {request.method for request in well.requests} == {"GET"}


def test_a_target_can_be_named(qjobs: Any, well: FakeJobsApi) -> None:
    """It is taken as it is."""
    done = qjobs("doctor", "--target", "pasqal.sim.emu-tn", "--json")

    assert done.returncode == 0
    assert [request.body["target"] for request in well.requests if request.method == "POST"] == ["pasqal.sim.emu-tn"]


def test_a_workspace_can_be_named(qjobs: Any, well: FakeJobsApi) -> None:
    """The job runs in it, on a simulator of its own."""
    done = qjobs("doctor", "--workspace", "chem", "--json")

    listed = [request.query.get("workspace") for request in well.requests if request.path.startswith(OF_THE_WORKSPACE)]
    assert (done.returncode, listed) == (0, ["chem"] * 4)
    assert [request.body["workspace"] for request in well.requests if request.method == "POST"] == ["chem"]


@pytest.mark.parametrize(
    ("polls", "detail", "remedy"),
    [
        (1, "had ended at the first look, which says nothing about events", "a slower simulator by --target"),
        (4, "no event ended the wait: the end was found by 4 looks", "azd hooks run postdeploy"),
    ],
)
def test_a_missing_event_is_a_warning_with_a_remedy(
    qjobs: Any, well: FakeJobsApi, polls: int, detail: str, remedy: str
) -> None:
    """The job ended nevertheless; one that was too fast to wait for is told apart from one that nobody woke."""
    well.serves_job(a_view("succeeded", wakes=0, polls=polls), result=a_result(counts=COUNTS))

    done = qjobs("doctor")

    shown = " ".join(done.stdout.split())
    assert (done.returncode, "! events" in shown) == (0, True)
    assert detail in shown
    assert remedy in shown


@pytest.mark.parametrize(
    ("view", "result", "detail"),
    [
        (a_view("failed", error={"code": "Oops", "message": "it broke"}), a_result(), "failed: Oops: it broke"),
        (a_view("succeeded"), a_result(counts={"00": 50, "01": 50}), "counts that no Bell pair has"),
        (a_view("succeeded"), a_result(counts={"00": 10}), "counts that no Bell pair has"),
    ],
)
def test_a_job_that_goes_wrong_is_exit_code_1(
    qjobs: Any, well: FakeJobsApi, view: dict[str, Any], result: dict[str, Any], detail: str
) -> None:
    """Everything before it was well."""
    well.serves_job(view, result=result)

    done = qjobs("doctor", "--json")

    assert done.returncode == 1
    assert findings_of(done)["job"][0] == "failed"
    assert detail in findings_of(done)["job"][1]


def test_a_job_that_does_not_end_in_time_is_exit_code_1(qjobs: Any, well: FakeJobsApi) -> None:
    """It goes on, and how to follow it is said."""
    well.serves_job(a_view("waiting"))

    done = qjobs("doctor", "--timeout", "0.1")

    assert done.returncode == 1
    assert f"qjobs watch {JOB_ID}" in done.stdout


def test_no_free_simulator_is_said(qjobs: Any, well: FakeJobsApi) -> None:
    """Another target, which may cost something, is for the caller to name."""
    well.answers("GET /api/targets", {"targets": []})

    done = qjobs("doctor", "--json")

    assert done.returncode == 1
    assert "name another by --target" in findings_of(done)["job"][1]


def test_an_order_that_is_refused_is_said(qjobs: Any, well: FakeJobsApi) -> None:
    """With the deployment's own words."""
    well.answers("POST /api/jobs", a_problem(400, "The order cannot be run as it is", detail="One thing is wrong."))

    done = qjobs("doctor", "--json")

    assert (done.returncode, findings_of(done)["job"][0]) == (1, "failed")


def test_a_wrong_key_is_named(qjobs: Any, well: FakeJobsApi) -> None:
    """A deployment that answers but refuses is told apart from one that is away, and the key is not shown."""
    done = qjobs("doctor", env={"QJOBS_KEY": "hush"})

    assert done.returncode == 3
    assert "✓  reachable" in done.stdout
    assert "✗  key          the key is not accepted (HTTP 401)" in done.stdout
    assert "hush" not in done.stdout + done.stderr
    assert {request.method for request in well.requests} == {"GET"}


def test_a_sick_part_is_named_with_its_remedy(qjobs: Any, well: FakeJobsApi) -> None:
    """A degraded deployment shows which dependency ails, and is given no job."""
    part = {"status": "unavailable", "detail": "no\nanswer", "remedy": "give it a role"}
    well.answers("GET /api/health", Scripted(503, {"status": "degraded", "checks": {"workspace": part}}))

    done = qjobs("doctor")

    assert done.returncode == 3
    assert r"✗  workspace    no\nanswer" in done.stdout
    assert "→ give it a role" in done.stdout
    assert {request.method for request in well.requests} == {"GET"}


def test_nobody_at_home_is_said_once(qjobs: Any, deaf: str) -> None:
    """An address where nobody listens, with the likely reason."""
    done = qjobs("doctor", "--url", deaf)

    assert done.returncode == 3
    assert "✗  reachable" in done.stdout
    assert "is the local stack running?" in done.stdout
