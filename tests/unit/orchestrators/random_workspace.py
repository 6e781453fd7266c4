"""A workspace by chance: what activities tell the process, whatever a service may do, and what must never happen."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from quantum.jobs.model import Job
from tests.fakes.durable import HandDriven, Outcome, Script

TROUBLES: tuple[Outcome, ...] = (
    {"outcome": "busy", "retryAfterSeconds": 7, "error": {"code": "Busy", "message": "Later."}},
    {"outcome": "busy", "error": {"code": "Busy", "message": "Later."}},
    {"outcome": "unavailable", "error": {"code": "Unavailable", "message": "Out of order."}},
    {"outcome": "broken", "error": {"code": "InternalError", "message": "KeyError: 'x'"}},
)
REFUSED: Outcome = {"outcome": "refused", "error": {"code": "Refused", "message": "Never."}}
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
            "record_progress": lambda _: self._unless_in_trouble({"outcome": "recorded"}),
            "stage_input": lambda _: self._unless_in_trouble({"outcome": "staged"}),
            "submit_job": self._submit,
            "check_job": self._check,
            "cancel_job": self._cancel,
            "collect_result": self._collect,
            "send_answer": lambda _: self._unless_in_trouble({"outcome": "sent"}),
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

    def _submit(self, payload: Any) -> Outcome:
        job = Job.from_wire(payload)
        if job.remote_id in self.jobs:
            return self._unless_in_trouble(self._submitted(job))
        assert self.context is not None
        if self.cancel_requested or (job.deadline_at and self.context.now >= job.deadline_at):
            why = "cancel" if self.cancel_requested else "deadline"
            return self._unless_in_trouble({"outcome": "notSubmitted", "why": why})
        if job.next_target and self._happens(0.2):
            return self._unless_in_trouble({"outcome": "targetUnavailable"})
        if self._happens(0.1):
            return REFUSED
        return self._create(job)

    def _create(self, job: Job) -> Outcome:
        outcome = self._unless_in_trouble(self._submitted(job))
        if outcome["outcome"] == "submitted" or self._happens(0.5):  # else it acted, and its reply is lost
            assert ENDED.issuperset(self.jobs.values()), "two targets have the same order"
            self.jobs[job.remote_id] = "Waiting"
        return outcome

    def _submitted(self, job: Job) -> Outcome:
        status = self.jobs.get(job.remote_id, "Waiting")
        return {"outcome": "submitted", "status": status, "providerId": "ionq", "queueSeconds": 60}

    def _check(self, payload: Any) -> Outcome:
        remote_id = payload["remoteId"]
        self.jobs[remote_id] = self._next_status(remote_id)
        told = {"status": self.jobs[remote_id], "providerId": "ionq", "cancelRequested": self.cancel_requested}
        if told["status"] == "Failed":
            told["error"] = {"code": "Decohered", "message": "Too warm."}
        return self._unless_in_trouble({"outcome": "seen", **told})

    def _next_status(self, remote_id: str) -> str:
        status = self.jobs[remote_id]
        if status in ENDED or self._happens(0.6):
            return status
        if remote_id in self.asked_to_cancel and self._happens(0.8):
            return "Cancelled"
        return self.chance.choice(("Waiting", "Executing", "Finishing", "A new word", "Succeeded", "Failed"))

    def _cancel(self, payload: Any) -> Outcome:
        if self.jobs[payload["remoteId"]] in ENDED or self._happens(0.2):
            return REFUSED
        self.asked_to_cancel.add(payload["remoteId"])
        self.jobs[payload["remoteId"]] = self._next_status(payload["remoteId"])
        return self._unless_in_trouble({"outcome": "asked"})  # else its reply is lost

    def _collect(self, payload: Any) -> Outcome:
        assert self.jobs[Job.from_wire(payload).remote_id] == "Succeeded"
        if self._happens(0.05):
            self.refuses_collecting = True
            return REFUSED
        result = {"blob": "results/x", "bytes": 2}
        return self._unless_in_trouble({"outcome": "collected", "result": result, "warnings": []})
