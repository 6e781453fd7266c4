"""The examples in docstrings run, and what is interrupted leaves nothing open."""

import asyncio
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import quantumjobs
from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, a_view

INTERRUPTED = """
import time
from quantumjobs import QuantumJobs
def interrupt(seconds):
    if seconds:
        raise KeyboardInterrupt
time.sleep = interrupt
jobs = QuantumJobs()
try:
    jobs.wait(jobs.get("{job}"))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("name", ["sync", "handles", "statistics", "costs"])
@pytest.mark.usefixtures("bell")
def test_the_examples_run(name: str, api: FakeJobsApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a docstring shows is what comes."""
    api.serves_job(a_view("accepted"), a_view("succeeded"))
    api.answers("GET /api/jobs", {"jobs": [a_view("succeeded")], "continuation": None})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QJOBS_URL", api.url)
    monkeypatch.setenv("QJOBS_KEY", KEY)

    with quantumjobs.QuantumJobs() as jobs:
        names = {word: getattr(quantumjobs, word) for word in quantumjobs.__all__}
        module = importlib.import_module(f"quantumjobs.{name}")
        outcome = doctest.testmod(module, extraglobs={**names, "jobs": jobs, "asyncio": asyncio})

    assert (outcome.failed, outcome.attempted > 0) == (0, True)


def test_an_interrupted_wait_leaves_no_socket(api: FakeJobsApi, environment: dict[str, str], tmp_path: Path) -> None:
    """No warning of an open socket is shown to whoever stops at a prompt and leaves it."""
    api.serves_job(a_view("waiting"))
    script = INTERRUPTED.format(job=JOB_ID)

    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", script],
        env={name: value for name, value in environment.items() if name != "PYTHONWARNINGS"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("interrupted\n", "")
