"""The view of a comparison: a row for each member of a batch, and which of them is the best."""

from collections.abc import Mapping
from typing import Annotated, Any

from quantum.contract.texts import Words
from quantum.contract.views.results import Solution
from quantum.wire.records import record

CRITERIA = ("fidelity", "cost", "time", "weights", "solution")


@record(kw_only=True)
class ComparisonRow:
    """A member in the table; errors are standard errors by the numbers of shots."""

    number: Annotated[int, "the member's place in the batch, from 0"]
    id: Annotated[str | None, "of its job, once there is one"] = None
    target: str | None = None
    arguments: Annotated[Any | None, "the arguments of its point"] = None
    params: Annotated[Mapping[str, Any] | None, "the parameters of its point"] = None
    phase: str
    rank: Annotated[int | None, "1 is the best; the members of a tie share it"] = None
    fidelity: Annotated[float | None, "the Hellinger fidelity to the reference"] = None
    fidelity_error: float | None = None
    distance: Annotated[float | None, "the total variation distance to the reference"] = None
    distance_error: float | None = None
    sampled: Annotated[bool | None, "false for probabilities, which have no sampling error"] = None
    score: Annotated[float | None, "by the weights, where these rank"] = None
    score_error: float | None = None
    queue_seconds: float | None = None
    run_seconds: float | None = None
    cost: float | None = None
    cost_unit: Annotated[str | None, "a currency, or the provider's own unit"] = None
    cost_source: Annotated[str | None, Words(("service", "own estimate"))] = None
    shots: int | None = None
    outcomes: Annotated[int | None, "how many outcomes came"] = None
    counts: Annotated[Mapping[str, float] | None, "the most frequent outcomes; shares where `sampled` is false"] = None
    solution: Annotated[Solution | None, "a solver's best"] = None
    notes: Annotated[tuple[str, ...], "why a value is missing, or how far it can be trusted"] = ()


@record
class TargetRow:
    """A target in a sweep: the mean of what its members are ranked by."""

    target: str
    rank: int
    value: Annotated[float, "of the criterion, as the mean over the points that all targets have"]
    error: float | None = None


@record
class Targets:
    """The targets of a sweep, ranked over the points that all of them have."""

    outcome: Annotated[str, Words(("best", "tie"))]
    best: str | None
    tie: tuple[str, ...]
    points: Annotated[int, "how many points all of them have"]
    rows: tuple[TargetRow, ...]


@record
class Comparison:
    """The table of a batch: `best`, or the members of a `tie`, by their numbers."""

    by: Annotated[str | None, Words(CRITERIA)]
    outcome: Annotated[str, Words(("best", "tie", "notComparable", "none"))]
    reason: str
    best: Annotated[int | None, "the number of the best member"]
    tie: Annotated[tuple[int, ...], "the numbers of the members among which the values do not decide"]
    rows: tuple[ComparisonRow, ...]
    targets: Annotated[Targets | None, "where several targets share several points of a sweep"] = None
