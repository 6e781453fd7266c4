"""What is told to callers: the job view that HTTP shows, and the answer that goes on the queue."""

import json
from typing import Any

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.programs.formats import provider_of
from quantum.programs.prices import cost_of
from quantum.wire import codec as wire

MAX_MESSAGE_BYTES = 48 * 1024  # before base64, which a queue message of 64 KiB leaves room for
MAX_INLINE_BYTES = 32 * 1024
SOURCE = "/durable-quantum-jobs"


def job_view(job: Job) -> dict[str, Any]:
    """Describe a job to its caller, as `JobView` in the contract: the order less its program, and where the job is."""
    seen: dict[str, Any] = wire.to_wire(job.order) | wire.to_wire(
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
        "queueSeconds": wire.seconds_between(times.get("created"), times.get("began")),
        "durationSeconds": wire.seconds_between(times.get("began"), times.get("ended")),
        "cancellation": _cancellation(job),
        "adopted": True if job.adopted else None,
        "inputFormat": job.program.format if job.program else None,
        "estimatedQueueSeconds": job.remote.queue_seconds if job.phase is Phase.WAITING else None,
        "remoteId": job.remote_id if job.remote_id != job.id else None,
        "cancelRequested": job.cancel_requested or None,
        "warnings": list(job.warnings) or None,
        "traceparent": job.traceparent,
    }
    return seen | {name: value for name, value in optional.items() if value is not None}


def _cancellation(job: Job) -> dict[str, str] | None:
    """Who asked for the job to stop (`caller`, `deadline`, or somebody in the `workspace`), when, and when it did."""
    cancelled = (job.remote.times or {}).get("cancelled")
    by = "caller" if job.cancel_requested else job.progress.stopping or ("workspace" if cancelled else None)
    if by is None:
        return None
    asked = next((entry["at"] for entry in job.history if entry["phase"] == Phase.CANCELLING), None)
    told: dict[str, str | None] = {
        "requestedBy": by,
        "requestedAt": job.cancel_requested_at or asked,
        "cancelledAt": cancelled,
    }
    return {name: value for name, value in told.items() if value}


def links(job_id: str) -> dict[str, str]:
    """Where a job's own doors are, relative to the deployment."""
    path = f"/api/jobs/{job_id}"
    return {"self": path, "result": f"{path}/result", "raw": f"{path}/result/raw", "cancel": f"{path}/cancel"}


def answer(job: Job, result: dict[str, Any] | None) -> dict[str, Any]:
    """Wrap a job that has ended in a CloudEvents 1.0 envelope; sent again, it has the same `id`.

    The result goes along while it is small; else `resultBlob` says where it is.
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
    """Write a value as compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def size(value: Any) -> int:
    """The bytes that a value takes as JSON."""
    return len(encode(value))
