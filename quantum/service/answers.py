"""The views for callers: the job view of the HTTP API, and the answer on the queue."""

import json
from typing import Any

from quantum.jobs.lifecycle import Phase, phase_of
from quantum.jobs.model import Job, Part
from quantum.programs.formats import provider_of
from quantum.programs.prices import cost_of
from quantum.wire import codec

MAX_MESSAGE_BYTES = 48 * 1024  # before base64, which a queue message of 64 KiB leaves room for
MAX_INLINE_BYTES = 32 * 1024
SOURCE = "/durable-quantum-jobs"


def job_view(job: Job) -> dict[str, Any]:
    """Describe a job as `JobView` of the contract: the order without its program, and the state of the job."""
    view: dict[str, Any] = codec.to_wire(job.order) | codec.to_wire(
        {
            "id": job.id,
            "target": job.target,
            "providerId": job.remote.provider_id or provider_of(job.target),
            "phase": job.phase.value,
            "azureStatus": job.remote.status,
            "createdAt": job.created_at,
            "history": job.history,
            "polls": job.progress.polls,
            "wakes": job.progress.wakes,
            "attempts": job.progress.attempts,
            "cost": cost_of(job),
            "error": job.error,
            "source": job.source,
            "links": links(job.id),
        }
    )
    times = job.remote.times or {}
    optional = {
        "sessionId": job.session_id,
        "times": dict(times) or None,
        "queueSeconds": codec.seconds_between(times.get("created"), times.get("began")),
        "durationSeconds": codec.seconds_between(times.get("began"), times.get("ended")),
        "cancellation": _cancellation(job),
        "approval": codec.to_wire(job.approval),
        "adopted": True if job.adopted else None,
        "batch": job.source.get("batch"),
        "inputFormat": job.program.format if job.program else None,
        "estimatedQueueSeconds": job.remote.queue_seconds if job.phase is Phase.WAITING else None,
        "remoteId": job.remote_id if job.remote_id != job.id else None,
        "cancelRequested": job.cancel_requested or None,
        "parts": [_part(number, part, job) for number, part in enumerate(job.remote.parts or (), start=1)] or None,
        "choice": codec.to_wire(job.choice) if job.choice else None,
        "waitsFor": None if job.is_final else job.waits_for,
        "reusedFrom": codec.to_wire(job.reused_from) if job.reused_from else None,
        "warnings": list(job.warnings) or None,
        "traceparent": job.traceparent,
    }
    return view | {name: value for name, value in optional.items() if value is not None}


def _part(number: int, part: Part, job: Job) -> dict[str, Any]:
    """Describe a part of a divided job; one that was never submitted has no id in the workspace."""
    phase = phase_of(part.status) if part.status else job.phase
    return {
        "number": number,
        "target": job.target,
        "shots": part.shots,
        "phase": Phase.SUCCEEDED.value if phase is Phase.COLLECTING else phase.value,
        "azureStatus": part.status if part.is_remote is not False else None,
        "remoteId": part.remote_id if part.is_remote is not False else None,
        "cost": part.cost,
        "error": codec.to_wire(part.error) if part.error else None,
    }


def _cancellation(job: Job) -> dict[str, str] | None:
    """Describe a cancellation: its requester (`caller`, `deadline` or `workspace`), and its times."""
    cancelled = (job.remote.times or {}).get("cancelled")
    by = "caller" if job.cancel_requested else job.progress.stopping or ("workspace" if cancelled else None)
    if by is None:
        return None
    requested_at = next((entry["at"] for entry in job.history if entry["phase"] == Phase.CANCELLING), None)
    view: dict[str, str | None] = {
        "requestedBy": by,
        "requestedAt": job.cancel_requested_at or requested_at,
        "cancelledAt": cancelled,
    }
    return {name: value for name, value in view.items() if value}


def links(job_id: str) -> dict[str, str]:
    """Return the paths of a job's routes, relative to the deployment."""
    path = f"/api/jobs/{job_id}"
    return {"self": path, "result": f"{path}/result", "raw": f"{path}/result/raw", "cancel": f"{path}/cancel"}


def answer(job: Job, result: dict[str, Any] | None) -> dict[str, Any]:
    """Wrap an ended job in a CloudEvents 1.0 envelope, whose `id` is always the same.

    A small result is included; else `resultBlob` says where it is.
    """
    data = job_view(job)
    if job.result:
        data["resultBlob"] = job.result.blob
    envelope = {
        "specversion": "1.0",
        "id": f"{job.id}-{job.phase.value}",
        "source": SOURCE,
        "type": f"quantumjobs.job.{job.phase.value}",
        "subject": job.id,
        "time": job.history[-1]["at"],
        "datacontenttype": "application/json",
        "data": data,
    }
    if job.traceparent:  # CloudEvents' extension for distributed tracing
        envelope["traceparent"] = job.traceparent
    if result is not None and size(result) <= MAX_INLINE_BYTES:
        data["result"] = result
        if size(envelope) > MAX_MESSAGE_BYTES:
            del data["result"]
    return envelope


def encode(value: Any) -> bytes:
    """Encode a value as compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def size(value: Any) -> int:
    """Return the size of a value as JSON, in bytes."""
    return len(encode(value))
