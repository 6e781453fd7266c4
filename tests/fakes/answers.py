"""The answer queue in memory."""

import json
from collections.abc import Mapping
from typing import Any

from tests.fakes.failing import Failing

MAX_BYTES = 48 * 1024  # what a storage queue takes before base64


class InMemoryAnswerQueue(Failing):
    """The AnswerQueue port on a list; `sent` is every envelope, as its reader gets it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    async def send(self, answer: Mapping[str, Any]) -> None:
        """Send one CloudEvents envelope."""
        self._answer()
        text = json.dumps(answer)
        if len(text) > MAX_BYTES:
            raise ValueError(f"{len(text)} bytes are too many for a queue message")
        self.sent.append(json.loads(text))

    async def check(self) -> None:
        """Raise if the queue cannot be used."""
        self._answer()
