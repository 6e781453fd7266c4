"""The programs of the demo, their doors, and their expected counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PROGRAMS = Path(__file__).parents[1] / "programs"

type Door = Literal["HTTP", "blob", "queue"]


@dataclass(frozen=True)
class Sample:
    """A program and its expected outcomes, all about equally frequent."""

    name: str
    file: str
    door: Door
    target: str
    promise: str
    outcomes: frozenset[str]
    shots: int = 1000
    entry_point: str | None = None
    arguments: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The program's text."""
        return (PROGRAMS / self.file).read_text(encoding="utf-8")

    @property
    def order(self) -> dict[str, Any]:
        """The order as JSON for the queue or an HTTP body."""
        language = "qsharp" if self.file.endswith(".qs") else "openqasm3"
        order = {"name": self.name, "target": self.target, "shots": self.shots}
        operation = {"entryPoint": self.entry_point, "arguments": list(self.arguments)} if self.entry_point else {}
        return {**order, **operation, "input": {"format": language, "text": self.text}}

    def fault_of(self, counts: Mapping[str, int]) -> str | None:
        """Describe the fault of the counts, or None.

        An outcome's share may be 8 standard deviations off: chance does not do that in the age of the universe.
        """
        total = sum(counts.values())
        if total != self.shots:
            return f"{total} outcomes were counted, not {self.shots}"
        if set(counts) != self.outcomes:
            return f"the outcomes are {', '.join(sorted(counts))}, not {', '.join(sorted(self.outcomes))}"
        share = 1 / len(self.outcomes)
        allowed = 8 * (share * (1 - share) / total) ** 0.5
        uneven = [outcome for outcome, count in counts.items() if abs(count / total - share) > allowed]
        return f"the outcomes are not about equally frequent: {dict(counts)}" if uneven else None


SAMPLES = (
    Sample(
        "bell",
        "bell.qasm",
        "HTTP",
        "quantinuum.sim.h2-1e",
        "two entangled qubits agree",
        frozenset({"00", "11"}),
    ),
    Sample(
        "ghz",
        "ghz.qasm",
        "blob",
        "ionq.simulator",
        "five entangled qubits agree",
        frozenset({"00000", "11111"}),
    ),
    Sample(
        "secret",
        "secret.qs",
        "queue",
        "rigetti.sim.qvm",
        "22 is found by one question (qubit 0, the lowest bit, is leftmost)",
        frozenset({"01101"}),
        entry_point="Secret.Find",
        arguments=(22, 5),
    ),
)
