"""The settings of a deployment, read once from environment variables; an invalid one stops the start by name.

`SETTINGS` lists all of them; docs/settings.md is generated from it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from quantum.contract.kinds import Limits
from quantum.wire import strict_json
from quantum.wire.records import record
from quantum.workspaces.profiles import Profile, is_address, read_profiles

if TYPE_CHECKING:
    from quantum.budgets.model import Budget
    from quantum.jobs.fair_limits import FairLimits

HOST_STORAGE = "AzureWebJobsStorage"

SIGN_IN, PLATFORM_SIGN_IN = "SIGN_IN", "WEBSITE_AUTH_ENABLED"
AZURE_SITE = "WEBSITE_SITE_NAME"  # Azure sets it in every app; the embedded host does not
TELEMETRY = "PYTHON_ENABLE_OPENTELEMETRY"  # the worker reads this switch, too

DEVELOPMENT_STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)  # public: the well-known account of Azurite, for `UseDevelopmentStorage=true`


class SettingError(Exception):
    """A setting is missing or invalid; the message names it and says what is valid."""


@record
class StorageSettings:
    """The app's storage account: a connection string, or the address of each service for an identity."""

    connection_string: str | None
    blob: str | None = None
    queue: str | None = None
    table: str | None = None
    client_id: str | None = None


@record
class WorkspaceSettings:
    """The Azure Quantum workspace; without an `api_key` the app signs in with its identity."""

    endpoint: str
    subscription_id: str
    resource_group: str
    name: str
    api_key: str | None = None

    @property
    def path(self) -> str:
        """The workspace's path on its data plane, which is its resource id."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.Quantum/workspaces/{self.name}"
        )


@record
class SignInSettings:
    """The authority that issues tokens (None: Azure's public cloud), and a file of trusted CA certificates."""

    authority: str | None = None
    ca_file: str | None = None


@record
class Settings:
    """All settings, typed. `endpoints` are additional endpoints that a caller's workspace may have."""

    storage: StorageSettings
    workspace: WorkspaceSettings
    profiles: Mapping[str, Profile]
    endpoints: tuple[str, ...]
    vault: str | None
    sign_in: SignInSettings
    client_id: str | None
    limits: Limits
    compile_seconds: int
    compile_memory_mib: int
    compilers_at_once: int
    submissions_at_once: int
    submission_limits: "FairLimits | None"
    retention: timedelta
    lost_uploads: timedelta
    answers_kept: timedelta
    signs_in: bool = False
    budgets: tuple["Budget", ...] = ()
    telemetry: bool = False
    application_insights: str | None = None


@record
class Setting:
    """An environment variable: its meaning and its default."""

    name: str
    meaning: str
    default: str = ""


SETTINGS = (
    Setting(HOST_STORAGE, "Storage account of the app: a connection string, or the identity form `…__accountName`"),
    Setting(f"{HOST_STORAGE}__accountName", "Account name, where an identity is used"),
    Setting(f"{HOST_STORAGE}__blobServiceUri", "Blob address, in place of the account name"),
    Setting(f"{HOST_STORAGE}__queueServiceUri", "Queue address, in place of the account name"),
    Setting(f"{HOST_STORAGE}__tableServiceUri", "Table address, in place of the account name"),
    Setting(f"{HOST_STORAGE}__clientId", "User-assigned identity that may use the storage account"),
    Setting("AZURE_QUANTUM_CONNECTION_STRING", "The whole workspace in one text, API key included; or the next four"),
    Setting("AZURE_QUANTUM_SUBSCRIPTION_ID", "Subscription of the workspace"),
    Setting("AZURE_QUANTUM_WORKSPACE_RG", "Resource group of the workspace"),
    Setting("AZURE_QUANTUM_WORKSPACE_NAME", "Name of the workspace"),
    Setting("AZURE_QUANTUM_WORKSPACE_LOCATION", "Region of the workspace, such as `eastus`"),
    Setting("AZURE_QUANTUM_ENDPOINT", "Address of the workspace's data plane, in place of the region"),
    Setting("AZURE_CLIENT_ID", "User-assigned identity that may use the workspace"),
    Setting("WORKSPACES", "More workspaces: a JSON object of profiles by name (see Workspaces)"),
    Setting("WORKSPACE_ENDPOINTS", "Addresses, with commas, that an added workspace may have beside Azure Quantum's"),
    Setting("KEY_VAULT_URL", "Key vault of the workspaces' secrets, such as `https://….vault.azure.net`"),
    Setting("AZURE_AUTHORITY_HOST", "Authority that issues tokens, in place of `https://login.microsoftonline.com`"),
    Setting("TLS_CA_FILE", "Certificates to trust for the vault and the sign-in, where those are not public ones"),
    Setting("MAX_SHOTS", "Maximum shots of one job", "1000000"),
    Setting(
        "TARGET_SHOTS",
        "Shots that targets take at once, a JSON object of numbers by target; an order with more is divided into parts",
    ),
    Setting(
        "ORDERS_AT_ONCE", "Orders by HTTP that a process takes at the same time; as many wait, the others get 429", "32"
    ),
    Setting(
        "COMPILE_SECONDS", "Processor time that the compiler has for one program, and 5 s more for each MiB of it", "5"
    ),
    Setting("COMPILE_MEMORY_MIB", "Address space that the compiler has for one program", "2048"),
    Setting("COMPILERS_AT_ONCE", "Compilers that run at the same time in one process", "2"),
    Setting("SUBMISSIONS_AT_ONCE", "Jobs between `staging` and `waiting`, others wait by age; `0`: no limit", "40"),
    Setting(
        "JOB_BUDGETS",
        "Budgets at the first start, as a JSON list ([Budgets](budgets.md))",
    ),
    Setting(
        "SUBMISSION_LIMITS",
        "Limits of these for each target, workspace and tenant: a JSON object "
        "(see [Operations](operations.md#limits-by-target-workspace-and-tenant))",
    ),
    Setting(
        SIGN_IN,
        "Who asks, by App Service authentication (`required`) or, on one machine, by callers' headers (`stand-in`)",
        "off",
    ),
    Setting("RETENTION_DAYS", "Days after which the durable engine forgets an orchestration that ended", "30"),
    Setting("LOST_UPLOAD_DAYS", "Days back to search for unannounced uploads; `0`: never", "7"),
    Setting("ANSWER_DAYS", "Days after which an answer on `job-answers` that nobody took expires", "30"),
    Setting(TELEMETRY, "`true`: export traces, metrics and logs by OpenTelemetry", "false"),
    Setting("APPLICATIONINSIGHTS_CONNECTION_STRING", "Application Insights that receives them"),
)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings, or raise SettingError for the first variable that is missing or invalid."""
    return Settings(
        storage=_storage(environ),
        workspace=_workspace(environ),
        profiles=_profiles(environ),
        endpoints=_endpoints(environ),
        vault=_vault(environ),
        sign_in=SignInSettings(_authority(environ), environ.get("TLS_CA_FILE") or None),
        client_id=environ.get("AZURE_CLIENT_ID") or None,
        limits=Limits(
            max_shots=_number(environ, "MAX_SHOTS", 1, 100_000_000),
            orders_at_once=_number(environ, "ORDERS_AT_ONCE", 1, 1000),
            target_shots=_target_shots(environ.get("TARGET_SHOTS") or "{}"),
        ),
        compile_seconds=_number(environ, "COMPILE_SECONDS", 1, 60),
        compile_memory_mib=_number(environ, "COMPILE_MEMORY_MIB", 512, 65_536),
        compilers_at_once=_number(environ, "COMPILERS_AT_ONCE", 1, 64),
        submissions_at_once=_number(environ, "SUBMISSIONS_AT_ONCE", 0, 1000),
        submission_limits=_submission_limits(environ.get("SUBMISSION_LIMITS")),
        retention=timedelta(days=_number(environ, "RETENTION_DAYS", 1, 3650)),
        lost_uploads=timedelta(days=_number(environ, "LOST_UPLOAD_DAYS", 0, 365)),
        answers_kept=timedelta(days=_number(environ, "ANSWER_DAYS", 1, 3650)),
        signs_in=_signs_in(environ),
        budgets=_budgets(environ),
        telemetry=_switch(environ, TELEMETRY),
        application_insights=environ.get("APPLICATIONINSIGHTS_CONNECTION_STRING") or None,
    )


def _target_shots(text: str) -> Mapping[str, int]:
    try:
        shots = strict_json.loads(text.encode())
    except ValueError as error:
        raise SettingError("TARGET_SHOTS must be a JSON object of numbers by target") from error
    if isinstance(shots, dict) and all(type(most) is int and 1 <= most <= 100_000_000 for most in shots.values()):
        return shots
    raise SettingError("TARGET_SHOTS must be a JSON object with a whole number from 1 to 100000000 for each target")


def _signs_in(environ: Mapping[str, str]) -> bool:
    """Read whether callers are signed in; SettingError where nothing checks what their headers say."""
    word = environ.get(SIGN_IN) or DEFAULTS[SIGN_IN]
    if word not in {"off", "required", "stand-in"}:
        raise SettingError(f"{SIGN_IN} must be off, required or stand-in, not {word!r}")
    if word == "required" and environ.get(PLATFORM_SIGN_IN, "").lower() != "true":
        raise SettingError(
            f"{SIGN_IN} is required, but App Service authentication is off ({PLATFORM_SIGN_IN} is not true): "
            "anybody could claim to be anybody. Switch it on, or set it to off"
        )
    if word == "stand-in" and (environ.get(AZURE_SITE) or not _stores_here(environ)):
        raise SettingError(
            f"{SIGN_IN} is stand-in, which believes its callers: it needs storage on this machine; "
            "in Azure it must be off or required"
        )
    return word != "off"


def _stores_here(environ: Mapping[str, str]) -> bool:
    """Say whether all of the app's storage is at addresses of this machine, which no deployment in Azure can reach."""
    text = environ.get(HOST_STORAGE) or ""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    addresses = (parts.get(f"{kind}Endpoint", "") for kind in ("Blob", "Queue", "Table"))
    return text == "UseDevelopmentStorage=true" or all(
        address.startswith(("http://127.0.0.1:", "http://localhost:")) for address in addresses
    )


def _budgets(environ: Mapping[str, str]) -> tuple["Budget", ...]:
    if not (text := environ.get("JOB_BUDGETS")):
        return ()
    from quantum.budgets.read import budgets_in  # noqa: PLC0415  # a start without budgets does without it

    try:
        return budgets_in(text)
    except ValueError as error:
        raise SettingError(f"JOB_BUDGETS {error}") from None


def _number(environ: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = environ.get(name) or DEFAULTS[name]
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or not least <= int(text) <= most:
        raise SettingError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = (environ.get(name) or DEFAULTS[name]).lower()
    if text not in {"true", "1", "false", "0"}:
        raise SettingError(f"{name} must be true or false, not {text!r}")
    return text in {"true", "1"}


def _storage(environ: Mapping[str, str]) -> StorageSettings:
    if text := environ.get(HOST_STORAGE):
        if text == "UseDevelopmentStorage=true":
            text = DEVELOPMENT_STORAGE
        if "=" not in text:
            raise SettingError(f"{HOST_STORAGE} must be a storage connection string")
        return StorageSettings(connection_string=text)
    account = environ.get(f"{HOST_STORAGE}__accountName")
    addresses = {kind: _storage_address(environ, kind, account) for kind in ("blob", "queue", "table")}
    return StorageSettings(None, **addresses, client_id=environ.get(f"{HOST_STORAGE}__clientId") or None)


def _storage_address(environ: Mapping[str, str], kind: str, account: str | None) -> str:
    name = f"{HOST_STORAGE}__{kind}ServiceUri"
    if address := environ.get(name):
        return _address(name, address)
    if account and not re.fullmatch(r"[a-z0-9]{3,24}", account):
        raise SettingError(f"{HOST_STORAGE}__accountName must be 3 to 24 small letters and digits, not {account!r}")
    if not account:
        raise SettingError(
            f"{HOST_STORAGE} is missing: give a connection string, {HOST_STORAGE}__accountName or {name}"
        )
    return f"https://{account}.{kind}.core.windows.net"


def _address(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise SettingError(f"{name} must be an address that begins with https://") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise SettingError(f"{name} must be an address that begins with https://")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SettingError(f"{name} must begin with https://; http is allowed for this machine only")
    return text.rstrip("/")


def _workspace(environ: Mapping[str, str]) -> WorkspaceSettings:
    if text := environ.get("AZURE_QUANTUM_CONNECTION_STRING"):
        return _workspace_from(text)
    names = {
        "subscription_id": "AZURE_QUANTUM_SUBSCRIPTION_ID",
        "resource_group": "AZURE_QUANTUM_WORKSPACE_RG",
        "name": "AZURE_QUANTUM_WORKSPACE_NAME",
    }
    values = {field: _required(environ, name) for field, name in names.items()}
    _guid("AZURE_QUANTUM_SUBSCRIPTION_ID", values["subscription_id"])
    return WorkspaceSettings(_workspace_endpoint(environ), **values)


def _workspace_endpoint(environ: Mapping[str, str]) -> str:
    if endpoint := environ.get("AZURE_QUANTUM_ENDPOINT"):
        return _address("AZURE_QUANTUM_ENDPOINT", endpoint)
    location = _required(environ, "AZURE_QUANTUM_WORKSPACE_LOCATION")
    if not re.fullmatch(r"[a-z0-9]+", location):
        raise SettingError(f"AZURE_QUANTUM_WORKSPACE_LOCATION must be a region such as eastus, not {location!r}")
    return f"https://{location}.quantum.azure.com"


def _profiles(environ: Mapping[str, str]) -> Mapping[str, Profile]:
    """Read WORKSPACES; the error lists all faults of all profiles, and shows no value."""
    read = read_profiles(environ.get("WORKSPACES") or "{}", has_vault=bool(environ.get("KEY_VAULT_URL")))
    if isinstance(read, list):
        raise SettingError("WORKSPACES: " + "; ".join(f"{fault.field} {fault.reason}".strip() for fault in read))
    return read


def _submission_limits(text: str | None) -> "FairLimits | None":
    """Read SUBMISSION_LIMITS; the error lists all its faults."""
    if not text:
        return None
    from quantum.jobs.fair_limits import read_limits  # noqa: PLC0415  # only a deployment that limits loads it

    read = read_limits(text)
    if isinstance(read, list):
        raise SettingError("SUBMISSION_LIMITS: " + "; ".join(f"{fault.field} {fault.reason}".strip() for fault in read))
    return read


def _endpoints(environ: Mapping[str, str]) -> tuple[str, ...]:
    texts = [text.strip().rstrip("/") for text in (environ.get("WORKSPACE_ENDPOINTS") or "").split(",")]
    if not all(is_address(text) for text in texts if text):
        raise SettingError("WORKSPACE_ENDPOINTS must be addresses with commas between them, each https://<host>")
    return tuple(text for text in texts if text)


def _vault(environ: Mapping[str, str]) -> str | None:
    address = environ.get("KEY_VAULT_URL")
    return _https("KEY_VAULT_URL", address) if address else None


def _authority(environ: Mapping[str, str]) -> str | None:
    text = environ.get("AZURE_AUTHORITY_HOST")
    return _https("AZURE_AUTHORITY_HOST", text if "://" in text else f"https://{text}") if text else None


def _https(name: str, text: str) -> str:
    if not text.startswith("https://"):  # tokens and secrets are only sent over TLS
        raise SettingError(f"{name} must be an address that begins with https://")
    return _address(name, text)


def _required(environ: Mapping[str, str], name: str) -> str:
    if value := environ.get(name):
        return value
    raise SettingError(f"{name} is missing: set it, or AZURE_QUANTUM_CONNECTION_STRING")


def _guid(name: str, text: str) -> None:
    try:
        UUID(text)
    except ValueError:
        raise SettingError(f"{name} must be a subscription's id such as {UUID(int=0)}") from None


def _workspace_from(text: str) -> WorkspaceSettings:
    """Parse a workspace's connection string; errors never show its values, since one of them is the key."""
    name = "AZURE_QUANTUM_CONNECTION_STRING"
    parts = dict(part.partition("=")[::2] for part in text.split(";") if part)
    required = ("SubscriptionId", "ResourceGroupName", "WorkspaceName", "ApiKey", "QuantumEndpoint")
    if missing := [part for part in required if not parts.get(part)]:
        raise SettingError(f"{name} lacks {', '.join(missing)}; it reads {'=…;'.join(required)}=…;")
    _guid(f"{name}'s SubscriptionId", parts["SubscriptionId"])
    return WorkspaceSettings(
        endpoint=_address(f"{name}'s QuantumEndpoint", parts["QuantumEndpoint"]),
        subscription_id=parts["SubscriptionId"],
        resource_group=parts["ResourceGroupName"],
        name=parts["WorkspaceName"],
        api_key=parts["ApiKey"],
    )
