"""Identifies uploads: each is recorded before it is accepted, so that its job's id is always the same.

A blob's ETag also changes with its metadata and properties, without an event, and an upload may be announced late, or
be found by the search. It is therefore identified by its path and the blob's creation time; size and MD5 distinguish
two uploads of one second. See docs/decisions/0011-lost-uploads.md.
"""

from collections.abc import Sequence
from typing import Literal

from quantum.jobs.model import job_id
from quantum.jobs.uploads import Upload, UploadRecord
from quantum.ports import Blob, Services

type By = Literal["event", "search"]


def id_of(path: str, etag: str) -> str:
    """Return the job id of an upload that was first seen with this ETag."""
    return job_id("blob", f"{path}:{etag}")


def is_record_of(record: UploadRecord, upload: Upload) -> bool:
    """Say whether a record belongs to this upload, whatever its ETag is now.

    Other content of a blob with the same creation time is another upload, which replaced it. Without both MD5 values,
    content of the same size counts as the same, so that nothing runs twice.
    """
    if record.etag == upload.etag:
        return True
    if record.created != upload.created:
        return False
    same_md5 = record.md5 is None or upload.md5 is None or record.md5 == upload.md5
    return upload.grows or (record.size == upload.size and same_md5)


async def id_of_blob(services: Services, path: str, blob: Blob, by: By) -> str:
    """Return the job id of a blob, and record the upload."""
    if blob.created is None:  # other storages; Azure and Azurite report it
        return id_of(path, blob.etag)
    upload = Upload(path, blob.etag, blob.created, blob.created, blob.size, blob.md5)
    return await id_of_upload(services, upload, by)


async def id_of_upload(services: Services, upload: Upload, by: By) -> str:
    """Return the job id of an upload, by its record, which the first call inserts.

    An event announces new content, so for an event another ETag is another upload, unless the search accepted that one
    before its event arrived. For the search, any record of the upload counts.
    """
    while True:
        records = await services.uploads.records(upload.path)
        if matches := records_of(upload, records, by):
            return id_of(upload.path, matches[0].etag)
        record = UploadRecord(upload.path, upload.etag, upload.created, upload.size, upload.md5, by)
        number = sum(other.created == upload.created for other in records)
        if await services.uploads.record(record, number):
            return id_of(upload.path, upload.etag)


def records_of(upload: Upload, records: Sequence[UploadRecord], by: By = "search") -> list[UploadRecord]:
    """Return the records of an upload, the one with its ETag first."""
    matches = [record for record in records if is_record_of(record, upload)]
    if by == "event":
        matches = [record for record in matches if upload.etag == record.etag or record.by == "search"]
    return sorted(matches, key=lambda record: record.etag != upload.etag)


async def candidate_ids(services: Services, path: str, etag: str) -> list[str]:
    """Return the possible job ids of an upload that the host gave up, by the ETag of its event: the likeliest first.

    Where no record has that ETag, the blob had another when it was accepted: any record may belong to this upload.
    """
    records = await services.uploads.records(path)
    etags = [record.etag for record in reversed(records)]
    return [id_of(path, each) for each in (etags if etags and etag not in etags else [etag])]
