"""The core on fakes, with a container of orders whose blobs have an age: uploads come with and without their event."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from quantum.doors.blob import start_from_blob
from quantum.doors.queue import start_from_queue
from quantum.jobs.uploads import Upload
from quantum.service.lost_uploads import LostUploads
from tests.support.builders import CIRCUIT, App

REACH = timedelta(days=7)
PATH = "orders/ionq.simulator/circuit.json"
OTHER = "orders/ionq.simulator/other.json"


@dataclass
class Uploading(App):
    """The app and its container of orders; no event comes unless a test delivers it."""

    etags: int = 0

    @property
    def second(self) -> datetime:
        """The time as the storage writes it."""
        return self.clock.replace(microsecond=0)

    def put(self, path: str = PATH, content: str = CIRCUIT, **changes: Any) -> Upload:
        """Upload a blob over whatever was there: that is new content, and a new creation time."""
        self.blobs.contents[path], self.blobs.metadata[path] = content.encode(), {"shots": "10"}
        upload = Upload(path, self._etag(), self.second, self.second, len(content), f"md5 of {content}")
        return self._show(replace(upload, **changes))

    def change(self, path: str = PATH, **changes: Any) -> Upload:
        """Change a blob's metadata or properties: a new ETag and time of change, without an event."""
        upload = replace(self.uploads.blobs[path], etag=self._etag(), changed=self.second)
        return self._show(replace(upload, **changes))

    async def event(self, path: str = PATH) -> None:
        """Deliver the event of an upload."""
        await start_from_blob(path, self.core, self.orchestrations)

    async def round(self, **how: Any) -> LostUploads:
        """Look for lost uploads once, and have the queue's door take what was found."""
        lost = LostUploads(self.intake, **({"reach": REACH} | how))
        await lost.look()
        await self.take_notes()
        return lost

    async def take_notes(self) -> None:
        """Let the queue's door take what is on the queue of orders."""
        notes, self.orders.messages = self.orders.messages, []
        for number, note in enumerate(notes):
            await start_from_queue(f"note-{number}", note, self.core, self.orchestrations)

    async def later(self, **length: float) -> LostUploads:
        """Look for lost uploads when some time has passed: by default six minutes."""
        self.pass_time(**(length or {"minutes": 6}))
        return await self.round()

    def _show(self, upload: Upload) -> Upload:
        self.uploads.blobs[upload.path] = upload
        self.blobs.shown[upload.path] = (upload.etag, upload.created, upload.md5)
        return upload

    def _etag(self) -> str:
        self.etags += 1
        return f"0x8D{self.etags:06}"
