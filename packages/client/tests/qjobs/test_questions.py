"""The commands that ask: result, list, cancel, targets, doctor; and what all commands share."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, Scripted, a_problem, a_result, a_view
from quantumjobs.cli.codes import MEANINGS

README = Path(__file__).parents[2] / "README.md"
LISTED = {"jobs": [a_view("waiting"), a_view("failed", name="evil\x1b]0;\x07\u202e")], "continuation": "more"}
TARGETS = {
    "targets": [
        {
            "id": "a.b",
            "provider": "a",
            "availability": "Available",
            "averageQueueSeconds": 90,
            "formats": ["qsharp"],
            "qubits": 29,
        },
        {"id": "c.d", "provider": "c", "availability": "Unavailable", "averageQueueSeconds": 0, "formats": []},
    ],
    "ageSeconds": 12,
}
COMMANDS = [
    "submit",
    "watch",
    "result",
    "list",
    "counts",
    "cancel",
    "targets",
    "formats",
    "poison list",
    "poison replay",
    "sessions open",
    "config set",
    "completion",
    "doctor",
    "endpoints",
]
WELL = {"status": "ok", "checks": {"storage": {"status": "ok", "detail": "3 ms"}}}


@pytest.fixture
def deaf() -> str:
    """A URL where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def words(output: str) -> list[list[str]]:
    """Split a table into its cells."""
    return [line.split() for line in output.splitlines()]


def test_a_result_is_drawn(qjobs: Any, api: FakeJobsApi) -> None:
    """The most frequent outcomes come first; the rest is summed up."""
    counts = {"00": 10, "01": 60, "10": 5, "11": 25}
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(shots=100, counts=counts))

    done = qjobs("result", JOB_ID, "--top", "2")

    assert done.returncode == 0
    _, *rows = words(done.stdout)
    assert [(row[0], *row[-2:]) for row in rows] == [
        ("01", "60", "60.0%"),
        ("11", "25", "25.0%"),
        ("…", "outcomes", "15.0%"),
    ]
    assert rows[0][1] == "█" * 40


def test_where_blocks_cannot_be_written_bars_are_hashes(qjobs: Any, api: FakeJobsApi) -> None:
    """An ASCII locale still sees the proportions."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(counts={"0": 50, "1": 100}))

    done = qjobs("result", JOB_ID, env={"PYTHONIOENCODING": "ascii"})

    assert [row[1] for row in words(done.stdout)[1:]] == ["#" * 40, "#" * 20]


@pytest.mark.parametrize(
    ("phase", "code", "why"), [("executing", 5, None), ("failed", 1, {"code": "X", "message": "no such gate"})]
)
def test_without_a_result_the_exit_code_tells_whether_to_wait(
    qjobs: Any, api: FakeJobsApi, phase: str, code: int, why: dict[str, str] | None
) -> None:
    """5 while there is hope, 1 when there is none, with the reason."""
    fields = {"phase": phase, "detail": f"the job is {phase}"} | ({"error": why} if why else {})
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_problem(409, "No result", **fields))

    done = qjobs("result", JOB_ID)

    assert done.returncode == code
    printed = done.stderr.splitlines()
    assert printed[:2] == ["qjobs: No result", f"  why: the job is {phase}"]
    assert printed[2:-1] == (["       no such gate"] if why else [])
    assert printed[-1].startswith("  do:  ")


def test_an_output_that_could_not_be_counted_is_explained(qjobs: Any, api: FakeJobsApi) -> None:
    """Without counts the warnings of the result say why, and the command has still succeeded."""
    result = a_result(counts=None, probabilities=None, warnings=["kept as it came"])
    api.answers(f"GET /api/jobs/{JOB_ID}/result", result)

    done = qjobs("result", JOB_ID)

    assert (done.returncode, done.stderr) == (0, "warning: kept as it came\n")
    assert done.stdout.splitlines()[-1] == "no outcome was counted"


def test_jobs_are_listed(qjobs: Any, api: FakeJobsApi) -> None:
    """Filters are sent, names cannot move the cursor, and more jobs are announced."""
    api.answers("GET /api/jobs", LISTED)

    done = qjobs("list", "--phase", "waiting", "--target", "t", "--name", "n", "--top", "2")

    assert api.requests[0].query == {"phase": "waiting", "target": "t", "name": "n", "top": "2"}
    assert words(done.stdout)[0] == ["id", "phase", "target", "shots", "name", "age"]
    assert words(done.stdout)[2][:5] == [JOB_ID, "failed", "ionq.simulator", "1,000", r"evil\x1b]0;\x07\u202e"]
    assert "--continuation more" in done.stderr


def test_a_table_in_a_pipe_has_no_escape_code(qjobs: Any, api: FakeJobsApi) -> None:
    """Not even where the environment asks for colours."""
    api.answers("GET /api/jobs", LISTED)

    done = qjobs("list", env={"FORCE_COLOR": "1", "COLORTERM": "truecolor"})

    assert JOB_ID in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_the_way_to_this_machine_leads_through_no_proxy(qjobs: Any, api: FakeJobsApi, deaf: str) -> None:
    """A proxy for the world outside does not hide a local stack."""
    api.answers("GET /api/targets", TARGETS)

    done = qjobs("targets", env={"HTTP_PROXY": deaf, "http_proxy": deaf, "ALL_PROXY": deaf})

    assert done.returncode == 0


def test_all_pages_come_as_one_document(qjobs: Any, api: FakeJobsApi) -> None:
    """With --all a script needs no continuation."""
    api.answers("GET /api/jobs", LISTED, {"jobs": [a_view("succeeded")], "continuation": None})

    done = qjobs("list", "--all", "--json")

    document = json.loads(done.stdout)
    assert [job["phase"] for job in document["jobs"]] == ["waiting", "failed", "succeeded"]
    assert document["continuation"] is None


def test_an_empty_list_says_so(qjobs: Any, api: FakeJobsApi) -> None:
    """Standard output stays empty for whoever counts lines."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})

    done = qjobs("list", "--phase", "waiting")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no jobs match\n")


def test_a_list_by_a_target_or_provider_that_is_not_there_says_so(qjobs: Any, api: FakeJobsApi) -> None:
    """An empty list alone would hide a slip of the pen."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})
    api.answers("GET /api/targets", TARGETS)

    slip, other = qjobs("list", "--target", "a.c"), qjobs("list", "--provider", "microsoft")

    assert "there is no target 'a.c' now: did you mean a.b?" in slip.stderr
    assert "there is no provider 'microsoft' now: there are: a, c" in other.stderr


def test_an_empty_page_that_is_not_the_last_says_so(qjobs: Any, api: FakeJobsApi) -> None:
    """A long search may come to a page's end before it finds a job."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": "more"})

    done = qjobs("list", "--provider", "ionq")

    note = "no jobs match so far\nthere are more: add --all, or --continuation more\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", note)


def test_a_job_is_cancelled(qjobs: Any, api: FakeJobsApi) -> None:
    """The command says what it did, and that the end is yet to come."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"))
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", Scripted(202, a_view("cancelling")))

    done = qjobs("cancel", JOB_ID)

    assert done.returncode == 0
    assert done.stdout.startswith("asked to stop (cancelling): bell")
    assert f"qjobs watch {JOB_ID}" in done.stdout


def test_targets_are_shown(qjobs: Any, api: FakeJobsApi) -> None:
    """A target that is unavailable shows no queue time, which would mislead."""
    api.answers("GET /api/targets", TARGETS)

    done = qjobs("targets")

    assert words(done.stdout)[1:] == [
        ["a.b", "Available", "1", "min", "30", "s", "29", "qsharp"],
        ["c.d", "Unavailable"],
    ]
    assert done.stderr == "as of 12 s ago\n"


@pytest.mark.parametrize(
    ("command", "call", "document"),
    [
        (["result", JOB_ID], f"GET /api/jobs/{JOB_ID}/result", a_result()),
        (["list"], "GET /api/jobs", LISTED),
        (["cancel", JOB_ID], f"POST /api/jobs/{JOB_ID}/cancel", a_view("cancelling")),
        (["targets"], "GET /api/targets", TARGETS),
    ],
)
def test_json_is_the_servers_own_document(
    qjobs: Any, api: FakeJobsApi, command: list[str], call: str, document: dict[str, Any]
) -> None:
    """Scripts see exactly what the API said, wherever the option stands."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"))
    api.answers(call, document)

    after, before = qjobs(*command, "--json"), qjobs("--json", *command)

    assert json.loads(after.stdout) == json.loads(before.stdout) == document


def test_a_local_stack_is_used_by_itself(qjobs: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """In the folder of a started stack no option is needed."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "endpoints.json").write_text(json.dumps({"api": api.url, "functionKey": KEY}))
    api.answers("GET /api/targets", TARGETS)

    done = qjobs("targets", env={"QJOBS_URL": None, "QJOBS_KEY": None})

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"QJOBS_URL": None}, "no deployment is known"),
        ({"QJOBS_KEY": "hush"}, "the key is missing or wrong\n  do:  give the key by QJOBS_KEY or --key"),
        ({"QJOBS_KEY": None}, "the key is missing or wrong"),
    ],
)
def test_a_way_that_is_barred_is_exit_code_3(qjobs: Any, api: FakeJobsApi, env: dict[str, str], message: str) -> None:
    """One line says what is missing, and never the key."""
    api.answers("GET /api/targets", TARGETS)

    done = qjobs("targets", env=env)

    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert "hush" not in done.stderr


def test_an_unreachable_deployment_is_exit_code_3(qjobs: Any, deaf: str) -> None:
    """After a few tries the command gives up, and says so to scripts as well."""
    done = qjobs("list", "--url", deaf, "--json")

    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["kind"] == "UnreachableError"
    assert "`qjobs doctor` looks closer" in done.stderr


def test_another_web_server_is_recognised(qjobs: Any, api: FakeJobsApi) -> None:
    """A page instead of a document is no stack trace."""
    api.answers("GET /api/targets", Scripted(200, b"<html>welcome</html>"))

    done = qjobs("targets")

    assert done.returncode == 3
    assert "is the URL that of a Durable Quantum Jobs app?" in done.stderr


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--help"]])
def test_a_broken_pipe_is_quiet(api: FakeJobsApi, environment: dict[str, str], arguments: list[str]) -> None:
    """Whoever stops reading, as `head` does, gets no complaint."""
    api.answers("GET /api/jobs", LISTED)
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "quantumjobs", *arguments],
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, b"")


def test_exit_codes_are_in_help_and_readme(qjobs: Any) -> None:
    """What scripts rely on is written down, twice alike."""
    shown = qjobs("--help").stdout

    for code, meaning in MEANINGS.items():
        assert f"  {code:<4} {meaning}" in shown
        assert f"| {code} | {meaning} |" in README.read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(qjobs: Any, command: str) -> None:
    """Help works without a deployment, and names the exit codes."""
    done = qjobs(*command.split(), "--help", env={"QJOBS_URL": None})

    assert done.returncode == 0
    assert "exit codes:" in done.stdout


def test_raw_output_is_handed_on(qjobs: Any, api: FakeJobsApi) -> None:
    """Untouched, for a file or the next command."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b'{"ro":[[1]]}'))

    done = qjobs("result", JOB_ID, "--raw")

    assert (done.returncode, done.stdout) == (0, '{"ro":[[1]]}')


def test_raw_output_of_one_part_is_handed_on(qjobs: Any, api: FakeJobsApi) -> None:
    """Its number goes only with the raw output."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b"second"))

    done, alone = qjobs("result", JOB_ID, "--raw", "--part", "2"), qjobs("result", JOB_ID, "--part", "2")

    assert (done.returncode, done.stdout) == (0, "second")
    assert (alone.returncode, "--part goes with --raw" in alone.stderr) == (2, True)


def test_the_parts_of_a_job_are_shown(qjobs: Any, api: FakeJobsApi) -> None:
    """Each on a line; one that was never submitted has no id."""
    first = {"number": 1, "target": "t", "shots": 5000, "phase": "succeeded", "azureStatus": "Succeeded"}
    error = {"code": "QuotaExceeded", "message": "no quota is left"}
    second = {"number": 2, "target": "t", "shots": 4999, "phase": "failed", "remoteId": None, "error": error}
    api.serves_job(a_view("failed", parts=[first | {"remoteId": "one"}, second]))

    shown = qjobs("show", JOB_ID).stdout

    assert "succeeded, 5,000 shots, one" in shown
    assert "failed, 4,999 shots, no quota is left" in shown


def test_formats_are_shown_by_target(qjobs: Any, api: FakeJobsApi) -> None:
    """All, or those that a target takes; a target that is not there is said to be missing."""
    rows = [
        {"format": "qsharp", "description": "Q#", "compiled": True, "extensions": [".qs"], "providers": ["a", "b"]},
        {"format": "b.own.v1", "description": "b's own", "compiled": False, "extensions": [], "providers": ["b"]},
    ]
    api.answers("GET /api/formats", {"formats": rows, "targets": [{"id": "a.b", "formats": ["qsharp"]}]})

    everything, of_target, of_nobody = (
        qjobs("formats", *options) for options in ((), ("--target", "a.b"), ("--target", "x"))
    )

    assert "b.own.v1" in everything.stdout
    assert words(of_target.stdout)[1] == ["qsharp", "Q#", "(compiled", "here)", ".qs", "a,", "b"]
    assert "b.own.v1" not in of_target.stdout
    assert (of_nobody.returncode, "qjobs targets" in of_nobody.stderr) == (2, True)


def test_solutions_are_shown_in_place_of_counts(qjobs: Any, api: FakeJobsApi) -> None:
    """Best first, with what they cost."""
    solutions = [{"configuration": {"0": 1, "1": -1}, "cost": -3.5}]
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(counts=None, probabilities=None, solutions=solutions))

    done = qjobs("result", JOB_ID)

    assert words(done.stdout)[-1] == ["-3.5", "0=1,", "1=-1"]
