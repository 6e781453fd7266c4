"""The BlobStore port: the fake and Azure Storage keep the same promises."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from quantum.adapters.blobs import AzureBlobStore
from quantum.jobs.errors import NotFoundError
from quantum.ports import BlobStore
from quantum.settings import StorageSettings
from tests.support.fakes.blobs import InMemoryBlobStore


@pytest.fixture(params=["memory", "azurite", "azure"])
async def blobs(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[BlobStore]:
    """A store."""
    store = InMemoryBlobStore() if request.param == "memory" else AzureBlobStore(storage(request.param))
    yield store
    await store.close()


@pytest.fixture
def path() -> str:
    """A path that nobody has used."""
    return f"inputs/{uuid4()}/program.qasm"


async def pieces(content: bytes, size: int = 1024 * 1024) -> AsyncIterator[bytes]:
    """A content as it is copied."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_what_was_written_is_read(blobs: BlobStore, path: str) -> None:
    """Whole, with its size and without a promise about its name."""
    await blobs.write(path, b"OPENQASM 3.0;")

    blob = await blobs.open(path)

    assert (blob.size, blob.metadata, await blob.read()) == (13, {}, b"OPENQASM 3.0;")


async def test_what_is_not_there_is_not_found(blobs: BlobStore, path: str) -> None:
    """Whether its container is there or not."""
    await blobs.write(f"{path}.other", b"x")

    for missing in (path, f"nowhere-{uuid4()}/x"):
        with pytest.raises(NotFoundError):
            await blobs.open(missing)


async def test_a_second_content_replaces_the_first_and_has_another_tag(blobs: BlobStore, path: str) -> None:
    """The tag tells contents apart."""
    await blobs.write(path, b"one")
    first = await blobs.open(path)
    await blobs.write(path, b"two")

    second = await blobs.open(path)

    assert (await second.read(), second.etag != first.etag) == (b"two", True)


async def test_a_content_in_pieces_is_written_whole(blobs: BlobStore, path: str) -> None:
    """More than one transfer's worth arrives in its order."""
    content = bytes(range(256)) * 4 * 9 * 1024  # 9 MiB
    await blobs.write(f"{path}.first", b"the container is there")

    await blobs.write(path, pieces(content), size=len(content))

    blob = await blobs.open(path)
    assert blob.size == len(content)
    assert await blob.read() == content


async def test_an_empty_blob_is_a_blob(blobs: BlobStore, path: str) -> None:
    """Nothing is something too."""
    await blobs.write(path, b"")

    blob = await blobs.open(path)

    assert (blob.size, await blob.read()) == (0, b"")


async def test_a_store_that_can_be_used_says_nothing(blobs: BlobStore) -> None:
    """Health is the absence of an error."""
    assert await blobs.check() is None  # type: ignore[func-returns-value]  # that it does is what is promised


async def names(blobs: BlobStore, container: str) -> set[str]:
    """What a container holds."""
    return {name async for name in blobs.names(container)}


async def test_the_names_of_a_container_are_listed(blobs: BlobStore, path: str) -> None:
    """Without the container's own; where there is none, there are none."""
    await blobs.write(path, b"x")

    assert path.partition("/")[2] in await names(blobs, "inputs")
    assert await names(blobs, f"nowhere-{uuid4()}") == set()


async def test_a_removed_blob_is_gone(blobs: BlobStore, path: str) -> None:
    """Removed again, it is no error."""
    await blobs.write(path, b"x")

    await blobs.remove(path)
    await blobs.remove(path)

    assert path.partition("/")[2] not in await names(blobs, "inputs")
    with pytest.raises(NotFoundError):
        await blobs.open(path)


async def test_a_blob_is_read_in_parts(blobs: BlobStore, path: str) -> None:
    """From a place on, as much as there is, with the whole size."""
    await blobs.write(path, b"0123456789")

    assert await blobs.part(path, 0, 4) == (b"0123", 10)
    assert await blobs.part(path, 8, 4) == (b"89", 10)
    assert await blobs.part(path, 10, 4) == (b"", 10)
    assert await blobs.part(path, 3, -1) == (b"", 10)


async def test_parts_of_nothing_are_nothing(blobs: BlobStore, path: str) -> None:
    """An empty blob has no parts; one that is not there is not found."""
    await blobs.write(path, b"")

    assert await blobs.part(path, 0, 4) == (b"", 0)
    with pytest.raises(NotFoundError):
        await blobs.part(f"{path}.other", 0, 4)
