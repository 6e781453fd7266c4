"""Validates, property by property, the bodies that define or change a job or a session."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from quantum_emulator import errors
from quantum_emulator.jobs import Json

IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,36}")
READ_ONLY = frozenset({"id", "status", "creationTime", "beginExecutionTime", "endExecutionTime", "errorData"})
JOB_TEXTS = ("name", "providerId", "target", "containerUri", "inputDataFormat")
SESSION_TEXTS = ("name", "providerId", "target")
PRIORITIES = ("Standard", "High")
POLICIES = ("Abort", "Continue")
NAME_LETTERS = 1000


class Locates(Protocol):
    """Splits a URI in the linked storage account into container and blob."""

    def locate(self, uri: str, name: str) -> tuple[str, str]:
        """Container and blob of a URI; `name` is its property."""
        ...


@dataclass(frozen=True)
class JobDefinition:
    """A requested job; the names are those of `Job`."""

    id: str
    name: str
    target: str
    provider: str
    container: str
    input_container: str
    input_blob: str
    session: str | None
    priority: str
    tags: list[str] | None
    submitted: Json


def job_definition(job_id: str, body: Json, storage: Locates) -> JobDefinition:
    """Check the body of a PUT of a job."""
    _check_identifier("jobId", job_id)
    _check_texts(body, JOB_TEXTS, "Job")
    params = body.get("inputParams")
    if params is not None and not isinstance(params, Mapping):
        raise errors.invalid_property("inputParams", "it must be an object")
    for name in ("outputDataFormat", "inputDataUri", "sessionId"):
        _optional_text(body, name)
    container, _ = storage.locate(body["containerUri"], "containerUri")
    default = body["containerUri"].partition("?")[0] + "/inputData"
    input_container, input_blob = storage.locate(body.get("inputDataUri") or default, "inputDataUri")
    if not container or not input_blob:
        raise errors.invalid_property("inputDataUri", "it must name a blob in a container")
    return JobDefinition(
        id=job_id,
        name=body["name"],
        target=body["target"],
        provider=body["providerId"].lower(),
        container=container,
        input_container=input_container,
        input_blob=input_blob,
        session=body.get("sessionId"),
        priority=_priority(body) or "Standard",
        tags=_tags(body),
        submitted=_comparable(body),
    )


def session_definition(session_id: str, body: Json) -> Json:
    """Check the body of a PUT of a session; the keys are those of `Session`."""
    _check_identifier("sessionId", session_id)
    _check_texts(body, SESSION_TEXTS, "Session")
    policy = body.get("jobFailurePolicy") or "Abort"
    if policy not in POLICIES:
        raise errors.invalid_property("jobFailurePolicy", f"it must be one of {', '.join(POLICIES)}")
    _priority(body)
    _tags(body)
    return {
        "id": session_id,
        "name": body["name"],
        "provider": body["providerId"].lower(),
        "target": body["target"],
        "policy": policy,
        "submitted": _comparable(body),
    }


def update(body: Json) -> Json:
    """Check the body of a PATCH of a job, and return the changes."""
    changes: Json = {"name": body["name"]} if _optional_text(body, "name") else {}
    if (priority := _priority(body)) is not None:
        changes["priority"] = priority
    if (tags := _tags(body)) is not None:
        changes["tags"] = tags
    if not changes:
        raise errors.malformed_body("expected name, priority or tags")
    return changes


def _comparable(body: Json) -> Json:
    """The definition without nulls, read-only properties and SAS: equal for the same job."""
    writable = {key: value for key, value in body.items() if value is not None and key not in READ_ONLY}
    return {key: _without_query(value) if key.endswith("Uri") else value for key, value in writable.items()}


def _without_query(uri: Any) -> Any:
    return urlsplit(uri)._replace(query="").geturl() if isinstance(uri, str) else uri


def _check_identifier(name: str, identifier: str) -> None:
    if not IDENTIFIER.fullmatch(identifier):
        raise errors.invalid_property(name, "it must be 1 to 36 letters, digits and hyphens")


def _check_texts(body: Json, names: tuple[str, ...], item_type: str) -> None:
    for name in names:
        if not _optional_text(body, name):
            raise errors.property_not_specified(name)
    if body.get("itemType", item_type) != item_type:
        raise errors.invalid_property("itemType", f"it must be {item_type}")


def _optional_text(body: Json, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.invalid_property(name, "it must be a string")
    if value is not None and name == "name" and len(value) > NAME_LETTERS:
        raise errors.invalid_property(name, f"it must not be longer than {NAME_LETTERS} letters")
    return bool(value)


def _priority(body: Json) -> str | None:
    priority = body.get("priority")
    if priority is not None and priority not in PRIORITIES:
        raise errors.invalid_property("priority", f"it must be one of {', '.join(PRIORITIES)}")
    return priority


def _tags(body: Json) -> list[str] | None:
    tags = body.get("tags")
    if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise errors.invalid_property("tags", "it must be a list of strings")
    return tags
