"""A compiler that remembers: the members of a batch mostly share a program, which is then compiled once per process."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

from quantum.contract.fields import Fault
from quantum.jobs.program import Compiled
from quantum.ports import COMPILER_PATIENCE_SECONDS, Compiler

MAX_PROGRAMS = 32
MAX_LETTERS = 1024 * 1024  # a larger program is compiled again


class SharingCompiler:
    """The Compiler port over another one; equal programs that come together wait for one compilation."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._compiled: OrderedDict[str, Compiled] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
        """Compile a program, or return all faults, or what an equal program became."""
        key = repr((source, language, profile, entry_point, list(arguments)))
        how: dict[str, Any] = {"profile": profile, "entry_point": entry_point, "arguments": arguments}
        async with self._turns.setdefault(key, asyncio.Lock()):
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
            compiled = await self._compiler.compile(source, language, patience=patience, **how)
            if isinstance(compiled, Compiled):
                self._keep(key, compiled)
        return compiled

    def _keep(self, key: str, compiled: Compiled) -> None:
        if len(compiled.qir) + len(key) <= MAX_LETTERS:
            self._compiled[key] = compiled
            while len(self._compiled) > MAX_PROGRAMS:
                self._compiled.popitem(last=False)

    async def close(self) -> None:
        """Do nothing: the other compiler is closed by its owner."""
