"""A compiler that answers what it was told to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quantum.contract.fields import Fault
from quantum.jobs.program import Compiled
from quantum.ports import COMPILER_PATIENCE_SECONDS

if TYPE_CHECKING:
    from quantum.jobs.errors import ServiceError


class FakeCompiler:
    """The Compiler port; `requests` is what callers asked of it, `answer` what it makes of everything.

    `patience` is for how long each would have waited for its turn, and `failure` what is raised instead.
    """

    def __init__(self, answer: Compiled | tuple[Fault, ...]) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []
        self.patience: list[float] = []
        self.failure: ServiceError | None = None

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
        """Compile a program, or say everything that is wrong with it."""
        self.requests.append(
            {"source": source, "language": language, "profile": profile, "entry": entry_point, "with": arguments}
        )
        self.patience.append(patience)
        if self.failure:
            raise self.failure
        return self.answer

    async def close(self) -> None:
        """Hold nothing."""
