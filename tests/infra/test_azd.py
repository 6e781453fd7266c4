"""azd finds what it looks for: its project file, its hooks for both shells, its parameters.

The facts about azure.yaml are those of azd's own schema: schemas/v1.0/azure.yaml.json of the repository azure-dev.
"""

import json
import os
import re
from typing import Any

import pytest

from tests.infra.templates import ROOT, Templates

SERVICE_KEYS = {"project", "host", "language", "dist", "remoteBuild", "hooks", "resourceName", "resourceGroup", "uses"}
TOP_KEYS = {"name", "metadata", "requiredVersions", "infra", "services", "hooks", "pipeline", "workflows", "resources"}
HOOK_KEYS = {"shell", "run", "interactive", "continueOnError", "secrets", "kind", "dir", "config"}
COMMANDS = ("provision", "infracreate", "infradelete", "down", "up", "package", "publish", "deploy", "restore", "build")
BY_AZD = {"AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE"}


@pytest.fixture(scope="session")
def project(documents: dict[str, Any]) -> dict[str, Any]:
    """What azure.yaml says."""
    services: dict[str, Any] = documents["azure.yaml"]
    return services


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
    parameters = templates.trees["infra/main.bicep"]["parameters"]
    passed = json.loads((ROOT / "infra" / "main.parameters.json").read_text())["parameters"]
    variables = {name: re.fullmatch(r"\$\{([A-Z_]+)\}", entry["value"]) for name, entry in passed.items()}

    assert parameters.keys() - passed.keys() == {"currentMonth"}
    assert passed.keys() - parameters.keys() == set()
    assert all(variables.values())
    assert {name for name, about in parameters.items() if about["default"] is None} == {"environmentName", "location"}


def test_every_variable_is_explained() -> None:
    """Whoever deploys finds each of them in the docs, and no other."""
    passed = set(re.findall(r"\$\{([A-Z_]+)\}", (ROOT / "infra" / "main.parameters.json").read_text()))
    page = (ROOT / "docs" / "deploy.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))

    assert explained == passed - BY_AZD


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
