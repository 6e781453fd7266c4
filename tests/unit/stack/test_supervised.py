"""A part is kept running on its port, and ends with whatever it started."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local.stack.errors import PartFailedError
from local.stack.parts import Part
from local.stack.ports_and_keys import choose_ports
from local.stack.supervised import SupervisedPart
from local.stack.supervisor_lock import Watchdog, wait_for_former_parts, watched

SERVER = "import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler).serve_forever()"


def a_server(port: int, *, before: str = "") -> Part:
    """Return a part that listens on the port, after running the given Python."""
    return Part("server", (sys.executable, "-c", f"{before}\n{SERVER.format(port=port)}"), (port,))


@pytest.fixture
def port() -> int:
    """Give a port that nobody listens on."""
    return choose_ports(["server"], {})["server"]


@pytest.fixture
async def watchdog(tmp_path: Path) -> AsyncIterator[Watchdog]:
    """Run a watchdog in a state folder of its own."""
    lock = await wait_for_former_parts(tmp_path, print)
    with watched(lock, tmp_path / "endpoints.json") as dog:
        yield dog


@asynccontextmanager
async def running(supervised: SupervisedPart, changed: Callable[[], None]) -> AsyncIterator[None]:
    """Start it, and stop it whatever happens."""
    try:
        await supervised.launch()
        await supervised.settle(changed)
        yield
    finally:
        await supervised.stop()


async def test_a_killed_part_is_started_again_within_a_second_on_the_same_port(
    port: int, watchdog: Watchdog, tmp_path: Path
) -> None:
    """A part that dies is back within a second, where it was."""
    restarted, reports = asyncio.Event(), list[str]()
    supervised = SupervisedPart(a_server(port), tmp_path / "server.log", watchdog, reports.append)

    async with running(supervised, restarted.set):
        first = supervised.pid
        killed = time.monotonic()
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(5):
            await restarted.wait()
            took = time.monotonic() - killed
            second = supervised.pid
            await _connected(port)

    assert took < 1
    assert second != first
    assert reports == ["server was ended by SIGKILL: starting it again now"]


async def test_a_part_that_takes_long_to_start_is_told_of(
    port: int, watchdog: Watchdog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a slow start sees what is waited for, and nothing more of it once it is up."""
    monkeypatch.setattr("local.stack.supervised.STILL_SECONDS", 0.05)
    slow = a_server(port, before="import threading; threading.Event().wait(0.5)")
    reports: list[str] = []
    supervised = SupervisedPart(slow, tmp_path / "server.log", watchdog, reports.append)

    async with running(supervised, lambda: None):
        count = len(reports)
        await asyncio.sleep(0)

    assert count >= 2
    assert reports[:2] == ["still starting server: 0 s"] * 2
    assert len(reports) == count


async def test_a_part_that_dies_at_once_is_started_less_and_less_eagerly(
    port: int, watchdog: Watchdog, tmp_path: Path
) -> None:
    """What dies again and again costs less each time, and the end of its log is shown."""
    third, reports = asyncio.Event(), list[str]()
    flag = tmp_path / "broken"
    before = f"import pathlib, sys\nif pathlib.Path({str(flag)!r}).exists(): sys.exit('no more')"
    supervised = SupervisedPart(a_server(port, before=before), tmp_path / "server.log", watchdog, reports.append)

    async with running(supervised, lambda: third.set() if len(reports) == 3 else None):
        flag.touch()
        os.kill(supervised.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            await third.wait()

    assert [line.splitlines()[0].removesuffix(":").split(": ")[1] for line in reports[:3]] == [
        "starting it again now",
        "starting it again in 0.5 s; the end of its log",
        "starting it again in 1 s; the end of its log",
    ]
    assert reports[1].splitlines()[-1] == "no more"


async def test_a_part_that_ends_before_it_is_ready_is_an_error_with_its_last_words(
    port: int, watchdog: Watchdog, tmp_path: Path
) -> None:
    """Starting fails loudly, and says what the part said."""
    supervised = SupervisedPart(
        a_server(port, before="import sys; sys.exit('no such quantum computer')"),
        tmp_path / "server.log",
        watchdog,
        print,
    )

    await supervised.launch()
    with pytest.raises(PartFailedError, match="no such quantum computer") as caught:
        await supervised.settle(lambda: None)

    assert (caught.value.name, caught.value.exit_code) == ("server", 1)
    await supervised.stop()


async def test_stopping_ends_the_children_of_a_part_too(port: int, watchdog: Watchdog, tmp_path: Path) -> None:
    """Nothing that a part started outlives it."""
    note = tmp_path / "grandchild"
    sleeper = f"[{sys.executable!r}, '-c', 'import time; time.sleep(600)']"
    before = f"import pathlib, subprocess\npathlib.Path({str(note)!r}).write_text(str(subprocess.Popen({sleeper}).pid))"
    supervised = SupervisedPart(a_server(port, before=before), tmp_path / "server.log", watchdog, print)

    async with running(supervised, lambda: None):
        grandchild = int(note.read_text())
        assert _lives(grandchild)

    await _gone(grandchild)


async def test_a_part_sees_its_settings_and_no_terminal_signals(port: int, watchdog: Watchdog, tmp_path: Path) -> None:
    """A part has its settings in its environment and its own process group, so Ctrl-C reaches us alone."""
    count = "import os; print(os.environ['ORDER'], os.getpgrp() == os.getpid(), flush=True)"
    part = a_server(port, before=count)
    part = Part(part.name, part.command, part.ports, {"ORDER": "bell"})
    supervised = SupervisedPart(part, tmp_path / "server.log", watchdog, print)

    async with running(supervised, lambda: None):
        tail = supervised.tail()

    assert tail == "bell True"


async def _connected(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            await writer.wait_closed()
            return


async def _gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while _lives(pid):  # noqa: ASYNC110 - another process has no event for us
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and merely not yet fetched by its parent does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
