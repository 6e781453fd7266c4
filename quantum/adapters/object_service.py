"""Requests to the blob and the queue service that fit into one message each; larger transfers are left to the SDK.

Each is made once more after a lost connection or a fault of the service, as the SDK does it: all of them can be
repeated, at worst a message is sent twice. Why not the SDK: docs/decisions/0019-a-table-client-of-our-own.md.
"""

import base64
import hashlib
from collections.abc import Collection

from quantum.adapters.retry_budget import BUDGET
from quantum.adapters.storage_account import Account
from quantum.adapters.storage_session import Reply, Request, StorageSession
from quantum.jobs.errors import ServiceUnavailableError

NOT_RETRIED = frozenset((501, 505))


class ObjectService:
    """The blob or the queue service."""

    def __init__(self) -> None:
        self._session = StorageSession()

    async def send(self, account: Account, request: Request, what: str, expected: Collection[int] = ()) -> Reply:
        """Send a request, once more after a fault, and raise what the caller does not expect; `what` names it."""
        try:
            reply = await self._checked(account, request, what)
        except ServiceUnavailableError:
            if not BUDGET.spend():
                raise
            reply = await self._checked(account, request, what)
        else:
            if _is_retried(reply, account) and BUDGET.spend():
                reply = await self._checked(account, request, what)
        if reply.status >= 300 and reply.status not in expected:
            raise reply.error(what)
        return reply

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _checked(self, account: Account, request: Request, what: str) -> Reply:
        """Make one attempt; a body that does not have its checksum is no answer."""
        reply = await self._session.attempt(account, request, what)
        md5 = reply.headers.get("Content-MD5") if request.method == "GET" and reply.status < 300 else None
        if md5 and md5 != md5_of(reply.body):
            raise ServiceUnavailableError(f"{what} did not answer as it should.")
        return reply


def md5_of(content: bytes) -> str:
    """Return the checksum of a body as its header has it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _is_retried(reply: Reply, account: Account) -> bool:
    if reply.status == 401:
        return account.forget_token()
    return reply.status == 408 or (reply.status >= 500 and reply.status not in NOT_RETRIED)
