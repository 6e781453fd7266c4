"""Runs programs in children of the fork server, a bounded number at a time, and reports how each ended."""

import asyncio
import json
import signal
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantum_emulator import errors
from quantum_emulator.settings import Limits

# The request that fork_server.py reads; repeated here because importing that module imports the simulators.
REQUEST = struct.Struct("!dQ")
HERE = Path(__file__).resolve().parents[1]  # the fork server imports this package

# The whole environment of a program. One thread each: two programs share the machine with other processes.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "QDK_PYTHON_TELEMETRY": "none"}


class SandboxLostError(Exception):
    """The fork server ended during a program; the program may run again."""


@dataclass
class _Server:
    process: asyncio.subprocess.Process
    control: socket.socket


class Sandbox:
    """Owns one fork server, which starts at first use, and again after it ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.concurrent)
        self._starting = asyncio.Lock()
        self._server: _Server | None = None

    async def run(self, header: dict[str, Any], program: bytes) -> bytes:
        """Return the program's output, or raise `ProgramError`; cancelling this kills the child."""
        async with self._slots:
            reply = await self._converse(json.dumps(header).encode() + b"\n" + program)
        return self._judged(reply)

    async def _converse(self, request: bytes) -> bytes:
        server = await self.ensure_started()
        ours, theirs = socket.socketpair()
        limits = REQUEST.pack(self._limits.seconds, self._limits.memory_mebibytes)
        with ours:
            with theirs:
                try:
                    socket.send_fds(server.control, [limits], [theirs.fileno()])
                except OSError as error:
                    raise SandboxLostError from error
            ours.settimeout(0)
            _, reply = await asyncio.gather(_send(ours, request), _receive(ours))
        return reply

    def _judged(self, reply: bytes) -> bytes:
        body, _, last = reply.rpartition(b"\n")
        verdict = _verdict(last)
        if verdict["overdue"]:
            raise errors.took_too_long(self._limits.seconds)
        if verdict["status"] < 0:
            raise errors.crashed(signal.Signals(-verdict["status"]).name)
        if verdict["status"] > 0:
            raise errors.simulation_failed("The execution ended without a result.")
        first, _, output = body.partition(b"\n")
        head = json.loads(first)
        if "ok" in head:
            return output
        raise errors.out_of_memory(self._limits.memory_mebibytes) if "memory" in head else errors.ProgramError(**head)

    async def ensure_started(self) -> _Server:
        """Start the fork server unless it runs."""
        async with self._starting:
            if self._server is not None and self._server.process.returncode is not None:
                await self.close()
            if self._server is None:
                self._server = await _start()
            return self._server

    @property
    def alive(self) -> bool:
        """Whether a fork server runs."""
        return self._server is not None and self._server.process.returncode is None

    async def close(self) -> None:
        """End the fork server, and with it every running program."""
        if self._server is not None:
            self._server.control.close()
            await self._server.process.wait()
            self._server = None


def _verdict(line: bytes) -> dict[str, Any]:
    """Read the fork server's verdict; a program that outlived its server has none."""
    try:
        verdict = json.loads(line)
    except ValueError as error:
        raise SandboxLostError from error
    if not isinstance(verdict, dict) or "overdue" not in verdict:
        raise SandboxLostError
    return verdict


# Plain sockets, not streams: a stream drops unread data when a write fails, and a child that dies before it has read
# its program leaves a verdict.
async def _send(line: socket.socket, request: bytes) -> None:
    with suppress(ConnectionError):
        await asyncio.get_running_loop().sock_sendall(line, request)
        line.shutdown(socket.SHUT_WR)


async def _receive(line: socket.socket) -> bytes:
    reply = bytearray()
    with suppress(ConnectionError):
        while chunk := await asyncio.get_running_loop().sock_recv(line, 1 << 20):
            reply += chunk
    return bytes(reply)


async def _start() -> _Server:
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "quantum_emulator.fork_server", str(theirs.fileno())),
            cwd=HERE,
            env=ENVIRONMENT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    ours.settimeout(0)
    if await asyncio.get_running_loop().sock_recv(ours, 16) != b"ready":
        ours.close()
        raise SandboxLostError(f"the fork server could not start (exit code {await process.wait()})")
    return _Server(process, ours)
