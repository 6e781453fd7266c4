"""The messages between the process of a batch and its activities, as `orchestrators.messages` has them for jobs."""

from dataclasses import replace
from typing import ClassVar, Self

from orchestrators.messages import Outcome, Request
from quantum.jobs.lifecycle import Phase
from quantum.wire.records import record


@record
class BatchAdvanced(Outcome):
    """Members were counted and started; whether all have ended, and whether anything has changed."""

    word: ClassVar[str] = "advanced"

    has_ended: bool
    has_moved: bool


@record
class BatchFinished(Outcome):
    """The end of the batch is recorded and answered; `phase` is None where a member has not ended."""

    word: ClassVar[str] = "finished"

    phase: str | None = None


@record
class BatchRequest[T: Outcome](Request[T]):
    """A request about a batch: its id, since its state is read where it is needed."""

    id: str
    traceparent: str | None = None

    phase: ClassVar[Phase] = Phase.ACCEPTED  # of the members that it starts, for telemetry
    target: ClassVar[str] = ""
    may_be_submitted: ClassVar[bool] = True  # every failure is retried

    def traced(self, traceparent: str | None) -> Self:
        """Return the request with another trace context."""
        return replace(self, traceparent=traceparent)


class AdvanceBatch(BatchRequest[BatchAdvanced]):
    """Count the members that have ended, and start as many as there is room for."""

    activity: ClassVar[str] = "advance_batch"


class FinishBatch(BatchRequest[BatchFinished]):
    """Store the table of the batch, record its end and send its answer."""

    activity: ClassVar[str] = "finish_batch"


AnyBatchRequest = AdvanceBatch | FinishBatch
