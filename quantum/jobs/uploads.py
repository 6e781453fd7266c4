"""Uploads in the container of orders, and the app's records of them; times are the storage's own, to the second."""

from datetime import datetime
from typing import Literal

from quantum.wire.records import record


@record
class Upload:
    """A blob in the container of orders, without its content; `path` is `container/name`.

    `created` is its creation time; `changed` is the last change of its content, metadata or properties, each of which
    gives it a new ETag. `grows` says that content can be appended to it.
    """

    path: str
    etag: str
    created: datetime
    changed: datetime
    size: int
    md5: str | None = None
    grows: bool = False


@record
class UploadRecord:
    """The record of an accepted upload: its properties then, and whether an event or the search discovered it.

    Its job's id follows from `path` and `etag`, so that the id stays when the blob's ETag changes.
    """

    path: str
    etag: str
    created: datetime
    size: int
    md5: str | None
    by: Literal["event", "search"]


@record
class Search:
    """The state of the search for unannounced uploads.

    Uploads from before `since` are ignored. Uploads that last changed before `settled` need no further check. `began`
    and `cursor` belong to the current pass; `oldest_unhandled` is the oldest change in it that could not be handled.
    """

    since: datetime
    settled: datetime
    began: datetime | None = None
    cursor: str | None = None
    oldest_unhandled: datetime | None = None
