"""Workspace profiles: names for workspaces, each with its endpoint and credential.

A profile holds no secret, only the name of one in the key vault. Faults are reported by field.
"""

import re
from collections.abc import Mapping
from typing import Any

from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits
from quantum.contract.workspaces import CREDENTIAL, LOCATION, PROFILE, OwnName
from quantum.wire import strict_json
from quantum.wire.records import record

# The address of a region, or of a workspace in it, in the form of `endpointUri` and the portal.
QUANTUM = re.compile(r"https://(?:[a-zA-Z0-9-]{1,63}\.)?[a-z0-9-]{2,60}\.quantum\.azure\.com", re.ASCII)
QUANTUM_FORMS = "https://<region>.quantum.azure.com, or https://<workspace>.<region>.quantum.azure.com"
SECRET = re.compile(r"[0-9A-Za-z-]{1,127}", re.ASCII)
REFERENCE = re.compile(r"@Microsoft\.KeyVault\((.+)\)", re.ASCII | re.IGNORECASE)
SECRET_URI = re.compile(
    r"(?P<vault>https://[a-z0-9.-]+(?::\d+)?)/secrets/(?P<name>[0-9A-Za-z-]{1,127})(?:/(?P<version>[0-9a-f]{32})?)?",
    re.ASCII | re.IGNORECASE,
)
VAULT = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,23}", re.ASCII)


@record
class SecretName:
    """A secret in a key vault; without a `vault` it is in the deployment's own (KEY_VAULT_URL)."""

    name: str
    vault: str | None = None
    version: str | None = None


@record
class Credential:
    """The credential for a workspace: a kind of `KINDS`, and its fields."""

    kind: str
    tenant_id: str | None = None
    client_id: str | None = None
    secret: SecretName | None = None
    token_file: str | None = None


@record
class Profile:
    """A named workspace; `endpoint` is the address of its data plane."""

    name: str
    endpoint: str
    resource_id: str
    credential: Credential


@record
class Kind:
    """A kind of credential: its required and optional fields, and what to check when it is rejected."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    check: str


KINDS: Mapping[str, Kind] = {
    "managedIdentity": Kind((), ("clientId",), "that the app has this managed identity"),
    "environment": Kind((), (), "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of the app"),
    "clientSecret": Kind(
        ("tenantId", "clientId", "secret"), (), "tenantId and clientId, and that the client secret has not expired"
    ),
    "clientCertificate": Kind(
        ("tenantId", "clientId", "secret"), (), "tenantId and clientId, and that the certificate has not expired"
    ),
    "workloadIdentity": Kind((), ("tenantId", "clientId", "tokenFile"), "the federated credential and its token file"),
    "azureCli": Kind((), ("tenantId",), "that somebody is signed in: az login"),
    "developerDefault": Kind((), ("clientId",), "the app's identity, or who is signed in on this machine"),
    "apiKey": Kind(("secret",), (), "that the key is the workspace's, and that its keys are enabled"),
    "connectionString": Kind(("secret",), (), "that its ApiKey is the workspace's, and that its keys are enabled"),
}
ROLE = "that it has the role Quantum Workspace Data Contributor"  # the usual cause of a 403


def read_profiles(text: str, *, has_vault: bool) -> dict[str, Profile] | list[Fault]:
    """Parse an operator's profiles from a JSON object by name, or return all faults."""
    try:
        data = strict_json.loads(text.encode())
    except strict_json.InvalidJsonError as error:
        return [Fault("", f"must be a JSON object of profiles by name: {error}")]
    if not isinstance(data, dict):
        return [Fault("", "must be a JSON object of profiles by name")]
    read = [read_profile(name, profile, f"{name}.") for name, profile in data.items()]
    profiles = {profile.name: profile for profile in read if isinstance(profile, Profile)}
    faults = [fault for result in read if not isinstance(result, Profile) for fault in result]
    secrets = {name: profile.credential.secret for name, profile in profiles.items()}
    without_vault = [name for name, secret in secrets.items() if secret and not secret.vault and not has_vault]
    reason = "is in no vault: KEY_VAULT_URL is missing"
    return [*faults, *(Fault(f"{name}.credential.secret", reason) for name in without_vault)] or profiles


def read_profile(name: str, data: Any, prefix: str) -> Profile | list[Fault]:
    """Convert parsed JSON to an operator's profile, or return all faults, with `prefix` before the fields."""
    if not isinstance(data, dict):
        return [Fault(prefix.rstrip("."), "must be an object")]
    reason = OwnName().fault(name, Limits())
    faults = [Fault(prefix.rstrip("."), reason)] if reason else []
    faults += faults_in(data, PROFILE, Limits(), prefix=prefix)
    faults += endpoint_faults(data, prefix, None)
    faults += _credential_faults(data.get("credential"), f"{prefix}credential")
    if faults:
        return faults
    return Profile(name, endpoint_of(data), data["resourceId"], _credential(data["credential"]))


def endpoint_faults(data: Mapping[str, Any], prefix: str, allowed: tuple[str, ...] | None) -> list[Fault]:
    """Validate a workspace's location or endpoint.

    A caller's endpoint must be Azure Quantum's, or one of `allowed`: else anybody could make us fetch any address. None
    is for an operator's endpoint: any https address, and plain http on this machine.
    """
    location, endpoint = data.get("location"), data.get("endpoint")
    if (location is None) == (endpoint is None):
        return [Fault(f"{prefix}location", "is needed, such as eastus; or endpoint in its place, not both")]
    if location is not None:
        fits = isinstance(location, str) and LOCATION.fullmatch(location)
        return [] if fits else [Fault(f"{prefix}location", "must be a region such as eastus")]
    if isinstance(endpoint, str):
        address = endpoint.rstrip("/")
        if QUANTUM.fullmatch(address) or address in (allowed or ()) or (allowed is None and is_address(address)):
            return []
    others = "".join(f", or {address}" for address in allowed or ())
    return [Fault(f"{prefix}endpoint", f"must be {QUANTUM_FORMS}{others}")]


def is_address(text: str) -> bool:
    """Say whether an operator may use this address: https with a host only, or plain http on this machine."""
    host = r"(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\])(?::\d{1,5})?"
    here = r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?"
    return re.fullmatch(rf"https://{host}|http://{here}", text, re.ASCII | re.IGNORECASE) is not None


def endpoint_of(data: Mapping[str, Any]) -> str:
    """Return the address of the data plane: the endpoint, or the one of the location."""
    endpoint = data.get("endpoint")
    return endpoint.rstrip("/") if endpoint else f"https://{data['location']}.quantum.azure.com"


def _credential_faults(data: Any, prefix: str) -> list[Fault]:
    if not isinstance(data, dict) or data.get("kind") not in KINDS:
        field = f"{prefix}.kind" if isinstance(data, dict) else prefix
        return [Fault(field, f"must be one of {', '.join(KINDS)}")]
    kind = KINDS[data["kind"]]
    allowed = {"kind", *kind.required, *kind.optional}
    faults = faults_in(data, CREDENTIAL, Limits(), prefix=f"{prefix}.")
    others = [field for field in CREDENTIAL if field in data and field not in allowed]
    faults += [Fault(f"{prefix}.{field}", f"does not belong to {data['kind']}") for field in others]
    missing = [field for field in kind.required if field not in data]
    faults += [Fault(f"{prefix}.{field}", "is missing") for field in missing]
    if "secret" in data and secret_name(data["secret"]) is None:
        # The value is not shown: it may be the secret itself.
        reason = "must name a secret of the key vault, or be @Microsoft.KeyVault(SecretUri=…), not the secret itself"
        faults.append(Fault(f"{prefix}.secret", reason))
    if "tokenFile" in data and not (isinstance(data["tokenFile"], str) and data["tokenFile"].isprintable()):
        faults.append(Fault(f"{prefix}.tokenFile", "must be the path of a file"))
    return faults


def _credential(data: Mapping[str, Any]) -> Credential:
    return Credential(
        kind=data["kind"],
        tenant_id=data.get("tenantId"),
        client_id=data.get("clientId"),
        secret=secret_name(data["secret"]) if "secret" in data else None,
        token_file=data.get("tokenFile"),
    )


def secret_name(text: Any) -> SecretName | None:
    """Parse the name of a secret, or a Key Vault reference in the form of app settings; else return None."""
    if not isinstance(text, str):
        return None
    if SECRET.fullmatch(text):
        return SecretName(text)
    reference = REFERENCE.fullmatch(text)
    if reference is None:
        return None
    parts = dict(part.partition("=")[::2] for part in reference[1].split(";"))
    if uri := SECRET_URI.fullmatch(parts.get("SecretUri", "")):
        return SecretName(uri["name"], uri["vault"].lower(), uri["version"])
    vault, name = parts.get("VaultName", ""), parts.get("SecretName", "")
    if not VAULT.fullmatch(vault) or not SECRET.fullmatch(name):
        return None
    return SecretName(name, f"https://{vault.lower()}.vault.azure.net", parts.get("SecretVersion") or None)
