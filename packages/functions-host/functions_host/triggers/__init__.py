"""The triggers: one class each, all with the same five members.

A new kind of trigger is one file and one entry in TRIGGERS.
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from starlette.routing import BaseRoute

from functions_host.services import Services
from functions_host.worker import Function

from .blob import BlobTrigger
from .event_grid import EventGridTrigger
from .http import HttpTrigger
from .queue import QueueTrigger
from .timer import TimerTrigger


class Trigger(Protocol):
    """Starts all functions of one kind."""

    kind: ClassVar[str]

    def __init__(self, functions: Sequence[Function], services: Services) -> None: ...

    def describe(self, function: Function) -> str:
        """Describe in a few words what starts this function."""

    def routes(self) -> Sequence[BaseRoute]:
        """List the HTTP routes that this trigger listens on."""

    async def start(self) -> None:
        """Begin to listen; returns at once."""

    async def stop(self) -> None:
        """Accept nothing new, and wait for running functions."""


TRIGGERS: tuple[type[Trigger], ...] = (
    QueueTrigger,
    BlobTrigger,
    EventGridTrigger,
    TimerTrigger,
    HttpTrigger,  # last: it matches every path that the others do not
)
