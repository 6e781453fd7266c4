"""Settings are read once, typed; a wrong one is named."""

import pytest

from quantum.settings import (
    DEVELOPMENT_STORAGE,
    SETTINGS,
    SettingError,
    StorageSettings,
    WorkspaceSettings,
    read_settings,
)

ID = "00000000-0000-0000-0000-000000000001"
CONNECTION = f"SubscriptionId={ID};ResourceGroupName=g;WorkspaceName=w;ApiKey=a=b;QuantumEndpoint=https://e.test/;"
ENVIRONMENT = {"AzureWebJobsStorage": "UseDevelopmentStorage=true", "AZURE_QUANTUM_CONNECTION_STRING": CONNECTION}
BY_IDENTITY = {
    "AzureWebJobsStorage__accountName": "store",
    "AzureWebJobsStorage__clientId": "c1",
    "AzureWebJobsStorage__tableServiceUri": "https://table.test/",
    "AZURE_QUANTUM_SUBSCRIPTION_ID": ID,
    "AZURE_QUANTUM_WORKSPACE_RG": "g",
    "AZURE_QUANTUM_WORKSPACE_NAME": "w",
    "AZURE_QUANTUM_WORKSPACE_LOCATION": "eastus",
    "AZURE_CLIENT_ID": "c2",
}


def test_two_connection_strings_are_enough() -> None:
    """Everything else has a default."""
    settings = read_settings(ENVIRONMENT)

    assert settings.storage == StorageSettings(DEVELOPMENT_STORAGE)
    assert settings.workspace == WorkspaceSettings("https://e.test", ID, "g", "w", "a=b")
    assert settings.workspace.path == f"/subscriptions/{ID}/resourceGroups/g/providers/Microsoft.Quantum/workspaces/w"
    assert (settings.client_id, settings.limits.max_shots, settings.compile_seconds) == (None, 1_000_000, 5)


def test_an_identity_needs_no_secret() -> None:
    """Names and addresses are enough where an identity is used."""
    settings = read_settings(BY_IDENTITY)

    assert settings.storage == StorageSettings(
        None,
        "https://store.blob.core.windows.net",
        "https://store.queue.core.windows.net",
        "https://table.test",
        "c1",
    )
    assert settings.workspace == WorkspaceSettings("https://eastus.quantum.azure.com", ID, "g", "w")
    assert settings.client_id == "c2"


def test_an_endpoint_may_stand_in_the_place_of_the_region() -> None:
    """An emulator on this machine is spoken to without TLS."""
    settings = read_settings(BY_IDENTITY | {"AZURE_QUANTUM_ENDPOINT": "http://127.0.0.1:9/"})

    assert settings.workspace.endpoint == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("base", "change", "reason"),
    [
        (ENVIRONMENT, {"MAX_SHOTS": "many"}, "MAX_SHOTS must be a whole number from 1 to 100000000, not 'many'"),
        (ENVIRONMENT, {"MAX_SHOTS": "0"}, "MAX_SHOTS must be a whole number from 1"),
        (ENVIRONMENT, {"COMPILE_SECONDS": "61"}, "COMPILE_SECONDS must be a whole number from 1 to 60, not '61'"),
        (ENVIRONMENT, {"COMPILE_MEMORY_MIB": "-1"}, "COMPILE_MEMORY_MIB must be a whole number from 512 to 65536"),
        (ENVIRONMENT, {"COMPILERS_AT_ONCE": "1.5"}, "COMPILERS_AT_ONCE must be a whole number from 1 to 64"),
        (
            ENVIRONMENT,
            {"SUBMISSION_LIMITS": '{"target": {"*": {"atOnce": 0, "starts": 3}}}'},
            "SUBMISSION_LIMITS: target.*.atOnce must be a whole number from 1 to 1,000; target.*.period is missing",
        ),
        (ENVIRONMENT, {"TARGET_SHOTS": "{"}, "TARGET_SHOTS must be a JSON object of numbers by target"),
        (
            ENVIRONMENT,
            {"TARGET_SHOTS": "[5]"},
            "TARGET_SHOTS must be a JSON object with a whole number from 1 to 100000000",
        ),
        (ENVIRONMENT, {"TARGET_SHOTS": '{"a": 0}'}, "TARGET_SHOTS must be a JSON object with a whole number from 1 to"),
        (
            ENVIRONMENT,
            {"TARGET_SHOTS": '{"a": true}'},
            "TARGET_SHOTS must be a JSON object with a whole number from 1 to",
        ),
        (ENVIRONMENT, {"AzureWebJobsStorage": "store"}, "AzureWebJobsStorage must be a storage connection string"),
        (ENVIRONMENT, {"AzureWebJobsStorage": ""}, "AzureWebJobsStorage is missing: give a connection string,"),
        (
            ENVIRONMENT,
            {"AZURE_QUANTUM_CONNECTION_STRING": CONNECTION.replace("ApiKey=a=b;", "")},
            "AZURE_QUANTUM_CONNECTION_STRING lacks ApiKey; it reads SubscriptionId=…;",
        ),
        (
            ENVIRONMENT,
            {"AZURE_QUANTUM_CONNECTION_STRING": CONNECTION.replace(ID, "mine")},
            "AZURE_QUANTUM_CONNECTION_STRING's SubscriptionId must be a subscription's id",
        ),
        (
            BY_IDENTITY,
            {"AZURE_QUANTUM_SUBSCRIPTION_ID": "mine"},
            "AZURE_QUANTUM_SUBSCRIPTION_ID must be a subscription",
        ),
        (BY_IDENTITY, {"AzureWebJobsStorage__accountName": "evil.test/"}, "must be 3 to 24 small letters and digits"),
        (BY_IDENTITY, {"AZURE_QUANTUM_WORKSPACE_RG": ""}, "AZURE_QUANTUM_WORKSPACE_RG is missing: set it, or"),
        (BY_IDENTITY, {"AZURE_QUANTUM_WORKSPACE_LOCATION": "East US"}, "must be a region such as eastus"),
        (BY_IDENTITY, {"AZURE_QUANTUM_ENDPOINT": "e.test"}, "AZURE_QUANTUM_ENDPOINT must be an address that begins"),
        (BY_IDENTITY, {"AZURE_QUANTUM_ENDPOINT": "https://[::1"}, "AZURE_QUANTUM_ENDPOINT must be an address that"),
        (
            BY_IDENTITY,
            {"AZURE_QUANTUM_ENDPOINT": "http://e.test"},
            "must begin with https://; http is allowed for this machine only",
        ),
        (
            BY_IDENTITY,
            {"AzureWebJobsStorage__queueServiceUri": "ftp://e.test"},
            "AzureWebJobsStorage__queueServiceUri must be an address",
        ),
    ],
)
def test_a_wrong_setting_is_named(base: dict[str, str], change: dict[str, str], reason: str) -> None:
    """The message says which variable it is and what it may be."""
    with pytest.raises(SettingError) as refused:
        read_settings(base | change)

    assert reason in str(refused.value)


def test_no_message_shows_a_key() -> None:
    """A broken connection string may be logged with what is said of it."""
    with pytest.raises(SettingError) as refused:
        read_settings(ENVIRONMENT | {"AZURE_QUANTUM_CONNECTION_STRING": "ApiKey=very-secret;"})

    assert "very-secret" not in str(refused.value)


def test_every_setting_that_is_read_is_in_the_list() -> None:
    """The table that the README is made of misses none and names none twice."""
    names: set[str] = set()

    class Noting(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # texts only
            names.add(name)
            return super().get(name, default)

    for environment in (ENVIRONMENT, BY_IDENTITY, BY_IDENTITY | {"AZURE_QUANTUM_ENDPOINT": "https://e.test"}):
        read_settings(Noting(environment))

    assert sorted(names) == sorted(setting.name for setting in SETTINGS)


@pytest.mark.parametrize(("text", "switched"), [("true", True), ("1", True), ("False", False), ("", False)])
def test_telemetry_has_a_switch(text: str, switched: bool) -> None:  # noqa: FBT001  # a column of the table
    """It is the worker's own, and off where it is not set."""
    settings = read_settings(ENVIRONMENT | {"PYTHON_ENABLE_OPENTELEMETRY": text})

    assert (settings.telemetry, settings.application_insights) == (switched, None)
    with pytest.raises(SettingError, match="PYTHON_ENABLE_OPENTELEMETRY must be true or false, not 'yes'"):
        read_settings(ENVIRONMENT | {"PYTHON_ENABLE_OPENTELEMETRY": "yes"})
