"""azd finds what it looks for, its hooks run in both shells, and a hook that comes too early tries again.

The facts about azure.yaml are those of azd's own schema: schemas/v1.0/azure.yaml.json of the repository azure-dev.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from templates import ROOT, Templates

SERVICE_KEYS = {"project", "host", "language", "dist", "remoteBuild", "hooks", "resourceName", "resourceGroup", "uses"}
TOP_KEYS = {"name", "metadata", "requiredVersions", "infra", "services", "hooks", "pipeline", "workflows", "resources"}
HOOK_KEYS = {"shell", "run", "interactive", "continueOnError", "secrets", "kind", "dir", "config"}
COMMANDS = ("provision", "infracreate", "infradelete", "down", "up", "package", "publish", "deploy", "restore", "build")
BY_AZD = {"AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE"}
OUTPUTS = {
    "AZURE_SUBSCRIPTION_ID": "s-1",
    "RESOURCE_GROUP": "rg-demo",
    "AZURE_FUNCTION_APP_NAME": "func-demo",
    "AZURE_STORAGE_ACCOUNT_NAME": "stdemo",
    "ORDER_EVENTS_TOPIC": "evgst-orders",
    "OUTPUT_EVENTS_TOPIC": "evgst-outputs",
    "SERVICE_API_URI": "https://func-demo.azurewebsites.net",
}
SUBSCRIBE = ROOT / "scripts" / "subscribe-to-events.sh"
# Fails as often as told, as Azure does until the app has its key; keeps what it was asked.
FAKE_AZ = """#!/bin/sh
printf '%s\\n' "$*" >> "$ASKED"
[ "$(wc -l < "$ASKED")" -gt "$FAILURES" ]
"""


@pytest.fixture(scope="session")
def project(documents: dict[str, Any]) -> dict[str, Any]:
    """What azure.yaml says."""
    found: dict[str, Any] = documents["azure.yaml"]
    return found


@pytest.fixture
def hook(tmp_path: Path) -> "Hook":
    """The postdeploy hook, with an `az` that stands for Azure."""
    (tmp_path / "bin").mkdir()
    az = tmp_path / "bin" / "az"
    az.write_text(FAKE_AZ)
    az.chmod(0o755)
    return Hook(tmp_path)


class Hook:
    """Runs the postdeploy hook as azd does and keeps what it asked of Azure."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that has the stand-in."""
        self._folder = folder
        self.asked: list[str] = []

    def run(self, failures: int = 0, settings: Mapping[str, str] = OUTPUTS, path: str = "") -> int:
        """Give the exit status of a run before which Azure is not ready so many times."""
        record = self._folder / "asked"
        environ = {
            "PATH": path or f"{self._folder / 'bin'}:{os.defpath}",
            "ASKED": str(record),
            "FAILURES": str(failures),
        }
        command = [shutil.which("dash") or "sh", str(SUBSCRIBE)]
        done = subprocess.run(
            command,
            env={**environ, "TRIES": "3", "PAUSE": "0", **settings},
            capture_output=True,
            check=False,
            timeout=60,
        )
        self.asked = record.read_text().splitlines() if record.exists() else []
        return done.returncode


def test_azure_yaml_says_only_what_its_schema_knows(project: dict[str, Any]) -> None:
    """A word that azd does not know would be passed over in silence."""
    (service,) = project["services"].values()

    assert project.keys() <= TOP_KEYS
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", project["name"])
    assert service.keys() <= SERVICE_KEYS
    assert (service["host"], service["language"]) == ("function", "python")
    assert (ROOT / "azure.yaml").read_text().startswith("# yaml-language-server: $schema=https://")


def test_the_package_is_built_here(project: dict[str, Any]) -> None:
    """azd sends what `make package` made, and nobody builds it again with another Python."""
    service = project["services"]["api"]

    assert service["remoteBuild"] is False
    assert (service["project"], service["dist"]) == (".", "dist/app")
    assert list(service["hooks"]) == ["prepackage"]


def test_hooks_are_there_for_both_shells(project: dict[str, Any]) -> None:
    """Each hook has a name that azd calls, a script that is there for each shell, and stops azd where it fails."""
    hooks = {**project["hooks"], **project["services"]["api"]["hooks"]}

    for name, hook in hooks.items():
        assert name.removeprefix("pre").removeprefix("post") in COMMANDS
        assert {kind: each["shell"] for kind, each in hook.items()} == {"posix": "sh", "windows": "pwsh"}
        for each in hook.values():
            assert each.keys() <= HOOK_KEYS
            assert each["continueOnError"] is False
            assert (ROOT / each["run"]).is_file()
        assert os.access(ROOT / hook["posix"]["run"], os.X_OK)


def test_azd_finds_the_app_by_its_tag(templates: Templates, project: dict[str, Any]) -> None:
    """The tag has the service's name."""
    (service,) = project["services"]

    assert f"azd-service-name': '{service}'" in (ROOT / "infra" / "main.bicep").read_text()
    assert templates.trees["infra/main.bicep"]["globals"]["scope"]["value"] == "subscription"


def test_parameters_are_those_of_the_template(templates: Templates) -> None:
    """Each is handed over from one variable; one that nobody sets is left to the template's own default."""
    asked = templates.trees["infra/main.bicep"]["parameters"]
    given = json.loads((ROOT / "infra" / "main.parameters.json").read_text())["parameters"]
    variables = {name: re.fullmatch(r"\$\{([A-Z_]+)\}", entry["value"]) for name, entry in given.items()}

    assert asked.keys() - given.keys() == {"currentMonth"}
    assert given.keys() - asked.keys() == set()
    assert all(variables.values())
    assert {name for name, about in asked.items() if about["default"] is None} == {"environmentName", "location"}


def test_every_variable_is_explained() -> None:
    """Whoever deploys finds each of them in the docs, and no other."""
    given = set(re.findall(r"\$\{([A-Z_]+)\}", (ROOT / "infra" / "main.parameters.json").read_text()))
    page = (ROOT / "docs" / "deploy.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))

    assert explained == given - BY_AZD


def test_the_terms_of_the_default_providers_are_accepted_first(templates: Templates) -> None:
    """A provider that costs nothing has terms, too; and the namespaces of marketplace offers are registered."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    steps = page.partition("## Step by step")[2].partition("What `azd up` does")[0]

    for provider in templates.trees["infra/main.bicep"]["parameters"]["quantumProviders"]["default"]:
        options = f"--provider-id {provider['providerId']} --sku {provider['providerSku']}\n"
        assert re.search(rf"az quantum offerings accept-terms .*{options}", steps)
    registered = re.findall(r"^for name in (.*); do$", steps, re.MULTILINE)
    assert {"Microsoft.Quantum", "Microsoft.Solutions", "Microsoft.MarketplaceOrdering"} <= set(registered[0].split())
    assert steps.index("accept-terms") < steps.index("azd up")


def test_the_hook_asks_for_what_azd_hands_over(templates: Templates) -> None:
    """Its variables are outputs of the templates, and its parameters those of the template that it deploys."""
    outputs = templates.trees["infra/main.bicep"]["outputs"]
    asked = templates.trees["infra/app/event-subscriptions.bicep"]["parameters"]

    for name in ("subscribe-to-events.sh", "subscribe-to-events.ps1"):
        script = (ROOT / "scripts" / name).read_text()
        assert {word for word in OUTPUTS if word not in script} == set(), name
        assert set(re.findall(r"\b(\w+)=\"?\$", script)) & asked.keys() == asked.keys(), name
    assert OUTPUTS.keys() - outputs.keys() == {"AZURE_SUBSCRIPTION_ID"}


def test_the_hook_subscribes(hook: Hook) -> None:
    """One deployment with the names that azd knows, and no key among them."""
    status = hook.run()

    assert status == 0
    assert len(hook.asked) == 1
    assert "--template-file infra/app/event-subscriptions.bicep" in hook.asked[0]
    assert "functionAppName=func-demo storageName=stdemo orderEventsTopic=evgst-orders" in hook.asked[0]
    assert "key" not in hook.asked[0]


def test_a_hook_that_comes_too_early_tries_again(hook: Hook) -> None:
    """The webhook's key is there some time after the code."""
    status = hook.run(failures=2)

    assert status == 0
    assert len(hook.asked) == 3


def test_a_hook_gives_up(hook: Hook) -> None:
    """After so many tries azd stops, rather than saying that all is well."""
    status = hook.run(failures=99)

    assert status == 1
    assert len(hook.asked) == 3


@pytest.mark.parametrize("missing", sorted(OUTPUTS.keys() - {"OUTPUT_EVENTS_TOPIC", "SERVICE_API_URI"}))
def test_a_hook_without_a_deployment_says_so(hook: Hook, missing: str) -> None:
    """Nothing is asked of Azure with an empty name."""
    status = hook.run(settings={name: value for name, value in OUTPUTS.items() if name != missing})

    assert status == 2
    assert hook.asked == []


def test_a_workspace_that_was_there_before_has_no_topic(hook: Hook) -> None:
    """Its outputs are not subscribed to."""
    status = hook.run(settings={**OUTPUTS, "OUTPUT_EVENTS_TOPIC": ""})

    assert status == 0
    assert hook.asked[0].endswith("outputEventsTopic=")


def test_a_hook_without_the_azure_cli_says_so(hook: Hook, tmp_path: Path) -> None:
    """There is nothing to try again."""
    (tmp_path / "tools").mkdir()
    for tool in ("dirname", "cat"):
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool) or tool)

    assert hook.run(path=str(tmp_path / "tools")) == 2
