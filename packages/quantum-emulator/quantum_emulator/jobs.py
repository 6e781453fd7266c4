"""Jobs as plain values: the effect of each event at a time, and the JSON for callers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from quantum_emulator.errors import ProgramError, input_unreadable
from quantum_emulator.lifecycle import FINAL, WORDS, Event, State, Vocabulary, move

OUTPUT = "outputData"
RAW_OUTPUT = "rawOutputData"
DEFAULT_SHOTS = 100
NOISY_SHOTS = 1000  # of IonQ's simulator with a noise model
MOST_ITEMS = 1000  # as azure-quantum's InputParams

type Json = dict[str, Any]


class Addresses(Protocol):
    """Turns names in storage into the URIs of a reply, with a SAS or without."""

    def container(self, name: str) -> str:
        """The URI of a container."""
        ...

    def blob(self, container: str, name: str) -> str:
        """The URI of a blob."""
        ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job; `submitted` is the definition without SAS, to compare a repeated submission with."""

    id: str
    workspace: str
    name: str
    target: str
    provider: str
    container: str
    input_container: str
    input_blob: str
    submitted: Json
    created: datetime
    modified: datetime
    starts_at: datetime
    session: str | None = None
    priority: str = "Standard"
    tags: list[str] | None = None
    state: State = State.QUEUED
    began: datetime | None = None
    ends_at: datetime | None = None
    cancel_asked: datetime | None = None
    stops_at: datetime | None = None
    ended: datetime | None = None
    seed: int | None = None
    error: Json | None = None
    cost: Json | None = None

    @property
    def due(self) -> datetime | None:
        """The next instant at which time alone may move this job."""
        if self.state in FINAL:
            return None
        if self.state is State.QUEUED:
            return self.starts_at
        return min(at for at in (self.ends_at, self.stops_at) if at is not None)

    @property
    def output_blob(self) -> str:
        """Provider formats land in `rawOutputData`, and only once the job succeeded (as recorded)."""
        own = self.output_format.startswith("microsoft.quantum-results")
        return RAW_OUTPUT if self.state is State.SUCCEEDED and not own else OUTPUT

    @property
    def output_format(self) -> str:
        """The format of the result; QIR's own by default."""
        return str(self.submitted.get("outputDataFormat") or "microsoft.quantum-results.v2")

    @property
    def input_params(self) -> Json:
        """The program's parameters."""
        return dict(self.submitted.get("inputParams") or {})

    @property
    def shots(self) -> Any:
        """The requested shots, unchecked; older callers say `count`."""
        params = self.input_params
        return params.get("shots", params.get("count", NOISY_SHOTS if params.get("noise") else DEFAULT_SHOTS))

    @property
    def charged_shots(self) -> int:
        """The shots that a successful job is charged for: those of every set of values; a solver has none."""
        kind = self.submitted["inputDataFormat"]
        if kind == "microsoft.qio.v2":
            return 0
        if kind == "qir.v1":
            return int(self.shots) * max(1, len(self.input_params.get("items") or []))
        sets = self.input_params.get("substitutions") if kind == "rigetti.quil.v1" else None
        return int(self.shots) * (len(next(iter(sets.values()))) if sets else 1)


def read_items(items: object) -> tuple[Json, ...]:
    """The entry points that a job of QIR runs, each with its arguments, or `ProgramError`."""
    reason = f"'items' must be a list of at most {MOST_ITEMS} objects with an entryPoint and a list of arguments."
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise input_unreadable(reason)
    entries: list[Json] = []
    for item in items:
        name, arguments = (item.get("entryPoint"), item.get("arguments") or []) if isinstance(item, dict) else (1, [])
        if not isinstance(name, str | None) or not isinstance(arguments, list):
            raise input_unreadable(reason)
        entries.append({"entryPoint": name, "arguments": arguments})
    return tuple(entries)


def start(job: Job, at: datetime, lasts: timedelta, seed: int) -> Job:
    """Begin the job's one execution."""
    return _moved(job, Event.START, at, began=at, ends_at=at + lasts, seed=seed)


def cancel(job: Job, at: datetime, takes: timedelta) -> Job:
    """Cancel at once in the queue; while executing, after `takes`."""
    if job.state is State.QUEUED:
        return _moved(job, Event.CANCEL, at, cancel_asked=at, ended=at)
    return _moved(job, Event.CANCEL, at, cancel_asked=at, stops_at=at + takes)


def stop(job: Job, at: datetime) -> Job:
    """Complete a requested cancellation."""
    return _moved(job, Event.STOP, at, ended=at)


def finish(job: Job, at: datetime, cost: Json) -> Job:
    """End with success; the output is where `output_blob` of the returned job says."""
    return _moved(job, Event.FINISH, at, ended=at, cost=cost)


def fail(job: Job, at: datetime, fault: ProgramError) -> Job:
    """End with `errorData`."""
    return _moved(job, Event.BREAK, at, ended=at, error=fault.data)


def _moved(job: Job, event: Event, at: datetime, **changes: Any) -> Job:
    return replace(job, state=move(job.state, event), modified=at, **changes)


def charge(shots: int, per_shot: float) -> Json:
    """The cost estimate of a finished job, in the service's shape."""
    total = round(shots * per_shot, 6)
    event = {
        "dimensionId": "shots",
        "dimensionName": "Shots executed",
        "measureUnit": "shot",
        "amountBilled": float(shots) if per_shot else 0.0,
        "amountConsumed": float(shots),
        "unitPrice": per_shot,
    }
    return {"currencyCode": "USD", "estimatedTotal": total, "events": [event]}


def view(job: Job, vocabulary: Vocabulary, addresses: Addresses) -> Json:
    """The job in the service's form, including nulls."""
    submitted = job.submitted
    return {
        "id": job.id,
        "name": job.name,
        "itemType": "Job",
        "jobType": submitted.get("jobType") or "QuantumComputing",
        "providerId": job.provider,
        "target": job.target,
        "status": WORDS[vocabulary][job.state],
        "isCancelling": job.state is State.CANCELLING,
        "sessionId": job.session,
        "priority": job.priority,
        "tags": job.tags or [],
        "metadata": submitted.get("metadata"),
        "containerUri": addresses.container(job.container),
        "inputDataUri": addresses.blob(job.input_container, job.input_blob),
        "inputDataFormat": submitted.get("inputDataFormat"),
        "inputParams": submitted.get("inputParams"),
        "outputDataUri": addresses.blob(job.container, job.output_blob),
        "outputDataFormat": job.output_format,
        "creationTime": instant(job.created),
        "createdBy": None,
        "createdByType": "Key",
        "lastModifiedTime": instant(job.modified),
        "lastUpdatedTime": instant(job.modified),
        "beginExecutionTime": instant(job.began),
        "endExecutionTime": instant(job.ended) if job.began else None,
        "cancellationTime": instant(job.ended) if job.state is State.CANCELLED else None,
        "costEstimate": job.cost,
        "errorData": job.error,
        "quantumComputingData": {"count": 1},
    }


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, as the service writes it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(job: Job) -> Json:
    """The job as JSON for the store."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in vars(job).items()}


_INSTANTS = frozenset(field.name for field in fields(Job) if "datetime" in str(field.type))


def decode(stored: Mapping[str, Any]) -> Job:
    """The job that `encode` wrote."""
    values: Json = {key: datetime.fromisoformat(v) if key in _INSTANTS and v else v for key, v in stored.items()}
    values["state"] = State(stored["state"])
    return Job(**values)
