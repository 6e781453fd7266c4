"""Profiles in settings: read whole, or every fault of every profile at once; no secret is taken for its name."""

import json
from typing import Any

import pytest

from quantum.settings import SettingError, SignInSettings, read_settings
from quantum.workspaces.profiles import (
    KINDS,
    Credential,
    Profile,
    SecretName,
    endpoint_faults,
    endpoint_of,
    read_profiles,
    secret_name,
)

GUID = "11111111-1111-4111-8111-111111111111"
RESOURCE = f"/subscriptions/{GUID}/resourceGroups/lab/providers/Microsoft.Quantum/Workspaces/chem"
NEEDED = {"tenantId": GUID, "clientId": GUID, "secret": "chem-secret"}
BASE = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": f"SubscriptionId={GUID};ResourceGroupName=g;WorkspaceName=w;ApiKey=a;"
    "QuantumEndpoint=https://e.test/;",
}


def a_profile(kind: str = "clientSecret", **changes: Any) -> dict[str, Any]:
    """A profile as an operator writes it."""
    credential = {"kind": kind} | {field: NEEDED[field] for field in KINDS[kind].required}
    return {"resourceId": RESOURCE, "location": "eastus", "credential": credential} | changes


def faults_of(text: str, *, has_vault: bool = True) -> dict[str, str]:
    """The faults that reading the setting finds, by field."""
    read = read_profiles(text, has_vault=has_vault)
    assert isinstance(read, list)
    return {fault.field: fault.reason for fault in read}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_credential_can_be_named(kind: str) -> None:
    """With what it needs, and no more."""
    read = read_profiles(json.dumps({"chem": a_profile(kind)}), has_vault=True)

    assert isinstance(read, dict)
    assert (read["chem"].credential.kind, read["chem"].endpoint) == (kind, "https://eastus.quantum.azure.com")
    assert (read["chem"].credential.secret is not None) == ("secret" in KINDS[kind].required)


def test_all_faults_of_all_profiles_are_told_at_once() -> None:
    """By profile and field."""
    wrong = {
        "Chem": a_profile(),
        "default": a_profile(),
        "bio": {"resourceId": "x", "location": "East US", "credential": {"kind": "password"}, "colour": 1},
        "geo": a_profile(endpoint="https://e.test", credential={"kind": "apiKey", "clientId": "me"}),
        "neo": 7,
        "web": a_profile("workloadIdentity", credential={"kind": "workloadIdentity", "tokenFile": 1}),
    }

    faults = faults_of(json.dumps(wrong))

    assert faults.keys() == {
        *("Chem", "default", "neo", "bio.resourceId", "bio.location", "bio.credential.kind", "bio.colour"),
        *("geo.location", "geo.credential.clientId", "geo.credential.secret", "web.credential.tokenFile"),
    }


@pytest.mark.parametrize("text", ["[]", "{", "7", '{"a": {}, "a": {}}'])
def test_what_is_no_object_of_profiles_is_refused(text: str) -> None:
    """Before anything in it is looked at."""
    assert list(faults_of(text)) == [""]


def test_a_secret_in_the_place_of_its_name_is_refused_and_not_shown() -> None:
    """Somebody will paste it there."""
    pasted = "abc8Q~very.secret_value"
    credential = {"kind": "apiKey", "secret": pasted}

    faults = faults_of(json.dumps({"chem": a_profile(credential=credential)}))

    assert list(faults) == ["chem.credential.secret"]
    assert pasted not in faults["chem.credential.secret"]


def test_a_name_alone_needs_a_vault() -> None:
    """A whole reference says where it is."""
    reference = {"kind": "apiKey", "secret": "@Microsoft.KeyVault(VaultName=lab;SecretName=chem)"}

    assert list(faults_of(json.dumps({"chem": a_profile("apiKey")}), has_vault=False)) == ["chem.credential.secret"]
    assert isinstance(read_profiles(json.dumps({"chem": a_profile(credential=reference)}), has_vault=False), dict)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("chem-key", SecretName("chem-key")),
        ("@Microsoft.KeyVault(VaultName=Lab;SecretName=k)", SecretName("k", "https://lab.vault.azure.net")),
        (
            "@Microsoft.KeyVault(SecretUri=https://l.vault.azure.net/secrets/k)",
            SecretName("k", "https://l.vault.azure.net"),
        ),
        (
            f"@Microsoft.KeyVault(SecretUri=https://l.vault.azure.net/secrets/k/{'a' * 32})",
            SecretName("k", "https://l.vault.azure.net", "a" * 32),
        ),
        ("@Microsoft.KeyVault(SecretUri=http://l.vault.azure.net/secrets/k)", None),
        ("@Microsoft.KeyVault(VaultName=lab)", None),
        ("a secret!", None),
        (7, None),
    ],
)
def test_a_secret_is_named_as_app_settings_name_it(text: Any, name: SecretName | None) -> None:
    """By a Key Vault reference, or by its bare name in the deployment's own vault."""
    assert secret_name(text) == name


@pytest.mark.parametrize(
    ("endpoint", "is_taken"),
    [
        ("https://westus-v2.quantum.azure.com/", True),
        ("https://quantum.example.org:8443", True),
        ("http://127.0.0.1:7100", True),
        ("http://quantum.example.org", False),
        ("https://user@quantum.azure.com", False),
        ("https://e.test/path", False),
        (7, False),
    ],
)
def test_an_operator_may_name_any_https_endpoint(endpoint: Any, is_taken: object) -> None:
    """And plain http on this machine alone."""
    profile = {field: text for field, text in a_profile().items() if field != "location"} | {"endpoint": endpoint}

    assert isinstance(read_profiles(json.dumps({"chem": profile}), has_vault=True), dict) == is_taken


@pytest.mark.parametrize(
    ("endpoint", "is_taken"),
    [
        ("https://eastus.quantum.azure.com", True),
        ("https://eastus-v2.quantum.azure.com/", True),
        ("https://My-Workspace.eastus.quantum.azure.com/", True),
        ("https://my-workspace.westus-v2.quantum.azure.com", True),
        ("https://a.b.eastus.quantum.azure.com", False),
        ("https://.eastus.quantum.azure.com", False),
        ("https://quantum.azure.com", False),
        ("https://my-workspace.eastus.quantum.azure.com:8443", False),
        ("https://my-workspace.eastus.quantum.azure.com.example.org", False),
        ("https://my-workspace.eastus.quantum.azure.com@example.org", False),
        ("https://example.org/.eastus.quantum.azure.com", False),
        ("https://example.org#.eastus.quantum.azure.com", False),
        ("https://my_workspace\n.eastus.quantum.azure.com", False),
        ("http://my-workspace.eastus.quantum.azure.com", False),
    ],
)
def test_a_caller_may_name_an_address_of_azure_quantum_in_either_form(endpoint: str, is_taken: object) -> None:
    """A region's, or a workspace's as the portal shows it, of both kinds of workspace; and no other host."""
    faults = endpoint_faults({"endpoint": endpoint}, "", ())

    assert (faults == []) == is_taken
    assert endpoint_of({"endpoint": endpoint}) == endpoint.removesuffix("/")


def test_the_settings_hold_the_profiles() -> None:
    """With the vault, the sign-in and the endpoints that callers may name."""
    more = {
        "WORKSPACES": json.dumps({"chem": a_profile("managedIdentity")}),
        "KEY_VAULT_URL": "https://lab.vault.azure.net/",
        "AZURE_AUTHORITY_HOST": "login.microsoftonline.us",
        "TLS_CA_FILE": "/ca.pem",
        "WORKSPACE_ENDPOINTS": "http://127.0.0.1:7100/, https://e.test",
    }

    settings = read_settings(BASE | more)

    who = Credential("managedIdentity")
    assert settings.profiles == {"chem": Profile("chem", "https://eastus.quantum.azure.com", RESOURCE, who)}
    assert settings.vault == "https://lab.vault.azure.net"
    assert settings.sign_in == SignInSettings("https://login.microsoftonline.us", "/ca.pem")
    assert settings.endpoints == ("http://127.0.0.1:7100", "https://e.test")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WORKSPACES", '{"Chem": {}}'),
        ("KEY_VAULT_URL", "http://127.0.0.1"),
        ("AZURE_AUTHORITY_HOST", "http://127.0.0.1"),
        ("WORKSPACE_ENDPOINTS", "https://e.test,elsewhere"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name(name: str, text: str) -> None:
    """No profile is passed over."""
    with pytest.raises(SettingError, match=name):
        read_settings(BASE | {name: text})
