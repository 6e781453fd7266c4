"""Maps a poison message back to the original message id.

The host puts the text of a message that failed too often on the poison queue, as a new message without the original
id. So each redelivery is recorded, as an empty blob `tries/<day>/<digest of the text>/<message id>`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from quantum.ports import Services
from quantum.storage import TRIES_CONTAINER

RETENTION = timedelta(days=8)  # a message lives for seven days unless its sender says otherwise


async def note_redelivery(services: Services, message_id: str, text: bytes) -> None:
    """Record the redelivery of a message."""
    await services.blobs.write(f"{TRIES_CONTAINER}/{_day(services.now())}/{_digest(text)}/{message_id}", b"")


async def redelivered_ids(services: Services, text: bytes) -> Sequence[str]:
    """Return the sorted ids of the redelivered messages with this text."""
    digest = _digest(text)
    names = [name.split("/") async for name in services.blobs.names(TRIES_CONTAINER)]
    return sorted({message_id for _, digest_in_name, message_id in names if digest_in_name == digest})


async def forget_redeliveries(services: Services) -> None:
    """Remove the records of expired messages."""
    oldest = _day(services.now() - RETENTION)
    async for name in services.blobs.names(TRIES_CONTAINER):
        if name < oldest:
            await services.blobs.remove(f"{TRIES_CONTAINER}/{name}")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
