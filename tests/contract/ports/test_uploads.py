"""The Uploads port: the fake and Azure Storage keep the same promises; what the storage itself does is shown, too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from quantum.adapters.blobs import AzureBlobStore
from quantum.adapters.uploads import PAGE, AzureUploads
from quantum.jobs.uploads import Search, Upload, UploadRecord
from quantum.ports import Uploads
from quantum.settings import StorageSettings
from quantum.storage import ORDERS_CONTAINER
from tests.support.fakes.uploads import InMemoryUploads

CREATED = datetime(2026, 11, 1, 8, 0, 7, tzinfo=UTC)
SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture(params=["memory", "azurite", "azure"])
async def uploads(request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]) -> AsyncIterator[Uploads]:
    """Uploads, in memory or in an account."""
    uploads: Uploads = InMemoryUploads() if request.param == "memory" else AzureUploads(storage(request.param))
    yield uploads
    await uploads.close()


def a_record(**changes: str) -> UploadRecord:
    """A record of a path that nobody else uses."""
    path = f"orders/t/{uuid4()} ä/\\'#?%.qasm"
    return replace(UploadRecord(path, "0x8D1", CREATED, 7, "ab", "event"), **changes)  # type: ignore[arg-type]  # texts


async def test_a_record_is_inserted_once(uploads: Uploads) -> None:
    """Whoever comes second reads what the first wrote."""
    record = a_record()
    other = replace(record, etag="0x8D2", md5=None, by="search")

    inserted = [await uploads.record(each, 0) for each in (record, other)] + [await uploads.record(other, 1)]

    assert inserted == [True, False, True]
    assert list(await uploads.records(record.path)) == [record, other]
    assert list(await uploads.records(f"{record.path}x")) == []


async def test_records_come_oldest_upload_first(uploads: Uploads) -> None:
    """And those of one second in the order of their numbers."""
    record = a_record()
    later = replace(record, created=CREATED + timedelta(days=40))
    for each, number in ((later, 0), (record, 1), (replace(record, etag="first"), 0)):
        await uploads.record(each, number)

    assert [(each.created, each.etag) for each in await uploads.records(record.path)] == [
        (CREATED, "first"),
        (CREATED, record.etag),
        (later.created, record.etag),
    ]


@pytest.fixture
def own_account(accounts: Iterator[str]) -> StorageSettings:
    """An account that no other test uses: there is one search to an account."""
    return StorageSettings(next(accounts))


@pytest.mark.parametrize("kind", ["memory", "azurite"])
async def test_the_moment_since_which_uploads_are_taken_is_written_once(
    kind: str, own_account: StorageSettings
) -> None:
    """Processes that begin at once agree; how far the search has come is written over and over."""
    one: Uploads = InMemoryUploads() if kind == "memory" else AzureUploads(own_account)
    others = [one] if kind == "memory" else [one, AzureUploads(own_account)]

    searches = await asyncio.gather(*(each.search(SINCE + timedelta(seconds=n)) for n, each in enumerate(others)))
    since = searches[0].since
    came = Search(since, SINCE + timedelta(hours=1), SINCE + timedelta(hours=2), "a cursor", SINCE)
    await one.save(came)
    later = await others[-1].search(SINCE + timedelta(days=9))
    await one.save(Search(since, came.settled))
    ended = await others[-1].search(SINCE + timedelta(days=9))
    for each in others:
        await each.close()

    assert {each.since for each in searches} == {since}
    assert (later, ended) == (came, Search(since, came.settled))


@dataclass
class Container:
    """The container of orders of an account, and what the app sees of it."""

    uploads: AzureUploads
    store: AzureBlobStore
    service: BlobServiceClient

    def blob(self, name: str) -> BlobClient:
        """A blob."""
        return self.service.get_blob_client(ORDERS_CONTAINER, name)

    async def seen(self, name: str) -> Upload:
        """An upload as the list has it, which must be as the door sees it."""
        listed, _ = await self.uploads.page(None)
        (upload,) = [each for each in listed if each.path == f"{ORDERS_CONTAINER}/{name}"]
        opened = await self.store.open(upload.path)
        assert (opened.etag, opened.created, opened.size, opened.md5) == (
            upload.etag,
            upload.created,
            upload.size,
            upload.md5,
        )
        return upload


@pytest.fixture
async def container(own_account: StorageSettings) -> AsyncIterator[Container]:
    """An empty container of orders."""
    connection = str(own_account.connection_string)
    async with BlobServiceClient.from_connection_string(connection) as service:
        await service.create_container(ORDERS_CONTAINER)
        container = Container(AzureUploads(own_account), AzureBlobStore(own_account), service)
        yield container
        await container.uploads.close()
        await container.store.close()


async def passed_second(upload: Upload) -> None:
    """Wait until the storage, which knows no other time than the machine's, writes another second than a change's."""
    while datetime.now(UTC) < upload.changed + timedelta(seconds=1):  # noqa: ASYNC110  # a clock has no event
        await asyncio.sleep(0.05)


async def test_changes_of_metadata_and_properties_are_no_creation(container: Container) -> None:
    """They change the ETag and the time of change; properties that are set without an MD5 remove it."""
    blob = container.blob("a/b.qasm")
    await blob.upload_blob(b"one")
    first = await container.seen("a/b.qasm")
    await passed_second(first)
    await blob.set_blob_metadata({"shots": "7"})
    second = await container.seen("a/b.qasm")
    await blob.set_http_headers(ContentSettings(content_type="text/plain"))
    third = await container.seen("a/b.qasm")

    assert first.created == second.created == third.created == first.changed < second.changed
    assert len({first.etag, second.etag, third.etag}) == 3
    assert (first.md5, second.md5, third.md5) == (first.md5, first.md5, None)
    assert first.md5 is not None


async def test_an_overwrite_is_a_creation_and_blocks_over_a_blob_are_none(container: Container) -> None:
    """As Azurite has it; which of them holds in Azure is not documented, and the rules stand both."""
    blob = container.blob("a/b.qasm")
    await blob.upload_blob(b"one")
    first = await container.seen("a/b.qasm")
    await passed_second(first)
    await blob.upload_blob(b"two", overwrite=True)
    second = await container.seen("a/b.qasm")
    await passed_second(second)
    await blob.stage_block("MDAx", b"three")
    await blob.commit_block_list(["MDAx"])  # type: ignore[list-item]  # ids are blocks, too
    third = await container.seen("a/b.qasm")
    await container.blob("a/copy.qasm").start_copy_from_url(blob.url)
    copied = await container.seen("a/copy.qasm")

    assert first.created < second.created == third.created < third.changed <= copied.created


async def test_a_long_list_comes_in_pages(container: Container) -> None:
    """Each with the cursor of the next, which holds as long as the container does."""
    names = [f"t/{number:04}.qasm" for number in range(PAGE + 3)]
    few = asyncio.Semaphore(16)

    async def put(name: str) -> None:
        async with few:
            await container.blob(name).upload_blob(b"")

    await asyncio.gather(*map(put, names))
    first, cursor = await container.uploads.page(None)
    rest, end = await container.uploads.page(cursor)

    assert [each.path for each in (*first, *rest)] == [f"{ORDERS_CONTAINER}/{name}" for name in names]
    assert (len(first), end) == (PAGE, None)


async def test_where_there_is_no_container_there_are_no_uploads(own_account: StorageSettings) -> None:
    """As before the first deployment has made it."""
    uploads = AzureUploads(own_account)

    assert await uploads.page(None) == ([], None)
    await uploads.close()
