"""The addresses of a job's container and blobs: how they are made, and those that this process has just received.

An address has a SAS. One that is kept stays in memory, is used once, and only within a minute: asking for a fresh one
costs a request, and is what whoever finds none does.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

MAX_SECONDS = 60.0
MAX_ITEMS = 1024


class Recent[T]:
    """What was received for a job, oldest first."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._items: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def keep(self, job_id: str, item: T) -> None:
        """Keep an item for its next use, in place of any other of this job."""
        self._items.pop(job_id, None)
        self._items[job_id] = self._now(), item
        while len(self._items) > MAX_ITEMS:
            self._items.popitem(last=False)

    def take(self, job_id: str) -> T | None:
        """Remove the item of a job and return it; None where there is none, or it is too old."""
        at, item = self._items.pop(job_id, (0.0, None))
        return item if item is not None and self._now() - at <= MAX_SECONDS else None


def with_blob(container: str, name: str) -> str:
    """Return the address of a blob in a container, with the container's SAS."""
    parts = urlsplit(container)
    return urlunsplit(parts._replace(path=f"{parts.path}/{name}"))


def without_query(url: str) -> str:
    """Remove the SAS of an address."""
    return urlunsplit(urlsplit(url)._replace(query=""))
