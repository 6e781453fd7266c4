"""The embedded Functions host: one app with its triggers, keys and durable orchestrations, on one machine."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from embedded_server.azurite import how_to_start

from .clock import Clock, SystemClock
from .durable.client_binding import client_binding
from .durable.http_api import routes as durable_routes
from .durable.task_hub import TaskHub
from .invocation import Invoker, check_bindings
from .journal import Journal
from .keys import Keys, load_keys
from .server import Server, bind
from .services import Services
from .settings import HostSettings, read_settings
from .state import make_private
from .storage import Storage
from .triggers import TRIGGERS, Trigger
from .worker import Function, Worker

log = logging.getLogger("functions_host")
GRACE_SECONDS = 5
_STORED = {"queueTrigger", "blobTrigger", "queue"}
_DURABLE = {"orchestrationTrigger", "activityTrigger"}


class Host:
    """
    Serves one app while its `async with` block runs; one host a process at a time.

    Raises SettingError, AppIndexError, RouteError or ScheduleError for an app that cannot be served,
    DamagedStateError for a state that cannot be used, all before anything of the app runs, and OSError for a port
    that is taken.
    """

    def __init__(
        self,
        app_dir: Path,
        *,
        settings: Mapping[str, str],
        state_dir: Path,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self._app_dir = app_dir
        self._start_settings = settings
        self._state_dir = state_dir
        self._port = port
        self._clock = clock or SystemClock()
        self._worker = Worker()
        self._keys: Keys
        self._settings: HostSettings
        self._triggers: list[Trigger]
        self._functions: list[Function]
        self.hub: TaskHub
        self._stack = AsyncExitStack()
        self._deadline: float | None = None
        self.url = ""
        self.drained = True

    @property
    def function_key(self) -> str:
        """The key that opens functions."""
        return self._keys.function

    @property
    def system_key(self) -> str:
        """The key that opens webhooks and the durable API."""
        return self._keys.system

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings = read_settings(self._app_dir, self._start_settings)
        make_private(self._state_dir)
        self._keys = load_keys(self._state_dir, settings.app)
        journal = stack.enter_context(Journal(self._state_dir / "journal.sqlite"))
        storage = await stack.enter_async_context(Storage(settings))
        stack.push_async_callback(self._within_grace, self._worker.stop)
        await self._worker.start(self._app_dir, settings.app)
        bound = stack.enter_context(bind(self._port))
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        client = client_binding(self.url, settings.durable.hub_name, self._keys.system)
        invoker = Invoker(self._worker, self._clock, settings, storage, client)
        self._functions = _served(invoker.functions)
        self.hub = TaskHub(invoker, journal, self._clock, settings.durable)
        services = Services(settings, self._keys, storage, invoker, journal, self._clock, lambda: self.hub.backlog)
        self._triggers = [kind(self._of(kind.kind), services) for kind in TRIGGERS]
        stack.push_async_callback(self.hub.stop)
        await self.hub.start()
        server = Server(Starlette(routes=self._routes()), bound)
        await server.start()
        stack.push_async_callback(lambda: server.stop(within=self._grace_left()))
        stack.push_async_callback(self._within_grace, lambda: self._stop_triggers(invoker))
        if advice := await how_to_start(self._storage):
            log.warning(advice)
        for trigger in self._triggers:
            await trigger.start()

    def _routes(self) -> list[BaseRoute]:
        durable: list[BaseRoute] = [*durable_routes(self.hub, self._keys.open_system)]
        return durable + [route for trigger in self._triggers for route in trigger.routes()]

    def _of(self, kind: str) -> Sequence[Function]:
        return [function for function in self._functions if function.trigger["type"] == kind]

    async def _stop_triggers(self, invoker: Invoker) -> None:
        # Before the server: functions that still run may need its durable API to finish.
        await asyncio.gather(*(trigger.stop() for trigger in self._triggers))
        await invoker.idle()

    async def _within_grace(self, stop: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(self._grace_left()):
                await stop()
        except TimeoutError:
            self.drained = False
            log.warning("functions still run after %d s; they are cut off", GRACE_SECONDS)

    def _grace_left(self) -> float:
        # One grace for all steps of stopping; each gets a moment even when an earlier one used it up.
        now = asyncio.get_running_loop().time()
        self._deadline = self._deadline or now + GRACE_SECONDS
        return max(0.5, self._deadline - now)

    @property
    def _storage(self) -> str:
        """The connection string of the app's storage for queues and blobs; empty if it has none."""
        kinds = {binding["type"] for function in self._functions for binding in function.bindings}
        return self._settings.app.get("AzureWebJobsStorage", "") if kinds & _STORED else ""

    def describe(self) -> list[str]:
        """List each function with what starts it, one line each."""
        triggers = {trigger.kind: trigger for trigger in self._triggers}
        lines = []
        for function in self._functions:
            kind = function.trigger["type"]
            start = triggers[kind].describe(function) if kind in triggers else kind.removesuffix("Trigger")
            lines.append(f"{function.name}: {start}")
        return lines


def _served(functions: Mapping[str, Function]) -> list[Function]:
    kinds = {trigger.kind for trigger in TRIGGERS} | _DURABLE
    for function in functions.values():
        check_bindings(function, kinds)
    return list(functions.values())
