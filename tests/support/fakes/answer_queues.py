"""Queues of answers in memory."""

import json
from datetime import timedelta
from typing import Any

from tests.support.fakes.failing import Failing


class InMemoryAnswerQueues(Failing):
    """The AnswerQueues port on lists; `lifetimes` is how long the last message of each queue stays.

    What is `unused` goes when it is asked to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, list[bytes]] = {}
        self.lifetimes: dict[str, timedelta] = {}
        self.unused: set[str] = set()

    def sent(self, name: str) -> list[Any]:
        """Every message of a queue, as its reader gets it."""
        return [json.loads(message) for message in self.messages.get(name, ())]

    async def send(self, name: str, message: bytes, keep: timedelta) -> None:
        """Send one message."""
        self._answer()
        self.messages.setdefault(name, []).append(message)
        self.lifetimes[name] = keep

    async def remove_unused(self, most: int) -> int:
        """Remove what is unused, up to a number."""
        self._answer()
        gone = sorted(self.unused)[:most]
        for name in gone:
            self.messages.pop(name, None)
            self.unused.remove(name)
        return len(gone)
