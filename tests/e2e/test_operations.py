"""The procedures of docs/operations.md that need no Azure, run in the order in which they stand there."""

import json
import re
from pathlib import Path

import pytest
import pytest_asyncio

from local.setup.checkout import ROOT
from tests.e2e.real_stack import RealStack
from tests.e2e.told_pages import Told, examples_of, tell

PROCEDURES = (
    "Deploy",
    "Upgrade with instances in flight",
    "Rotate keys",
    "Read a stuck job",
    "Replay poison",
    "Purge",
    "Move to the Durable Task Scheduler",
    "Cost",
    "Limits",
    "Disaster recovery",
)
# A reader is slower than a script: what failed too often has been answered and kept before it is looked for.
KEPT = "until qjobs poison --json | grep -q messageId; do sleep 0.2; done\n"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def operated(stack: RealStack, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Run all procedures in one shell, in the folder of the started stack."""
    folder = tmp_path_factory.mktemp("operated")
    return await tell(examples_of(page()), stack, folder, folder, before={"poison replay": KEPT})


def page() -> str:
    """Read the page."""
    return (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


async def test_every_procedure_runs(operated: Told) -> None:
    """None fails, from the first to the last."""
    complaints = {name: (operated.folder / f"{name}.err").read_text() for name in operated.examples}

    assert operated.code == 0, complaints


async def test_the_doctor_finds_the_stack_well(operated: Told) -> None:
    """It has run a job; without one it says the rest."""
    output = operated.output_of("qjobs doctor --no-job")

    report, brace, document = output.partition("\n{\n")
    assert re.search(r"✓  job +\S+ on ionq.simulator succeeded", report)
    assert json.loads(brace + document)["ok"] is True


async def test_a_workspace_is_given_a_new_secret(operated: Told) -> None:
    """It is taken, and a job runs there; the secret is not shown."""
    output = operated.output_of("qjobs workspaces add")

    assert "an order names it by --workspace own" in output
    assert re.search(r"✓  job +\S+ on ionq.simulator succeeded", output)


async def test_limits_are_shown(operated: Told) -> None:
    """Those of this deployment."""
    assert "ionq.simulator" in operated.output_of("qjobs formats")


async def test_what_is_open_is_counted(operated: Told) -> None:
    """One line with a number."""
    assert re.fullmatch(r"open: \d+\n", operated.output_of('"open:"'))


async def test_a_job_is_read(operated: Told) -> None:
    """With all that the page says is there."""
    *_, view = operated.output_of("--name stuck").splitlines()

    assert {"phase", "history", "azureStatus", "polls", "wakes", "attempts", "error"} <= json.loads(view).keys()


async def test_a_poisoned_order_runs_at_last(operated: Told, stack: RealStack) -> None:
    """It is listed, replayed as a job of its own, and no longer stored."""
    listed = (await stack.api.get("/jobs", params={"name": "rehearsal"})).json()["jobs"]
    (replayed,) = [job["id"] for job in listed if job["phase"] != "rejected"]

    assert len(listed) == 2
    assert replayed in operated.output_of("qjobs poison replay")
    await stack.job_in(replayed, "succeeded")
    assert (await stack.api.get("/poison")).json() == {"poison": []}


async def test_what_a_job_left_is_removed(operated: Told, stack: RealStack) -> None:
    """Its row stays, and says that the result is gone."""
    removed = operated.output_of("list_blobs").splitlines()
    (job_id,) = {line.split("/")[1] for line in removed}

    assert {line.split("/")[0] for line in removed} == {"removed programs", "removed results"}
    assert (await stack.api.get(f"/jobs/{job_id}")).json()["name"] == "stuck"
    assert (await stack.api.get(f"/jobs/{job_id}/result")).status_code == 410


async def test_costs_are_added_up(operated: Told) -> None:
    """By target and unit; jobs without a cost are named beside them."""
    lines = operated.output_of("qjobs cost").splitlines()

    assert lines[0].split()[:4] == ["target", "cost", "unit", "jobs"]
    assert any(re.match(r"ionq\.simulator +[\d.,]+ +USD +\d+", line) for line in lines[1:])


def test_every_procedure_is_there_with_its_commands() -> None:
    """Each that is asked for has a heading, and commands."""
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page(), re.MULTILINE | re.DOTALL))

    assert set(PROCEDURES) <= sections.keys()
    assert [name for name in PROCEDURES if "```" not in sections[name]] == []


def test_every_alert_is_explained() -> None:
    """Who is told something finds on this page what to do."""
    titles = re.findall(r"^    title: '(.+)'$", (ROOT / "infra" / "app" / "alerts.bicep").read_text(), re.MULTILINE)

    assert len(titles) == 7
    assert [title for title in titles if f"| {title} |" not in page()] == []


def test_settings_and_outputs_of_the_page_are_there() -> None:
    """A variable that a command takes from azd is an output of the template, or said on the page."""
    taken = set(re.findall(r"\$\{?([A-Z][A-Z_]+)\b", page()))
    assigned = set(re.findall(r"\b([A-Z][A-Z_]+)=", page()))
    outputs = set(re.findall(r"^output (\w+) ", (ROOT / "infra" / "main.bicep").read_text(), re.MULTILINE))

    assert taken - assigned - outputs == {"QUANTUM_CONNECTION_SECRET"}
    assert Path(ROOT, "infra", "main.parameters.json").read_text().count("${QUANTUM_CONNECTION_SECRET}") == 1
