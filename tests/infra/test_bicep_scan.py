"""The templates are read whole by a parser not ours and judged by checkov; what it finds is mended or excused."""

from pathlib import Path
from typing import Any

from tests.infra.templates import ROOT, Read

PUBLIC_DOORS = "callers and Event Grid come in from the internet; a function key or a system key is asked for"
NOT_ON_FLEX = "Flex Consumption has no such switch: instances come and go, and the platform watches them"
NO_FTP_ON_FLEX = "Flex Consumption refuses the property and has no FTP; the policy of its passwords is off, too"
NOT_A_SITE = "the rule takes the settings, which are names and values, for the configuration of a web site"
VIRTUAL_NETWORK = "closed where vnetEnabled says so; the rule does not see through the condition"
WORKSPACE_STORAGE = "Azure Quantum supports only storage with public internet access; keys and public blobs are off"
REPLICATION = "what the app keeps is replicated as storageSku says; the workspace's own holds copies of it"
PURGE = (
    "a vault that cannot be purged keeps its name for days after `azd down`; it holds one secret that can be renewed"
)
EXCUSES = {
    ("CKV_AZURE_13", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_17", "app/api.bicep", "app"): "callers have keys, and Event Grid has no client certificate",
    ("CKV_AZURE_63", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_65", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_66", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_78", "app/api.bicep", "app"): NO_FTP_ON_FLEX,
    ("CKV_AZURE_80", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_88", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_212", "app/api.bicep", "app"): NOT_ON_FLEX,
    ("CKV_AZURE_213", "app/api.bicep", "app"): NOT_ON_FLEX,
    ("CKV_AZURE_222", "app/api.bicep", "app"): PUBLIC_DOORS,
    ("CKV_AZURE_222", "app/api.bicep", "appSettings"): NOT_A_SITE,
    ("CKV_AZURE_13", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_63", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_65", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_66", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_70", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_80", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_88", "app/api.bicep", "signIn"): NOT_A_SITE,
    ("CKV_AZURE_222", "app/api.bicep", "signIn"): NOT_A_SITE,
    (
        "CKV_AZURE_225",
        "app/api.bicep",
        "plan",
    ): "not every region of Flex Consumption has zones; state lives in storage",
    ("CKV_AZURE_35", "app/storage.bicep", "account"): VIRTUAL_NETWORK,
    ("CKV_AZURE_206", "app/storage.bicep", "account"): REPLICATION,
    ("CKV_AZURE_35", "app/quantum.bicep", "account"): WORKSPACE_STORAGE,
    ("CKV_AZURE_59", "app/quantum.bicep", "account"): WORKSPACE_STORAGE,
    ("CKV_AZURE_206", "app/quantum.bicep", "account"): REPLICATION,
    ("CKV_AZURE_43", "app/quantum.bicep", "account"): "the rule takes the parameter's name for the account's",
    ("CKV_AZURE_42", "app/key-vault.bicep", "vault"): PURGE,
    ("CKV_AZURE_109", "app/key-vault.bicep", "vault"): VIRTUAL_NETWORK,
    ("CKV_AZURE_110", "app/key-vault.bicep", "vault"): PURGE,
    ("CKV_AZURE_189", "app/key-vault.bicep", "vault"): "the rule itself breaks down on a condition: see vnetEnabled",
}


def test_every_template_can_be_read(parsed: dict[str, Any]) -> None:
    """No file is passed over because its parser gave up."""
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "infra").rglob("*.bicep")}

    assert parsed["broken"] == {}
    assert files
    assert files <= parsed["parsed"].keys()


def test_what_checkov_finds_is_excused_and_every_excuse_is_needed(read: Read) -> None:
    """A new finding fails, and so does an excuse for what is no longer found."""
    report = read("scan")
    faults = {(rule, file, place.rpartition(".")[2]) for rule, file, place in report["failed"] + report["crashed"]}

    assert report["parsing_errors"] == []
    assert report["passed"] > 0
    assert faults == EXCUSES.keys()


def test_a_template_that_cannot_be_read_is_named(read: Read, tmp_path: Path) -> None:
    """A broken file is a failure with a reason, never an empty result."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "azure.yaml").write_text("name: [")
    (tmp_path / "infra" / "main.bicep").write_text("resource = {")

    assert read("parse", tmp_path)["broken"].keys() == {"azure.yaml", "infra/main.bicep"}
