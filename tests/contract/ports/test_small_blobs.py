"""Blobs through requests of our own are those that the SDK writes and reads."""

from collections.abc import AsyncIterator
from hashlib import md5
from uuid import uuid4

import pytest
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobServiceClient

from quantum.adapters.blobs import AzureBlobStore
from quantum.adapters.small_blobs import SmallBlobs, encoded
from quantum.adapters.storage_account import account_of
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceError
from quantum.settings import StorageSettings

NAMES = ["program.qasm", "a b/ü+%20?&=#.txt", "x~y'z;(1)@:,!$*"]
MIB = 1024 * 1024


@pytest.fixture
async def witness(azurite: str) -> AsyncIterator[BlobServiceClient]:
    """The SDK."""
    async with BlobServiceClient.from_connection_string(azurite) as client:
        yield client


@pytest.fixture
async def store(azurite: str) -> AsyncIterator[AzureBlobStore]:
    """Ours."""
    store = AzureBlobStore(StorageSettings(azurite))
    yield store
    await store.close()


@pytest.mark.parametrize("name", NAMES)
async def test_the_sdk_reads_what_was_written(store: AzureBlobStore, witness: BlobServiceClient, name: str) -> None:
    """Under the same name, whatever characters that has, and in a container that was made for it."""
    container = f"small-{uuid4()}"

    await store.write(f"{container}/{name}", b"content")

    stream = await witness.get_blob_client(container, name).download_blob()
    assert await stream.readall() == b"content"
    assert stream.properties.content_settings.content_type == "application/octet-stream"


@pytest.mark.parametrize("name", NAMES)
async def test_what_the_sdk_wrote_is_read(store: AzureBlobStore, witness: BlobServiceClient, name: str) -> None:
    """With its properties."""
    container = f"small-{uuid4()}"
    await witness.create_container(container)
    client = witness.get_blob_client(container, name)
    await client.upload_blob(b"content", metadata={"Door": "blob"}, content_settings=ContentSettings("text/plain"))
    properties = await client.get_blob_properties()

    blob = await store.open(f"{container}/{name}")

    assert (blob.size, blob.metadata, await blob.read()) == (7, {"door": "blob"}, b"content")
    assert (f'"{blob.etag}"', blob.created) == (f'"{properties.etag.strip('"')}"', properties.creation_time)
    assert blob.md5 == md5(b"content", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("size", [MIB - 1, MIB, MIB + 1, 2 * MIB + 5])
async def test_a_blob_of_any_size_is_read_whole(store: AzureBlobStore, size: int) -> None:
    """Its first piece by us, the others by the SDK."""
    content = bytes(range(251)) * (size // 251 + 1)
    path = f"small-{uuid4()}/large"
    await store.write(path, content[:size])

    blob = await store.open(path)

    assert (blob.size, await blob.read() == content[:size]) == (size, True)


async def test_a_blob_that_changes_while_it_is_read_is_no_mixture(store: AzureBlobStore) -> None:
    """The second piece belongs to the same content as the first, or there is an error."""
    path = f"small-{uuid4()}/changing"
    await store.write(path, b"1" * 2 * MIB)
    blob = await store.open(path)
    await store.write(path, b"2" * 2 * MIB)

    with pytest.raises(ServiceError):
        await blob.read()


async def test_an_existing_blob_stays(azurite: str, store: AzureBlobStore) -> None:
    """For who creates one: also without its rights to replace, that is no error."""
    account, small, path = account_of(StorageSettings(azurite), "blob"), SmallBlobs(), f"small-{uuid4()}/once"
    await store.write(path, b"first")

    await small.create(account, encoded(path), b"second", {}, "The storage")

    assert await (await store.open(path)).read() == b"first"
    with pytest.raises(NotFoundError):
        await small.create(account, f"small-{uuid4()}/once", b"", {}, "The storage")
    await small.close()


@pytest.mark.parametrize("path", ["inputs/../x", "inputs/a/./b", "inputs/a\\..\\b"])
async def test_a_name_that_a_url_would_change_is_not_found(store: AzureBlobStore, path: str) -> None:
    """It would address another blob."""
    for call in (store.open(path), store.write(path, b"x")):
        with pytest.raises(NotFoundError):
            await call


async def test_a_name_that_storage_refuses_is_refused(store: AzureBlobStore) -> None:
    """The error has the service's code."""
    with pytest.raises(RefusedError) as raised:
        await store.write("No_container/x", b"x")

    assert raised.value.code
