"""The sandboxed compiler: compiles source text to QIR in a child process with strict limits.

qdk has no limits of its own and holds the GIL. So every program gets its own process with limits on memory and time, an
empty environment and no file access; it returns QIR or the faults of the program. The processes are forked from a
template that has loaded all dependencies (`quantum.programs.compiling`).
"""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantum.adapters.lanes import Lanes, SlowPrograms
from quantum.adapters.template import (
    CompilerUnavailableError,
    Limits,
    LostTemplateError,
    OversizedAnswerError,
    Template,
)
from quantum.contract.fields import Fault
from quantum.jobs.errors import CompilerBusyError
from quantum.jobs.program import Compiled
from quantum.ports import COMPILER_PATIENCE_SECONDS
from quantum.programs.compiling.protocol import OUT_OF_MEMORY, TOO_DEEP, Verdict
from quantum.programs.openqasm.recording import LONGEST_LAYOUT

LANGUAGES = frozenset({"openqasm2", "openqasm3", "qsharp", "qir.text", "qir.bitcode"})
PROFILES = frozenset({"Base", "Adaptive_RI", "Adaptive_RIF", "Adaptive"})
MIB = 2**20
SECONDS_PER_MIB = 5
MOST_OF_ITS_TIME = 0.8  # with that share of its processor time used, a program did not wait for the processor
LONGEST_REASON = 500
MOST_FAULTS = 20
MOST_NOTES = 20
FIELDS = frozenset({"input", "entryPoint", "arguments"})
TEMPLATE = (sys.executable, "-I", "-S", str(Path(__file__).parents[1] / "programs" / "compiling" / "template.py"))


def processor_seconds(base: int, size: int) -> int:
    """Return the processor time limit of a program by its size: the base, and 5 s for each MiB."""
    return base + SECONDS_PER_MIB * size // MIB


def clock_seconds(processor: int) -> float:
    """Return the wall-clock limit for a processor time limit: twice that, and at least 10 s."""
    return max(2.0 * processor, 10.0)


@dataclass(frozen=True)
class CompileRequest:
    """A request to the template, and the program's processor time limit in seconds."""

    language: str
    profile: str
    request: bytes
    seconds: int


class QdkCompiler:
    """Compiles `at_once` programs at a time, each with a limit on processor time and memory.

    The time limit grows with a program's size. A first turn ends after `first_seconds`; a program that needs more
    starts again with its full limit, in a long turn that leaves a place to others (`quantum.adapters.lanes`).
    `on_the_clock` is its wall-clock limit. A program that hits that limit with little processor time used gets another
    child with twice the limit: a busy machine is not the program's fault. Waiting for a turn does not count.
    `largest_answer` is in bytes; `command` starts the template, which is closed with the compiler.
    """

    def __init__(
        self,
        *,
        seconds: int = 5,
        first_seconds: int = 1,
        memory_mib: int = 2048,
        at_once: int = 2,
        on_the_clock: Callable[[int], float] = clock_seconds,
        largest_answer: int = 64 * MIB,
        command: Sequence[str] | None = None,
    ) -> None:
        self._seconds = seconds
        self._first_seconds = first_seconds
        self._on_the_clock = on_the_clock
        self._memory_mib = memory_mib
        self._largest_answer = largest_answer
        self._template = Template(command or TEMPLATE, memory_mib * MIB)
        self._lanes = Lanes(at_once)
        self._long = SlowPrograms()

    async def close(self) -> None:
        """Stop the template; a later call starts a new one."""
        await self._template.close()

    async def compile(
        self,
        source: str,
        language: str,
        *,
        profile: str,
        entry_point: str | None,
        arguments: Sequence[object],
        patience: float = COMPILER_PATIENCE_SECONDS,
    ) -> Compiled | tuple[Fault, ...]:
        """Compile a program, or return all faults.

        Raises CompilerUnavailableError where no compiler can be started, and CompilerBusyError where no turn is free
        within `patience` seconds, or the machine is too busy.
        """
        if language not in LANGUAGES or profile not in PROFILES:
            raise ValueError(f"no compiler for {language!r} in profile {profile!r}")
        try:
            size = len(source.encode())
            request = _encoded(source, language, profile, entry_point, arguments)
        except UnicodeEncodeError as error:
            return (Fault("input", f"the program is not Unicode text: half a surrogate pair at {error.start}"),)
        except (TypeError, ValueError, RecursionError) as error:
            return (Fault("arguments", f"not JSON values that a program can take: {error}"),)
        compile_request = CompileRequest(language, profile, request, processor_seconds(self._seconds, size))
        until = asyncio.get_running_loop().time() + patience
        try:
            return await self._compile(compile_request, until)
        except OversizedAnswerError:
            limit = f"{self._largest_answer / MIB:g} MiB"
            return (Fault("input", f"the compiled program is larger than {limit}: it needs fewer gates"),)

    async def _compile(self, compile_request: CompileRequest, until: float) -> Compiled | tuple[Fault, ...]:
        """Compile in a short turn, and in a long one if that is not enough."""
        if self._long.find(compile_request.request) is None and self._first_seconds < compile_request.seconds:
            async with self._lanes.short_turn(until):
                answer, verdict = await self._ask(compile_request, self._first_seconds, self._first_seconds)
            if verdict.status == 0 or not (verdict.late or _used_up(verdict, self._first_seconds)):
                return self._outcome(answer, verdict, compile_request)
            self._long.add(compile_request.request, asleep=verdict.asleep)
        async with self._lanes.long_turn(until):
            answer, verdict = await self._compile_with_retry(compile_request)
        if _is_cut_short(verdict, compile_request.seconds) and not verdict.asleep:
            raise self._busy()
        return self._outcome(answer, verdict, compile_request)

    async def _compile_with_retry(self, compile_request: CompileRequest) -> tuple[bytes, Verdict]:
        """Compile in a child, and once more if the first hit its wall-clock limit on a busy machine.

        A program that was asleep at the end of its short turn, and again now, is at fault.
        """
        clock, was_asleep = self._on_the_clock(compile_request.seconds), self._long.find(compile_request.request)
        answer, verdict = await self._ask(compile_request, compile_request.seconds, clock)
        if _is_cut_short(verdict, compile_request.seconds) and not (verdict.asleep and was_asleep):
            answer, verdict = await self._ask(compile_request, compile_request.seconds, 2 * clock)
        return answer, verdict

    def _outcome(
        self, answer: bytes, verdict: Verdict, compile_request: CompileRequest
    ) -> Compiled | tuple[Fault, ...]:
        if verdict.status == 0:
            return _decoded(answer)
        if _is_cut_short(verdict, compile_request.seconds):
            return (Fault("input", "compiling never ends: the compiler waits for something that does not come"),)
        return (Fault("input", self._cause_of_death(verdict, compile_request.seconds)),)

    async def _ask(self, compile_request: CompileRequest, processor: int, clock: float) -> tuple[bytes, Verdict]:
        """Send a request to the template, and to a new one if that is lost."""
        question = (
            compile_request.language,
            compile_request.profile,
            compile_request.request,
            Limits(processor, clock, self._largest_answer),
        )
        try:
            try:
                return await self._template.ask(*question)
            except LostTemplateError:
                return await self._template.ask(*question)
        except LostTemplateError as error:
            raise CompilerUnavailableError("No compiler can be kept running.") from error
        except TimeoutError as error:
            await self._template.close()
            raise self._busy() from error

    def _busy(self) -> CompilerBusyError:
        return CompilerBusyError("The compiler did not get on in time.", retry_after=self._seconds)

    def _cause_of_death(self, verdict: Verdict, seconds: int) -> str:
        """Explain the most likely cause of a child's death."""
        status = verdict.status
        if verdict.late or _used_up(verdict, seconds):
            return (
                f"compiling takes more than {seconds} s of a processor: look for a loop that does not end, "
                "or use fewer qubits and gates"
            )
        if status in {-signal.SIGSEGV, -signal.SIGBUS, TOO_DEEP}:
            return "the program is nested too deeply, or something in it calls itself without end"
        if status in {-signal.SIGABRT, -signal.SIGKILL, OUT_OF_MEMORY}:
            return f"compiling needs more than {self._memory_mib} MiB of memory: use smaller arrays and fewer gates"
        return f"the compiler broke down on this program (status {status})"


def _is_cut_short(verdict: Verdict, seconds: int) -> bool:
    """Say whether the wall-clock limit ended a program before it had most of its processor time."""
    return verdict.status != 0 and verdict.late and verdict.processor_seconds < MOST_OF_ITS_TIME * seconds


def _used_up(verdict: Verdict, seconds: int) -> bool:
    return verdict.status == -signal.SIGXCPU or verdict.processor_seconds >= seconds


def _encoded(source: str, language: str, profile: str, entry_point: str | None, arguments: Sequence[object]) -> bytes:
    """Encode a request to the child."""
    request = {
        "source": source,
        "language": language,
        "profile": profile,
        "entryPoint": entry_point,
        "arguments": list(arguments),
    }
    return json.dumps(request, allow_nan=False).encode()


def _decoded(answer: bytes) -> Compiled | tuple[Fault, ...]:
    """Parse an answer as untrusted data: a program may have escaped its sandbox."""
    head, _, qir = answer.partition(b"\n")
    try:
        header = json.loads(head)
        if faults := header.get("faults"):
            return tuple(_fault(item) for item in faults[:MOST_FAULTS])
        return Compiled(
            qir.decode(),
            str(header["entryPoint"]),
            int(header["qubits"]),
            layout=_layout(header.get("layout")),
            notes=tuple(_printable(str(note)) for note in header.get("notes", [])[:MOST_NOTES]),
            profile=profile if (profile := header.get("profile")) in PROFILES else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return (Fault("input", "the compiler broke down on this program"),)


def _layout(layout: object) -> str | None:
    """Check the length of a layout, which is part of the job."""
    if layout is not None and (not isinstance(layout, str) or len(layout) > LONGEST_LAYOUT):
        raise ValueError(layout)
    return layout


def _fault(item: dict[str, Any]) -> Fault:
    """Parse a fault into printable text."""
    field = item["field"] if item["field"] in FIELDS else "input"
    line, column = (item[name] if isinstance(item[name], int) else None for name in ("line", "column"))
    return Fault(field, _printable(str(item["reason"])), line, column)


def _printable(text: str) -> str:
    """Escape control characters and truncate long text."""
    printable = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: LONGEST_REASON + 1]
    )
    return printable if len(printable) <= LONGEST_REASON else printable[: LONGEST_REASON - 1] + "…"
