"""The views of jobs: the job itself, lists, errors, and the answer on the queue."""

from collections.abc import Mapping
from typing import Annotated, Any

from quantum.contract.fields import Fault
from quantum.contract.orders import Order
from quantum.contract.parameters import PHASES
from quantum.contract.texts import Words
from quantum.wire.records import record

CONTINUATION = "asks for the next page; null on the last one"


@record
class PhaseChange:
    """A phase that a job entered, and when."""

    phase: Annotated[str, PHASES]
    at: str


@record
class Cause:
    """An error within an error, in the workspace's own words."""

    code: str | None = None
    message: str | None = None
    target: Annotated[str | None, "what it is about"] = None


@record
class Failure:
    """Why a job did not succeed."""

    code: Annotated[str, "for programs"]
    message: Annotated[str, "for people"]
    errors: Annotated[tuple[Fault, ...] | None, "the faults of an order that was rejected"] = None
    target: Annotated[str | None, "what the workspace's error is about"] = None
    inner_errors: Annotated[tuple[Cause, ...] | None, "from the outermost to the innermost"] = None
    details: tuple[Cause, ...] | None = None


@record
class CostItem:
    """One thing that is billed."""

    dimension: str | None = None
    unit: str | None = None
    consumed: float | None = None
    billed: float | None = None
    unit_price: float | None = None


@record
class Cost:
    """What a job costs: as the service says, or by our own estimate, which says so."""

    estimated: float | None
    currency: Annotated[str | None, "or the provider's own unit"]
    source: Annotated[str, Words(("service", "own estimate"))]
    items: Annotated[tuple[CostItem, ...] | None, "what the service bills"] = None
    prices_of: Annotated[str | None, "the date of the prices of our own estimate"] = None
    prices_from: str | None = None


@record
class Times:
    """The workspace's own times, as far as they have come."""

    created: str | None = None
    began: str | None = None
    ended: str | None = None
    cancelled: str | None = None


@record
class Cancellation:
    """Who asked for the job to stop, when, and when it stopped."""

    requested_by: Annotated[str, "`caller`, `deadline`, `fallback`, or somebody in the `workspace`"]
    requested_at: str | None = None
    cancelled_at: str | None = None


@record
class Source:
    """Where the order came from."""

    door: Annotated[str, Words(("http", "blob", "queue", "batch"))]
    message_id: Annotated[str | None, "of the message on the queue of orders"] = None
    blob: Annotated[str | None, "the upload, as container/name"] = None
    adopted: Annotated[str | None, "the id of the job in the workspace"] = None
    poison_message_id: str | None = None
    batch: Annotated[str | None, "the batch that the job is a member of"] = None
    max_cost: Annotated[str | None, "the most that all members of that batch may cost, by unit"] = None
    principal: Annotated[str | None, "who ordered it, where callers are signed in: an object id of Entra ID"] = None
    principal_name: Annotated[str | None, "the same for people"] = None
    tenant: Annotated[str | None, "whose share of capacity and budgets it counts for"] = None


@record
class Candidate:
    """A target that was looked at for an order with the target `auto`."""

    target: str
    reasons: Annotated[tuple[str, ...], "what speaks for it or against it"]
    rank: Annotated[int | None, "1 for the target, more for its fallbacks; without one it is neither"] = None


@record
class ApprovalView:
    """An approval that a job or a batch waits for, or waited for; `verdict` and what follows come with the decision."""

    submission: Annotated[str, "the id that the job has in the workspace once it is submitted; the id of a batch"]
    budget: Annotated[str, "the budget that asks for it"]
    unit: str
    amount: Annotated[float, "what the job, or all members of the batch, cost by our estimate"]
    above: Annotated[float, "what the budget lets pass"]
    until: Annotated[str, "when no answer becomes a denial"]
    verdict: Annotated[str | None, Words(("approved", "denied"))] = None
    by: Annotated[str | None, "who decided"] = None
    at: str | None = None
    why: str | None = None


@record
class ReusedFrom:
    """The equal job whose result this is."""

    job: Annotated[str, "its id"]
    ended_at: Annotated[str, "when it ended"]


@record
class JobLinks:
    """Where a job's own routes are, relative to the deployment."""

    self: str
    result: str
    raw: str
    cancel: str


@record
class JobPart:
    """One of the jobs of the workspace that share the shots of a job."""

    number: Annotated[int, "counted from 1"]
    target: str
    shots: int
    phase: Annotated[str, PHASES]
    azure_status: Annotated[str | None, "the workspace's own word; null for a part that was never submitted"]
    remote_id: Annotated[str | None, "its id in the workspace; null for a part that was never submitted"]
    cost: Annotated[Cost | None, "as the service says"]
    error: Failure | None


@record(kw_only=True)
class JobView(Order):
    """A job: its order without the program, and where it is."""

    id: str
    provider_id: str
    phase: Annotated[str, PHASES]
    azure_status: Annotated[str | None, "the workspace's own word"]
    created_at: str
    history: tuple[PhaseChange, ...]
    polls: Annotated[int, "how often the workspace was asked"]
    wakes: Annotated[int, "how often an event caused that"]
    attempts: Annotated[int, "how often a step failed and was tried again"]
    cost: Cost | None
    error: Failure | None
    source: Source
    links: JobLinks
    session_id: Annotated[str | None, "the session that it belongs to"] = None
    times: Times | None = None
    queue_seconds: Annotated[float | None, "how long it waited in the workspace's queue"] = None
    duration_seconds: Annotated[float | None, "how long it ran"] = None
    cancellation: Cancellation | None = None
    approval: Annotated[ApprovalView | None, "of a job that costs more than a budget lets pass"] = None
    adopted: Annotated[bool | None, "true for a job that somebody else submitted to the workspace"] = None
    batch: Annotated[str | None, "the id of the batch that it is a member of"] = None
    input_format: Annotated[str | None, "the format in which the workspace gets the program"] = None
    estimated_queue_seconds: Annotated[float | None, "while it waits, as the workspace estimates"] = None
    remote_id: Annotated[str | None, "the job's id in the workspace, where that is another"] = None
    choice: Annotated[tuple[Candidate, ...] | None, "why the app chose these targets, best first"] = None
    waits_for: Annotated[str | None, "the equal job whose result it waits for, by its `reuseResult`"] = None
    reused_from: Annotated[
        ReusedFrom | None, "the equal job whose result it has: it did not run, and costs nothing"
    ] = None
    cancel_requested: Annotated[bool | None, "true once the caller has asked for it to stop"] = None
    parts: Annotated[
        tuple[JobPart, ...] | None, "once submitted, where the target takes fewer shots at once than the order has"
    ] = None
    warnings: tuple[str, ...] | None = None
    traceparent: Annotated[str | None, "the W3C trace context in which the job goes on"] = None


@record
class JobPage:
    """Some jobs of a list."""

    jobs: tuple[JobView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record
class RemoteJobView:
    """A job as the workspace describes it, whoever submitted it; of one that the app knows, phase and name are ours."""

    id: str
    name: str
    target: str
    provider_id: str
    azure_status: str
    phase: Annotated[str, PHASES]
    times: Times
    shots: int | None = None
    cost: Cost | None = None
    error: Failure | None = None
    job: Annotated[str | None, "the id of the app's own job that it belongs to, where there is one"] = None
    created_at: Annotated[str | None, "when the app accepted that"] = None


@record
class RemoteJobPage:
    """Some jobs of a session."""

    jobs: tuple[RemoteJobView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record(kw_only=True)
class EndedJob(JobView):
    """A job that has ended, with its result while that is small."""

    result: Annotated[Mapping[str, Any] | None, "the result, up to 32 KiB"] = None
    result_blob: Annotated[str | None, "where the result is, as container/name"] = None


@record
class Answer:
    """The answer on the queue `job-answers`: a CloudEvents 1.0 envelope, the same `id` whenever it is sent again."""

    specversion: Annotated[str, Words(("1.0",))]
    id: str
    source: str
    type: Annotated[str, "`quantumjobs.job.<phase>`"]
    subject: Annotated[str, "the job's id"]
    time: str
    datacontenttype: str
    data: EndedJob
    traceparent: str | None = None
