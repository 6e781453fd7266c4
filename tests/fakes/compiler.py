"""A compiler that answers what it was told to."""

from collections.abc import Sequence
from typing import Any

from quantum.model import Fault
from quantum.program import Compiled


class FakeCompiler:
    """The Compiler port; `asked` is what it was asked for, `answer` what it makes of everything."""

    def __init__(self, answer: Compiled | tuple[Fault, ...]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    async def compile(
        self,
        source: str,
        language: str,
        *,
        profile: str,
        entry_point: str | None,
        arguments: Sequence[object],
    ) -> Compiled | tuple[Fault, ...]:
        """Compile a program, or say everything that is wrong with it."""
        self.asked.append(
            {"source": source, "language": language, "profile": profile, "entry": entry_point, "with": arguments}
        )
        return self.answer

    async def close(self) -> None:
        """Hold nothing."""
