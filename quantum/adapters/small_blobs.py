"""Blobs of one piece, read and written in one request each; of a larger one, the first piece.

What follows the first piece, and whatever is written in pieces, goes through the SDK.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from quantum.adapters.object_service import ObjectService
from quantum.adapters.storage_account import Account
from quantum.adapters.storage_session import Reply, Request
from quantum.wire.records import record

PIECE = 1024 * 1024  # aiohttp warns that anything larger holds up the event loop
VERSION = {"x-ms-version": "2021-08-06"}
METADATA = "x-ms-meta-"
EMPTY = 416  # a range of an empty blob
CONFLICTS = frozenset((409, 412))
EXISTS = frozenset(("BlobAlreadyExists", "ConditionNotMet"))


@record
class FirstPiece:
    """A blob's properties, and as much of its content as fits into one piece."""

    size: int
    etag: str
    metadata: Mapping[str, str]
    content: bytes
    created: datetime | None
    md5: str | None


class SmallBlobs:
    """Blobs of an account, or of addresses with a SAS; `what` names them in errors."""

    def __init__(self) -> None:
        self._service = ObjectService()

    async def read(self, account: Account, path: str, what: str) -> FirstPiece:
        """Read a blob's first piece, or raise NotFoundError."""
        # A damaged body may look like a program or a result: the checksum detects it.
        ranged = {"x-ms-range": f"bytes=0-{PIECE - 1}", "x-ms-range-get-content-md5": "true"}
        reply = await self._service.send(account, Request("GET", path, headers={**VERSION, **ranged}), what, {EMPTY})
        if reply.status == EMPTY:
            reply = await self._service.send(account, Request("GET", path, headers=VERSION), what)
        return _first_piece(reply)

    async def write(self, account: Account, path: str, content: bytes, what: str) -> None:
        """Write a whole blob of one piece, replacing any of this path."""
        await self._service.send(account, _upload(path, content, {}), what)

    async def create(self, account: Account, path: str, content: bytes, headers: Mapping[str, str], what: str) -> None:
        """Write a whole blob of one piece; an existing one stays."""
        request = _upload(path, content, {**headers, "If-None-Match": "*"})
        reply = await self._service.send(account, request, what, CONFLICTS)
        if reply.status in CONFLICTS and reply.code not in EXISTS:
            raise reply.error(what)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()


def encoded(path: str) -> str:
    """Encode a path below the account."""
    return quote(path, safe="/~")


def linked(url: str) -> tuple[Account, str]:
    """Take an address with a SAS apart: its account, and the encoded path below that."""
    parts = urlsplit(url)
    return Account(f"{parts.scheme}://{parts.netloc}", sas=parts.query, service="blob"), parts.path.lstrip("/")


def _upload(path: str, content: bytes, headers: Mapping[str, str]) -> Request:
    kind = {"x-ms-blob-type": "BlockBlob", "Content-Type": "application/octet-stream"}
    return Request("PUT", path, body=content, headers={**VERSION, **kind, **headers})


def _first_piece(reply: Reply) -> FirstPiece:
    headers = reply.headers
    md5 = headers.get("x-ms-blob-content-md5") or (headers.get("Content-MD5") if reply.status == 200 else None)
    created = headers.get("x-ms-creation-time")
    metadata = {name.lower(): text for name, text in headers.items()}
    return FirstPiece(
        int(headers.get("Content-Range", "").rpartition("/")[2] or len(reply.body)),
        headers.get("ETag", "").strip('"'),
        {name.removeprefix(METADATA): text for name, text in metadata.items() if name.startswith(METADATA)},
        reply.body,
        parsedate_to_datetime(created) if created else None,
        base64.b64decode(md5).hex() if md5 else None,
    )
