"""`qjobs batch …` and `qjobs compare`: what they send, and what they show at the end."""

import json
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted

RUNNING = {"id": JOB_ID, "phase": "running", "members": 2, "byPhase": {"waiting": 2}}
ENDED = {**RUNNING, "phase": "succeeded", "byPhase": {"succeeded": 2}}
ROWS = [{"number": place, "id": JOB_ID, "target": word, "phase": "succeeded"} for place, word in enumerate("ab")]
TABLE = {"by": "cost", "outcome": "best", "best": 1, "tie": [], "rows": ROWS}


def script(api: FakeJobsApi, end: dict[str, Any] = ENDED) -> None:
    """Script the life of a batch."""
    api.answers("POST /api/batches", Scripted(202, RUNNING))
    api.answers("GET /api/batches", {"batches": [RUNNING], "continuation": None})
    api.answers(f"GET /api/batches/{JOB_ID}", end)
    api.answers(f"GET /api/batches/{JOB_ID}/table", TABLE)
    api.answers(f"POST /api/batches/{JOB_ID}/cancel", Scripted(202, RUNNING))


def test_compare_sends_one_batch_and_shows_the_best(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """The targets and the criterion are in the request, and the verdict is the last line."""
    script(api)

    done = qjobs("compare", bell, "--targets", "a,b", "--by", "cost", "--shots", "10")

    assert (done.returncode, done.stderr) == (0, "")
    body = api.requests[0].body
    assert (body["targets"], body["rank"], body["order"]["shots"]) == (["a", "b"], {"by": "cost"}, 10)
    assert done.stdout.splitlines()[-1] == "best: 1 b"


@pytest.mark.parametrize(("phase", "code"), [("succeeded", 0), ("partly", 1), ("failed", 1), ("cancelled", 1)])
def test_the_end_of_a_batch_is_the_exit_code(qjobs: Any, api: FakeJobsApi, phase: str, code: int) -> None:
    """Only a batch all of whose members succeeded is a success."""
    script(api, {**ENDED, "phase": phase})

    assert qjobs("batch", "submit", "-", "--watch", stdin=b'{"orders": []}').returncode == code


def test_a_batch_is_named_by_the_beginning_of_its_id(qjobs: Any, api: FakeJobsApi) -> None:
    """Show, table and cancel take it, and JSON is what the deployment sent."""
    script(api, RUNNING)

    answers = [qjobs("batch", verb, "7d44", "--json").stdout for verb in ("show", "table", "cancel")]

    assert [json.loads(answer) for answer in answers] == [RUNNING, TABLE, RUNNING]


def test_what_is_no_batch_is_not_sent(qjobs: Any, api: FakeJobsApi) -> None:
    """It is refused in three lines."""
    done = qjobs("batch", "submit", "-", stdin=b"[]")

    assert (done.returncode, len(done.stderr.splitlines()), api.requests) == (2, 3, [])


def test_a_batch_that_cannot_be_read_is_named(qjobs: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """A wrong path is not taken for a faulty batch, and is told without the system's number."""
    done = qjobs("batch", "submit", str(tmp_path / "missing.json"))

    assert (done.returncode, api.requests) == (2, [])
    assert "missing.json cannot be read" in done.stderr
    assert "Errno" not in done.stderr
