"""`qjobs submit`: what it sends, and what it says of bad input."""

import json
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem, a_view

ORDINARY = ("--target", "ionq.simulator", "--shots", "1000")


def test_a_program_is_submitted_and_the_next_step_told(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """The id is on the screen, within the command that watches the job."""
    api.serves_job(a_view("accepted"))

    done = qjobs("submit", bell, *ORDINARY)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"accepted: bell · ionq.simulator · 1,000 shots · {JOB_ID}",
        f"watch it: qjobs watch {JOB_ID}",
    ]
    assert api.requests[0].body["name"] == "bell"


def test_every_option_reaches_the_order(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Numbers are numbers, texts are texts, and repeatable options add up."""
    api.serves_job(a_view())
    options = [
        "--name",
        "mine",
        "--entry-point",
        "A.B",
        "--argument",
        "3",
        "--argument",
        '["x"]',
        "--param",
        "theta=1.5",
    ]
    options += ["--param", "word=a=b", "--tag", "team=chem", "--tag", "n=1", "--deadline", "PT2H"]
    options += ["--fallback-target", "x", "--fallback-target", "y", "--workspace", "w", "--idempotency-key", "k-1"]
    options += ["--reuse-result", "1d+hardware"]

    done = qjobs("submit", bell, *ORDINARY, *options)

    assert done.returncode == 0
    (request,) = api.requests
    assert request.body.pop("input")["format"] == "openqasm3"
    assert request.body == {
        "name": "mine",
        "target": "ionq.simulator",
        "shots": 1000,
        "entryPoint": "A.B",
        "arguments": [3, ["x"]],
        "params": {"theta": 1.5, "word": "a=b"},
        "tags": {"team": "chem", "n": "1"},
        "deadline": "PT2H",
        "fallbackTargets": ["x", "y"],
        "workspace": "w",
        "reuseResult": {"maxAge": "PT24H", "hardware": True},
    }
    assert request.headers["idempotency-key"] == "k-1"


def test_options_win_over_a_whole_order(qjobs: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """What the command line says replaces what the file says, and adds to its tags."""
    order = {"target": "t", "shots": 1, "input": {"format": "qsharp", "text": "…"}, "tags": {"a": "1", "b": "1"}}
    (tmp_path / "x.order.json").write_text(json.dumps(order))
    api.serves_job(a_view())

    qjobs("submit", "x.order.json", "--shots", "7", "--tag", "b=2")

    assert api.requests[0].body == {**order, "name": "x.order", "shots": 7, "tags": {"a": "1", "b": "2"}}


def test_json_is_the_view_and_nothing_else(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """A script reads one document from standard output."""
    api.serves_job(a_view("accepted", newField=1))

    done = qjobs("submit", bell, *ORDINARY, "--json")

    assert json.loads(done.stdout) == a_view("accepted", newField=1)


@pytest.mark.parametrize(
    ("stdin", "options", "format"),
    [
        (b"OPENQASM 3; qubit q;", ["--format", "openqasm3"], "openqasm3"),
        (b'{"input": {"format": "qsharp", "text": "x"}}', [], "qsharp"),
        (b'{"qubits": 1, "circuit": []}', [], "ionq.circuit.v1"),
    ],
)
def test_standard_input_is_a_file_too(
    qjobs: Any,
    api: FakeJobsApi,
    stdin: bytes,
    options: list[str],
    format: str,  # noqa: A002
) -> None:
    """A dash takes a program with --format, or JSON that explains itself."""
    api.serves_job(a_view())

    done = qjobs("submit", "-", *ORDINARY, *options, stdin=stdin)

    assert done.returncode == 0
    assert api.requests[0].body["input"]["format"] == format


@pytest.mark.parametrize("stdin", [b"OPENQASM 3;", b'{"neither": 1}', b"", b"{"])
def test_standard_input_that_explains_nothing_needs_a_format(qjobs: Any, api: FakeJobsApi, stdin: bytes) -> None:
    """What cannot be told apart is asked back, with what to do, and nothing is sent."""
    done = qjobs("submit", "-", *ORDINARY, stdin=stdin)

    assert (done.returncode, done.stdout, api.requests) == (2, "", [])
    assert len(done.stderr.splitlines()) == 2
    assert done.stderr.startswith("qjobs: -: ")
    assert done.stderr.splitlines()[1].startswith("  do:  ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.qasm"], "No such file or directory"),
        (["."], "Is a directory"),
        (["bell.qasm", "--shots", "many"], "'many' is not a whole number"),
        (["bell.qasm", "--argument", "hello"], "a text needs quotes"),
        (["bell.qasm", "--tag", "team"], "NAME=VALUE"),
        (["bell.qasm", "--param", "=1"], "NAME=VALUE"),
        (["bell.qasm", "--idempotency-key", "ké"], "printable ASCII"),
        (["bell.qasm", "--shot", "1"], "did you mean --shots?"),
        ([], "FILE"),
    ],
)
def test_a_bad_command_line_is_told_and_nothing_sent(
    qjobs: Any, api: FakeJobsApi, bell: str, arguments: list[str], message: str
) -> None:
    """Exit code 2, the remedy, no stack trace."""
    assert bell == "bell.qasm"

    done = qjobs("submit", *arguments)

    assert (done.returncode, done.stdout, api.requests) == (2, "", [])
    assert message in done.stderr
    assert "Traceback" not in done.stderr


FAULTY = a_problem(
    400,
    "The order is faulty",
    detail="2 faults",
    errors=[
        {"field": "shots", "reason": "must be between 1 and 1,000,000"},
        {"field": "input", "reason": "unknown gate\n  hh q[0];\x1b[31m", "line": 3, "column": 5},
    ],
)


def test_all_faults_of_an_order_are_printed_at_once(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Each by its option, with line and column where they are known, and no control character."""
    api.answers("POST /api/jobs", FAULTY)

    done = qjobs("submit", bell, *ORDINARY)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "qjobs: The order is faulty",
        "  why: --shots: must be between 1 and 1,000,000",
        "       the program (line 3, column 5): unknown gate",
        r"         hh q[0];\x1b[31m",
        "  do:  correct that and try again; `qjobs submit --help` explains each option",
    ]


def test_faults_come_as_json_too(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """A script gets the whole problem on standard output."""
    api.answers("POST /api/jobs", FAULTY)

    done = qjobs("submit", bell, *ORDINARY, "--json")

    error = json.loads(done.stdout)["error"]
    assert done.returncode == 2
    assert (error["kind"], error["status"]) == ("RefusedError", 400)
    assert [fault["field"] for fault in error["errors"]] == ["shots", "input"]


def test_an_order_that_may_have_arrived_can_be_sent_again(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """After an ambiguous failure the message tells the key with which a second job is impossible."""
    api.answers("POST /api/jobs", Scripted(503, headers={"retry-after": "3600"}))

    done = qjobs("submit", bell, *ORDINARY)

    assert done.returncode == 3
    assert f"--idempotency-key {api.requests[0].headers['idempotency-key']}" in done.stderr


@pytest.mark.parametrize("watch", [[], ["--watch"]])
def test_an_order_that_may_have_been_taken_is_told_its_id(
    qjobs: Any, api: FakeJobsApi, bell: str, watch: list[str]
) -> None:
    """The deployment said under which id it runs if it does; a script reads it, too."""
    left_open = a_problem(503, "The order may have been taken", id=JOB_ID, idempotencyKey="mine!")
    left_open.headers["retry-after"] = "3600"
    api.answers("POST /api/jobs", left_open)

    done = qjobs("submit", bell, *ORDINARY, *watch, "--json", "--idempotency-key", "mine!")

    error = json.loads(done.stdout)["error"]
    assert (error["id"], error["idempotencyKey"], error["status"]) == (JOB_ID, "mine!", 503)
    assert f"qjobs watch {JOB_ID}" in done.stderr
    assert "--idempotency-key 'mine!'" in done.stderr


def test_an_answer_that_nobody_can_read_may_be_one_to_an_order_that_was_taken(
    qjobs: Any, api: FakeJobsApi, bell: str
) -> None:
    """The key is told here as well, and in the JSON of the error."""
    api.answers("POST /api/jobs", Scripted(202, b"no JSON"))

    done = qjobs("submit", bell, *ORDINARY, "--json")

    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["idempotencyKey"] == api.requests[0].headers["idempotency-key"]
    assert "whether the order was taken is not known" in done.stderr
