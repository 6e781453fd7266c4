"""The forms of an answer, answers in files, several orders at once, and profiles."""

import csv
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, Scripted, a_problem, a_result, a_view
from quantumjobs.cli import forms, signin
from quantumjobs.cli.faults import CommandLineError

LISTED = {"jobs": [a_view("waiting", name="=1+1")], "continuation": None}


def test_a_list_is_a_sheet(qjobs: Any, api: FakeJobsApi) -> None:
    """Numbers are bare, all columns are there, and no name is calculated with."""
    api.answers("GET /api/jobs", LISTED)

    done = qjobs("list", "-o", "csv")

    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["id"], row["phase"], row["shots"]) == (JOB_ID, "waiting", "1000")
    assert (row["name"], row["createdAt"]) == ("'=1+1", "2026-11-21T08:00:00+00:00")


def test_a_result_is_a_sheet_in_a_file(qjobs: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """All outcomes, the most frequent first; standard output stays empty."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result())

    done = qjobs("result", JOB_ID, "-o", "csv", "--output", "counts.csv")

    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "counts.csv").read_text() == "outcome,count,probability\n11,503,0.503\n00,497,0.497\n"


def test_a_raw_output_goes_into_a_file_as_it_is(qjobs: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """Byte by byte."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b"\x00\xff\r\n"))

    qjobs("result", JOB_ID, "--raw", "--output", "out")

    assert (tmp_path / "out").read_bytes() == b"\x00\xff\r\n"


@pytest.mark.parametrize(
    "document",
    [
        {"jobs": [a_view("waiting"), a_view("failed", error=None)], "continuation": None},
        {
            "no": "yes",
            "yes": [[1, [2]], {}, []],
            "empty": {},
            "text": "a: b\n# c",
            "number": "1e3",
            "é": 1.5,
            "a b": True,
        },
        [],
        "null",
    ],
)
def test_yaml_says_what_json_says(document: Any) -> None:
    """A reader of YAML finds the same document."""
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(forms.as_yaml(document)) == document


def test_the_outcomes_of_a_register_can_be_had_in_every_form(qjobs: Any, api: FakeJobsApi) -> None:
    """Summed over the others."""
    counts = {"00 1": 10, "01 1": 20, "00 0": 30}
    registers = [{"bits": 2, "name": "data"}, {"bits": 1, "name": "flag"}]
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(shots=60, counts=counts, registers=registers))

    shown, document = (qjobs("result", JOB_ID, "--register", "data", *more) for more in ([], ["--json"]))

    assert [line.split()[::2] for line in shown.stdout.splitlines()[1:]] == [["00", "40"], ["01", "20"]]
    assert json.loads(document.stdout)["counts"] == {"00": 40, "01": 20}


def test_several_programs_and_targets_are_a_job_for_each_pair(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Under keys of their own, with the ids alone where that is asked for."""
    api.serves_job(a_view())
    targets = ("--target", "x", "--target", "y")

    done = qjobs("submit", bell, bell, *targets, "--shots", "1e3", "--deadline", "2h", "--idempotency-key", "k", "-q")

    sent = [(request.body["target"], request.headers["idempotency-key"]) for request in api.requests]
    assert sent == [("x", "k.1"), ("y", "k.2"), ("x", "k.3"), ("y", "k.4")]
    assert api.requests[0].body["deadline"] == "PT2H"
    assert done.stdout == f"{JOB_ID}\n" * 4


def test_one_refused_order_of_several_does_not_stop_the_others(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """It is named with its faults, and the exit code is that of a faulty order."""
    refusal = a_problem(400, "The order is faulty", errors=[{"field": "target", "reason": "is not there"}])
    api.answers("POST /api/jobs", refusal, Scripted(202, a_view()))

    done = qjobs("submit", bell, "--target", "x", "--target", "y", "--shots", "1")

    assert done.returncode == 2
    assert "bell on x:" in done.stderr
    assert "--target: is not there" in done.stderr
    assert done.stdout.splitlines()[-1] == f"watch it: qjobs watch {JOB_ID}"


def test_a_profile_says_where_and_what_by_default(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """The deployment, its key, and a target and shots that the command line may overrule."""
    api.serves_job(a_view())
    without: dict[str, str | None] = {"QJOBS_URL": None, "QJOBS_KEY": None}
    for setting, value in (("url", api.url), ("target", "t"), ("shots", "7")):
        assert qjobs("config", "set", setting, value, "--profile", "work", env=without).returncode == 0
    qjobs("config", "set", "key", "--profile", "work", stdin=f"{KEY}\n".encode())

    used = qjobs("submit", bell, env=without)
    named = qjobs("submit", bell, "--profile", "work", "--shots", "9", env={"QJOBS_URL": "http://127.0.0.1:9"})

    assert (used.returncode, named.returncode) == (0, 0)
    assert [(request.body["target"], request.body["shots"]) for request in api.requests] == [("t", 7), ("t", 9)]


def test_profiles_are_shown_without_their_keys(qjobs: Any, environment: dict[str, str]) -> None:
    """And nobody else can read the file."""
    qjobs("config", "set", "url", "https://a.example", "--profile", "a")
    qjobs("config", "set", "key", "hush", "--profile", "a")
    qjobs("config", "set", "url", "https://b.example", "--profile", "b")
    qjobs("config", "use", "b")

    shown, one, document = qjobs("config"), qjobs("config", "show", "a"), qjobs("config", "list", "--json")
    qjobs("config", "remove", "a")

    assert "hush" not in shown.stdout + one.stdout + document.stdout
    assert [line.split() for line in shown.stdout.splitlines()[1:]] == [
        ["a", "https://a.example", "key"],
        ["*", "b", "https://b.example"],
    ]
    file = Path(environment["XDG_CONFIG_HOME"], "quantumjobs", "config.json")
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())["profiles"]) == {"b"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["list", "--profile", "nowhere"], "there is no profile 'nowhere'"),
        (["config", "use", "nowhere"], "there is no profile 'nowhere'"),
        (["config", "set", "auth", "magic"], "set auth to key or entra"),
        (["config", "set", "url", "ftp://x"], "must start with https://"),
        (["config", "set", "colour", "red"], "invalid choice"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(qjobs: Any, words: list[str], message: str) -> None:
    """With those that are there."""
    done = qjobs(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_file_of_profiles_that_is_broken_is_named(qjobs: Any, tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "broken.json").write_text("{")

    done = qjobs("list", env={"QJOBS_CONFIG": "broken.json"})

    assert done.returncode == 2
    assert "broken.json" in done.stderr
    assert "correct the file" in done.stderr


def test_signing_in_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of this one."""
    monkeypatch.setitem(__import__("sys").modules, "azure.identity", None)

    with pytest.raises(CommandLineError) as error:
        signin.authorization("api://app/.default")

    assert "quantumjobs[entra]" in error.value.remedy
