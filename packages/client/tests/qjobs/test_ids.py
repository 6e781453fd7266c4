"""Ids as people write them: their unique beginnings, @last, and jobs chosen by filters."""

import json
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem, a_result, a_view

OTHER = "7d999999-9dc0-11d1-b245-5ffdce74fad2"
LISTED = {"jobs": [a_view("waiting"), a_view("failed", id=OTHER, name="ghz")], "continuation": None}


@pytest.mark.parametrize(
    ("command", "call", "answer"),
    [
        ("show", f"GET /api/jobs/{JOB_ID}", a_view("succeeded")),
        ("result", f"GET /api/jobs/{JOB_ID}/result", a_result()),
        ("watch", f"GET /api/jobs/{JOB_ID}", a_view("failed")),
        ("wait", f"GET /api/jobs/{JOB_ID}", a_view("succeeded")),
        ("cancel", f"GET /api/jobs/{JOB_ID}", a_view("succeeded")),
        ("counts", "GET /api/counts", {"shots": 0, "counts": {}}),
        ("retry", f"GET /api/jobs/{JOB_ID}", a_view("succeeded", inputFormat="qir.v1")),
    ],
)
def test_the_unique_beginning_of_an_id_will_do(
    qjobs: Any, api: FakeJobsApi, command: str, call: str, answer: dict[str, Any]
) -> None:
    """It is looked for among the jobs of late; a whole id costs no such look."""
    api.answers("GET /api/jobs", LISTED)
    api.answers(call, answer)

    short = qjobs(command, "7d44")

    assert "begins with" not in short.stderr
    assert (api.requests[0].path, api.requests[0].query["top"]) == ("/api/jobs", "200")
    assert f"{api.requests[1].path}{api.requests[1].query.get('ids', '')}".count(JOB_ID) == 1
    api.requests.clear()
    qjobs(command, JOB_ID)
    assert api.requests[0].path != "/api/jobs"


def test_a_beginning_that_fits_two_jobs_shows_both(qjobs: Any, api: FakeJobsApi) -> None:
    """With what tells them apart, and nothing is done."""
    api.answers("GET /api/jobs", LISTED)

    done = qjobs("cancel", "7d")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "qjobs: 2 jobs have an id that begins with '7d'",
        f"  why: {JOB_ID}  waiting bell",
        f"       {OTHER}  failed ghz",
        "  do:  give more of the id",
    ]
    assert {request.method for request in api.requests} == {"GET"}


def test_a_beginning_that_fits_none_is_exit_code_4(qjobs: Any, api: FakeJobsApi) -> None:
    """As for a job that is not there."""
    api.answers("GET /api/jobs", LISTED)

    done = qjobs("show", "abc")

    assert done.returncode == 4
    assert "do:  give the whole id" in done.stderr


def test_the_last_job_is_kept_for_each_deployment(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """@last is the job that was sent last from here, and of another deployment there is none."""
    api.serves_job(a_view("accepted"), a_view("succeeded"))

    before = qjobs("show", "@last")
    qjobs("submit", bell, "--target", "t", "--shots", "1")
    after = qjobs("show", "@last", "-q")
    elsewhere = qjobs("show", "@last", "--url", api.url.replace("127.0.0.1", "localhost"))

    assert (before.returncode, elsewhere.returncode) == (4, 4)
    assert "there is no @last" in before.stderr
    assert after.stdout == f"{JOB_ID}\n"


@pytest.mark.parametrize("command", ["watch", "wait", "cancel"])
def test_jobs_are_chosen_by_filters_too(qjobs: Any, api: FakeJobsApi, command: str) -> None:
    """Those that have not ended; ids and filters together are refused, and so is neither."""
    api.answers("GET /api/jobs", LISTED)
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("succeeded"))
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result())
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", Scripted(202, a_view("cancelling")))

    done = qjobs(command, "--tag", "run=7", "--from", "2026-11-01")
    both, neither = qjobs(command, JOB_ID, "--tag", "run=7"), qjobs(command)

    assert done.returncode == 0, done.stderr
    assert api.requests[0].query == {"tag": "run=7", "from": "2026-11-01", "top": "200"}
    assert OTHER not in {request.path.rpartition("/")[2] for request in api.requests}
    assert (both.returncode, neither.returncode) == (2, 2)


def test_several_jobs_are_watched_at_once(qjobs: Any, api: FakeJobsApi) -> None:
    """A line for each change of each, and the exit code says whether all succeeded."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"), a_view("succeeded"))
    api.answers(f"GET /api/jobs/{OTHER}", a_view("failed", id=OTHER))

    shown, documents = qjobs("watch", JOB_ID, OTHER), qjobs("watch", JOB_ID, OTHER, "--json")

    assert shown.returncode == 1
    assert [line.split()[1:3] for line in shown.stdout.splitlines()[:3]] == [
        [JOB_ID, "waiting"],
        [OTHER, "failed"],
        [JOB_ID, "succeeded"],
    ]
    assert shown.stdout.splitlines()[3].startswith("1 of 2 succeeded")
    assert [json.loads(line)["phase"] for line in documents.stdout.splitlines()] == ["succeeded", "failed"]


def test_waiting_says_nothing_before_the_end(qjobs: Any, api: FakeJobsApi) -> None:
    """One line for each job; a time limit is exit code 5."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"), a_view("succeeded"))
    api.answers(f"GET /api/jobs/{OTHER}", a_view("waiting", id=OTHER))

    done, late = qjobs("wait", JOB_ID), qjobs("wait", OTHER, "--timeout", "0.1")

    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)
    assert done.stdout.startswith("succeeded: bell")
    assert (late.returncode, late.stdout) == (5, "")


def test_cancelling_says_what_it_did(qjobs: Any, api: FakeJobsApi) -> None:
    """A job that had ended is told from one that was asked to stop, and is not asked."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"))
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", Scripted(202, a_view("cancelling")))
    api.answers(f"GET /api/jobs/{OTHER}", a_view("succeeded", id=OTHER))

    done = qjobs("cancel", JOB_ID, OTHER)

    first, second, how = done.stdout.splitlines()
    assert first.startswith("asked to stop (cancelling): bell")
    assert second.startswith("had ended already (succeeded), nothing was done: bell")
    assert how == f"see how it ends: qjobs watch {JOB_ID}"
    assert len([request for request in api.requests if request.method == "POST"]) == 1


def test_sessions_and_poison_are_named_by_beginnings_too(qjobs: Any, api: FakeJobsApi) -> None:
    """Each among its own list."""
    api.answers("GET /api/sessions", {"sessions": [{"id": JOB_ID, "status": "Waiting"}], "continuation": None})
    api.answers(f"POST /api/sessions/{JOB_ID}/close", {"id": JOB_ID, "status": "Succeeded"})
    api.answers("GET /api/poison", {"poison": [{"id": JOB_ID, "messageId": "m"}]})
    api.answers(f"POST /api/poison/{JOB_ID}/replay", Scripted(202, {"id": JOB_ID, "replayed": True, "job": OTHER}))

    closed, replayed = qjobs("sessions", "close", "7d4"), qjobs("poison", "replay", "7d4")

    assert (closed.returncode, replayed.returncode) == (0, 0)
    assert replayed.stdout == f"{OTHER}\n"
    assert f"qjobs watch {OTHER}" in replayed.stderr


def test_all_that_is_known_of_a_job_is_shown(qjobs: Any, api: FakeJobsApi) -> None:
    """Tags, cost, times in UTC, who cancelled, phases, the error with its inner ones."""
    error = {"code": "Oops", "message": "Too warm.", "innerErrors": [{"code": "Chiller", "message": "Out of helium."}]}
    fields = {
        "tags": {"team": "chem"},
        "cost": {"estimated": 5.66, "currency": "eHQC", "source": "own estimate"},
        "cancellation": {"requestedBy": "caller", "requestedAt": "2026-11-21T08:00:04Z"},
        "times": {"began": "2026-11-21T08:00:03Z"},
    }
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("cancelled", error=error, **fields))

    done = qjobs("show", JOB_ID)

    printed = " ".join(done.stdout.split())
    for fact in (
        "tags team=chem",
        "cost 5.66 eHQC (own estimate)",
        "began 2026-11-21 08:00:03 UTC",
        "asked to stop by caller 2026-11-21 08:00:04 UTC",
        "shots 1,000",
        "2026-11-21 08:00:02 UTC waiting",
        "Too warm.",
        "Chiller: Out of helium.",
    ):
        assert fact in printed


def test_an_ended_program_s_order_is_sent_again(qjobs: Any, api: FakeJobsApi) -> None:
    """With its own fields, and what the command line changes; the program comes back from the deployment."""
    view = a_view("failed", inputFormat="qir.v1", tags={"run": "7"}, params={"debias": True})
    api.serves_job(view)
    api.answers(f"GET /api/jobs/{JOB_ID}/program", Scripted(200, b"module"))

    again = qjobs("retry", JOB_ID, "--tag", "try=2")
    like = qjobs("submit", "--like", JOB_ID, "--target", "rigetti.sim.qvm", "--shots", "5", "-q")

    sent = [request.body for request in api.requests if request.method == "POST"]
    common = {"name": "bell", "params": {"debias": True}, "input": {"format": "qir.v1", "base64": "bW9kdWxl"}}
    assert sent == [
        {**common, "target": "ionq.simulator", "shots": 1000, "tags": {"run": "7", "try": "2"}},
        {**common, "target": "rigetti.sim.qvm", "shots": 5, "tags": {"run": "7"}},
    ]
    assert (again.returncode, like.stdout) == (0, f"{JOB_ID}\n")


def test_constraints_and_reuse_are_sent_again(qjobs: Any, api: FakeJobsApi) -> None:
    """The app chooses by the same constraints, unless the command line names a target."""
    limits = {"constraints": {"kind": "simulator"}, "reuseResult": {"maxAge": "P1D"}}
    api.serves_job(a_view("failed", inputFormat="qir.v1", fallbackTargets=["rigetti.sim.qvm"], **limits))
    api.answers(f"GET /api/jobs/{JOB_ID}/program", Scripted(200, b"module"))

    qjobs("retry", JOB_ID)
    qjobs("submit", "--like", JOB_ID, "--target", "ionq.qpu")

    chosen, stated = (request.body for request in api.requests if request.method == "POST")
    assert {**chosen, "target": "auto", **limits} == chosen
    assert "fallbackTargets" not in chosen
    assert (stated["target"], stated["reuseResult"]) == ("ionq.qpu", limits["reuseResult"])
    assert "constraints" not in stated


def test_a_job_without_a_program_cannot_be_sent_again(qjobs: Any, api: FakeJobsApi) -> None:
    """The deployment says why."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("succeeded", adopted=True))
    api.answers(f"GET /api/jobs/{JOB_ID}/program", a_problem(409, "There is no program", phase="succeeded"))

    done = qjobs("retry", JOB_ID)

    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "qjobs: There is no program")
