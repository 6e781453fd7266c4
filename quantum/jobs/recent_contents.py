"""The small contents that this process has just stored, for the next step of the same job, which then reads no blob.

Only a saving: each content is taken once, old ones are dropped, and whoever finds none reads the blob.
"""

from collections import OrderedDict

MAX_BYTES = 16 * 1024 * 1024
MAX_ITEM_BYTES = 256 * 1024
MAX_ITEMS = 4096


class RecentContents:
    """Contents by the path of their blob, oldest first."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def keep(self, path: str, content: bytes) -> None:
        """Keep a content that was stored at a path, unless it is large."""
        self.take(path)
        if len(content) > MAX_ITEM_BYTES:
            return
        self._contents[path] = content
        self._bytes += len(content)
        while self._bytes > MAX_BYTES or len(self._contents) > MAX_ITEMS:
            self.take(next(iter(self._contents)))

    def take(self, path: str) -> bytes | None:
        """Remove the content of a path and return it, or None."""
        content = self._contents.pop(path, None)
        self._bytes -= len(content or b"")
        return content
