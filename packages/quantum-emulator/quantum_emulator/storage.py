"""The storage account linked to the workspace: names into URIs and back, and a job's two blobs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobSasPermissions, ContainerSasPermissions, generate_blob_sas, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient, LinearRetry

from quantum_emulator import errors
from quantum_emulator.blob_requests import BlobRequests, MissingError, StorageError, requesting

SAS_LIFETIME = timedelta(days=4)


@dataclass(frozen=True)
class Bare:
    """Addresses without a SAS."""

    endpoint: str
    front: str = ""

    def container(self, name: str) -> str:
        """The URI of a container."""
        return f"{self.front or self.endpoint}/{name}"

    def blob(self, container: str, name: str) -> str:
        """The URI of a blob."""
        return f"{self.endpoint}/{container}/{quote(name)}"


@dataclass(frozen=True)
class Signed:
    """Addresses with a fresh SAS, by default one that can only read."""

    endpoint: str
    account: str
    key: str
    container_rights: str = "rl"
    blob_rights: str = "r"
    front: str = ""

    def container(self, name: str) -> str:
        """The URI of a container."""
        rights = ContainerSasPermissions.from_string(self.container_rights)
        sas = generate_container_sas(self.account, name, self.key, permission=rights, expiry=_expiry())
        return f"{Bare(self.endpoint, self.front).container(name)}?{sas}"

    def blob(self, container: str, name: str) -> str:
        """The URI of a blob, which a browser would save under the blob's name."""
        sas = generate_blob_sas(
            self.account,
            container,
            name,
            account_key=self.key,
            permission=BlobSasPermissions.from_string(self.blob_rights),
            expiry=_expiry(),
            content_disposition=f"attachment;filename={name}",
        )
        return f"{Bare(self.endpoint).blob(container, name)}?{sas}"


def _expiry() -> datetime:
    # Storage checks a SAS by its own clock, so this one ignores the emulator's.
    return datetime.now(UTC) + SAS_LIFETIME


@dataclass(frozen=True)
class Input:
    """A program in its blob."""

    data: bytes
    encoding: str


class Storage:
    """The account's blobs, for the emulator's own use and for signing addresses."""

    def __init__(self, service: BlobServiceClient, requests: BlobRequests, bare: Bare, key: str) -> None:
        self._service = service
        self._requests = requests
        account = str(service.account_name)
        self.bare = bare
        self.readable = Signed(bare.endpoint, account, key)
        self.writable = Signed(bare.endpoint, account, key, container_rights="racwl", blob_rights="racw")

    def seen_from(self, front: str) -> Self:
        """The same account with container URLs at `front`, where its own URL has a path, as Azurite's has.

        The SDK assumes that the first segment of the path is the container, as in Azure, when it looks for a job's
        attachments. Requests to `front` are redirected to storage (`behind`).
        """
        if not urlsplit(self.bare.endpoint).path:
            return self
        view = copy(self)
        view.bare, view.readable = replace(self.bare, front=front), replace(self.readable, front=front)
        return view

    def behind(self, path: str, query: str) -> str:
        """The storage URL of a path at the front."""
        return f"{self.bare.endpoint}{quote(path)}?{query}"

    def locate(self, uri: str, name: str) -> tuple[str, str]:
        """Split a URI into container and blob (empty for a container); refuse one outside the account."""
        front = self.bare.front
        path, base = urlsplit(uri), urlsplit(front if front and uri.startswith(f"{front}/") else self.bare.endpoint)
        inside = (path.scheme, path.netloc) == (base.scheme, base.netloc)
        if not inside or not path.path.startswith(f"{base.path}/"):
            raise errors.foreign_uri(name)
        container, _, blob = path.path[len(base.path) + 1 :].partition("/")
        return unquote(container), unquote(blob)

    async def ensure_container(self, name: str) -> None:
        """Create the container unless it is there."""
        with _translated():
            await self._requests.create_container(name)

    async def read_input(self, container: str, blob: str, limit: int) -> Input:
        """Download a job's program."""
        with _translated():
            try:
                reply = await self._requests.read(container, blob, limit)
            except MissingError as error:
                raise errors.input_missing(f"{container}/{blob}") from error
        if reply.size > limit:
            raise errors.input_unreadable(f"The input is larger than {limit} bytes.")
        return Input(reply.body, reply.encoding)

    async def write_output(self, container: str, blob: str, data: bytes) -> None:
        """Upload a job's output; writing the same again is harmless."""
        with _translated():
            try:
                await self._requests.write(container, blob, data)
            except MissingError:  # the caller named a container that is not there
                await self._requests.create_container(container)
                await self._requests.write(container, blob, data)

    async def check(self) -> None:
        """Raise unless the account answers."""
        with _translated():
            await self._service.get_account_information()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise errors.storage_failed(str(error)) from error
    except AzureError as error:
        raise errors.storage_failed(type(error).__name__) from error


def _patient() -> LinearRetry:
    """Retry during a restart of the account: the client's default policy would first wait 15 s."""
    return LinearRetry(backoff=1, retry_total=20, random_jitter_range=0)


@asynccontextmanager
async def opened(connection_string: str) -> AsyncIterator[Storage]:
    """Connect to the account that the connection string names."""
    async with BlobServiceClient.from_connection_string(connection_string, retry_policy=_patient()) as service:
        bare = Bare(service.url.partition("?")[0].rstrip("/"))
        account, key = service.credential.account_name, service.credential.account_key
        async with requesting(bare.endpoint, account, key) as requests:
            yield Storage(service, requests, bare, key)
