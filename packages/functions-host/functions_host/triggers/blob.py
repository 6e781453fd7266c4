"""The blob trigger: every version of a blob runs to success, or is reported to a poison queue after five attempts.

Blobs arrive by the Event Grid webhook, and by listing the container, since Azurite sends no events. A setting
switches the listing off; then a blob without an event is missed, as in Azure.
A receipt in the journal, written after success, keeps one version from being run again.
"""

import asyncio
import json
import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobProperties
from starlette.responses import Response
from starlette.routing import BaseRoute

from functions_host.blob_pattern import BlobPattern
from functions_host.invocation import DEFAULT_CONNECTION
from functions_host.services import Services
from functions_host.waiting import background, happens
from functions_host.worker import Bytes, Completed, Function, Input, Text

from .webhook import Event, webhook

log = logging.getLogger("functions_host")
_PATH = "/runtime/webhooks/blobs"
_POISON_QUEUE = "webjobs-blobtrigger-poison"
_SUBJECT = re.compile(r"/blobServices/default/containers/([^/]+)/blobs/(.+)")
_LISTING_PAUSE_SECONDS = 1.0
_AT_ONCE = 8


class BlobTrigger:
    """Runs one listener per function, and serves the webhook for all of them."""

    kind: ClassVar[str] = "blobTrigger"

    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._functions = {function.name: function for function in functions}
        self._listeners = {function.name: Listener(function, services) for function in functions}
        self._keys = services.keys
        self._tasks: list[asyncio.Task[None]] = []

    def describe(self, function: Function) -> str:
        """Describe the blobs that start this function."""
        return f"blob {self._listeners[function.name].pattern.text}"

    def routes(self) -> Sequence[BaseRoute]:
        """List the webhook."""
        return [webhook(_PATH, self._functions, self._keys, self._handle)]

    async def start(self) -> None:
        """List every container from now on."""
        await asyncio.gather(*(listener.create_container() for listener in self._listeners.values()))
        self._tasks = [background(listener.run()) for listener in self._listeners.values()]

    async def stop(self) -> None:
        """Start no more blobs, and wait for those that run."""
        for listener in self._listeners.values():
            listener.stopping.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _handle(self, function: Function, events: list[Event]) -> Response:
        for event in events:
            if match := _SUBJECT.fullmatch(str(event.get("subject"))):
                await self._listeners[function.name].hear(match[1], match[2])
        return Response(status_code=202)


class Listener:
    """Finds one function's blobs and runs them."""

    def __init__(self, function: Function, services: Services) -> None:
        self.stopping = asyncio.Event()
        self.pattern = BlobPattern.parse(services.settings.resolve(function.trigger["path"]))
        self._function = function
        self._services = services
        connection = function.trigger.get("connection") or DEFAULT_CONNECTION
        self._container = services.storage.container(connection, self.pattern.container)
        self._poison = services.storage.queue(connection, _POISON_QUEUE)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._finished: dict[str, str] = {}
        self._unlisted: set[str] = set()

    async def run(self) -> None:
        """Look for blobs until `stop`; then wait for those that run."""
        while not self.stopping.is_set():
            try:
                await self._list()
            except ResourceNotFoundError:
                await self.create_container()
            except AzureError as error:
                log.warning("cannot list the container %s: %s%s", self.pattern.container, error.message, _hint(error))
            await happens(self.stopping, within=_LISTING_PAUSE_SECONDS)
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def create_container(self) -> None:
        """Create the container where it is missing, so that callers can upload to it."""
        try:
            await self._container.create_container()
        except ResourceExistsError:
            return
        except AzureError as error:
            log.warning("cannot create the container %s: %s", self.pattern.container, error.message)

    async def _list(self) -> None:
        if not self._services.settings.lists_blobs:
            for name in list(self._unlisted):
                await self.hear(self.pattern.container, name)
            return
        async for blob in self._container.list_blobs(self.pattern.prefix, include=["metadata"]):
            self._consider(blob)

    async def hear(self, container: str, name: str) -> None:
        """Process a blob that an event names, without waiting for the next listing."""
        if container != self.pattern.container or _leads_elsewhere(name):
            return
        if not self._services.settings.lists_blobs and self.pattern.match(name) is not None:
            self._unlisted.add(name)
        try:
            blob = await self._container.get_blob_client(name).get_blob_properties()
        except ResourceNotFoundError:
            self._unlisted.discard(name)
            return
        self._consider(blob)
        if self._finished.get(name) == _etag(blob):  # until then it is retried
            self._unlisted.discard(name)

    def _consider(self, blob: BlobProperties) -> None:
        params = self.pattern.match(blob.name)
        if params is None or blob.name in self._running or self.stopping.is_set():
            return
        if self._finished.get(blob.name) == _etag(blob):
            return
        receipt = self._receipt(blob)
        if receipt["done"]:
            self._finished[blob.name] = _etag(blob)
            return
        task = background(self._process(blob, params, receipt["tries"] + 1))
        self._running[blob.name] = task
        task.add_done_callback(lambda _: self._running.pop(blob.name))

    def _key(self, blob: BlobProperties) -> str:
        return f"blob:{self._function.name}:{self.pattern.container}/{blob.name}"

    def _receipt(self, blob: BlobProperties) -> dict[str, Any]:
        text = self._services.journal.receipt(self._key(blob))
        receipt: dict[str, Any] = json.loads(text) if text else {}
        # Another ETag is another version of the blob, with attempts of its own.
        return receipt if receipt.get("etag") == _etag(blob) else {"done": False, "tries": 0}

    async def _keep_receipt(self, blob: BlobProperties, tries: int, *, done: bool) -> None:
        receipt = {"etag": _etag(blob), "tries": tries, "done": done}
        await self._services.journal.keep_receipt(self._key(blob), json.dumps(receipt))

    async def _process(self, blob: BlobProperties, params: dict[str, str], tries: int) -> None:
        if _leads_elsewhere(blob.name):
            await self._keep_receipt(blob, tries, done=await self._report(blob))
            return
        async with self._at_once:
            content = await self._read(blob)
            if content is None:
                return
            value: Input = Bytes(content)
            if str(self._function.trigger.get("dataType", "")).lower() == "string":
                value = Text(content.decode(errors="replace"))
            metadata = params | _metadata(blob, self.pattern.container, self._container.url)
            outcome = await self._services.invoker.run(self._function, value, metadata)
        done = isinstance(outcome, Completed)
        if not done and tries >= self._services.settings.blob_tries:
            done = await self._report(blob)
        await self._keep_receipt(blob, tries, done=done)

    async def _read(self, blob: BlobProperties) -> bytes | None:
        try:
            download = await self._container.download_blob(
                blob.name, etag=f'"{_etag(blob)}"', match_condition=MatchConditions.IfNotModified
            )
            return await download.readall()
        except (ResourceNotFoundError, ResourceModifiedError):
            return None  # the next listing shows its state
        except AzureError as error:
            log.warning("cannot read the blob %r in %s: %s", blob.name, self.pattern.container, error.message)
            return None

    async def _report(self, blob: BlobProperties) -> bool:
        message = {
            "Type": "BlobTrigger",
            "FunctionId": f"Host.Functions.{self._function.name}",
            "BlobType": _type(blob),
            "ContainerName": self.pattern.container,
            "BlobName": blob.name,
            "ETag": _etag(blob),
        }
        try:
            with suppress(ResourceExistsError):
                await self._poison.create_queue()
            await self._poison.send_message(b64encode(json.dumps(message).encode()).decode())
        except AzureError as error:
            log.warning("cannot report the blob %r: %s", blob.name, error.message)
            return False
        log.error("blob %r in %s cannot be run: see %s", blob.name, self.pattern.container, _POISON_QUEUE)
        return True


def _hint(error: AzureError) -> str:
    if getattr(error, "status_code", None) != 500:
        return ""
    return " (a blob whose name has control characters does this to Azurite: remove it)"


def _leads_elsewhere(name: str) -> bool:
    # Clients normalise "." and ".." in a URL before they sign and send it: it would name another blob.
    return not {".", ".."}.isdisjoint(re.split(r"[/\\]", name))


def _etag(blob: BlobProperties) -> str:
    # A listing has no quotes around it, the blob's own headers do.
    return str(blob.etag).strip('"')


def _type(blob: BlobProperties) -> str:
    return str(getattr(blob.blob_type, "value", blob.blob_type))


def _metadata(blob: BlobProperties, container: str, container_url: str) -> dict[str, Any]:
    content = blob.content_settings
    return {
        "BlobTrigger": f"{container}/{blob.name}",
        "Uri": f"{container_url.partition('?')[0]}/{blob.name}",
        "Metadata": blob.metadata or {},
        "Properties": {
            "ContentLength": blob.size,
            "ContentType": content.content_type,
            "ContentEncoding": content.content_encoding,
            "ETag": _etag(blob),
            "BlobType": _type(blob),
            "LastModified": blob.last_modified.isoformat(),
            "CreatedOn": blob.creation_time.isoformat() if blob.creation_time else None,
        },
    }
