"""An app served for tests that block: in a thread of this process, on a free port, on a virtual clock if wanted."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from embedded_server.threads import in_thread

from .clock import VirtualClock
from .host import Host

__all__ = ["ServedApp", "VirtualClock", "serving_app"]


@dataclass(frozen=True)
class ServedApp:
    """An app that is served; `url` ends without a slash, and `headers` hold the function key."""

    url: str
    function_key: str = field(repr=False)
    system_key: str = field(repr=False)
    _loop: asyncio.AbstractEventLoop = field(repr=False)
    _clock: VirtualClock | None = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The header that opens functions of the level `function`."""
        return {"x-functions-key": self.function_key}

    def advance(self, by: timedelta) -> None:
        """Move the virtual clock on, and ring what is due by then; raise RuntimeError on the machine's own time."""
        if self._clock is None:
            raise RuntimeError("this app runs on the machine's own time: serve it on a VirtualClock to move that")
        asyncio.run_coroutine_threadsafe(_advance(self._clock, by), self._loop).result()


async def _advance(clock: VirtualClock, by: timedelta) -> None:
    clock.advance(by)


@contextmanager
def serving_app(
    folder: Path, settings: Mapping[str, str], state: Path, clock: VirtualClock | None = None
) -> Iterator[ServedApp]:
    """Serve the app in the folder until the block ends; what cannot be served raises as `Host` does."""
    host = Host(folder, settings=settings, state_dir=state, clock=clock)
    with in_thread(host) as (served, loop):
        yield ServedApp(served.url, served.function_key, served.system_key, loop, clock)
