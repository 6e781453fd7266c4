"""The compiler in its box: source text becomes QIR in a child process that can take and see next to nothing.

qdk has no limits of its own and holds the GIL. So every program gets a process of its own with limits on memory and
time, an empty environment and no way to open a file; whatever it does there comes back as QIR or as faults of the
program. The processes are forked by a template that has loaded all that is needed (`quantum.programs.compiling`).
"""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantum.adapters.lanes import Lanes, Remembered
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
MOST_OF_ITS_TIME = 0.8  # whoever used that share of its processor time did not wait for the processor
LONGEST_REASON = 500
MOST_FAULTS = 20
MOST_NOTES = 20
FIELDS = frozenset({"input", "entryPoint", "arguments"})
TEMPLATE = (sys.executable, "-I", "-S", str(Path(__file__).parents[1] / "programs" / "compiling" / "template.py"))


def processor_seconds(base: int, size: int) -> int:
    """Say how long a program of so many bytes may use a processor: the base, and 5 s for each MiB."""
    return base + SECONDS_PER_MIB * size // MIB


def clock_seconds(processor: int) -> float:
    """Say how long a program with so many seconds of a processor may take: twice that, and 10 s at least."""
    return max(2.0 * processor, 10.0)


@dataclass(frozen=True)
class Asked:
    """A program as the template is asked for it, and all the seconds of a processor that it may use."""

    language: str
    profile: str
    request: bytes
    seconds: int


class QdkCompiler:
    """Compiles `at_once` programs at a time, each within so many seconds of a processor and MiB of memory.

    The seconds grow with a program's size. A first turn is over after `first_seconds` on the clock; what needs more
    begins again with all its time, in a turn that leaves a place to others (`quantum.adapters.lanes`). `on_the_clock`
    says how long that may take, and a program that was ended then with little of its processor time used gets another
    child with twice as long: a machine that is busy is not the program's fault. Waiting for a turn does not count as
    compiling. `largest_answer` is in bytes; `command` starts the template, which is closed with the compiler.
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
        self._long = Remembered()

    async def close(self) -> None:
        """End the template; one that is needed afterwards is started anew."""
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
        """Compile a program, or say everything that is wrong with it.

        Raises CompilerUnavailableError where no compiler can be started, and CompilerBusyError where its turn does
        not come within so many seconds of patience, or others hold the machine.
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
        asked = Asked(language, profile, request, processor_seconds(self._seconds, size))
        until = asyncio.get_running_loop().time() + patience
        try:
            return await self._compiled(asked, until)
        except OversizedAnswerError:
            limit = f"{self._largest_answer / MIB:g} MiB"
            return (Fault("input", f"the compiled program is larger than {limit}: it needs fewer gates"),)

    async def _compiled(self, asked: Asked, until: float) -> Compiled | tuple[Fault, ...]:
        """Give the program a short turn, and a long one where that is not enough."""
        if self._long.find(asked.request) is None and self._first_seconds < asked.seconds:
            async with self._lanes.short_turn(until):
                answer, verdict = await self._asked(asked, self._first_seconds, self._first_seconds)
            if verdict.status == 0 or not (verdict.late or _used_up(verdict, self._first_seconds)):
                return self._outcome(answer, verdict, asked)
            self._long.add(asked.request, asleep=verdict.asleep)
        async with self._lanes.long_turn(until):
            answer, verdict = await self._tried(asked)
        if _is_cut_short(verdict, asked.seconds) and not verdict.asleep:
            raise self._held_up()
        return self._outcome(answer, verdict, asked)

    async def _tried(self, asked: Asked) -> tuple[bytes, Verdict]:
        """Give the program a child, and a second one if the first was ended by the clock without a fault of its own.

        One that slept in its first turn, and sleeps again, is at fault.
        """
        clock, slept = self._on_the_clock(asked.seconds), self._long.find(asked.request)
        answer, verdict = await self._asked(asked, asked.seconds, clock)
        if _is_cut_short(verdict, asked.seconds) and not (verdict.asleep and slept):
            answer, verdict = await self._asked(asked, asked.seconds, 2 * clock)
        return answer, verdict

    def _outcome(self, answer: bytes, verdict: Verdict, asked: Asked) -> Compiled | tuple[Fault, ...]:
        if verdict.status == 0:
            return _decoded(answer)
        if _is_cut_short(verdict, asked.seconds):
            return (Fault("input", "compiling never ends: the compiler waits for something that does not come"),)
        return (Fault("input", self._cause_of_death(verdict, asked.seconds)),)

    async def _asked(self, asked: Asked, processor: int, clock: float) -> tuple[bytes, Verdict]:
        """Ask the template, and another one where it is lost meanwhile."""
        question = (asked.language, asked.profile, asked.request, Limits(processor, clock, self._largest_answer))
        try:
            try:
                return await self._template.ask(*question)
            except LostTemplateError:
                return await self._template.ask(*question)
        except LostTemplateError as error:
            raise CompilerUnavailableError("No compiler can be kept running.") from error
        except TimeoutError as error:
            await self._template.close()
            raise self._held_up() from error

    def _held_up(self) -> CompilerBusyError:
        return CompilerBusyError("The compiler did not get on in time.", retry_after=self._seconds)

    def _cause_of_death(self, verdict: Verdict, seconds: int) -> str:
        """Say what a child most likely died of."""
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
    """Tell whether the clock ended a program before it had most of its processor time."""
    return verdict.status != 0 and verdict.late and verdict.processor_seconds < MOST_OF_ITS_TIME * seconds


def _used_up(verdict: Verdict, seconds: int) -> bool:
    return verdict.status == -signal.SIGXCPU or verdict.processor_seconds >= seconds


def _encoded(source: str, language: str, profile: str, entry_point: str | None, arguments: Sequence[object]) -> bytes:
    """Encode what the child is asked for."""
    request = {
        "source": source,
        "language": language,
        "profile": profile,
        "entryPoint": entry_point,
        "arguments": list(arguments),
    }
    return json.dumps(request, allow_nan=False).encode()


def _decoded(answer: bytes) -> Compiled | tuple[Fault, ...]:
    """Read an answer without trusting it: a program may have got the better of its box."""
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
