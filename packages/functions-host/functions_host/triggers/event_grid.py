"""The Event Grid trigger: one invocation per event; Event Grid redelivers events that failed."""

import asyncio
import json
from collections.abc import Sequence
from typing import ClassVar

from starlette.responses import Response
from starlette.routing import BaseRoute

from functions_host.services import Services
from functions_host.worker import Failed, Function, Json

from .webhook import Event, webhook

_PATH = "/runtime/webhooks/EventGrid"


class EventGridTrigger:
    """Serves the webhook that an event subscription points at."""

    kind: ClassVar[str] = "eventGridTrigger"

    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._functions = {function.name: function for function in functions}
        self._services = services

    def describe(self, function: Function) -> str:
        """Describe the webhook that starts this function."""
        return f"{_PATH}?functionName={function.name}"

    def routes(self) -> Sequence[BaseRoute]:
        """List the webhook."""
        return [webhook(_PATH, self._functions, self._services.keys, self._handle)]

    async def start(self) -> None:
        """Do nothing: events come by themselves."""

    async def stop(self) -> None:
        """Do nothing: the host waits for the functions that run."""

    async def _handle(self, function: Function, events: list[Event]) -> Response:
        run = self._services.invoker.run
        outcomes = await asyncio.gather(*(run(function, Json(json.dumps(event))) for event in events))
        failed = any(isinstance(outcome, Failed) for outcome in outcomes)
        return Response(status_code=500 if failed else 202)
