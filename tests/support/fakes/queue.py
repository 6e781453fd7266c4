"""A queue in memory."""

import json
from typing import Any

from tests.support.fakes.failing import Failing

MAX_BYTES = 48 * 1024  # what a storage queue takes before base64


class InMemoryQueue(Failing):
    """The MessageQueue port on a list; `messages` are as they came, `sent` is what they say as JSON.

    `pauses` are the seconds after which each is to be seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[bytes] = []
        self.pauses: list[int] = []

    @property
    def sent(self) -> list[Any]:
        """Every message, as its reader gets it."""
        return [json.loads(message) for message in self.messages]

    async def send(self, message: bytes, *, after: int = 0) -> None:
        """Send one message."""
        self._answer()
        if len(message) > MAX_BYTES:
            raise ValueError(f"{len(message)} bytes are too many for a queue message")
        self.messages.append(message)
        self.pauses.append(after)

    async def check(self) -> None:
        """Raise if the queue cannot be used."""
        self._answer()
