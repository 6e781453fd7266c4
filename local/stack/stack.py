"""Brings the parts up in their order, keeps them up, says where they are, and takes them down again."""

import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded_server.files import write_privately
from local.setup.checkout import ROOT
from local.stack import parts
from local.stack.claim import Watchdog, claimed, wait_for_former_parts, watched
from local.stack.endpoints import (
    Endpoints,
    OwnWorkspace,
    WorkspaceEndpoint,
    storage_connection_string,
)
from local.stack.errors import DamagedStateError
from local.stack.provision import provision
from local.stack.remembered import recall
from local.stack.supervised import Supervised

WAY_OUT = "make room on the disk if it is full, else move it away; the next start makes it anew"


def _say_nothing(_: str) -> None:
    pass


class Stack:
    """Azurite, the workspace emulator and, unless told otherwise, a vault and the app in its host, on loopback ports.

    Ports, keys and all state live in one folder and are taken up again by the next stack on it. While the whole
    stack is up, `endpoints.json` in that folder says where it is. Entering raises `StackError` if a part does not
    come up or another stack has the folder.
    """

    def __init__(
        self,
        state: Path,
        *,
        app: Path | None = ROOT,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = _say_nothing,
    ) -> None:
        """Take the state folder, the app (None: storage and workspace alone), settings over the app's own."""
        self.state = state.resolve()
        self._app = app
        self._settings = settings or {}
        self._tell = tell
        self._parts: dict[str, Supervised] = {}
        self._closing = AsyncExitStack()
        self._is_up = False

    async def __aenter__(self) -> Self:
        """Bring everything up, or take down again what came up."""
        try:
            await self._enter()
        except OSError as error:
            place, reason = error.filename or self.state, error.strerror or str(error)
            raise DamagedStateError(place, reason, WAY_OUT) from error
        return self

    async def _enter(self) -> None:
        async with AsyncExitStack() as closing:
            closing.enter_context(claimed(self.state))
            lock = await wait_for_former_parts(self.state, self._tell)
            watchdog = closing.enter_context(watched(lock, self._file))
            self._remembered = recall(self.state / "stack.json")
            await self._bring_up(watchdog, closing)
            self._closing = closing.pop_all()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the parts down, the app first and the storage last."""
        await self._closing.__aexit__(kind, error, trace)

    @property
    def endpoints(self) -> Endpoints:
        """Where the stack can be reached at this moment."""
        ports = self._remembered.ports
        workspace = f"http://127.0.0.1:{ports['emulator']}/"
        return Endpoints(
            api=f"http://127.0.0.1:{ports['host']}",
            function_key=self._remembered.function_key,
            storage=storage_connection_string(ports["blob"], ports["queue"], ports["table"]),
            workspace=WorkspaceEndpoint(workspace, self._remembered.workspace_key),
            own=OwnWorkspace(workspace.rstrip("/"), self._remembered.own_secret),
            vault=f"https://127.0.0.1:{ports['vault']}",
            pids={name: part.pid for name, part in self._parts.items()},
        )

    @property
    def system_key(self) -> str:
        """What opens the host's webhooks and its durable API; no caller of the app ever needs it."""
        return self._remembered.system_key

    @property
    def token_key(self) -> str:
        """What the sign-in of this stack signs its tokens with, and the workspace checks them by."""
        return self._remembered.token_key

    def log(self, name: str) -> Path:
        """Return the file that holds what a part printed: `azurite`, `emulator`, `vault` or `host`."""
        return self.state / "logs" / f"{name}.log"

    def tail(self, name: str) -> str:
        """Return the last lines that a part printed."""
        return self._parts[name].tail() if name in self._parts else ""

    @property
    def _file(self) -> Path:
        return self.state / "endpoints.json"

    async def _bring_up(self, watchdog: Watchdog, closing: AsyncExitStack) -> None:
        kept = self._remembered
        where = self.endpoints
        storage = await self._launch(parts.azurite(self.state, kept), watchdog, closing)
        await storage.settle(self._publish)
        await provision(where.storage)
        events = parts.wake_up(kept) if self._app else None
        others = [parts.emulator(self.state, kept, where, events)]
        if self._app:
            others.append(parts.vault(self.state, kept, where))
            others.append(parts.host(self.state, kept, where, self._app, self._settings))
        for launched in [await self._launch(part, watchdog, closing) for part in others]:
            await launched.settle(self._publish)
        if self._app:
            closing.callback(self._withdraw)
            self._is_up = True
            self._publish()

    async def _launch(self, part: parts.Part, watchdog: Watchdog, closing: AsyncExitStack) -> Supervised:
        self._tell(f"starting {part.name}")
        supervised = self._parts[part.name] = Supervised(part, self.log(part.name), watchdog, self._tell)
        closing.push_async_callback(supervised.stop)
        await supervised.launch()
        return supervised

    def _publish(self) -> None:
        if self._is_up:
            write_privately(self._file, json.dumps(self.endpoints.to_wire(), indent=2))

    def _withdraw(self) -> None:
        self._is_up = False
        self._file.unlink(missing_ok=True)
