"""Runs one invocation: gathers inputs, calls the function, writes outputs, logs the outcome."""

import asyncio
import json
import logging
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

from . import crash_points
from .clock import Clock
from .settings import HostSettings
from .storage import Storage
from .worker import AppIndexError, Completed, Failed, Function, Input, Json, Output, Worker

log = logging.getLogger("functions_host")
DEFAULT_CONNECTION = "AzureWebJobsStorage"
_OTHER_BINDINGS = {"http", "queue", "durableClient"}


class Invoker:
    """Runs functions for the triggers; `client` is the value of every durable client binding."""

    def __init__(self, worker: Worker, clock: Clock, settings: HostSettings, storage: Storage, client: str) -> None:
        self._worker = worker
        self._clock = clock
        self._settings = settings
        self._storage = storage
        self._client = client
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def functions(self) -> Mapping[str, Function]:
        """The app's functions by name, without disabled ones."""
        return {
            name: function for name, function in self._worker.functions.items() if not self._settings.is_disabled(name)
        }

    async def run(
        self, function: Function, value: Input, metadata: Mapping[str, Any] | None = None
    ) -> Completed | Failed:
        """Run a function on its trigger's value; failures, also of outputs, are logged with traceback."""
        self._running += 1
        self._idle.clear()
        try:
            with self._clock.busy():
                return await self.invoke(function, {function.trigger["name"]: value}, metadata)
        finally:
            self._running -= 1
            if self._running == 0:
                self._idle.set()

    async def idle(self) -> None:
        """Wait until no trigger's function runs."""
        await self._idle.wait()

    async def invoke(
        self, function: Function, inputs: Mapping[str, Input], metadata: Mapping[str, Any] | None = None
    ) -> Completed | Failed:
        """Run a function on these inputs, as `run` does."""
        began = time.perf_counter()
        with crash_points.around(function.trigger["type"], [function.name]):
            outcome = await self._worker.invoke(function, self._clients(function) | dict(inputs), metadata)
            if isinstance(outcome, Completed):
                outcome = await self._write_outputs(function, outcome)
        took = round((time.perf_counter() - began) * 1000)
        if isinstance(outcome, Failed):
            log.error("%s failed after %d ms: %s\n%s", function.name, took, outcome.message, outcome.stack_trace)
        else:
            log.info("%s succeeded in %d ms", function.name, took)
        return outcome

    def _clients(self, function: Function) -> dict[str, Input]:
        names = [binding["name"] for binding in function.bindings if binding["type"] == "durableClient"]
        return dict.fromkeys(names, Json(self._client))

    async def _write_outputs(self, function: Function, completed: Completed) -> Completed | Failed:
        try:
            for binding in function.bindings:
                if binding["type"] == "queue":
                    await self._send(binding, output_of(binding, completed))
        except (AzureError, ValueError) as error:
            return Failed(f"{binding['name']}: {type(error).__name__}: {error}", "")
        return completed

    async def _send(self, binding: dict[str, Any], value: Output) -> None:
        name = self._settings.resolve(binding["queueName"])
        queue = self._storage.queue(binding.get("connection") or DEFAULT_CONNECTION, name)
        for message in _messages(value):
            content = self._encoded(message)
            try:
                await queue.send_message(content)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):  # another message may have created it just now
                    await queue.create_queue()
                await queue.send_message(content)

    def _encoded(self, message: bytes) -> str:
        base64 = self._settings.queues.message_encoding == "base64"
        return b64encode(message).decode() if base64 else message.decode()


def output_of(binding: dict[str, Any], completed: Completed) -> Output:
    """Return the value of one of a function's output bindings."""
    return completed.return_value if binding["name"] == "$return" else completed.outputs.get(binding["name"])


def check_bindings(function: Function, triggers: set[str]) -> None:
    """Refuse a function with a binding that this host does not serve; raises AppIndexError."""
    for binding in function.bindings:
        served = triggers if binding is function.trigger else _OTHER_BINDINGS
        if binding["type"] not in served:
            raise AppIndexError(
                f"cannot serve the {function.name} function: {binding['type']} bindings are not served here;"
                f" set AzureWebJobs.{function.name}.Disabled=true to run the rest of the app"
            )


def _messages(value: Output) -> list[bytes]:
    match value:
        case None:
            return []
        case bytes():
            return [value]
        case Json(text):
            content = json.loads(text)
            return [_message(item) for item in (content if isinstance(content, list) else [content])]
        case _:
            return [str(value).encode()]


def _message(item: Any) -> bytes:
    # The SDK encodes a func.QueueMessage as id and body; the queue assigns an id of its own.
    if isinstance(item, dict) and item.keys() == {"id", "body"}:
        item = item["body"]
    return (item if isinstance(item, str) else json.dumps(item)).encode()
