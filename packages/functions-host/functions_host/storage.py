"""Azure Storage clients for the connections that bindings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.request import getproxies

from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential
from azure.storage.blob.aio import BlobServiceClient, ContainerClient
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from embedded_server.azurite import spelt_out

from .settings import HostSettings, SettingError

_OPTIONS: dict[str, Any] = {
    # The SDK's own first pause is 15 s: too long for a listener that asks again by itself.
    "initial_backoff": 1,
    "increment_base": 2,
    "retry_total": 3,
    # The transport would read the proxies and ~/.netrc anew for each request, on two threads.
    "use_env_settings": bool(getproxies()),
}

type Credential = DefaultAzureCredential | ManagedIdentityCredential


@contextmanager
def _naming(connection: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise SettingError(f"{connection} is not a storage connection string: {error}") from error


class Storage:
    """Opens queues and containers by connection name; close it when done."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._credentials: dict[str, Credential] = {}
        self._blobs: dict[str, BlobServiceClient] = {}
        self._queues: dict[str, QueueServiceClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in (*self._blobs.values(), *self._queues.values(), *self._credentials.values()):
            await client.close()

    def queue(self, connection: str, name: str) -> QueueClient:
        """Open a queue; messages are the service's own text, not decoded."""
        if connection not in self._queues:
            self._queues[connection] = self._queue_service(connection)
        return self._queues[connection].get_queue_client(name)

    def container(self, connection: str, name: str) -> ContainerClient:
        """Open a blob container."""
        if connection not in self._blobs:
            self._blobs[connection] = self._blob_service(connection)
        return self._blobs[connection].get_container_client(name)

    def _queue_service(self, connection: str) -> QueueServiceClient:
        if text := self._connection_string(connection):
            with _naming(connection):
                return QueueServiceClient.from_connection_string(text, **_OPTIONS)
        url = self._service_url(connection, "queue")
        return QueueServiceClient(url, self._credential(connection), **_OPTIONS)

    def _blob_service(self, connection: str) -> BlobServiceClient:
        if text := self._connection_string(connection):
            with _naming(connection):
                return BlobServiceClient.from_connection_string(text, **_OPTIONS)
        url = self._service_url(connection, "blob")
        return BlobServiceClient(url, self._credential(connection), **_OPTIONS)

    def _connection_string(self, connection: str) -> str | None:
        text = self._settings.app.get(f"AzureWebJobs{connection}") or self._settings.app.get(connection)
        return spelt_out(text) if text else text

    def _service_url(self, connection: str, service: str) -> str:
        settings = self._settings.app
        if url := settings.get(f"{connection}__{service}ServiceUri"):
            return url
        if account := settings.get(f"{connection}__accountName"):
            return f"https://{account}.{service}.core.windows.net"
        raise SettingError(
            f"the storage connection {connection} is not set: set {connection} to a connection string"
            f" or UseDevelopmentStorage=true, or set {connection}__accountName to use an identity"
        )

    def _credential(self, connection: str) -> Credential:
        if connection not in self._credentials:
            client_id = self._settings.app.get(f"{connection}__clientId")
            self._credentials[connection] = (
                ManagedIdentityCredential(client_id=client_id)
                if self._settings.app.get(f"{connection}__credential", "").lower() == "managedidentity"
                else DefaultAzureCredential()
            )
        return self._credentials[connection]
