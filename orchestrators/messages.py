"""The messages between the orchestrator and its activities: a record for each request and for each outcome.

A request names, as its type parameter, the outcomes of its activity; each activity may also return any of `AnyFailure`,
or `Overtaken`. To add an outcome, define it here: mypy reports each `match` that has to handle it.
The words on the wire and the names of activities are in the histories of running instances, and must not change.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast, get_args

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Account, Approval, Failure, Job, Part, ReusedFrom, StoredResult
from quantum.jobs.progress import Progress, Watcher
from quantum.jobs.retry_state import FailureKind
from quantum.wire import codec
from quantum.wire.records import record


@record
class Outcome:
    """The outcome of an activity; `word` is its name on the wire and in telemetry."""

    word: ClassVar[str]

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        return {"outcome": self.word, **codec.to_wire(self)}


class Staged(Outcome):
    """The program is where the workspace reads it, or the next step decides without it."""

    word: ClassVar[str] = "staged"


@record
class NoPlace(Outcome):
    """As many jobs as may be are being staged and submitted: this one is woken when its turn comes, or asks again."""

    word: ClassVar[str] = "noPlace"

    pause_seconds: float


@record
class ResultReused(Outcome):
    """The job has a copy of the result of an equal one."""

    word: ClassVar[str] = "resultReused"

    result: StoredResult
    source: ReusedFrom
    warnings: tuple[str, ...] = ()


@record
class FirstRuns(Outcome):
    """An equal job, `first`, is on its way: this one is woken when that has ended, or asks again."""

    word: ClassVar[str] = "firstRuns"

    first: str
    pause_seconds: float


@record
class NotSubmitted(Outcome):
    """The job should stop and was not submitted."""

    word: ClassVar[str] = "notSubmitted"

    why: Literal["cancel", "deadline"]


@record
class Submitted(Outcome):
    """The job was created, by this or an earlier attempt; `queue_seconds` is the target's average.

    `at` is the moment that the job's history has; `recorded` says whether the index has its phase.
    """

    word: ClassVar[str] = "submitted"

    account: Account
    at: str
    queue_seconds: float | None = None
    recorded: bool = True


class TargetUnavailable(Outcome):
    """The target accepts no jobs now, and the order has a fallback."""

    word: ClassVar[str] = "targetUnavailable"


@record
class ApprovalNeeded(Outcome):
    """The submission costs more than a budget lets pass without an approval; nothing is reserved."""

    word: ClassVar[str] = "approvalNeeded"

    approval: Approval


@record
class JobChecked(Outcome):
    """The status of the remote job, and whether its caller requested cancellation.

    `at` is the moment that the job's history has; `recorded` says whether the index has the phase. `watcher` is what
    the watcher says that looks after this job, where there is one.
    """

    word: ClassVar[str] = "seen"

    account: Account
    cancel_requested: bool
    at: str
    recorded: bool = True
    watcher: Watcher | None = None


class CancelSent(Outcome):
    """The workspace accepted the cancellation request."""

    word: ClassVar[str] = "cancelSent"


@record
class Collected(Outcome):
    """The output is stored, raw and normalised; `warnings` are about its content."""

    word: ClassVar[str] = "collected"

    result: StoredResult
    warnings: tuple[str, ...] = ()


class SessionClosed(Outcome):
    """The job's own sessions are closed."""

    word: ClassVar[str] = "sessionClosed"


class Recorded(Outcome):
    """The index has the current state of the job."""

    word: ClassVar[str] = "recorded"


class AnswerSent(Outcome):
    """The index has the end of the job, and the answer is on the queue."""

    word: ClassVar[str] = "answerSent"


@record
class Overtaken(Outcome):
    """The job was continued outside this orchestration; `job` is its newer state."""

    word: ClassVar[str] = "overtaken"

    job: Job


@record
class Failed(Outcome):
    """A failed call; `orchestrators.retries` says how long each kind of failure is retried."""

    word: ClassVar[FailureKind]

    error: Failure


@record
class Busy(Failed):
    """The service throttles us, for `retry_after_seconds` where it says how long."""

    word: ClassVar[FailureKind] = "busy"

    retry_after_seconds: float = 0.0


class Unavailable(Failed):
    """The service cannot be reached, or is failing."""

    word: ClassVar[FailureKind] = "unavailable"


class Missing(Failed):
    """The service has no such thing, or not yet."""

    word: ClassVar[FailureKind] = "missing"


class Broken(Failed):
    """The activity raised an unexpected exception."""

    word: ClassVar[FailureKind] = "broken"


class Unauthorized(Failed):
    """The service rejected our identity or our permission."""

    word: ClassVar[FailureKind] = "unauthorized"


class LockedOut(Failed):
    """The profile's credential is invalid, or the profile is gone: a retry helps only after somebody has fixed it."""

    word: ClassVar[FailureKind] = "lockedOut"


class Refused(Failed):
    """The service refused, and a retry will not help."""

    word: ClassVar[FailureKind] = "refused"


AnyFailure = Busy | Unavailable | Missing | Broken | Unauthorized | LockedOut | Refused


@record
class Request[T: Outcome]:
    """A request to an activity; `activity` is its registered name."""

    activity: ClassVar[str]

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Self:
        """Decode the JSON of `to_wire`."""
        return codec.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = codec.to_wire(self)
        return encoded

    @classmethod
    def read_outcome(cls, data: Mapping[str, Any]) -> T | AnyFailure | Overtaken:
        """Decode the outcome of the activity; an unknown word becomes `Broken`."""
        kind = outcomes_of(cls).get(data["outcome"])  # type: ignore[arg-type]  # a class can be hashed
        if kind is None:
            text = f"{cls.activity} returned the unknown outcome {data['outcome']!r}."
            return Broken(Failure("InternalError", text))
        return cast("T | AnyFailure | Overtaken", codec.from_wire(kind, data))


@record
class JobRequest[T: Outcome](Request[T]):
    """A request that carries the whole job."""

    job: Job

    @property
    def id(self) -> str:
        """The job's id."""
        return self.job.id

    @property
    def phase(self) -> Phase:
        """The job's phase."""
        return self.job.phase

    @property
    def target(self) -> str:
        """The job's current target."""
        return self.job.target

    @property
    def traceparent(self) -> str | None:
        """The trace context of the job."""
        return self.job.traceparent

    @property
    def may_be_submitted(self) -> bool:
        """Whether the remote job may exist."""
        return self.job.progress.may_be_submitted

    @property
    def is_repeated(self) -> bool:
        """Whether the last attempt of this step has failed."""
        return self.activity in self.job.progress.struggles

    def traced(self, traceparent: str | None) -> Self:
        """Return the request with another trace context."""
        return replace(self, job=replace(self.job, traceparent=traceparent))


@record
class RemoteJobRequest[T: Outcome](Request[T]):
    """A request about the remote job, or its `parts`; small, since the history stores one for each status check."""

    id: str
    remote_id: str
    phase: Phase
    target: str
    workspace: str
    traceparent: str | None = None
    parts: tuple[Part, ...] | None = None

    may_be_submitted: ClassVar[bool] = True

    @classmethod
    def about(cls, job: Job) -> Self:
        """Make the request for a job."""
        names = (job.id, job.remote_id, job.phase, job.target, job.order.workspace, job.traceparent)
        return cls(*names, parts=job.remote.parts)

    def traced(self, traceparent: str | None) -> Self:
        """Return the request with another trace context."""
        return replace(self, traceparent=traceparent)


class StageInput(JobRequest[Staged | NotSubmitted | NoPlace | ResultReused | FirstRuns]):
    """Put the program where the workspace reads it."""

    activity: ClassVar[str] = "stage_input"


class SubmitJob(JobRequest[Submitted | NotSubmitted | TargetUnavailable | NoPlace | ApprovalNeeded]):
    """Create the job in the workspace, and record its phase."""

    activity: ClassVar[str] = "submit_job"


@record
class CheckJob(RemoteJobRequest[JobChecked]):
    """Read the status of the remote job, and record a new phase with these counts."""

    activity: ClassVar[str] = "check_job"

    polls: int = 0
    wakes: int = 0
    attempts: int = 0
    steps_outside: int = 0

    @classmethod
    def about(cls, job: Job) -> Self:
        """Make the request for a job."""
        progress = job.progress
        return replace(
            super().about(job),
            polls=progress.polls,
            wakes=progress.wakes,
            attempts=progress.attempts,
            steps_outside=progress.steps_outside,
        )

    def counted(self, progress: Progress) -> Progress:
        """Return a recorded progress with the counts of this request."""
        return replace(
            progress,
            polls=self.polls,
            wakes=self.wakes,
            attempts=self.attempts,
            steps_outside=self.steps_outside,
        )


class CancelJob(RemoteJobRequest[CancelSent]):
    """Ask the workspace to cancel the job."""

    activity: ClassVar[str] = "cancel_job"


class CollectResult(JobRequest[Collected]):
    """Fetch the job's output and store it."""

    activity: ClassVar[str] = "collect_result"


class CloseSession(JobRequest[SessionClosed]):
    """Close the job's own sessions."""

    activity: ClassVar[str] = "close_session"


class RecordProgress(JobRequest[Recorded]):
    """Write the current state of the job to the index."""

    activity: ClassVar[str] = "record_progress"


class SendAnswer(JobRequest[AnswerSent]):
    """Record the end of the job, and send the answer to the caller."""

    activity: ClassVar[str] = "send_answer"


AnyRequest = StageInput | SubmitJob | CheckJob | CancelJob | CollectResult | CloseSession | RecordProgress | SendAnswer


@cache
def outcomes_of(request: type[Request[Any]]) -> Mapping[str, type[Outcome]]:
    """Map words to the outcomes of a request: those of its type parameter, and those of every activity."""
    (parameter,) = get_args(vars(request)["__orig_bases__"][0])
    own = get_args(parameter) or (parameter,)
    return {kind.word: kind for kind in (*own, *get_args(AnyFailure), Overtaken)}
