"""`qjobs watch`: in a pipe, as JSON, on a terminal, and when it is interrupted."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, a_result, a_view

WAITING = a_view("waiting", azureStatus="Waiting", estimatedQueueSeconds=40)
FAILED = a_view("failed", error={"code": "InvalidProgram", "message": "line one\nline two\x1b[2J"})


def test_in_a_pipe_each_change_is_a_line(qjobs: Any, api: FakeJobsApi) -> None:
    """All phases are told, those between two looks included; then the counts; and no escape code."""
    api.serves_job(WAITING, a_view("succeeded"))

    done = qjobs("watch", JOB_ID, env={"FORCE_COLOR": "1"})

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        f"bell · ionq.simulator · 1,000 shots · {JOB_ID}",
        "2026-11-21T08:00:00Z  accepted",
        "2026-11-21T08:00:01Z  staging",
        "2026-11-21T08:00:02Z  waiting     Waiting, about 40 s to wait",
        "2026-11-21T08:00:03Z  executing",
        "2026-11-21T08:00:04Z  collecting",
        "2026-11-21T08:00:05Z  succeeded",
        "1,000 shots, on ionq.simulator, queued 1.2 s, ran 3.5 s",
        f"11  {'█' * 40}  503  50.3%",
        f"00  {'█' * 39}▌  497  49.7%",
    ]


def test_as_json_each_change_is_a_line_and_the_last_has_the_result(qjobs: Any, api: FakeJobsApi) -> None:
    """A script follows the phases, and reads the counts without another call."""
    api.serves_job(WAITING, a_view("waiting", azureStatus="Waiting", polls=1), a_view("succeeded"))

    done = qjobs("watch", JOB_ID, "--json")

    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        WAITING,
        {**a_view("succeeded"), "result": a_result()},
    ]


@pytest.mark.parametrize("phase", ["failed", "cancelled", "rejected", "expired"])
def test_any_end_but_success_is_exit_code_1(qjobs: Any, api: FakeJobsApi, phase: str) -> None:
    """The end decides the exit code, and JSON tells it as well."""
    api.serves_job(a_view(phase))

    done = qjobs("watch", JOB_ID, "--json")

    assert (done.returncode, json.loads(done.stdout)["phase"]) == (1, phase)


def test_the_reason_of_a_failure_is_shown_safely(qjobs: Any, api: FakeJobsApi) -> None:
    """Code and message are printed line by line, control characters escaped."""
    api.serves_job(FAILED)

    done = qjobs("watch", JOB_ID)

    assert done.stdout.splitlines()[-3:] == ["the job is failed (InvalidProgram)", "  line one", r"  line two\x1b[2J"]


def test_submit_can_watch(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """One command goes from the program to its counts."""
    api.serves_job(a_view("accepted"), a_view("succeeded"))

    done = qjobs("submit", bell, "--target", "ionq.simulator", "--shots", "1000", "--watch")

    assert done.returncode == 0
    assert "503  50.3%" in done.stdout


def test_the_timeout_leaves_the_job_alone(qjobs: Any, api: FakeJobsApi) -> None:
    """Exit code 5 says that it goes on."""
    api.serves_job(WAITING)

    done = qjobs("watch", JOB_ID, "--timeout", "0.1")

    assert (done.returncode, done.stderr) == (
        5,
        f"qjobs: job {JOB_ID} was waiting when last seen\n  do:  it goes on; watch it again: qjobs watch {JOB_ID}\n",
    )


def test_an_unknown_job_is_exit_code_4(qjobs: Any) -> None:
    """The server's words say why."""
    done = qjobs("watch", JOB_ID)

    assert (done.returncode, done.stdout, done.stderr) == (
        4,
        "",
        "qjobs: Not found\n  why: there is no such job\n  do:  look for it: qjobs list\n",
    )


def test_an_interrupted_watch_says_how_to_go_on(api: FakeJobsApi, environment: dict[str, str]) -> None:
    """Ctrl-C ends the watching with 130, not the job."""
    api.serves_job(WAITING)
    watch = subprocess.Popen(
        [sys.executable, "-m", "quantumjobs", "watch", JOB_ID, "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with watch:
        assert watch.stdout
        first = watch.stdout.readline()

        watch.send_signal(signal.SIGINT)
        _, printed = watch.communicate(timeout=30)

    assert json.loads(first)["phase"] == "waiting"
    assert watch.returncode == 130
    assert printed == f"stopped watching; the job goes on. To watch it again: qjobs watch {JOB_ID}\n"
    assert all(request.method == "GET" for request in api.requests)


def on_a_terminal(
    arguments: list[str], environment: dict[str, str], folder: Path, columns: int = 100
) -> tuple[int, str]:
    """Run the command on a pseudo-terminal, and tell its exit code and all that it wrote."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "quantumjobs", *arguments], env=environment, cwd=folder, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = bytearray()
        # A terminal whose other end is closed reads as an input/output error.
        with contextlib.suppress(OSError):
            while select.select([ours], [], [], 30)[0] and (chunk := os.read(ours, 65536)):
                written += chunk
    os.close(ours)
    return process.returncode, written.decode()


def test_on_a_terminal_the_picture_is_live(api: FakeJobsApi, environment: dict[str, str], tmp_path: Path) -> None:
    """The picture is drawn over itself, and the last one has all phases and the counts."""
    api.serves_job(a_view("waiting", estimatedQueueSeconds=40, name="be\x1b[31mll"), a_view("succeeded"))

    code, written = on_a_terminal(["watch", JOB_ID], environment, tmp_path)

    assert code == 0
    assert "about 40 s to wait" in written
    assert "\x1b[1A" in written, "the cursor goes up to draw over the last picture"
    assert r"be\x1b[31mll" in written
    assert "collecting" in written
    assert "50.3%" in written


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_none_gets_no_escape_code(
    api: FakeJobsApi, environment: dict[str, str], tmp_path: Path, variable: dict[str, str]
) -> None:
    """NO_COLOR and dumb terminals get plain lines."""
    api.serves_job(WAITING, FAILED)

    code, written = on_a_terminal(["watch", JOB_ID], environment | variable, tmp_path)

    assert code == 1
    assert "about 40 s to wait" in written
    assert "\x1b" not in written


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_a_list_is_whole_on_a_terminal_of_any_width(
    api: FakeJobsApi, environment: dict[str, str], tmp_path: Path, columns: int
) -> None:
    """The id can be copied, 5,000 shots are 5,000, and no line is wrapped."""
    view = a_view("succeeded", name="variational-sweep-beta-0.25-layer-3", target="quantinuum.sim.h2-1e", shots=5000)
    api.answers("GET /api/jobs", {"jobs": [view], "continuation": None})

    code, written = on_a_terminal(["list"], environment, tmp_path, columns)

    lines = [re.sub(r"\x1b\[\d+m", "", line) for line in written.splitlines()]
    assert (code, len(lines)) == (0, 2)
    assert {JOB_ID, "succeeded", "5,000"} <= set(lines[1].split())
    assert all(len(line) <= columns for line in lines)
