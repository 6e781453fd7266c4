"""`qjobs doctor` names the sign of docs/first-deployment.md that it sees, as soon as it sees it."""

import json
from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from client_support.fake_jobs_api import KEY, FakeJobsApi, Scripted, a_problem, a_result, a_view
from quantumjobs.cli import local, probes, signs
from quantumjobs.cli.screen import Screen
from quantumjobs.errors import UnavailableError
from quantumjobs.jobs import JobView

WELL = {"status": "ok", "checks": {"storage": {"status": "ok", "detail": "reached"}}}
OFFERED = {"targets": [{"id": "rigetti.sim.qvm", "provider": "rigetti", "availability": "Available"}]}


@pytest.fixture
def well(api: FakeJobsApi) -> FakeJobsApi:
    """A deployment without a fault."""
    api.answers("GET /api/health", WELL)
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})
    api.answers("GET /api/targets", OFFERED)
    api.answers("GET /api/quotas", {"quotas": []})
    api.answers("GET /api/sessions", {"sessions": [], "continuation": None})
    api.serves_job(a_view(), a_view("succeeded", wakes=1), result=a_result(counts={"00": 50, "11": 50}))
    return api


def remedies(done: Any) -> dict[str, tuple[str, str]]:
    """Give status and remedy of each finding, by name."""
    return {row["name"]: (row["status"], row["remedy"] or "") for row in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize("part", ["targets", "quotas", "sessions"])
def test_a_role_that_leaves_something_out_is_a_warning(qjobs: Any, well: FakeJobsApi, part: str) -> None:
    """The rest is still asked, and the job is run where its simulator is known."""
    well.answers(f"GET /api/{part}", a_problem(403, "The workspace refused it"))

    done = qjobs("doctor", "--target", "rigetti.sim.qvm", "--json")

    shown = remedies(done)
    assert done.returncode == 0
    assert shown[part][0] == "warning"
    assert signs.see(signs.ROLES) in shown[part][1]
    assert {name for name, (status, _) in shown.items() if status != "ok"} == {part}


def test_a_part_that_ails_names_the_page(qjobs: Any, well: FakeJobsApi) -> None:
    """Beside what the deployment itself says."""
    part = {"status": "unavailable", "detail": "refused", "remedy": "Give it a role."}
    well.answers("GET /api/health", Scripted(503, {"status": "degraded", "checks": {"workspace": part}}))

    done = qjobs("doctor", "--json")

    assert remedies(done)["workspace"] == ("failed", f"Give it a role. ({signs.see(signs.ROLES)})")


def test_an_app_without_functions_names_the_page(qjobs: Any, api: FakeJobsApi) -> None:
    """Azure answers 404 for an app whose functions did not start."""
    api.answers("GET /api/health", Scripted(404, {}))

    done = qjobs("doctor", "--json")

    assert done.returncode == 3
    assert signs.see(signs.STARTS) in remedies(done)["reachable"][1]


def test_a_compiler_that_cannot_be_loaded_names_the_page(qjobs: Any, well: FakeJobsApi) -> None:
    """The order is refused with the reason; a reader learns which system library is meant."""
    well.answers("POST /api/jobs", a_problem(400, "Refused", detail="the compiler cannot be loaded: GLIBC_2.35"))

    done = qjobs("doctor", "--json")

    assert done.returncode == 1
    assert remedies(done)["job"] == ("failed", signs.see(signs.COMPILES))


def test_no_event_names_the_page(qjobs: Any, well: FakeJobsApi) -> None:
    """A subscription may be missing."""
    well.serves_job(a_view("succeeded", wakes=0, polls=3), result=a_result(counts={"00": 50, "11": 50}))

    done = qjobs("doctor", "--json")

    assert signs.see(signs.EVENTS) in remedies(done)["events"][1]


def test_a_cold_start_is_a_warning() -> None:
    """The first answer, and the first order."""
    start = datetime(2026, 11, 21, 8, tzinfo=timezone.utc)
    history = [
        {"phase": "accepted", "at": start.isoformat()},
        {"phase": "waiting", "at": (start + timedelta(seconds=90)).isoformat()},
    ]
    job = JobView.from_wire(a_view("succeeded", createdAt=start.isoformat(), history=history))

    (submitted,) = probes.submission(job)
    answered = probes.answered(12.0)

    assert (submitted.status, answered.status) == ("warning", "warning")
    assert "90 s after it came" in submitted.detail
    assert signs.see(signs.PACE) in (submitted.remedy or "")
    assert signs.see(signs.PACE) in (answered.remedy or "")
    assert probes.answered(0.2).status == "ok"


def test_a_job_that_never_waited_says_nothing_of_pace() -> None:
    """An older deployment may not tell its phases."""
    assert list(probes.submission(JobView.from_wire(a_view("succeeded", history=[])))) == []


def test_another_refusal_is_no_sign() -> None:
    """Only what is known is named."""
    assert probes.sign_of_refusal(UnavailableError(503, "busy")) is None


def test_findings_come_one_by_one(well: FakeJobsApi) -> None:
    """What is known already is shown before the next thing is asked."""

    request_counts: list[int] = []

    class Counting(Screen):
        """Notes how often the deployment was asked before each finding was shown."""

        def lines(self, texts: Iterable[str]) -> None:
            """Count, and draw."""
            request_counts.append(len(well.requests))
            super().lines(texts)

    options = Namespace(url=well.url, key=KEY, sign_in=None, job=True, target=None, workspace=None, timeout=5.0)

    assert local.doctor(options, Counting()) == 0
    assert request_counts[0] == 0
    assert len(set(request_counts)) > 6
