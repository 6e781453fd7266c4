"""Starts the parts in order, keeps them running, publishes their addresses, and stops them."""

import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded_server.files import write_privately
from local.setup.checkout import ROOT
from local.stack import parts
from local.stack.endpoints import (
    Endpoints,
    OwnWorkspace,
    WorkspaceEndpoint,
    storage_connection_string,
)
from local.stack.errors import DamagedStateError
from local.stack.ports_and_keys import load_or_choose
from local.stack.provision import provision
from local.stack.supervised import SupervisedPart
from local.stack.supervisor_lock import Watchdog, locked, wait_for_former_parts, watched

REMEDY = "make room on the disk if it is full, else move it away; the next start makes it anew"


def _say_nothing(_: str) -> None:
    pass


class Stack:
    """Azurite, the workspace emulator and, by default, a vault and the app in its host, on loopback ports.

    Ports, keys and all state live in one folder; the next stack on it uses them again. While the whole stack runs,
    `endpoints.json` in that folder has its addresses. Entering raises `StackError` if a part does not start or
    another stack has the folder.
    """

    def __init__(
        self,
        state: Path,
        *,
        app: Path | None = ROOT,
        settings: Mapping[str, str] | None = None,
        report: Callable[[str], None] = _say_nothing,
    ) -> None:
        """Take the state folder, the app (None: storage and workspace alone), settings over the app's own."""
        self.state = state.resolve()
        self._app = app
        self._settings = settings or {}
        self._report = report
        self._parts: dict[str, SupervisedPart] = {}
        self._closing = AsyncExitStack()
        self._is_up = False

    async def __aenter__(self) -> Self:
        """Start every part, or stop those that started."""
        try:
            await self._enter()
        except OSError as error:
            place, reason = error.filename or self.state, error.strerror or str(error)
            raise DamagedStateError(place, reason, REMEDY) from error
        return self

    async def _enter(self) -> None:
        async with AsyncExitStack() as closing:
            closing.enter_context(locked(self.state))
            lock = await wait_for_former_parts(self.state, self._report)
            watchdog = closing.enter_context(watched(lock, self._file))
            self._ports_and_keys = load_or_choose(self.state / "stack.json")
            await self._bring_up(watchdog, closing)
            self._closing = closing.pop_all()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the parts, the app first and the storage last."""
        await self._closing.__aexit__(kind, error, trace)

    @property
    def endpoints(self) -> Endpoints:
        """The present addresses of the stack."""
        ports = self._ports_and_keys.ports
        workspace = f"http://127.0.0.1:{ports['emulator']}/"
        return Endpoints(
            api=f"http://127.0.0.1:{ports['host']}",
            function_key=self._ports_and_keys.function_key,
            storage=storage_connection_string(ports["blob"], ports["queue"], ports["table"]),
            workspace=WorkspaceEndpoint(workspace, self._ports_and_keys.workspace_key),
            own=OwnWorkspace(workspace.rstrip("/"), self._ports_and_keys.own_secret),
            vault=f"https://127.0.0.1:{ports['vault']}",
            pids={name: part.pid for name, part in self._parts.items()},
        )

    @property
    def system_key(self) -> str:
        """The key of the host's webhooks and durable API; no caller of the app needs it."""
        return self._ports_and_keys.system_key

    @property
    def token_key(self) -> str:
        """The key with which the sign-in signs tokens, and the workspace verifies them."""
        return self._ports_and_keys.token_key

    def log(self, name: str) -> Path:
        """Return the log file of a part: `azurite`, `emulator`, `vault` or `host`."""
        return self.state / "logs" / f"{name}.log"

    def tail(self, name: str) -> str:
        """Return the last lines of a part's log."""
        return self._parts[name].tail() if name in self._parts else ""

    @property
    def _file(self) -> Path:
        return self.state / "endpoints.json"

    async def _bring_up(self, watchdog: Watchdog, closing: AsyncExitStack) -> None:
        ports_and_keys = self._ports_and_keys
        where = self.endpoints
        storage = await self._launch(parts.azurite(self.state, ports_and_keys), watchdog, closing)
        await storage.settle(self._publish)
        await provision(where.storage)
        events = parts.wake_up(ports_and_keys) if self._app else None
        others = [parts.emulator(self.state, ports_and_keys, where, events)]
        if self._app:
            others.append(parts.vault(self.state, ports_and_keys, where))
            others.append(parts.host(self.state, ports_and_keys, where, self._app, self._settings))
        for launched in [await self._launch(part, watchdog, closing) for part in others]:
            await launched.settle(self._publish)
        if self._app:
            closing.callback(self._withdraw)
            self._is_up = True
            self._publish()

    async def _launch(self, part: parts.Part, watchdog: Watchdog, closing: AsyncExitStack) -> SupervisedPart:
        self._report(f"starting {part.name}")
        supervised = self._parts[part.name] = SupervisedPart(part, self.log(part.name), watchdog, self._report)
        closing.push_async_callback(supervised.stop)
        await supervised.launch()
        return supervised

    def _publish(self) -> None:
        if self._is_up:
            write_privately(self._file, json.dumps(self.endpoints.to_wire(), indent=2))

    def _withdraw(self) -> None:
        self._is_up = False
        self._file.unlink(missing_ok=True)
