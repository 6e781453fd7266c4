"""Workflows, Dependabot, the dev container and host.json keep to what their readers know.

The facts are those of the published schemas: github-workflow.json and dependabot-2.0.json of SchemaStore, the
specification of containers.dev, and host.json's reference of Azure Functions.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.templates import ROOT

type Document = dict[str, Any]

WORKFLOWS = (".github/workflows/ci.yml", ".github/workflows/azure-dev.yml")
WORKFLOW_KEYS = {
    "name",
    "true",
    "permissions",
    "concurrency",
    "jobs",
    "env",
    "defaults",
    "run-name",
}  # `on` reads as true
JOB_KEYS = {
    "continue-on-error",
    "runs-on",
    "timeout-minutes",
    "steps",
    "env",
    "environment",
    "needs",
    "permissions",
    "strategy",
    "if",
    "name",
}
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "env", "shell", "working-directory", "timeout-minutes"}
ECOSYSTEMS = {"github-actions", "pip", "npm", "devcontainers"}
DURABLE_KEYS = {
    "hubName",
    "defaultVersion",
    "versionMatchStrategy",
    "versionFailureStrategy",
    "maxConcurrentActivityFunctions",
    "maxConcurrentOrchestratorFunctions",
    "storageProvider",
    "tracing",
    "extendedSessionsEnabled",
    "httpSettings",
}
QUEUE_KEYS = {
    "maxPollingInterval",
    "visibilityTimeout",
    "batchSize",
    "newBatchThreshold",
    "maxDequeueCount",
    "messageEncoding",
}


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_says_only_what_github_knows(documents: Document, path: str) -> None:
    """Keys, and for each job a machine, a time limit and steps that use or run something."""
    workflow = documents[path]

    assert workflow.keys() <= WORKFLOW_KEYS
    for job in workflow["jobs"].values():
        assert job.keys() <= JOB_KEYS
        assert job["timeout-minutes"] <= 60
        assert all(machine.startswith(("ubuntu-", "windows-", "macos-")) for machine in machines_of(job))
        for step in job["steps"]:
            assert step.keys() <= STEP_KEYS
            assert len(step.keys() & {"uses", "run"}) == 1


def machines_of(job: Document) -> set[str]:
    """Name the machines of a job, each by the matrix where it has one."""
    if job["runs-on"] != "${{ matrix.os }}":
        return {job["runs-on"]}
    matrix = job["strategy"]["matrix"]
    return {*matrix.get("os", []), *(row["os"] for row in matrix.get("include", []) if "os" in row)}


@pytest.mark.parametrize("path", WORKFLOWS)
def test_actions_are_pinned_by_their_commit(documents: Document, path: str) -> None:
    """A tag can be moved; the commit cannot, and a comment says which version it is."""
    lines = (ROOT / path).read_text().splitlines()
    uses = [line for line in lines if re.search(r"\buses:", line)]

    assert len(uses) == len([step for step in steps(documents[path]) if "uses" in step])
    assert [line for line in uses if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_one_action_is_one_commit(documents: Document) -> None:
    """The same action does not stand in two versions."""
    used = {step["uses"] for path in WORKFLOWS for step in steps(documents[path]) if "uses" in step}

    assert len(used) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_may_do_little(documents: Document, path: str) -> None:
    """It reads the code; to deploy, it may ask for a token of its own; it keeps no password and no token on disk."""
    workflow, text = documents[path], (ROOT / path).read_text()
    allowed = {"contents": "read"} | ({"id-token": "write"} if path == WORKFLOWS[1] else {})

    assert workflow["permissions"] == allowed
    assert "secrets." not in text
    assert all(
        step["with"]["persist-credentials"] is False
        for step in steps(workflow)
        if str(step.get("uses")).startswith("actions/checkout")
    )


@pytest.mark.parametrize("path", WORKFLOWS)
def test_no_text_of_others_becomes_a_command(documents: Document, path: str) -> None:
    """What GitHub puts into a line is put there before the shell reads it."""
    assert [step["run"] for step in steps(documents[path]) if "${{" in step.get("run", "")] == []


def test_ci_runs_what_everybody_runs(documents: Document) -> None:
    """`make check` and `make test`, and the compiler that only a machine with Azure's tools has."""
    commands = {step["run"] for step in steps(documents[WORKFLOWS[0]]) if "run" in step}

    assert {"make check", "make test"} <= commands
    assert any(command.startswith("az bicep build --file infra/main.bicep") for command in commands)


def test_dependabot_looks_after_what_is_there(documents: Document) -> None:
    """Each kind of pin that the repository has."""
    config = documents[".github/dependabot.yml"]

    assert config["version"] == 2
    assert {update["package-ecosystem"] for update in config["updates"]} == ECOSYSTEMS
    assert {update["schedule"]["interval"] for update in config["updates"]} == {"weekly"}


def test_the_dev_container_has_what_the_app_needs() -> None:
    """Python 3.13, Node, the Azure CLI with Bicep, azd, and Core Tools."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    features = {feature.rpartition("/")[2].partition(":")[0] for feature in container["features"]}

    assert ":3.13" in container["image"]
    assert features == {"node", "azure-cli", "azd"}
    assert "azure-functions-core-tools@4" in container["onCreateCommand"]
    assert container["postCreateCommand"] == "python3 -m local.setup"


@pytest.mark.parametrize("path", sorted((ROOT / ".vscode").glob("*.json")), ids=lambda path: path.name)
def test_the_editor_is_told_in_json(path: Path) -> None:
    """Its files can be read, and the tasks that it starts are there."""
    document = json.loads(path.read_text())
    makes = [task["command"] for task in document.get("tasks", []) if task["command"].startswith("make ")]

    assert isinstance(document, dict)
    assert [make for make in makes if f"\n{make.removeprefix('make ')}:" not in (ROOT / "Makefile").read_text()] == []


def test_host_json_says_only_what_the_host_knows() -> None:
    """Version 2, a supported bundle, and no key of an extension that it would pass over."""
    host = json.loads((ROOT / "host.json").read_text())
    extensions = host["extensions"]

    assert host.keys() <= {"version", "functionTimeout", "logging", "extensions", "extensionBundle", "telemetryMode"}
    assert host["version"] == "2.0"
    assert host["extensionBundle"] == {
        "id": "Microsoft.Azure.Functions.ExtensionBundle",
        "version": "[4.30.0, 5.0.0)",
    }
    assert extensions.keys() <= {"http", "queues", "durableTask", "blobs"}
    assert extensions["queues"].keys() <= QUEUE_KEYS
    assert extensions["durableTask"].keys() <= DURABLE_KEYS
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,44}", extensions["durableTask"]["hubName"])
    assert 1 <= extensions["durableTask"]["storageProvider"]["partitionCount"] <= 16
    # .NET reads one number alone as text, and "10" comes before "9".
    assert re.fullmatch(r"\d+\.\d+", extensions["durableTask"]["defaultVersion"])


def steps(workflow: Document) -> Iterator[Document]:
    """Give all steps of all jobs."""
    for job in workflow["jobs"].values():
        yield from job["steps"]
