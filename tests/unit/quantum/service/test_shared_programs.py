"""A compiler that remembers: an equal program is compiled once, and nothing else takes its place."""

import asyncio
from typing import Any

import pytest

from quantum.contract.fields import Fault
from quantum.jobs.program import Compiled
from quantum.service import shared_programs
from quantum.service.shared_programs import SharingCompiler
from tests.support.builders import QIR
from tests.support.fakes.compiler import FakeCompiler

COMPILED = Compiled(QIR, "ENTRYPOINT__main", 2)


async def compiled(compiler: SharingCompiler, source: str = "h q;", **changes: Any) -> Compiled | tuple[Fault, ...]:
    """Compile a program."""
    how: dict[str, Any] = {"profile": "Base", "entry_point": None, "arguments": ()}
    return await compiler.compile(source, "openqasm3", **how | changes)


async def test_an_equal_program_is_compiled_once() -> None:
    """Also where two come together: the second waits for the first."""
    fake = FakeCompiler(COMPILED)
    compiler = SharingCompiler(fake)

    results = await asyncio.gather(compiled(compiler), compiled(compiler))

    assert [*results, await compiled(compiler)] == [COMPILED] * 3
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "changes", [{"source": "x q;"}, {"profile": "Adaptive_RI"}, {"entry_point": "Main"}, {"arguments": [1]}]
)
async def test_another_program_is_compiled_by_itself(changes: dict[str, Any]) -> None:
    """Each part of what is compiled counts."""
    fake = FakeCompiler(COMPILED)
    compiler = SharingCompiler(fake)

    await compiled(compiler)
    await compiled(compiler, **changes)

    assert len(fake.requests) == 2


async def test_faults_are_not_remembered() -> None:
    """They may be a compiler's that was disturbed, and cost nothing to find again."""
    fake = FakeCompiler((Fault("input", "no"),))
    compiler = SharingCompiler(fake)
    await compiled(compiler)
    fake.answer = COMPILED

    assert await compiled(compiler) == COMPILED


async def test_a_large_program_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a process is bounded by letters and by programs; what was used last stays."""
    monkeypatch.setattr(shared_programs, "MAX_PROGRAMS", 2)
    monkeypatch.setattr(shared_programs, "MAX_LETTERS", 1_000)
    fake = FakeCompiler(COMPILED)
    compiler = SharingCompiler(fake)
    for source in ("a", "b", "a", "c"):
        await compiled(compiler, source)
    assert len(fake.requests) == 3

    for source in ("a", "b", "x" * 1_000, "x" * 1_000):
        await compiled(compiler, source)

    assert [request["source"] for request in fake.requests[3:]] == ["b", "x" * 1_000, "x" * 1_000]
