"""The app's side of the compiler's template: started when first asked, asked by any event loop, replaced when lost.

It holds plain sockets and a plain process, which belong to no event loop.
"""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from quantum.jobs.errors import ServiceUnavailableError
from quantum.programs.compiling.protocol import LARGEST_VERDICT, Verdict, pack_order

CHUNK = 2**16
STALLED_SECONDS = 30.0  # beyond a program's time on the clock; then it is the template that does not get on
ENDING_SECONDS = 5.0


class CompilerUnavailableError(ServiceUnavailableError):
    """There is no compiler here that could be asked: no fault of the program."""


class OversizedAnswerError(Exception):
    """The child says more than we are ready to hold."""


class LostTemplateError(Exception):
    """The template went away under a program: the program may be tried again."""


@dataclass(frozen=True)
class Limits:
    """What one program may take: seconds of a processor and on the clock, and bytes of its answer."""

    processor_seconds: int
    clock_seconds: float
    largest_answer: int


class Template:
    """A process that forks a boxed child for each program; `command` starts it, its children have so much memory."""

    def __init__(self, command: Sequence[str], memory_bytes: int) -> None:
        self._command = command
        self._memory_bytes = memory_bytes
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    async def ask(self, language: str, profile: str, request: bytes, limits: Limits) -> tuple[bytes, Verdict]:
        """Return a child's answer and how it ended; cancelling this ends it.

        Raises CompilerUnavailableError where the template cannot be started or cannot load the language,
        LostTemplateError where it went away meanwhile, TimeoutError where it does not get on, and OversizedAnswerError.
        """
        with ExitStack() as held:
            (answers, theirs), (verdicts, its) = (socket.socketpair() for _ in range(2))
            for end in (answers, verdicts):
                held.enter_context(end).settimeout(0)
            with theirs, its:
                order = pack_order(language, profile, limits.processor_seconds, limits.clock_seconds)
                self._order(order, [theirs.fileno(), its.fileno()])
            async with asyncio.timeout(limits.clock_seconds + STALLED_SECONDS):
                await _send(answers, request)
                answer = await _receive(answers, limits.largest_answer)
                said = await _receive(verdicts, LARGEST_VERDICT)
        if not said:
            raise LostTemplateError
        verdict = Verdict(**json.loads(said))
        if verdict.unavailable:
            await self.close()  # what was loaded in part is not built upon
            raise CompilerUnavailableError(f"the compiler cannot be loaded: {verdict.unavailable}")
        return answer, verdict

    def _order(self, order: bytes, descriptors: list[int]) -> None:
        """Hand an order to the template, which is started where there is none."""
        if self._running is not None and self._running[0].poll() is not None:
            self._running[1].close()
            self._running = None
        if self._running is None:
            self._running = _start(self._command, self._memory_bytes)
        with suppress(BrokenPipeError, ConnectionResetError, BlockingIOError):  # it has gone: no verdict will come
            socket.send_fds(self._running[1], [order], descriptors)

    async def close(self) -> None:
        """End the template, and with it every program that is under way."""
        if self._running is None:
            return
        process, control = self._running
        self._running = None
        control.close()
        try:
            await asyncio.to_thread(process.wait, ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(command: Sequence[str], memory_bytes: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
    folders = _where_qdk_is()
    ours, its = socket.socketpair()
    ours.settimeout(0)
    with its:
        try:
            process = subprocess.Popen(
                [*command, str(its.fileno()), str(memory_bytes), *folders],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                pass_fds=[its.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise CompilerUnavailableError(f"no compiler can be started: {error.strerror}") from error
    return process, ours


def _where_qdk_is() -> list[str]:
    """Find the folder that qdk is in, without loading it: the template's own search path is Python's library only."""
    found = find_spec("qdk")
    if found is None or not found.submodule_search_locations:
        raise CompilerUnavailableError("qdk is not installed")
    return [str(Path(folder).parent) for folder in found.submodule_search_locations]


def _environment() -> dict[str, str]:
    """The least that Python needs; where it is built on shared libraries, that is the place to find them."""
    libraries = os.environ.get("LD_LIBRARY_PATH")
    return {"QDK_PYTHON_TELEMETRY": "none"} | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


async def _send(line: socket.socket, request: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it died; its verdict says of what
        await asyncio.get_running_loop().sock_sendall(line, request)
        line.shutdown(socket.SHUT_WR)


async def _receive(line: socket.socket, largest: int) -> bytes:
    """Read to the end, which is not to be further than so many bytes away."""
    said = bytearray()
    with suppress(ConnectionResetError):
        while chunk := await asyncio.get_running_loop().sock_recv(line, CHUNK):
            said += chunk
            if len(said) > largest:
                raise OversizedAnswerError
    return bytes(said)
