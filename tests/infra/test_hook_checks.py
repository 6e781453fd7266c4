"""Before azd provisions: each thing that Azure would refuse is named, with what to do, and nothing is made."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.hooks import plan, registration
from local.hooks.__main__ import main
from tests.infra.azure_recorder import NAMESPACES, READY, SUBSCRIPTION, Recorder, namespace, refuses, says
from tests.infra.templates import Templates

ENVIRON = {"AZURE_ENV_NAME": "demo", "AZURE_LOCATION": "northeurope", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
LICENCE = "azure-basic-qvm-only-unlimited"

type Check = Callable[..., tuple[int, str]]


@pytest.fixture
def azure(tmp_path: Path) -> Recorder:
    """A subscription that is ready."""
    return Recorder(tmp_path / "bin", READY)


@pytest.fixture
def check(azure: Recorder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the checks with azd's variables; gives the exit status and what was printed."""
    monkeypatch.setattr(registration, "PAUSE", 0.0)

    def run(**variables: str) -> tuple[int, str]:
        status = main(["check-subscription"], {"PATH": str(azure.folder), **ENVIRON, **variables})
        return status, capsys.readouterr().out

    return run


def test_a_ready_subscription_is_let_through(azure: Recorder, check: Check) -> None:
    """Every check says ok, one a line, and nothing in Azure is changed."""
    status, output = check()

    assert status == 0
    assert [line for line in output.splitlines() if not line.startswith("ok ")] == []
    assert azure.changes == []


def test_checking_twice_asks_the_same(azure: Recorder, check: Check) -> None:
    """A second `azd up` finds what the first one found, and changes nothing either."""
    check()
    first = azure.calls
    check()

    assert azure.calls == first * 2
    assert azure.changes == []


REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a region without Flex Consumption": (
        "list-flexconsumption-locations",
        says([{"name": "eastus"}]),
        "northeurope does not offer Flex Consumption",
        "eastus",
    ),
    "a region without zones": (
        "Microsoft.Storage/skus",
        says({"value": [{"name": "Standard_LRS", "kind": "StorageV2", "locations": ["northeurope"]}]}),
        "does not offer Standard_ZRS",
        "azd env set STORAGE_SKU Standard_LRS",
    ),
    "a region without Azure Quantum": (
        "Microsoft.Quantum?",
        says({"resourceTypes": [{"resourceType": "workspaces", "locations": ["West US"]}]}),
        "eastus does not offer Azure Quantum",
        "azd env set QUANTUM_LOCATION <one of westus>",
    ),
    "terms that nobody accepted": (
        "agreements/current",
        says({"properties": {"accepted": False}}),
        f"the terms of {LICENCE} are not accepted",
        f"az quantum offerings accept-terms -l eastus -p rigetti -k {LICENCE}",
    ),
    "a provider that the region lacks": ("offerings?", says({"value": []}), "rigetti: not offered in eastus", "one of"),
    "a plan that the provider lacks": (
        "offerings?",
        says({"value": [{"id": "rigetti", "properties": {"skus": [{"id": "other"}]}}]}),
        f"has no plan {LICENCE}",
        "one of: other",
    ),
    "a group in another region": (
        "group show",
        says({"location": "westus", "tags": {"azd-env-name": "demo"}}),
        "rg-demo is there already, in westus",
        "azd env set AZURE_LOCATION westus",
    ),
    "a deleted vault": (
        "keyvault list-deleted",
        says([{"name": "kv-1", "properties": {"location": "North Europe", "tags": {"azd-env-name": "demo"}}}]),
        "the deleted vault kv-1 keeps its name",
        "az keyvault purge --name kv-1",
    ),
    "roles that cannot be assigned": (
        "Microsoft.Authorization/permissions",
        says({"value": [{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}]}),
        "Microsoft.Authorization/roleAssignments/write is not granted",
        "Role Based Access Control Administrator",
    ),
    "a subscription that is switched off": (
        f"/subscriptions/{SUBSCRIPTION}?",
        says({"displayName": "Pay", "state": "Disabled"}),
        "Pay is Disabled",
        "azd env new",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_azure_would_refuse_stops_azd(azure: Recorder, check: Check, kind: str) -> None:
    """The line says which it is, the next one what to do, and the other checks are still made."""
    words, answer, what, remedy = REFUSED[kind]
    azure.answer(words, answer)

    status, output = check()

    (stop,) = re.findall(r"^STOP .*\n +-> .*$", output, re.MULTILINE)
    assert status == 1
    assert what in stop
    assert remedy in stop
    assert "last deployment" in output
    assert "docs/first-deployment.md" in output
    assert azure.changes == []


def test_all_that_is_wrong_is_said_in_one_run(azure: Recorder, check: Check) -> None:
    """Nobody mends one thing to meet the next a quarter of an hour later."""
    for words, answer, _, _ in REFUSED.values():
        azure.answer(words, answer)

    status, output = check()

    assert status == 1
    assert output.count("STOP ") == len(REFUSED) - 2  # a provider that is not offered has neither plan nor terms


def test_whoever_is_not_signed_in_is_told(azure: Recorder, check: Check) -> None:
    """No other check is tried."""
    azure.answer("account show", refuses("Please run 'az login' to setup account."))

    status, output = check()

    assert status == 1
    assert "`az login`" in output
    assert len(azure.calls) == 1


def test_a_missing_provider_is_registered_and_waited_for(azure: Recorder, check: Check) -> None:
    """It costs nothing, is kept, and no template does it for the marketplace."""
    others = [namespace(name) for name in NAMESPACES if name != "Microsoft.Solutions"]
    states = ("NotRegistered", "Registering", "Registering", "Registered")
    azure.answer(
        "providers?api-version",
        *[says({"value": [*others, namespace("Microsoft.Solutions", state)]}) for state in states],
    )
    azure.answer("provider register", says(None))

    status, output = check()

    assert status == 0
    assert [line.split(" --only")[0] for line in azure.changes] == [
        "provider register --namespace Microsoft.Solutions --output none"
    ]
    assert output.count("waiting for Microsoft.Solutions") == 2


def test_a_provider_that_one_may_not_register_stops(azure: Recorder, check: Check) -> None:
    """An owner has to."""
    azure.answer("providers?api-version", says({"value": []}))
    azure.answer("provider register", refuses("(AuthorizationFailed) no permission over scope"))

    status, output = check()

    assert status == 1
    assert "az provider register --namespace Microsoft.App" in output


@pytest.mark.parametrize(
    ("words", "answer", "sign"),
    [
        ("Microsoft.Authorization/permissions", refuses("(Forbidden)"), "roles: could not be checked"),
        ("offerings?", says({"surprise": 1}), "quantum providers: Azure's answer has another form"),
        (
            "list-flexconsumption-locations",
            refuses("'list-flexconsumption-locations' is misspelled"),
            "region: could not",
        ),
        ("Microsoft.Quantum?", says({"resourceTypes": None}), "quantum workspace: Azure's answer has another form"),
        ("keyvault list-deleted", refuses("throttled"), "names: could not be checked"),
        ("agreements/current", refuses("(ResourceNotFound)"), "rigetti: its terms cannot be read"),
        (
            f"/subscriptions/{SUBSCRIPTION}?",
            says({"displayName": "S", "state": "Enabled", "subscriptionPolicies": {"quotaId": "FreeTrial_2014-09-01"}}),
            "subscription: S is of the kind FreeTrial_2014-09-01",
        ),
        (
            "Microsoft.Authorization/permissions",
            says({"value": [{"actions": ["*"], "notActions": [], "condition": "@Request[x] StringEquals 'y'"}]}),
            "roles: Microsoft.Authorization/roleAssignments/write is granted under a condition",
        ),
        ("group show", says({"location": "northeurope", "tags": None}), "names: rg-demo was there before"),
    ],
)
def test_what_cannot_be_known_is_no_obstacle(
    azure: Recorder, check: Check, words: str, answer: dict[str, Any], sign: str
) -> None:
    """Azure has the last word; the line says that this was not seen."""
    azure.answer(words, answer)

    status, output = check()

    assert status == 0
    assert re.search(rf"^unsure .*{re.escape(sign)}", output, re.MULTILINE)


def test_half_a_deployment_is_explained(azure: Recorder, check: Check) -> None:
    """azd continues; the innermost errors of the last attempt are explained in our words."""
    inner = json.dumps({"error": {"code": "MarketplacePurchaseEligibilityFailed", "message": "not eligible"}})
    error = {
        "code": "DeploymentFailed",
        "message": "At least one resource deployment operation failed.",
        "details": [
            {"code": "ResourceDeploymentFailure", "message": "x", "details": [{"code": "Conflict", "message": inner}]},
            {"code": "InvalidTemplateDeployment", "message": "Cannot modify the extended location."},
        ],
    }
    tags, older = {"azd-env-name": "demo"}, {"timestamp": "2026-01-01", "provisioningState": "Succeeded"}
    newer = {"timestamp": "2026-02-01", "provisioningState": "Failed"}
    azure.answer(
        "deployment sub list",
        says(
            [
                {"name": "demo-2", "tags": tags, "properties": newer},
                {"name": "demo-1", "tags": tags, "properties": older},
                {"name": "other-3", "tags": None, "properties": {**newer, "timestamp": "2026-03-01"}},
            ]
        ),
    )
    azure.answer("deployment sub show --name demo-2", says({"properties": {"error": error}}))

    status, output = check()

    assert status == 0
    assert "was stopped by MarketplacePurchaseEligibilityFailed: not eligible\n       -> the terms of" in output
    assert (
        "was stopped by InvalidTemplateDeployment: Cannot modify the extended location.\n       -> created resources"
        in output
    )


def test_a_workspace_of_ones_own_needs_no_provider(azure: Recorder, check: Check) -> None:
    """Its terms were accepted when it was made; only that it can be read is checked."""
    azure.answer("/mine?", says({"properties": {}}))

    status, output = check(
        QUANTUM_WORKSPACE_ID="/subscriptions/s/resourceGroups/g/providers/Microsoft.Quantum/workspaces/mine"
    )

    assert status == 0
    assert "the one that QUANTUM_WORKSPACE_ID names is there" in output
    assert not any("offerings" in line for line in azure.calls)


def test_a_workspace_that_is_not_there_stops(azure: Recorder, check: Check) -> None:
    """Before anything else is made."""
    azure.answer("/mine?", refuses("(ResourceNotFound) not found"))

    status, output = check(
        QUANTUM_WORKSPACE_ID="/subscriptions/s/resourceGroups/g/providers/Microsoft.Quantum/workspaces/mine"
    )

    assert status == 1
    assert "QUANTUM_WORKSPACE_ID must be the resource id" in output


def test_providers_that_are_no_list_stop(check: Check) -> None:
    """azd would hand the text to the template, which refuses it without saying how it should look."""
    status, output = check(QUANTUM_PROVIDERS="rigetti")

    assert status == 1
    assert "QUANTUM_PROVIDERS is not a list" in output
    assert "azd env set QUANTUM_PROVIDERS '[" in output


def test_a_provider_that_sells_nothing_has_no_terms(azure: Recorder, check: Check) -> None:
    """Microsoft's own is of that kind."""
    status, output = check(QUANTUM_PROVIDERS='[{"providerId": "Microsoft-QC", "providerSku": "learn"}]')

    assert status == 0
    assert "learn has no terms to accept" in output
    assert not any("agreements" in line for line in azure.calls)


def test_a_region_that_azd_has_not_asked_for_yet_is_no_obstacle(check: Check) -> None:
    """`azd provision` runs this before it asks."""
    status, output = check(AZURE_LOCATION="")

    assert status == 0
    assert "AZURE_LOCATION is not set yet" in output


def test_the_checks_can_be_switched_off(azure: Recorder, check: Check) -> None:
    """Where one of them is wrong, nobody has to edit a script."""
    status, output = check(DEPLOYMENT_CHECKS="off")

    assert status == 0
    assert "DEPLOYMENT_CHECKS is off" in output
    assert azure.calls == []


def test_without_the_azure_cli_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Later hooks need it too."""
    assert main(["check-subscription"], {"PATH": str(tmp_path), **ENVIRON}) == 2
    assert "the Azure CLI (az) is needed" in capsys.readouterr().out


def test_the_plan_has_the_defaults_of_the_template(templates: Templates) -> None:
    """What nobody sets is checked as it will be deployed."""
    parameters = templates.trees["infra/main.bicep"]["parameters"]

    assert parameters["storageSku"]["default"] == plan.STORAGE_SKU
    assert parameters["quantumLocation"]["default"] == plan.QUANTUM_LOCATION
    assert [dict(row) for row in plan.PROVIDERS] == parameters["quantumProviders"]["default"]


def test_every_service_of_the_templates_is_registered(templates: Templates) -> None:
    """None is forgotten; those without a registration of their own are left out."""
    used = {resource.type.partition("/")[0] for resource in templates.resources()}
    ours = {*registration.ALWAYS, *registration.FOR_PROVIDERS, *registration.FOR_NETWORK, *registration.FOR_SCHEDULER}

    assert used - ours == {"Microsoft.Authorization", "Microsoft.Resources"}
    assert ours - used == {"Microsoft.App", *registration.FOR_PROVIDERS}
