"""Which job an upload is: recorded before it is taken, so that whoever takes it, and when, takes it under one id.

A blob's ETag changes with its metadata and properties, too, without an event, and an upload may be announced late, or
be found by a search. It is therefore known by its path and by when the blob was created; size and MD5 tell two of one
second apart. See docs/decisions/0011-lost-uploads.md.
"""

from collections.abc import Sequence
from typing import Literal

from quantum.jobs.model import job_id
from quantum.jobs.uploads import Upload, UploadRecord
from quantum.ports import Blob, Services

type By = Literal["event", "search"]


def id_of(path: str, etag: str) -> str:
    """Give the id of the job of an upload that was first met with this ETag."""
    return job_id("blob", f"{path}:{etag}")


def is_of(record: UploadRecord, upload: Upload) -> bool:
    """Whether a record is of this very upload, whatever its ETag is by now.

    Of a blob that was created in the same second, other content is another upload: one that replaced it. Where the
    storage does not know the MD5 of both, content of one size counts as the same: nothing is run twice for that.
    """
    if record.etag == upload.etag:
        return True
    if record.created != upload.created:
        return False
    same_md5 = record.md5 is None or upload.md5 is None or record.md5 == upload.md5
    return upload.grows or (record.size == upload.size and same_md5)


async def id_of_blob(services: Services, path: str, blob: Blob, by: By) -> str:
    """Give the id of the job of a blob that is about to be taken, and record it."""
    if blob.created is None:  # a storage that does not tell; Azure's and Azurite do
        return id_of(path, blob.etag)
    upload = Upload(path, blob.etag, blob.created, blob.created, blob.size, blob.md5)
    return await id_of_upload(services, upload, by)


async def id_of_upload(services: Services, upload: Upload, by: By) -> str:
    """Give the id of an upload's job: that of its record, which the first who asks inserts.

    An event tells of new content, so for an event another ETag is another upload, unless a search took that one before
    its event came. For a search, any record of the upload is its own.
    """
    while True:
        records = await services.uploads.records(upload.path)
        if found := of_upload(upload, records, by):
            return id_of(upload.path, found[0].etag)
        record = UploadRecord(upload.path, upload.etag, upload.created, upload.size, upload.md5, by)
        number = sum(other.created == upload.created for other in records)
        if await services.uploads.record(record, number):
            return id_of(upload.path, upload.etag)


def of_upload(upload: Upload, records: Sequence[UploadRecord], by: By = "search") -> list[UploadRecord]:
    """Give the records of an upload, that with its ETag first."""
    found = [record for record in records if is_of(record, upload)]
    if by == "event":
        found = [record for record in found if upload.etag == record.etag or record.by == "search"]
    return sorted(found, key=lambda record: record.etag != upload.etag)


async def ids_given_up(services: Services, path: str, etag: str) -> list[str]:
    """Give the ids that an upload may have which the host gave up, by the ETag of its event: the likeliest first.

    Where no record has that ETag, the blob had another when it was taken: any record may be of this upload.
    """
    records = await services.uploads.records(path)
    known = [record.etag for record in reversed(records)]
    return [id_of(path, each) for each in (known if known and etag not in known else [etag])]
