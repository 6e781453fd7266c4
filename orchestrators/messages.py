"""The messages between the process and its activities: a frozen dataclass for each request and for each outcome.

A request names, as its type parameter, the outcomes that its activity may come to; any of `AnyFailure` may come in
their place, and `Overtaken`. Whoever adds an outcome writes it here, and mypy names each `match` that has to treat it.
The words on the wire and the names of activities stand in the histories of running instances, and must not change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast, get_args

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Account, Failure, Job, StoredResult
from quantum.jobs.struggle import FailureKind
from quantum.wire import codec as wire


@dataclass(frozen=True)
class Outcome:
    """What an activity has come to; `word` is its name on the wire and in telemetry."""

    word: ClassVar[str]

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        return {"outcome": self.word, **wire.to_wire(self)}


@dataclass(frozen=True)
class Staged(Outcome):
    """The program is where the workspace reads it; or that does not matter, for the next step finds out more."""

    word: ClassVar[str] = "staged"


@dataclass(frozen=True)
class NotSubmitted(Outcome):
    """The job should stop, and the workspace does not have it."""

    word: ClassVar[str] = "notSubmitted"

    why: Literal["cancel", "deadline"]


@dataclass(frozen=True)
class Submitted(Outcome):
    """The workspace has the job, from this attempt or an earlier one; its queue time is the target's average."""

    word: ClassVar[str] = "submitted"

    account: Account
    queue_seconds: float | None = None


@dataclass(frozen=True)
class TargetUnavailable(Outcome):
    """The target takes no jobs now, and the order names another."""

    word: ClassVar[str] = "targetUnavailable"


@dataclass(frozen=True)
class Seen(Outcome):
    """The workspace's account of the job, and whether its caller has asked to cancel it."""

    word: ClassVar[str] = "seen"

    account: Account
    cancel_requested: bool


@dataclass(frozen=True)
class CancelSent(Outcome):
    """The workspace has taken the request to cancel."""

    word: ClassVar[str] = "cancelSent"


@dataclass(frozen=True)
class Collected(Outcome):
    """The output is stored, raw and normalised; `warnings` are about its content."""

    word: ClassVar[str] = "collected"

    result: StoredResult
    warnings: tuple[str, ...] = ()
    cancel_requested: bool = False


@dataclass(frozen=True)
class SessionClosed(Outcome):
    """The job's own sessions are closed."""

    word: ClassVar[str] = "sessionClosed"


@dataclass(frozen=True)
class Recorded(Outcome):
    """The index has the job as it is."""

    word: ClassVar[str] = "recorded"


@dataclass(frozen=True)
class AnswerSent(Outcome):
    """The answer is on the queue."""

    word: ClassVar[str] = "answerSent"


@dataclass(frozen=True)
class Overtaken(Outcome):
    """Steps were taken outside of this orchestration; `job` is where they have led."""

    word: ClassVar[str] = "overtaken"

    job: Job


@dataclass(frozen=True)
class Failed(Outcome):
    """A call that failed; each kind has its own patience (`orchestrators.retries`)."""

    word: ClassVar[FailureKind]

    error: Failure


@dataclass(frozen=True)
class Busy(Failed):
    """The service asks us to slow down, for so many seconds where it says so."""

    word: ClassVar[FailureKind] = "busy"

    retry_after_seconds: float = 0.0


@dataclass(frozen=True)
class Unavailable(Failed):
    """The service cannot be reached, or is failing."""

    word: ClassVar[FailureKind] = "unavailable"


@dataclass(frozen=True)
class Missing(Failed):
    """The service has no such thing, or not yet."""

    word: ClassVar[FailureKind] = "missing"


@dataclass(frozen=True)
class Broken(Failed):
    """The activity raised an error that nobody expected."""

    word: ClassVar[FailureKind] = "broken"


@dataclass(frozen=True)
class Unauthorized(Failed):
    """The service does not know us, or does not let us do this."""

    word: ClassVar[FailureKind] = "unauthorized"


@dataclass(frozen=True)
class LockedOut(Failed):
    """The profile's credential is wrong, or the profile is gone: asking again helps only once somebody has acted."""

    word: ClassVar[FailureKind] = "lockedOut"


@dataclass(frozen=True)
class Refused(Failed):
    """The service will not do this, however often it is asked."""

    word: ClassVar[FailureKind] = "refused"


AnyFailure = Busy | Unavailable | Missing | Broken | Unauthorized | LockedOut | Refused


@dataclass(frozen=True)
class Request[T: Outcome]:
    """What an activity is asked to do; `activity` is the name that it is registered by."""

    activity: ClassVar[str]

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_wire` wrote."""
        return wire.from_wire(cls, data)

    def to_wire(self) -> dict[str, Any]:
        """Encode as plain JSON."""
        encoded: dict[str, Any] = wire.to_wire(self)
        return encoded

    @classmethod
    def read_outcome(cls, data: Mapping[str, Any]) -> T | AnyFailure | Overtaken:
        """Read what the activity has come to; a word that this request has no outcome for is `broken`."""
        kind = outcomes_of(cls).get(data["outcome"])  # type: ignore[arg-type]  # a class can be hashed
        if kind is None:
            text = f"{cls.activity} has come to {data['outcome']!r}, which its request does not name."
            return Broken(Failure("InternalError", text))
        return cast("T | AnyFailure | Overtaken", wire.from_wire(kind, data))


@dataclass(frozen=True)
class JobRequest[T: Outcome](Request[T]):
    """A request that carries the whole job."""

    job: Job

    @property
    def id(self) -> str:
        """The job's id."""
        return self.job.id

    @property
    def phase(self) -> Phase:
        """Where the job is."""
        return self.job.phase

    @property
    def target(self) -> str:
        """The target that the job is on."""
        return self.job.target

    @property
    def traceparent(self) -> str | None:
        """The trace that the activity belongs to."""
        return self.job.traceparent

    @property
    def may_be_submitted(self) -> bool:
        """Whether the workspace may have the job."""
        return self.job.progress.may_be_submitted

    def traced(self, traceparent: str | None) -> Self:
        """Let the job's trace go on from here."""
        return replace(self, job=replace(self.job, traceparent=traceparent))


@dataclass(frozen=True)
class RemoteJobRequest[T: Outcome](Request[T]):
    """A request about the job in the workspace, with what that needs and no more: it is in the history of each look."""

    id: str
    remote_id: str
    phase: Phase
    target: str
    workspace: str
    traceparent: str | None = None

    may_be_submitted: ClassVar[bool] = True

    @classmethod
    def about(cls, job: Job) -> Self:
        """Make the request for a job."""
        return cls(job.id, job.remote_id, job.phase, job.target, job.order.workspace, job.traceparent)

    def traced(self, traceparent: str | None) -> Self:
        """Let the job's trace go on from here."""
        return replace(self, traceparent=traceparent)


@dataclass(frozen=True)
class StageInput(JobRequest[Staged | NotSubmitted]):
    """Put the program where the workspace reads it."""

    activity: ClassVar[str] = "stage_input"


@dataclass(frozen=True)
class SubmitJob(JobRequest[Submitted | NotSubmitted | TargetUnavailable]):
    """Create the job in the workspace."""

    activity: ClassVar[str] = "submit_job"


@dataclass(frozen=True)
class CheckJob(RemoteJobRequest[Seen]):
    """Look at the job in the workspace."""

    activity: ClassVar[str] = "check_job"


@dataclass(frozen=True)
class CancelJob(RemoteJobRequest[CancelSent]):
    """Ask the workspace to cancel the job."""

    activity: ClassVar[str] = "cancel_job"


@dataclass(frozen=True)
class CollectResult(JobRequest[Collected]):
    """Fetch the job's output and store it."""

    activity: ClassVar[str] = "collect_result"


@dataclass(frozen=True)
class CloseSession(JobRequest[SessionClosed]):
    """Close the sessions that the job has to itself."""

    activity: ClassVar[str] = "close_session"


@dataclass(frozen=True)
class RecordProgress(JobRequest[Recorded]):
    """Write the job to the index as it is."""

    activity: ClassVar[str] = "record_progress"


@dataclass(frozen=True)
class SendAnswer(JobRequest[AnswerSent]):
    """Tell the caller how the job ended."""

    activity: ClassVar[str] = "send_answer"


AnyRequest = StageInput | SubmitJob | CheckJob | CancelJob | CollectResult | CloseSession | RecordProgress | SendAnswer


@cache
def outcomes_of(request: type[Request[Any]]) -> Mapping[str, type[Outcome]]:
    """The outcomes that a request may come to, by their words: those of its type parameter, and what any may meet."""
    (parameter,) = get_args(vars(request)["__orig_bases__"][0])
    own = get_args(parameter) or (parameter,)
    return {kind.word: kind for kind in (*own, *get_args(AnyFailure), Overtaken)}
