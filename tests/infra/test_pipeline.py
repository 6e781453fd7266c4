"""The pipeline signs in, carries every parameter that is set, deploys again where a role holds late, and looks.

How azd reads a pipeline is from its own source (Azure/azure-dev, August 2026). Nothing was run with GitHub or Azure.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.infra.templates import ROOT

PIPELINE = ".github/workflows/azure-dev.yml"  # azd looks for this name and `azure-dev.yaml` (pipelineFileNames)
BY_AZD = {"AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE"}
PROVIDERS = '[{"providerId": "rigetti", "providerSku": "azure-basic-qvm-only-unlimited"}]'
FAKE_AZD = """#!/bin/sh
printf '%s\\n' "$*" >> "$ASKED"
[ "$1" != deploy ] || [ "$(grep -c '^deploy' "$ASKED")" -gt "$FAILURES" ]
"""


@pytest.fixture(scope="session")
def job(documents: dict[str, Any]) -> dict[str, Any]:
    """The one job of the pipeline."""
    job: dict[str, Any]
    (job,) = documents[PIPELINE]["jobs"].values()
    return job


@pytest.fixture
def azd(tmp_path: Path) -> "Azd":
    """A stand-in for azd, which keeps what it is asked."""
    command = tmp_path / "azd"
    command.write_text(FAKE_AZD)
    command.chmod(0o755)
    return Azd(tmp_path)


@dataclass(frozen=True)
class Azd:
    """Runs a step of the pipeline as GitHub does: `bash -e`, in the checkout, with the step's variables."""

    folder: Path

    def run(self, step: dict[str, Any], variables: dict[str, str], failures: int = 0) -> int:
        """Give the exit status, with so many deployments refused before one goes well."""
        environ = {
            "PATH": f"{self.folder}:{os.defpath}",
            "ASKED": str(self.folder / "asked"),
            "FAILURES": str(failures),
        }
        command = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=ROOT, env={**environ, **variables}, check=False, timeout=60)
        return done.returncode

    @property
    def calls(self) -> list[str]:
        """What azd was asked, in order."""
        record = self.folder / "asked"
        return record.read_text().splitlines() if record.exists() else []


def test_all_parameters_are_carried(job: dict[str, Any]) -> None:
    """None falls back to its default in a pipeline alone, which would undo what a person has set."""
    carried = step_of(job, "carry the parameters over")["env"]

    assert carried == {name: f"${{{{ vars.{name} }}}}" for name in parameters() - BY_AZD}


def test_azd_makes_variables_of_them_all(documents: dict[str, Any]) -> None:
    """As they stand in the environment: by itself azd would write a list in no form that it reads again."""
    pipeline = documents["azure.yaml"]["pipeline"]

    assert pipeline["provider"] == "github"
    assert set(pipeline["variables"]) == parameters() - BY_AZD


def test_no_parameter_reaches_azd_empty(job: dict[str, Any]) -> None:
    """A variable of the job's own would be one for azd, too, even where GitHub has no value for it."""
    names = {name for step in job["steps"] if "azd env set" not in step.get("run", "") for name in step.get("env", {})}

    assert (names | job["env"].keys()) & (parameters() - BY_AZD) == set()


@pytest.mark.parametrize("written", [PROVIDERS, PROVIDERS.replace('"', r"\"")])
def test_only_what_is_set_is_carried(job: dict[str, Any], azd: Azd, written: str) -> None:
    """JSON and spaces arrive as they are, whether a person made the variable or `azd pipeline config`."""
    step = step_of(job, "carry the parameters over")
    variables = {**dict.fromkeys(step["env"], ""), "QUANTUM_PROVIDERS": written, "VNET_ENABLED": "true"}

    assert azd.run(step, variables) == 0
    assert azd.calls == [f"env set QUANTUM_PROVIDERS {PROVIDERS} --no-prompt", "env set VNET_ENABLED true --no-prompt"]


def test_nothing_is_carried_where_nothing_is_set(job: dict[str, Any], azd: Azd) -> None:
    """All defaults of the template hold."""
    step = step_of(job, "carry the parameters over")

    assert azd.run(step, dict.fromkeys(step["env"], "")) == 0
    assert azd.calls == []


@pytest.mark.parametrize(("failures", "status", "tries"), [(0, 0, 1), (2, 0, 3), (99, 1, 3)])
def test_a_deployment_is_tried_three_times(
    job: dict[str, Any], azd: Azd, failures: int, status: int, tries: int
) -> None:
    """The app's role on its storage may hold only minutes after it was given."""
    step = step_of(job, "deploy, three times at most")

    assert azd.run(step, {"PAUSE": "0"}, failures) == status
    assert azd.calls == ["deploy --no-prompt"] * tries
    assert int(step["env"]["PAUSE"]) >= 60


def test_a_pipeline_provisions_deploys_and_looks(job: dict[str, Any]) -> None:
    """In this order; and the key with which it looks never shows."""
    commands = [step["run"] for step in job["steps"] if "run" in step]

    assert [word_of(command) for command in commands] == ["auth", "env", "provision", "deploy", "env"]
    assert commands[-1].index("::add-mask::") < commands[-1].index("qjobs doctor --url")


def test_the_page_says_whom_azure_must_trust(job: dict[str, Any]) -> None:
    """GitHub's token names the job's environment, for which `azd pipeline config` makes no federated credential."""
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert f":environment:{job['environment']}" in page
    assert "az ad app federated-credential create" in page
    assert "az identity federated-credential create" in page


def parameters() -> set[str]:
    """Name the variables of main.parameters.json."""
    entries = json.loads((ROOT / "infra" / "main.parameters.json").read_text())["parameters"].values()
    return {name for entry in entries for name in re.findall(r"\$\{([A-Z_]+)\}", entry["value"])}


def step_of(job: dict[str, Any], name: str) -> dict[str, Any]:
    """Find a step by its name."""
    step: dict[str, Any]
    (step,) = [each for each in job["steps"] if each.get("name") == name]
    return step


def word_of(command: str) -> str:
    """Tell what azd is first asked in a step."""
    match = re.search(r"\bazd (\w+)", command)
    return match[1] if match else ""
