"""The app's own blobs, in Azure Storage or Azurite."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import STORAGE_CALLS
from quantum.adapters.small_blobs import PIECE, FirstPiece, SmallBlobs, encoded
from quantum.adapters.storage_account import account_of
from quantum.jobs.errors import NotFoundError
from quantum.ports import Blob
from quantum.settings import StorageSettings

WHAT = "The app's blob storage"
# Blobs move in pieces, so that a large one is never whole in memory.
TRANSFER: dict[str, Any] = {
    "max_single_put_size": PIECE,
    "max_block_size": PIECE,
    "max_single_get_size": PIECE,
    "max_chunk_get_size": PIECE,
    **STORAGE_CALLS,
}


class AzureBlobStore:
    """The BlobStore port on Azure Storage."""

    def __init__(self, settings: StorageSettings) -> None:
        if settings.connection_string:
            self._client = BlobServiceClient.from_connection_string(settings.connection_string, **TRANSFER)
        else:
            self._client = BlobServiceClient(str(settings.blob), credential=credential(settings.client_id), **TRANSFER)
        self._account = account_of(settings, "blob")
        self._small = SmallBlobs()

    async def open(self, path: str) -> Blob:
        """Begin to read a blob, or raise NotFoundError."""
        first = await self._small.read(self._account, encoded(_checked(path)), WHAT)
        return blob_from(first, lambda: self._blob(path), WHAT)

    async def write(self, path: str, content: bytes | AsyncIterator[bytes], *, size: int | None = None) -> None:
        """Write a whole blob, replacing any of this path; create a missing container."""
        if isinstance(content, bytes) and len(content) <= PIECE:
            await self._write_small(path, content)
            return
        with translated(WHAT):
            try:
                await self._blob(path).upload_blob(content, length=size, overwrite=True)
            except ResourceNotFoundError:
                if not isinstance(content, bytes):  # the stream is consumed: the step is retried as a whole
                    await self._make_container(path)
                    raise
                await self._make_container(path)
                await self._blob(path).upload_blob(content, length=size, overwrite=True)

    async def _write_small(self, path: str, content: bytes) -> None:
        where = encoded(_checked(path))
        try:
            await self._small.write(self._account, where, content, WHAT)
        except NotFoundError:
            with translated(WHAT):
                await self._make_container(path)
            await self._small.write(self._account, where, content, WHAT)

    async def part(self, path: str, start: int, length: int) -> tuple[bytes, int]:
        """Read `length` bytes from `start`, fewer at the end, and return them with the blob's size."""
        blob = self._blob(path)
        with translated(WHAT):
            size = int((await blob.get_blob_properties()).size)
            if start >= size or length < 1:
                return b"", size
            stream = await blob.download_blob(offset=start, length=length, max_concurrency=1, validate_content=True)
            return await stream.readall(), size

    async def names(self, container: str) -> AsyncIterator[str]:
        """List the names of a container's blobs; none where the container is missing."""
        with translated(WHAT):
            try:
                async for name in self._client.get_container_client(container).list_blob_names():
                    yield name
            except ResourceNotFoundError:
                return

    async def remove(self, path: str) -> None:
        """Remove a blob; a missing one is no error."""
        with translated(WHAT):
            try:
                await self._blob(path).delete_blob()
            except ResourceNotFoundError:
                return

    async def check(self) -> None:
        """Raise if the account cannot be used."""
        with translated(WHAT):
            async for _ in self._client.list_containers(results_per_page=1):
                break

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._small.close()
        await self._account.close()

    def _blob(self, path: str) -> BlobClient:
        container, _, name = _checked(path).partition("/")
        return self._client.get_blob_client(container, name)

    async def _make_container(self, path: str) -> None:
        try:
            await self._client.create_container(path.partition("/")[0])
        except ResourceExistsError:
            return


def _checked(path: str) -> str:
    """Refuse a path with segments that are removed from a URL, which would then address another blob."""
    if not {".", ".."}.isdisjoint(re.split(r"[/\\]", path.partition("/")[2])):
        raise NotFoundError(f"{WHAT} has no blob that can be reached by this name.")
    return path


def blob_from(first: FirstPiece, client: Callable[[], BlobClient], what: str) -> Blob:
    """Make a Blob of its first piece, and of a client for the others."""
    chunks = _pieces(first, client, what)
    return Blob(first.size, first.etag, first.metadata, chunks, first.created, first.md5)


def etag_of(blob: BlobProperties) -> str:
    """Return a blob's ETag without quotes, which some responses have."""
    return str(blob.etag).strip('"')


def md5_of(blob: BlobProperties) -> str | None:
    """Return the MD5 of a blob's content, where the storage has it."""
    md5 = blob.content_settings.content_md5
    return bytes(md5).hex() if md5 else None


async def _pieces(first: FirstPiece, client: Callable[[], BlobClient], what: str) -> AsyncIterator[bytes]:
    if first.content:
        yield first.content
    if first.size <= len(first.content):
        return
    unchanged: dict[str, Any] = {"etag": f'"{first.etag}"', "match_condition": MatchConditions.IfNotModified}
    with translated(what):
        # A damaged body may look like a program or a result: the checksum detects it.
        stream = await client().download_blob(
            offset=len(first.content), max_concurrency=1, validate_content=True, **unchanged
        )
        async for chunk in stream.chunks():
            yield chunk
