"""Who the app is towards Azure: a managed identity there, whoever is signed in here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


def credential(client_id: str | None) -> "AsyncTokenCredential":
    """Make the credential of a user-assigned identity, or of the environment's default."""
    # Imported here: it takes a quarter of a second, which an app with a connection string need not spend.
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415

    return DefaultAzureCredential(managed_identity_client_id=client_id, exclude_interactive_browser_credential=True)
