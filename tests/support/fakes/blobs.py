"""Blobs in memory."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from quantum.jobs.errors import NotFoundError
from quantum.ports import Blob
from tests.support.fakes.failing import Failing

if TYPE_CHECKING:
    from datetime import datetime

PIECE = 64 * 1024


class InMemoryBlobStore(Failing):
    """The BlobStore port on a dict; `contents` and `metadata` are by path.

    So is `shown`: another ETag than the content's digest, with the creation time and the MD5 that belong to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.contents: dict[str, bytes] = {}
        self.metadata: dict[str, Mapping[str, str]] = {}
        self.shown: dict[str, tuple[str, datetime, str | None]] = {}

    async def open(self, path: str) -> Blob:
        """Begin to read a blob; NotFoundError where there is none."""
        self._answer()
        if path not in self.contents:
            raise NotFoundError("There is no such blob.")
        blob = a_blob(self.contents[path], self.metadata.get(path))
        if path not in self.shown:
            return blob
        etag, created, md5 = self.shown[path]
        return replace(blob, etag=etag, created=created, md5=md5)

    async def write(self, path: str, content: bytes | AsyncIterator[bytes], *, size: int | None = None) -> None:
        """Write a blob whole, over whatever was there."""
        self._answer()
        whole = content if isinstance(content, bytes) else b"".join([chunk async for chunk in content])
        if size is not None and size != len(whole):
            raise ValueError(f"{len(whole)} bytes came, {size} were announced")
        self.contents[path] = whole
        self.metadata.pop(path, None)

    async def part(self, path: str, start: int, length: int) -> tuple[bytes, int]:
        """Read so many bytes of a blob from a place on, and say how many it has in all."""
        self._answer()
        if path not in self.contents:
            raise NotFoundError("There is no such blob.")
        return self.contents[path][start : start + max(length, 0)], len(self.contents[path])

    async def names(self, container: str) -> AsyncIterator[str]:
        """List the names of a container's blobs."""
        self._answer()
        for path in list(self.contents):
            if path.startswith(f"{container}/"):
                yield path.partition("/")[2]

    async def remove(self, path: str) -> None:
        """Remove a blob; one that is gone already is no error."""
        self._answer()
        self.contents.pop(path, None)
        self.metadata.pop(path, None)

    async def check(self) -> None:
        """Raise if the store cannot be used."""
        self._answer()


def a_blob(content: bytes, metadata: Mapping[str, str] | None = None) -> Blob:
    """A blob with this content; its ETag tells contents apart."""
    etag = hashlib.sha256(content).hexdigest()[:16]
    names = {name.lower(): text for name, text in (metadata or {}).items()}
    return Blob(len(content), etag, names, _pieces(content))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]
