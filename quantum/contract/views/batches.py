"""The views of batches: the batch itself, its members, and its answer on the queue."""

from collections.abc import Mapping
from typing import Annotated, Any

from quantum.contract.answer_to import AnswerQueue
from quantum.contract.batches import BATCH_ANSWER, BOTH_ANSWERS, MEMBER_ANSWERS
from quantum.contract.parameters import BATCH_PHASES
from quantum.contract.texts import Words
from quantum.contract.views.comparisons import CRITERIA
from quantum.contract.views.jobs import CONTINUATION, ApprovalView, Failure, Source
from quantum.wire.records import record

MEMBER_PHASES = Words(("pending", "running", "succeeded", "failed", "cancelled", "rejected", "expired", "leftOut"))


@record
class BatchChange:
    """A phase that a batch entered, and when."""

    phase: Annotated[str, BATCH_PHASES]
    at: str


@record
class UnitCost:
    """What members have cost in one unit; amounts of two units are not added."""

    unit: Annotated[str, "a currency, or the provider's own unit"]
    amount: float


@record
class BatchLinks:
    """Where a batch's own routes are, relative to the deployment."""

    self: str
    members: str
    cancel: str
    pause: str
    resume: str
    rerun: str
    table: Annotated[str | None, "once it has ended"] = None


@record
class VerdictView:
    """What the table of a batch comes to: `best`, or the members of a `tie`, by their numbers."""

    by: Annotated[str | None, Words(CRITERIA)]
    outcome: Annotated[str, Words(("best", "tie", "notComparable", "none"))]
    reason: str
    best: Annotated[int | None, "the number of the best member"]
    tie: Annotated[tuple[int, ...], "up to a hundred of them; the table has all"]


@record(kw_only=True)
class BatchView:
    """A batch, and what has become of its members."""

    id: str
    name: str
    phase: Annotated[str, BATCH_PHASES]
    created_at: str
    history: tuple[BatchChange, ...]
    members: Annotated[int, "how many there are"]
    by_phase: Annotated[Mapping[str, int], "how many of them are in which phase"]
    progress: Annotated[float, "the share that has ended, from 0 to 1"]
    costs: Annotated[tuple[UnitCost, ...], "so far, of the members that have ended; not of reused ones"]
    window: int
    stop_on_failure: bool
    answers: Annotated[str, Words((BATCH_ANSWER, MEMBER_ANSWERS, BOTH_ANSWERS))]
    source: Source
    links: BatchLinks
    answer_to: Annotated[str | AnswerQueue | None, "where it is answered"] = None
    error: Annotated[Failure | None, "why a batch was rejected, or not approved"] = None
    verdict: Annotated[VerdictView | None, "once it has ended"] = None
    cancel_requested: Annotated[bool | None, "true once the caller has asked for it to stop"] = None
    target_windows: Annotated[Mapping[str, int] | None, "the windows of single targets, where it has some"] = None
    pause_requested: Annotated[bool | None, "true while no more members are to start"] = None
    eta: Annotated[str | None, "while it runs: when it is likely to have ended, by the pace so far"] = None
    rerun_of: Annotated[str | None, "the batch whose members without success it runs again"] = None
    reused: Annotated[int | None, "how many members succeeded in that batch, and keep their jobs"] = None
    traceparent: str | None = None
    max_cost: Annotated[Mapping[str, float] | None, "what all members may reserve, by unit"] = None
    approval: Annotated[ApprovalView | None, "where its members together cost more than a budget lets pass"] = None


@record
class BatchPage:
    """Some batches, newest first."""

    batches: tuple[BatchView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record
class MemberView:
    """A member of a batch; the rest of what is known of it is in its job."""

    number: Annotated[int, "its place in the batch, from 0"]
    id: Annotated[str, "the id of its job"]
    name: str
    target: Annotated[str, "where it runs; `auto` until the app has chosen that"]
    phase: Annotated[str, MEMBER_PHASES]
    point: Annotated[Mapping[str, Any], "in which `arguments` or `params` it differs from the others"]
    job: Annotated[str | None, "the path of its job, once it has one"] = None


@record
class MemberPage:
    """Some members of a batch, by number."""

    members: tuple[MemberView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record(kw_only=True)
class EndedBatch(BatchView):
    """A batch that has ended."""

    table_blob: Annotated[str | None, "where its table is, as container/name"] = None


@record
class BatchAnswer:
    """The answer to a batch: a CloudEvents 1.0 envelope, the same `id` whenever it is sent again."""

    specversion: Annotated[str, Words(("1.0",))]
    id: str
    source: str
    type: Annotated[str, "`quantumjobs.batch.<phase>`"]
    subject: Annotated[str, "the batch's id"]
    time: str
    datacontenttype: str
    data: EndedBatch
    traceparent: str | None = None
