"""Which messages have been tried before: so that one that is given up is answered for under the id that it had.

A host that gives a message up puts its text on the poison queue as a new message, and tells nobody which it was. A
message that comes again is noted, as an empty blob `tries/<day>/<digest of its text>/<message id>`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from quantum.ports import Services
from quantum.storage import TRIES_CONTAINER

KEPT = timedelta(days=8)  # a message lives for seven days unless its sender says otherwise


async def note_try(services: Services, message_id: str, text: bytes) -> None:
    """Note that a message has come again."""
    await services.blobs.write(f"{TRIES_CONTAINER}/{_day(services.now())}/{_digest(text)}/{message_id}", b"")


async def tried(services: Services, text: bytes) -> Sequence[str]:
    """Give the ids of the messages with this text that came more than once, in an order that is always the same."""
    digest = _digest(text)
    names = [name.split("/") async for name in services.blobs.names(TRIES_CONTAINER)]
    return sorted({message_id for _, noted, message_id in names if noted == digest})


async def forget_tries(services: Services) -> None:
    """Forget messages that nobody can deliver any more."""
    oldest = _day(services.now() - KEPT)
    async for name in services.blobs.names(TRIES_CONTAINER):
        if name < oldest:
            await services.blobs.remove(f"{TRIES_CONTAINER}/{name}")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
