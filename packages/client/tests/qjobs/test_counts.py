"""The counts of many jobs and the filters of lists, from Python and from the command line."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, a_problem

SUM = {
    "shots": 100,
    "counts": {"00": 40, "11": 60},
    "probabilities": {"00": 0.4, "11": 0.6},
    "jobs": [JOB_ID, "b"],
    "leftOut": [{"id": "c", "code": "NotEnded", "reason": "The job is waiting.\x1b[2J"}],
    "continuation": None,
}


async def test_counts_are_added_up_by_the_deployment(call: Any, api: FakeJobsApi) -> None:
    """Ids and filters are sent; what was used and what was left out is told."""
    api.answers("GET /api/counts", SUM)

    by_id = await call("counts", [JOB_ID, "b"])
    await call("counts", tag="run=7", since=datetime(2026, 11, 1, tzinfo=timezone.utc), until="2026-12-01", top=5)

    assert api.requests[0].query == {"ids": f"{JOB_ID},b"}
    assert api.requests[1].query == {"tag": "run=7", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01", "top": "5"}
    assert (by_id.shots, by_id.counts, by_id.jobs) == (100, {"00": 40, "11": 60}, (JOB_ID, "b"))
    assert [(job.id, job.code) for job in by_id.left_out] == [("c", "NotEnded")]


def test_counts_are_drawn(qjobs: Any, api: FakeJobsApi) -> None:
    """A bar for each outcome; what was left out, and that there is more, goes to standard error."""
    api.answers("GET /api/counts", SUM | {"continuation": "more"})

    done = qjobs("counts", "--tag", "run=7", "--provider", "ionq", "--from", "2026-11-01")

    assert api.requests[0].query == {"tag": "run=7", "provider": "ionq", "from": "2026-11-01"}
    lines = done.stdout.splitlines()
    assert lines[0] == "100 shots of 2 jobs"
    assert [line.split()[0] for line in lines[1:]] == ["11", "00"]
    assert "left out: c: The job is waiting." in done.stderr
    assert "--continuation more" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_counts_are_json_for_scripts(qjobs: Any, api: FakeJobsApi) -> None:
    """The document as it came."""
    api.answers("GET /api/counts", SUM)

    done = qjobs("counts", JOB_ID, "--json")

    assert json.loads(done.stdout) == SUM
    assert api.requests[0].query == {"ids": JOB_ID}


def test_every_filter_of_a_list_is_sent(qjobs: Any, api: FakeJobsApi) -> None:
    """Under the API's own names."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})
    options = {"tag": "a=b", "workspace": "w", "provider": "p", "from": "2026-11-01", "to": "2026-12-01"}

    qjobs("list", *(word for name, text in options.items() for word in (f"--{name}", text)), "--order", "oldest")

    assert api.requests[0].query == options | {"order": "oldest"}


@pytest.mark.parametrize("command", ["list", "counts"])
def test_what_the_deployment_refuses_is_said(qjobs: Any, api: FakeJobsApi, command: str) -> None:
    """With every fault, and the exit code of a faulty command line."""
    faults = [{"field": "tag", "reason": "does not go with target"}]
    path = "jobs" if command == "list" else "counts"
    api.answers(f"GET /api/{path}", a_problem(400, "The list cannot be made", errors=faults))

    done = qjobs(command, "--tag", "a=b", "--target", "t")

    assert done.returncode == 2
    assert "tag" in done.stderr
    assert "does not go with target" in done.stderr
