"""What came back from jobs: one result, and the counts of several added up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from quantum.contract.texts import Words
from quantum.contract.views.jobs import CONTINUATION


@dataclass(frozen=True)
class Register:
    """A part of every outcome."""

    bits: int
    name: Annotated[str | None, "where the program gave one"] = None


@dataclass(frozen=True)
class Part:
    """The outcomes of one program of several."""

    counts: Annotated[Mapping[str, int] | None, "shots by outcome; null where the output is no measurement"]
    probabilities: Mapping[str, float] | None
    sampled: Annotated[bool | None, "false where the counts were worked out from the provider's probabilities"]
    registers: Annotated[tuple[Register, ...], "the parts of an outcome; empty where outcomes are no bits"]


@dataclass(frozen=True)
class Solution:
    """What a solver found."""

    configuration: Mapping[str, int]
    cost: float


@dataclass(frozen=True)
class Result(Part):
    """What came back; the leftmost bit of an outcome is qubit 0."""

    id: str
    target: str
    shots: int | None
    output_format: str | None
    raw_blob: Annotated[str, "where the output is kept as it came, as container/name"]
    queue_seconds: float | None
    duration_seconds: float | None
    parts: Annotated[tuple[Part, ...] | None, "the same for each program, where the output has several"] = None
    solutions: Annotated[tuple[Solution, ...] | None, "what a solver found, best first"] = None
    warnings: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LeftOut:
    """A job whose counts are not in the sum."""

    id: str
    code: Annotated[
        str,
        Words(
            (
                "NotFound",
                "NotEnded",
                "NotSucceeded",
                "ResultGone",
                "TooLarge",
                "NoCounts",
                "UnequalRegisters",
                "TooManyOutcomes",
            )
        ),
    ]
    reason: str


@dataclass(frozen=True)
class CountsSum:
    """The counts of several jobs, added up."""

    shots: int
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    jobs: Annotated[tuple[str, ...], "the jobs that were counted"]
    left_out: tuple[LeftOut, ...]
    continuation: Annotated[str | None, CONTINUATION]
