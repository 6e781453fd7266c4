"""Uploads as the app knows them: what stands in the container of orders, and what was recorded of each upload.

Times are the storage's own, to the second.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Upload:
    """A blob in the container of orders, without its content; `path` is `container/name`.

    `created` is when it was created, `changed` when its content, metadata or properties last changed: each change gives
    it a new ETag. `grows` says that content can be appended to it.
    """

    path: str
    etag: str
    created: datetime
    changed: datetime
    size: int
    md5: str | None = None
    grows: bool = False


@dataclass(frozen=True)
class UploadRecord:
    """An upload that was taken: as it was then, and whether an event told of it or a search found it.

    Its job's id follows from `path` and `etag`, so that the id stays when the blob's ETag changes.
    """

    path: str
    etag: str
    created: datetime
    size: int
    md5: str | None
    by: Literal["event", "search"]


@dataclass(frozen=True)
class Search:
    """How far the search for uploads that no event told of has come.

    `since` is the moment before which it takes nothing. Whatever last changed before `settled` needs no second look.
    `began` and `cursor` belong to the pass under way; `held` is the oldest change in it that could not be dealt with.
    """

    since: datetime
    settled: datetime
    began: datetime | None = None
    cursor: str | None = None
    held: datetime | None = None
