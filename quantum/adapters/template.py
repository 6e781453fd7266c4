"""The client of the compiler's template process: started at first use, replaced when lost.

It has plain sockets and a plain process, so that it can be used from any event loop.
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
STALLED_SECONDS = 30.0  # beyond a program's wall-clock limit; after that the template has stalled
ENDING_SECONDS = 5.0


class CompilerUnavailableError(ServiceUnavailableError):
    """No compiler is available; the program is not at fault."""


class OversizedAnswerError(Exception):
    """The answer of the child exceeds its size limit."""


class LostTemplateError(Exception):
    """The template ended while a program was being compiled, which may be retried."""


@dataclass(frozen=True)
class Limits:
    """The limits of one program: processor time, wall-clock time, and the size of its answer."""

    processor_seconds: int
    clock_seconds: float
    largest_answer: int


class Template:
    """A process that forks a sandboxed child for each program; `memory_bytes` limits each child."""

    def __init__(self, command: Sequence[str], memory_bytes: int) -> None:
        self._command = command
        self._memory_bytes = memory_bytes
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    async def ask(self, language: str, profile: str, request: bytes, limits: Limits) -> tuple[bytes, Verdict]:
        """Return a child's answer and verdict; cancelling this ends the child.

        Raises CompilerUnavailableError where the template cannot be started or cannot load the language,
        LostTemplateError where it ended meanwhile, TimeoutError where it has stalled, and OversizedAnswerError.
        """
        with ExitStack() as sockets:
            (answers, theirs), (verdicts, its) = (socket.socketpair() for _ in range(2))
            for end in (answers, verdicts):
                sockets.enter_context(end).settimeout(0)
            with theirs, its:
                order = pack_order(language, profile, limits.processor_seconds, limits.clock_seconds)
                self._order(order, [theirs.fileno(), its.fileno()])
            async with asyncio.timeout(limits.clock_seconds + STALLED_SECONDS):
                await _send(answers, request)
                answer = await _receive(answers, limits.largest_answer)
                verdict_json = await _receive(verdicts, LARGEST_VERDICT)
        if not verdict_json:
            raise LostTemplateError
        verdict = Verdict(**json.loads(verdict_json))
        if verdict.unavailable:
            await self.close()  # a partly loaded template is not reused
            raise CompilerUnavailableError(f"the compiler cannot be loaded: {verdict.unavailable}")
        return answer, verdict

    def _order(self, order: bytes, descriptors: list[int]) -> None:
        """Send an order to the template, and start it if needed."""
        if self._running is not None and self._running[0].poll() is not None:
            self._running[1].close()
            self._running = None
        if self._running is None:
            self._running = _start(self._command, self._memory_bytes)
        with suppress(
            BrokenPipeError, ConnectionResetError, BlockingIOError
        ):  # the template is gone: no verdict will arrive
            socket.send_fds(self._running[1], [order], descriptors)

    async def close(self) -> None:
        """Stop the template and all its children."""
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
    """Find the folder of qdk without loading it: the template's search path is Python's library only."""
    spec = find_spec("qdk")
    if spec is None or not spec.submodule_search_locations:
        raise CompilerUnavailableError("qdk is not installed")
    return [str(Path(folder).parent) for folder in spec.submodule_search_locations]


def _environment() -> dict[str, str]:
    """Return the minimal environment of Python, with the path of its shared libraries, if any."""
    libraries = os.environ.get("LD_LIBRARY_PATH")
    return {"QDK_PYTHON_TELEMETRY": "none"} | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


async def _send(line: socket.socket, request: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # the child died; its verdict says why
        await asyncio.get_running_loop().sock_sendall(line, request)
        line.shutdown(socket.SHUT_WR)


async def _receive(line: socket.socket, largest: int) -> bytes:
    """Read to the end, up to a limit in bytes."""
    received = bytearray()
    with suppress(ConnectionResetError):
        while chunk := await asyncio.get_running_loop().sock_recv(line, CHUNK):
            received += chunk
            if len(received) > largest:
                raise OversizedAnswerError
    return bytes(received)
