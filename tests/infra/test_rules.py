"""House rules over the parsed templates: no keys, nothing public without need, known roles, names that are derived."""

import json
import re
from typing import Any

import pytest

from tests.infra.templates import GUID, ROOT, Resource, Templates, outcomes, texts_in

STORAGE = "Microsoft.Storage/storageAccounts"
ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
# Built-in roles of Azure, by the ids that its documentation gives; Owner only says whom an alert is sent to.
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "76199698-9eea-4c19-bc75-cec21354c6b6": "Storage Table Data Reader",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "c1410b24-3e69-4857-8f86-4d0a2e603250": "Quantum Workspace Data Contributor",
    "0ad04412-c4d5-4796-b79c-f76d14c8d402": "Durable Task Data Contributor",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
}
# A new workspace and its storage are public because Azure Quantum asks for it; nothing else is.
PUBLIC_STORAGE = {"infra/app/quantum.bicep"}
KEYLESS = {  # where a kind of resource says that no key opens it
    STORAGE: ("allowSharedKeyAccess", False),
    "Microsoft.Insights/components": ("DisableLocalAuth", True),
    "Microsoft.Quantum/workspaces": ("apiKeyEnabled", False),
    "Microsoft.KeyVault/vaults": ("enableRbacAuthorization", True),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": ("allow", False),
}


@pytest.mark.parametrize(("kind", "rule"), KEYLESS.items())
def test_nothing_is_opened_by_a_key(templates: Templates, kind: str, rule: tuple[str, bool]) -> None:
    """Whoever comes in has an identity and a role."""
    resources = templates.resources(kind)

    assert resources
    assert {resource.properties.get(rule[0]) for resource in resources} == {rule[1]}


def test_logs_are_read_with_an_identity(templates: Templates) -> None:
    """The workspace of logs knows no key either."""
    workspaces = templates.resources("Microsoft.OperationalInsights/workspaces")
    features = [workspace.properties["features"] for workspace in workspaces]

    assert features == [{"disableLocalAuth": True}]


def test_keys_are_looked_up_in_one_place_only(templates: Templates) -> None:
    """The one key that Azure asks for, that of the blob webhook, goes from Azure to Azure within a template."""
    asking = {file for file, text in templates.texts() if "listkeys" in text.lower().replace("_", "")}

    assert asking == {"infra/app/event-subscriptions.bicep"}
    assert "listKeys" not in str([tree.get("outputs") for tree in templates.trees.values()])


def test_no_parameter_or_output_carries_a_secret(templates: Templates) -> None:
    """Outputs become variables of azd, and parameters stand in the deployment's history."""
    words = {name.lower() for kind in ("parameters", "outputs") for _, name, _ in templates.part(kind)}

    assert words
    assert {word for word in words if any(secret in word for secret in ("password", "accesskey", "sas"))} == set()


def test_storage_is_private_and_speaks_tls(templates: Templates) -> None:
    """No blob is public, no old encryption is spoken, and only the workspace's account is always on the internet."""
    accounts = templates.resources(STORAGE)

    assert {account.properties["allowBlobPublicAccess"] for account in accounts} == {False}
    assert {account.properties["supportsHttpsTrafficOnly"] for account in accounts} == {True}
    assert {account.properties["minimumTlsVersion"] for account in accounts} == {"TLS1_2"}
    assert {account.file for account in accounts if not can_be_closed(account)} == PUBLIC_STORAGE


def test_no_container_is_public(templates: Templates) -> None:
    """Also not one alone."""
    containers = templates.resources(f"{STORAGE}/blobServices/containers")

    assert {container.properties["publicAccess"] for container in containers} == {"None"}


def test_the_app_is_reached_by_tls_only(templates: Templates) -> None:
    """No plain HTTP, no old TLS, no page of another origin; FTP is off by the policy of its passwords, as above."""
    (site,) = templates.resources("Microsoft.Web/sites")
    config = site.properties["siteConfig"]

    assert site.properties["httpsOnly"] is True
    assert (config["minTlsVersion"], config["scmMinTlsVersion"]) == ("1.2", "1.2")
    assert [text for _, text in templates.texts() if "cors" in text.lower() or text == "*"] == []


def test_the_app_is_on_flex_consumption_with_our_python(templates: Templates) -> None:
    """Flex Consumption, Python 3.13, packages read with the identity; `test_flex.py` has what Flex refuses."""
    (plan,) = templates.resources("Microsoft.Web/serverfarms")
    (site,) = templates.resources("Microsoft.Web/sites")
    flex = site.properties["functionAppConfig"]

    assert plan.config["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert plan.properties["reserved"] is True
    assert flex["runtime"] == {"name": "python", "version": "3.13"}
    assert flex["deployment"]["storage"]["authentication"]["type"] == "UserAssignedIdentity"


def test_every_role_is_one_that_we_know(templates: Templates) -> None:
    """A role is written as a variable that has the role's own name, so that nobody has to know its number."""
    values = [(name, str(variable["value"])) for _, name, variable in templates.part("variables")]
    named = {value: name for name, value in values if GUID.fullmatch(value)}
    written = {guid for _, text in templates.texts() for guid in GUID.findall(text)}

    assert written == named.keys() == ROLES.keys()
    assert {number: name.lower() for number, name in named.items()} == {
        number: name.replace(" ", "").lower() for number, name in ROLES.items()
    }


def test_roles_are_given_again_without_a_trace(templates: Templates) -> None:
    """Their names are derived from who, what and where; and Azure is told what `who` is, which it may not know yet."""
    assignments = templates.resources(ROLE_ASSIGNMENT)
    derived = [list(resource.config["name"]["function"]["parameters"]) for resource in assignments]

    assert assignments
    assert {resource.config["name"]["function"]["type"] for resource in assignments} == {"guid"}
    assert {len(parts) for parts in derived} == {3}
    assert {str(resource.properties["principalType"]) for resource in assignments} <= {
        "ServicePrincipal",
        "personPrincipalType",
    }
    assert {str(resource.config.get("scope")) for resource in assignments} & {
        "None",
        "resourceGroup()",
        "subscription()",
    } == set()


def test_undelivered_events_are_kept(templates: Templates) -> None:
    """Each subscription has a place for them: a container in the account, and so in the region, of its topic."""
    subscriptions = templates.resources("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    places = {
        each.name: each.properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
        for each in subscriptions
    }
    (topic,) = templates.resources("Microsoft.EventGrid/systemTopics")
    (role,) = [each for each in templates.resources(ROLE_ASSIGNMENT) if each.file == topic.file]
    containers = [
        resource for resource in templates.existing() if resource.file == topic.file and resource.name == "deadLetters"
    ]

    assert places.keys() == {"orders", "outputs"}
    assert {place["blobContainerName"] for place in places.values()} == {"event-dead-letters"}
    assert "outputTopic" in str(places["outputs"]["resourceId"])
    assert "event-dead-letters" in templates.variable("infra/app/storage.bicep", "ownContainers")
    assert "event-dead-letters" in {
        resource.config["name"] for resource in templates.resources(f"{STORAGE}/blobServices/containers")
    }
    assert role.config["scope"] == "deadLetters"
    assert [resource.config["name"] for resource in containers] == ["${storageName}/default/${deadLetterContainer}"]


def test_names_come_from_one_list(templates: Templates) -> None:
    """Every abbreviation is used, and none is missing."""
    listed = json.loads((ROOT / "infra" / "abbreviations.json").read_text())
    texts = " ".join(texts_in(templates.trees["infra/main.bicep"]))

    assert {name for name in listed if f"abbreviations.{name}" not in texts} == set()
    assert texts.count("abbreviations.") >= len(listed)


def test_nothing_is_taken_from_a_registry_of_modules(templates: Templates) -> None:
    """All modules are files of ours: what is deployed can be read here."""
    modules = [(ROOT / file, module) for file, _, module in templates.part("modules")]

    assert modules
    assert {module["type"] for _, module in modules} == {"local"}
    assert all((file.parent / module["detail"]["path"]).is_file() for file, module in modules)


def test_modules_are_given_what_they_ask_for(templates: Templates) -> None:
    """No parameter is missing or unknown: the compiler, which cannot run here, would refuse it."""
    faults = {}
    for name, module in templates.trees["infra/main.bicep"]["modules"].items():
        parameters = templates.trees[f"infra/{module['detail']['path']}"]["parameters"]
        config: dict[str, Any] = module["config"]
        arguments = config.get("config", config)["params"]
        needed = {parameter for parameter, about in parameters.items() if about["default"] is None}
        if needed - arguments.keys() or arguments.keys() - parameters.keys():
            faults[name] = sorted(needed ^ arguments.keys())

    assert faults == {}


def test_modules_give_what_is_taken_from_them(templates: Templates) -> None:
    """Every output that is used is one that the module has."""
    main = (ROOT / "infra" / "main.bicep").read_text()
    files = {name: module["detail"]["path"] for _, name, module in templates.part("modules")}
    taken = set(re.findall(r"\b(\w+)\.outputs\.(\w+)", main))
    existing = {
        (name, output) for name, path in files.items() for output in templates.trees[f"infra/{path}"].get("outputs", {})
    }

    assert taken
    assert taken - existing == set()


def can_be_closed(account: Resource) -> bool:
    """Say whether an account can be taken off the internet by a parameter."""
    return "Disabled" in outcomes(account.properties["publicNetworkAccess"])
