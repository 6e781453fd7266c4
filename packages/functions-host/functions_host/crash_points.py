"""The instants at which a test may kill this host: before and after each step that outlives the process.

Where CRASH_POINTS names a Unix socket, the host reports each point there and stops until it gets a reply,
or is killed. Without that variable nothing happens.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock

VARIABLE = "CRASH_POINTS"
TRANSACTIONS: set[str] = set()

_one_at_a_time = Lock()


def transaction[**P, R](write: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that the journal runs as one transaction, so that tests can list it."""
    TRANSACTIONS.add(write.__name__)
    return write


def name_of(write: Callable[..., object]) -> str:
    """Name a write as it was posted to the journal."""
    function = write.func if isinstance(write, partial) else write
    return str(getattr(function, "__name__", function))


@contextmanager
def around(kind: str, steps: Sequence[str]) -> Iterator[None]:
    """Reach the point before these steps, and if they succeed the one after them."""
    reach(kind, steps, "before")
    yield
    reach(kind, steps, "after")


def reach(kind: str, steps: Sequence[str], side: str) -> None:
    """Report the point to the listener, if there is one, and wait for its reply."""
    listener = _listener()
    if listener is None:
        return
    line = json.dumps({"kind": kind, "steps": list(steps), "side": side}) + "\n"
    with _one_at_a_time:
        listener.sendall(line.encode())
        listener.recv(1)


@cache
def _listener() -> socket.socket | None:
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    listener = socket.socket(socket.AF_UNIX)
    listener.connect(path)
    return listener
