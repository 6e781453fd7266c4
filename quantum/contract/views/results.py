"""The views of results: one result, and the sum of several counts."""

from collections.abc import Mapping
from typing import Annotated

from quantum.contract.parameters import COST_GROUPS
from quantum.contract.texts import Words
from quantum.contract.views.jobs import CONTINUATION, ReusedFrom
from quantum.wire.records import record


@record
class Register:
    """A part of every outcome."""

    bits: int
    name: Annotated[str | None, "where the program gave one"] = None


@record
class Part:
    """The outcomes of one program of several."""

    counts: Annotated[Mapping[str, int] | None, "shots by outcome; null where the output is no measurement"]
    probabilities: Mapping[str, float] | None
    sampled: Annotated[bool | None, "false where the counts were worked out from the provider's probabilities"]
    registers: Annotated[tuple[Register, ...], "the parts of an outcome; empty where outcomes are no bits"]


@record
class Contribution:
    """What one part of a divided job gave, in the order of the parts."""

    remote_id: str
    shots: int
    counts: Mapping[str, int] | None
    raw_blob: Annotated[str, "where its output is kept as it came"]


@record
class Solution:
    """What a solver found."""

    configuration: Mapping[str, int]
    cost: float


@record
class Result(Part):
    """What came back; the leftmost bit of an outcome is qubit 0."""

    id: str
    target: str
    shots: int | None
    output_format: str | None
    raw_blob: Annotated[
        str, "where the output is kept as it came, as container/name; of a divided job the first part's"
    ]
    queue_seconds: float | None
    duration_seconds: float | None
    parts: Annotated[tuple[Part, ...] | None, "the same for each program, where the output has several"] = None
    from_parts: Annotated[
        tuple[Contribution, ...] | None, "what each part gave, where the job was divided for its shots"
    ] = None
    solutions: Annotated[tuple[Solution, ...] | None, "what a solver found, best first"] = None
    reused_from: Annotated[ReusedFrom | None, "the equal job that ran, where this one did not"] = None
    warnings: tuple[str, ...] | None = None


@record
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


@record
class CostShare:
    """What the jobs of one target, provider or workspace have cost in one unit; amounts of two units are not added."""

    name: Annotated[str, "of the target, provider, workspace or unit"]
    unit: Annotated[str, "a currency, or the provider's own unit"]
    amount: float
    jobs: Annotated[int, "how many jobs that is"]
    own_estimates: Annotated[int, "for how many of them the service gave no cost, and our estimate stands in"]


@record
class JobWithoutCost:
    """A job whose cost is not in a sum."""

    id: str
    code: Annotated[str, Words(("NotEnded", "NotRun", "NoCost"))]
    reason: str


@record
class CostSum:
    """The costs of several jobs, added up."""

    by: Annotated[str, COST_GROUPS]
    costs: tuple[CostShare, ...]
    left_out: tuple[JobWithoutCost, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record
class CountsSum:
    """The counts of several jobs, added up."""

    shots: int
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    jobs: Annotated[tuple[str, ...], "the jobs that were counted"]
    left_out: tuple[LeftOut, ...]
    continuation: Annotated[str | None, CONTINUATION]
