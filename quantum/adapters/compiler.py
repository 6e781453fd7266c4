"""The compiler in its box: source text becomes QIR in a child process that can take and see next to nothing.

qdk has no limits of its own, holds the GIL and reads files for `include`. So every program gets a process of its own
with limits on memory and time, an empty environment and no way to open a file; whatever it does there comes back as
QIR or as faults of the program.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from quantum.errors import ServiceBusyError, ServiceUnavailableError
from quantum.model import Fault
from quantum.program import Compiled

LANGUAGES = frozenset({"openqasm2", "openqasm3", "qsharp"})
PROFILES = frozenset({"Base", "Adaptive_RI", "Adaptive_RIF", "Adaptive"})
MIB = 2**20
LONGEST_REASON = 500
MOST_FAULTS = 20
MOST_NOTES = 20
LONGEST_LAYOUT = 8192
FIELDS = frozenset({"input", "entryPoint", "arguments"})
CHILD = (sys.executable, "-I", "-S", str(Path(__file__).parents[1] / "compiling" / "child.py"))


class CompilerUnavailableError(ServiceUnavailableError):
    """There is no compiler here that could be asked: no fault of the program."""


class OversizedAnswerError(Exception):
    """The child says more than we are ready to hold."""


class QdkCompiler:
    """Compiles with qdk, `at_once` programs at a time, each within so many seconds of a processor and MiB of memory.

    On the clock a program has twice its seconds, and ten at least: a machine that is busy is not the program's fault.
    The others wait for `queue_seconds` at most; their waiting does not count as compiling. `largest_answer` is in
    bytes; `command` starts a child.
    """

    def __init__(
        self,
        *,
        seconds: int = 5,
        memory_mib: int = 2048,
        at_once: int = 2,
        queue_seconds: float = 30.0,
        largest_answer: int = 64 * MIB,
        command: Sequence[str] = CHILD,
    ) -> None:
        self._seconds = seconds
        self._seconds_on_the_clock = max(2 * seconds, 10)
        self._memory_mib = memory_mib
        self._queue_seconds = queue_seconds
        self._largest_answer = largest_answer
        self._command = command
        self._turns = asyncio.Semaphore(at_once)

    async def compile(
        self, source: str, language: str, *, profile: str, entry_point: str | None, arguments: Sequence[object]
    ) -> Compiled | tuple[Fault, ...]:
        """Compile a program, or say everything that is wrong with it.

        Raises CompilerUnavailableError where no compiler can be started, and ServiceBusyError where its turn does
        not come in time.
        """
        if language not in LANGUAGES or profile not in PROFILES:
            raise ValueError(f"no compiler for {language!r} in profile {profile!r}")
        try:
            source.encode()
            request = self._request(source, language, profile, entry_point, arguments)
        except UnicodeEncodeError as error:
            return (Fault("input", f"the program is not Unicode text: half a surrogate pair at {error.start}"),)
        except (TypeError, ValueError, RecursionError) as error:
            return (Fault("arguments", f"not JSON values that a program can take: {error}"),)
        async with self._turn():
            return await self._compiled(request)

    def _request(
        self, source: str, language: str, profile: str, entry_point: str | None, arguments: Sequence[object]
    ) -> bytes:
        """Encode what the child is asked for, with the limits that it puts on itself."""
        request = {
            "source": source,
            "language": language,
            "profile": profile,
            "entryPoint": entry_point,
            "arguments": list(arguments),
            "path": _where_qdk_is(),
            "memoryBytes": self._memory_mib * MIB,
            "cpuSeconds": self._seconds,
        }
        return json.dumps(request, allow_nan=False).encode()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a free place, but not for ever."""
        try:
            async with asyncio.timeout(self._queue_seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise ServiceBusyError("too many programs wait to be compiled", retry_after=self._seconds) from error
        try:
            yield
        finally:
            self._turns.release()

    async def _compiled(self, request: bytes) -> Compiled | tuple[Fault, ...]:
        """Ask a child of its own for the answer."""
        try:
            async with _child(self._command) as child, asyncio.timeout(self._seconds_on_the_clock):
                answer = await _ask(child, request, self._largest_answer)
                status = await child.wait()
        except TimeoutError as error:  # it had not used its own time up: others held the machine
            raise ServiceBusyError("the compiler did not get on in time", retry_after=self._seconds) from error
        except OversizedAnswerError:
            limit = f"{self._largest_answer / MIB:g} MiB"
            return (Fault("input", f"the compiled program is larger than {limit}: it needs fewer gates"),)
        if status == 0:
            return _decoded(answer)
        if status == os.EX_UNAVAILABLE:
            raise CompilerUnavailableError(f"qdk cannot be loaded within {self._memory_mib} MiB, or not at all")
        return (Fault("input", self._cause_of_death(status)),)

    @property
    def _too_slow(self) -> str:
        return (
            f"compiling takes more than {self._seconds} s of a processor: look for a loop that does not end, "
            "or use fewer qubits and gates"
        )

    def _cause_of_death(self, status: int) -> str:
        """Say what a child most likely died of; a negative status is the signal that ended it."""
        if status == -signal.SIGXCPU:
            return self._too_slow
        if status in {-signal.SIGSEGV, -signal.SIGBUS}:
            return "the program is nested too deeply, or something in it calls itself without end"
        if status in {-signal.SIGABRT, -signal.SIGKILL}:
            return f"compiling needs more than {self._memory_mib} MiB of memory: use smaller arrays and fewer gates"
        return f"the compiler broke down on this program (status {status})"


def _where_qdk_is() -> list[str]:
    """Find the folder that qdk is in, without loading it: the child's own search path is Python's library only."""
    found = find_spec("qdk")
    if found is None or not found.submodule_search_locations:
        raise CompilerUnavailableError("qdk is not installed")
    return [str(Path(folder).parent) for folder in found.submodule_search_locations]


@asynccontextmanager
async def _child(command: Sequence[str]) -> AsyncIterator[Process]:
    """Start a child that is dead and reaped at the end, whatever happened in between."""
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise CompilerUnavailableError(f"no compiler can be started: {error.strerror}") from error
    try:
        yield child
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        await child.communicate()  # an unread pipe would keep the transport open


def _environment() -> dict[str, str]:
    """The least that Python needs; where it is built on shared libraries, that is the place to find them."""
    libraries = os.environ.get("LD_LIBRARY_PATH")
    return {"QDK_PYTHON_TELEMETRY": "none"} | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


async def _ask(child: Process, request: bytes, largest: int) -> bytes:
    """Hand the request over and read the answer, which is not to be larger than so many bytes."""
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    with suppress(BrokenPipeError, ConnectionResetError):  # it died; its status says of what
        child.stdin.write(request)
        await child.stdin.drain()
    child.stdin.close()
    answer = bytearray()
    while chunk := await child.stdout.read(2**16):
        answer += chunk
        if len(answer) > largest:
            raise OversizedAnswerError
    return bytes(answer)


def _decoded(answer: bytes) -> Compiled | tuple[Fault, ...]:
    """Read an answer without trusting it: a program may have got the better of its box."""
    head, _, qir = answer.partition(b"\n")
    try:
        header = json.loads(head)
        if faults := header.get("faults"):
            return tuple(_fault(item) for item in faults[:MOST_FAULTS])
        notes = tuple(_printable(str(note)) for note in header.get("notes", [])[:MOST_NOTES])
        return Compiled(
            qir.decode(), str(header["entryPoint"]), int(header["qubits"]), _layout(header.get("layout")), notes
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return (Fault("input", "the compiler broke down on this program"),)


def _layout(given: object) -> str | None:
    """Read a layout, which travels with the job: not longer than it may be."""
    if given is not None and (not isinstance(given, str) or len(given) > LONGEST_LAYOUT):
        raise ValueError(given)
    return given


def _fault(item: dict[str, Any]) -> Fault:
    """Read one fault, fit to be shown anywhere."""
    field = item["field"] if item["field"] in FIELDS else "input"
    line, column = (item[name] if isinstance(item[name], int) else None for name in ("line", "column"))
    return Fault(field, _printable(str(item["reason"])), line, column)


def _printable(text: str) -> str:
    """Escape control characters and cut what is too long."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: LONGEST_REASON + 1])
    return shown if len(shown) <= LONGEST_REASON else shown[: LONGEST_REASON - 1] + "…"
