"""The app's Azure credentials: its managed identity, a developer's sign-in, or a profile's credential."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantum.ports import Secret
from quantum.settings import SignInSettings
from quantum.workspaces.profiles import Credential

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

PUBLIC_CLOUD = SignInSettings()


def credential(client_id: str | None, sign_in: SignInSettings = PUBLIC_CLOUD) -> "AsyncTokenCredential":
    """Make the credential of a user-assigned identity, or of the environment's default."""
    # Imported here: it takes a quarter of a second, which an app with a connection string does not need.
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415

    return DefaultAzureCredential(
        managed_identity_client_id=client_id, exclude_interactive_browser_credential=True, **_options(sign_in)
    )


def credential_of(who: Credential, secret: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    """Make the azure-identity credential of a profile; `secret` is for the kinds that have one."""
    return SIGN_IN[who.kind](who, secret, sign_in)


def _managed_identity(who: Credential, _: Secret | None, __: SignInSettings) -> "AsyncTokenCredential":
    from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415

    return ManagedIdentityCredential(client_id=who.client_id)


def _environment(_: Credential, __: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    from azure.identity.aio import EnvironmentCredential  # noqa: PLC0415

    return EnvironmentCredential(**_options(sign_in))


def _client_secret(who: Credential, secret: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    from azure.identity.aio import ClientSecretCredential  # noqa: PLC0415

    assert who.tenant_id and who.client_id and secret  # noqa: PT018, S101  # `read_profile` has checked it
    return ClientSecretCredential(who.tenant_id, who.client_id, secret.value, **_options(sign_in))


def _client_certificate(who: Credential, secret: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    """Read a certificate from a vault's secret, with its private key: PEM as text, PKCS #12 in base64."""
    from base64 import b64decode  # noqa: PLC0415

    from azure.identity.aio import CertificateCredential  # noqa: PLC0415

    assert who.tenant_id and who.client_id and secret  # noqa: PT018, S101  # `read_profile` has checked it
    data = b64decode(secret.value) if secret.content_type == "application/x-pkcs12" else secret.value.encode()
    return CertificateCredential(who.tenant_id, who.client_id, certificate_data=data, **_options(sign_in))


def _workload_identity(who: Credential, _: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    from azure.identity.aio import WorkloadIdentityCredential  # noqa: PLC0415

    fields = {"tenant_id": who.tenant_id, "client_id": who.client_id, "token_file_path": who.token_file}
    present: dict[str, Any] = {name: text for name, text in fields.items() if text is not None}
    return WorkloadIdentityCredential(**present, **_options(sign_in))


def _azure_cli(who: Credential, _: Secret | None, __: SignInSettings) -> "AsyncTokenCredential":
    from azure.identity.aio import AzureCliCredential  # noqa: PLC0415

    return AzureCliCredential(tenant_id=who.tenant_id or "")


def _developer_default(who: Credential, _: Secret | None, sign_in: SignInSettings) -> "AsyncTokenCredential":
    return credential(who.client_id, sign_in)


SIGN_IN: Mapping[str, Callable[[Credential, Secret | None, SignInSettings], "AsyncTokenCredential"]] = {
    "managedIdentity": _managed_identity,
    "environment": _environment,
    "clientSecret": _client_secret,
    "clientCertificate": _client_certificate,
    "workloadIdentity": _workload_identity,
    "azureCli": _azure_cli,
    "developerDefault": _developer_default,
}


def _options(sign_in: SignInSettings) -> dict[str, Any]:
    """Return the options of the sign-in; instance discovery only knows the authorities of Azure's clouds."""
    options: dict[str, Any] = {}
    if sign_in.authority:
        from azure.identity import AzureAuthorityHosts  # noqa: PLC0415

        public_hosts = {text for name, text in vars(AzureAuthorityHosts).items() if name.isupper()}
        host = sign_in.authority.removeprefix("https://")
        options |= {"authority": sign_in.authority, "disable_instance_discovery": host not in public_hosts}
    if sign_in.ca_file:
        options["connection_verify"] = str(Path(sign_in.ca_file))
    return options
