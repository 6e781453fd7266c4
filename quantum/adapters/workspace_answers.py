"""Parses the responses of a quantum workspace; an undocumented form counts as a failure of the service."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from quantum.adapters.azure_errors import without_signatures
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.model import Cause, Failure
from quantum.wire import codec
from quantum.workspaces.remote import ListedJob, Quota, RemoteJob, Session, Target

MOST_INNER = 8
ROOM = 4096  # limit of nested errors, in bytes of JSON: a table row and a queue message must hold them
COST_ITEMS = 8


@contextmanager
def expected_form() -> Iterator[None]:
    """Raise ServiceUnavailableError for a response that is truncated or of another form."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "The quantum workspace gave an answer that cannot be read."
        raise ServiceUnavailableError(message, code="BadAnswer") from error


def read_target(provider: Mapping[str, Any], data: Mapping[str, Any]) -> Target:
    """Parse a target of `providerStatus`."""
    return Target(
        id=data["id"],
        provider=str(provider["id"]).lower(),
        availability=data.get("currentAvailability") or "Unknown",
        average_queue_seconds=int(data.get("averageQueueTime") or 0),
        status_page=data.get("statusPage"),
        qubits=data.get("numQubits"),
    )


def read_listed_job(data: Mapping[str, Any]) -> ListedJob:
    """Parse what a watcher needs of a job in a list: little, for a list may have thousands."""
    created = codec.moment(data["creationTime"]) if data.get("creationTime") else None
    in_utc = created.replace(tzinfo=created.tzinfo or UTC) if created else None
    return ListedJob(str(data["id"]), str(data["status"]), str(data["target"]), in_utc)


def read_job(data: Mapping[str, Any]) -> RemoteJob:
    """Parse a job, without any SAS."""
    with expected_form():
        params = data.get("inputParams") or {}
        shots = params.get("shots", params.get("count"))
        return RemoteJob(
            id=data["id"],
            status=data["status"],
            provider_id=str(data.get("providerId") or "").lower(),
            target=data.get("target") or "",
            output_format=data.get("outputDataFormat"),
            created=data.get("creationTime"),
            began=data.get("beginExecutionTime"),
            ended=data.get("endExecutionTime"),
            cancelled=data.get("cancellationTime"),
            cost=read_cost(data.get("costEstimate")),
            error=read_error(data.get("errorData")),
            name=str(data.get("name") or ""),
            input_format=data.get("inputDataFormat"),
            shots=shots if isinstance(shots, int) and not isinstance(shots, bool) else None,
            session=data.get("sessionId"),
            priority=data.get("priority"),
            tags=_texts(data.get("tags")),
        )


def read_session(data: Mapping[str, Any]) -> Session:
    """Parse a session."""
    with expected_form():
        times = {
            "created": data.get("creationTime"),
            "began": data.get("beginExecutionTime"),
            "ended": data.get("endExecutionTime"),
        }
        return Session(
            id=data["id"],
            name=str(data.get("name") or ""),
            target=data.get("target") or "",
            provider_id=str(data.get("providerId") or "").lower(),
            status=data["status"],
            job_failure_policy=data.get("jobFailurePolicy"),
            priority=data.get("priority"),
            tags=_texts(data.get("tags")),
            times={name: time for name, time in times.items() if time},
            cost=read_cost(data.get("costEstimate")),
            error=read_error(data.get("errorData")),
        )


def read_quota(data: Mapping[str, Any]) -> Quota:
    """Parse a quota."""
    return Quota(
        provider=str(data["providerId"]).lower(),
        dimension=str(data["dimension"]),
        scope=str(data.get("scope") or ""),
        period=data.get("period"),
        limit=data.get("limit"),
        utilization=data.get("utilization"),
        holds=data.get("holds"),
    )


def read_cost(estimate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Parse a `costEstimate` with its billing items, up to a limit."""
    if not estimate:
        return None
    cost = {"estimated": estimate.get("estimatedTotal"), "currency": estimate.get("currencyCode"), "source": "service"}
    names = {
        "dimension": "dimensionName",
        "unit": "measureUnit",
        "consumed": "amountConsumed",
        "billed": "amountBilled",
        "unitPrice": "unitPrice",
    }
    items = [
        {name: event.get(theirs) for name, theirs in names.items() if event.get(theirs) is not None}
        for event in (estimate.get("events") or ())[:COST_ITEMS]
    ]
    return cost | ({"items": items} if items else {})


def read_error(data: Mapping[str, Any] | None) -> Failure | None:
    """Parse an error with every code and message: the innermost often has the cause (microsoft/qdk#2867)."""
    if not data:
        return None
    inner, details = _inner(data), [_cause(part) for part in (data.get("details") or ())[:MOST_INNER]]
    messages = [data.get("message"), *(cause.message for cause in (*inner, *details))]
    message = without_signatures(" ".join(dict.fromkeys(str(text) for text in messages if text)))
    code = data.get("code") or next((cause.code for cause in inner if cause.code), None)
    target = data.get("target")
    return Failure(
        str(code or "Unknown"),
        message[:2000] or "no reason was given",
        target=without_signatures(str(target))[:256] if target else None,
        inner_errors=_fitting(inner),
        details=_fitting(details),
    )


def _inner(data: Mapping[str, Any]) -> list[Cause]:
    """Return the nested errors, from the outermost to the innermost; the specification and OData differ in spelling."""
    causes: list[Cause] = []
    while len(causes) < MOST_INNER and (inner := data.get("innererror") or data.get("innerError")):
        causes.append(_cause(inner))
        data = inner
    return causes


def _cause(data: Mapping[str, Any]) -> Cause:
    texts = {
        name: without_signatures(str(data[name]))[:500] for name in ("code", "message", "target") if data.get(name)
    }
    return Cause(**texts)


def _fitting(causes: list[Cause]) -> tuple[Cause, ...] | None:
    fitting: list[Cause] = []
    for cause in causes:
        if len(json.dumps(codec.to_wire([*fitting, cause]))) <= ROOM // 2:
            fitting.append(cause)
    return tuple(fitting) or None


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())
