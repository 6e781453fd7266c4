"""The examples of the README and of the page of doors, run in the order in which a reader meets them, hold."""

import ast
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from local.setup.checkout import ROOT
from tests.e2e.real_stack import RealStack
from tests.e2e.told_pages import Told, examples_of, tell

AZ = shutil.which("az")
# A reader is slower than a script: the upload has become a job that ended before the jobs are listed.
READING = "until qjobs list --name ghz --phase succeeded --json | grep -q '\"id\"'; do sleep 0.2; done\n"


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of commands with an `az`, where the machine has none."""
    folder = tmp_path_factory.mktemp("commands")
    if AZ is None:
        script = folder / "az"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("az_upload.py")}" "$@"\n')
        script.chmod(0o755)
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def page(stack: RealStack, commands: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Run all examples in one shell, in the folder of the started stack."""
    folder = tmp_path_factory.mktemp("told")
    return await tell(examples_of(pages()), stack, commands, folder, before={"list_jobs": READING})


def pages() -> str:
    """Read the README and the page that it leads to for the examples of the doors."""
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/doors.md"))


async def test_every_example_runs(page: Told) -> None:
    """None of them fails or complains, from the first to the last."""
    complaints = {name: (page.folder / f"{name}.err").read_text() for name in page.examples}

    assert page.code == 0, complaints
    talkative = {page.example("curl"), page.example("az storage")}  # the status, for the next test; az's progress
    assert {name for name, text in complaints.items() if text} <= talkative


async def test_curl_is_answered_202_with_the_job(page: Told, stack: RealStack) -> None:
    """The job of the answer runs to its end, and two qubits agree."""
    job = json.loads(page.output_of("curl"))

    assert page.output_of("curl", "err") == "202"
    ended = await stack.job_in(job["id"], "succeeded")
    assert (ended["name"], ended["target"], ended["shots"]) == ("bell", "ionq.simulator", 1000)
    assert_outcomes((await result_of(stack, job))["counts"], 1000, {"00", "11"})


@pytest.mark.usefixtures("page")
async def test_the_upload_is_a_job(stack: RealStack) -> None:
    """The file's path tells target and name, its metadata the shots, and five qubits agree."""
    result = await result_of(stack, await uploaded(stack, "ghz"))

    assert (result["target"], result["shots"]) == ("rigetti.sim.qvm", 500)
    assert_outcomes(result["counts"], 500, {"00000", "11111"})


@pytest.mark.usefixtures("page")
async def test_an_upload_without_az_is_a_job_too(stack: RealStack) -> None:
    """The lines of Python do what `az` does."""
    job = await uploaded(stack, "cat-state")
    await stack.job_in(job["id"], "succeeded")

    result = await result_of(stack, job)

    assert (result["target"], result["shots"]) == ("rigetti.sim.qvm", 500)
    assert_outcomes(result["counts"], 500, {"00000", "11111"})


@pytest.mark.skipif(AZ is None, reason="az is not here: the README's upload was made by the Azure SDK in its place")
def test_the_upload_is_made_by_az(page: Told) -> None:
    """The options are those that az itself takes."""
    assert json.loads(page.output_of("az storage"))["etag"]


async def test_the_queue_brings_the_answer(page: Told, stack: RealStack) -> None:
    """A line is printed about the very order that was sent, and has its counts."""
    kind, _, counts = await answer_printed(page, stack)

    assert kind == "quantumjobs.job.succeeded"
    assert_outcomes(ast.literal_eval(counts), 100, {f"{number:03b}" for number in range(8)})


async def test_qjobs_watches_a_job_to_its_end(page: Told) -> None:
    """The phases and, in the end, the counts are printed without escape codes."""
    output = page.output_of("--watch")

    rows = [row for row in map(str.split, output.splitlines()) if len(row) == 4]
    counts = {row[0]: int(times) for row in rows if (times := row[2].replace(",", "")).isdigit()}
    assert "succeeded" in output
    assert "\x1b" not in output
    assert_outcomes({outcome: counts[outcome] for outcome in ("00", "11")}, 1000, {"00", "11"})


async def test_the_sdk_lists_those_very_jobs(page: Told, stack: RealStack) -> None:
    """Each example's job is in the list of the azure-quantum SDK, ended, with its name and our id."""
    title = page.output_of("--watch").splitlines()[0]
    expected = {
        json.loads(page.output_of("curl"))["id"]: "bell",
        (await uploaded(stack, "ghz"))["id"]: "ghz",
        (await answer_printed(page, stack))[1]: "random bits",
        title.rpartition(" ")[2]: "bell",
    }

    listed = page.output_of("list_jobs").splitlines()

    assert {f"{id_} JobStatus.SUCCEEDED {name} {id_}" for id_, name in expected.items()} <= set(listed)


async def uploaded(stack: RealStack, name: str) -> dict[str, Any]:
    """Find the one job that an upload of the page became."""
    blob = f"orders/rigetti.sim.qvm/{name}.qasm"
    listed = (await stack.api.get("/jobs", params={"name": name})).json()["jobs"]
    (job,) = [job for job in listed if job["source"] == {"door": "blob", "blob": blob}]
    result: dict[str, Any] = job
    return result


async def result_of(stack: RealStack, job: Mapping[str, Any]) -> dict[str, Any]:
    """Fetch a job's result."""
    result: dict[str, Any] = (await stack.api.get(f"/jobs/{job['id']}/result")).json()
    return result


async def answer_printed(page: Told, stack: RealStack) -> tuple[str, str, str]:
    """Read the line about the order of the queue, as type, subject and counts; no other door's answer is taken."""
    (job,) = (await stack.api.get("/jobs", params={"name": "random bits"})).json()["jobs"]
    ((kind, subject, counts),) = [line.split(" ", 2) for line in page.output_of("job-orders").splitlines()]
    assert subject == job["id"]
    return kind, subject, counts


def assert_outcomes(counts: Mapping[str, int], shots: int, possible: set[str]) -> None:
    """Check that all shots are counted, and every possible outcome came up, and no other."""
    assert sum(counts.values()) == shots
    assert set(counts) == possible
