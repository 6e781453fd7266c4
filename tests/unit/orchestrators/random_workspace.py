"""A workspace by chance: what activities tell the process, whatever a service may do, and what must never happen."""

from dataclasses import dataclass, field
from random import Random

from orchestrators.messages import (
    AnswerSent,
    Broken,
    Busy,
    CancelJob,
    CancelSent,
    CheckJob,
    Collected,
    CollectResult,
    NotSubmitted,
    Outcome,
    Recorded,
    Refused,
    Staged,
    SubmitJob,
    Submitted,
    TargetUnavailable,
    Unavailable,
)
from quantum.jobs.model import Failure, Job, StoredResult
from tests.support.builders import a_check, a_submission
from tests.support.fakes.durable import HandDriven, Script

TROUBLES: tuple[Outcome, ...] = (
    Busy(Failure("Busy", "Later."), 7),
    Busy(Failure("Busy", "Later.")),
    Unavailable(Failure("Unavailable", "Out of order.")),
    Broken(Failure("InternalError", "KeyError: 'x'")),
)
REFUSED = Refused(Failure("Refused", "Never."))
ENDED = frozenset({"Succeeded", "Failed", "Cancelled"})
IN_A_ROW = 4  # a service that is in trouble comes back before anybody's patience ends


@dataclass
class RandomWorkspace:
    """Jobs move on, stay, fail or are cancelled by chance; `jobs` has the status of each by its id there."""

    chance: Random
    caller_may_cancel: bool
    jobs: dict[str, str] = field(default_factory=dict)
    asked_to_cancel: set[str] = field(default_factory=set)
    cancel_requested: bool = False
    refuses_collecting: bool = False
    troubles: int = 0
    steps: int = 0
    context: HandDriven | None = None

    def scripts(self) -> dict[str, Script]:
        """What each activity tells."""
        return {
            "record_progress": lambda _: self._unless_in_trouble(Recorded()),
            "stage_input": lambda _: self._unless_in_trouble(Staged()),
            "submit_job": self._submit,
            "check_job": self._check,
            "cancel_job": self._cancel,
            "collect_result": self._collect,
            "send_answer": lambda _: self._unless_in_trouble(AnswerSent()),
        }

    def _unless_in_trouble(self, outcome: Outcome) -> Outcome:
        self.steps += 1
        self.cancel_requested = self.cancel_requested or (self.caller_may_cancel and self._happens(0.05))
        if self.troubles < IN_A_ROW and self._happens(0.25):
            self.troubles += 1
            return self.chance.choice(TROUBLES)
        self.troubles = 0
        return outcome

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _submit(self, request: SubmitJob) -> Outcome:
        job = request.job
        if job.remote_id in self.jobs:
            return self._unless_in_trouble(self._submitted(job))
        assert self.context is not None
        if self.cancel_requested or (job.deadline_at and self.context.now >= job.deadline_at):
            return self._unless_in_trouble(NotSubmitted("cancel" if self.cancel_requested else "deadline"))
        if job.next_target and self._happens(0.2):
            return self._unless_in_trouble(TargetUnavailable())
        if self._happens(0.1):
            return REFUSED
        return self._create(job)

    def _create(self, job: Job) -> Outcome:
        outcome = self._unless_in_trouble(self._submitted(job))
        if isinstance(outcome, Submitted) or self._happens(0.5):  # else it acted, and its reply is lost
            assert ENDED.issuperset(self.jobs.values()), "two targets have the same order"
            self.jobs[job.remote_id] = "Waiting"
        return outcome

    def _submitted(self, job: Job) -> Outcome:
        return a_submission(self.jobs.get(job.remote_id, "Waiting"), 60)

    def _check(self, request: CheckJob) -> Outcome:
        status = self.jobs[request.remote_id] = self._next_status(request.remote_id)
        error = Failure("Decohered", "Too warm.") if status == "Failed" else None
        return self._unless_in_trouble(a_check(status, cancel=self.cancel_requested, error=error))

    def _next_status(self, remote_id: str) -> str:
        status = self.jobs[remote_id]
        if status in ENDED or self._happens(0.6):
            return status
        if remote_id in self.asked_to_cancel and self._happens(0.8):
            return "Cancelled"
        return self.chance.choice(("Waiting", "Executing", "Finishing", "A new word", "Succeeded", "Failed"))

    def _cancel(self, request: CancelJob) -> Outcome:
        remote_id = request.remote_id
        if self.jobs[remote_id] in ENDED or self._happens(0.2):
            return REFUSED
        self.asked_to_cancel.add(remote_id)
        self.jobs[remote_id] = self._next_status(remote_id)
        return self._unless_in_trouble(CancelSent())  # else its reply is lost

    def _collect(self, request: CollectResult) -> Outcome:
        assert self.jobs[request.job.remote_id] == "Succeeded"
        if self._happens(0.05):
            self.refuses_collecting = True
            return REFUSED
        return self._unless_in_trouble(Collected(StoredResult("results/x", 2)))
