"""Translates the errors of the Azure SDKs into ours, with status, code and request id."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.policies import RetryPolicy

from quantum.jobs.errors import (
    NotFoundError,
    RefusedError,
    ServiceBusyError,
    ServiceError,
    ServiceUnavailableError,
    UnauthorizedError,
)

LONGEST_RETRY_AFTER = 3600.0  # a wrong header must not delay a job for ever

SIGNATURE = re.compile(r"\b(sig)=[^&\s\"'<>]+", re.IGNORECASE)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Translate the SDK's errors; `what` names the service, and no message contains an address or a key."""
    try:
        yield
    except HttpResponseError as error:
        raise from_response(error, what) from error
    except ServiceRequestError as error:
        raise ServiceUnavailableError(f"{what} cannot be reached.", code="Unreachable") from error
    except ServiceResponseError as error:  # the request may have been processed
        raise ServiceUnavailableError(f"{what} gave no answer.", code="Unreachable") from error
    except AzureError as error:
        raise ServiceUnavailableError(f"{what} did not answer as it should.") from error


def from_response(error: HttpResponseError, what: str) -> ServiceError:
    """Choose our error for the response that an SDK's error has."""
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    code = (error.error.code if error.error else None) or headers.get("x-ms-error-code") or ""
    message = error.error.message if error.error and error.error.message else error.reason
    status = 404 if isinstance(error, ResourceNotFoundError) else error.status_code or 0
    if isinstance(error, ClientAuthenticationError) and status not in {401, 403}:  # a sign-in, with a status of its own
        facts: dict[str, Any] = {"status": status, "code": str(code), "request_id": headers.get("x-ms-request-id")}
        return UnauthorizedError(f"{what} does not let this app in (HTTP {status}): check its identity.", **facts)
    return error_for(status, headers, str(code), str(message), what)


def error_for(status: int, headers: Mapping[str, str], code: str, message: str, what: str) -> ServiceError:
    """Choose our error for a service's response."""
    facts: dict[str, Any] = {"status": status, "code": code, "request_id": headers.get("x-ms-request-id")}
    if status == 404:
        return NotFoundError(f"{what} has no such thing.", **facts)
    if status in {401, 403}:
        return UnauthorizedError(f"{what} does not let this app in (HTTP {status}): check its identity.", **facts)
    pause = retry_after(headers)
    if status == 429 or (status == 503 and pause):
        return ServiceBusyError(f"{what} asks for fewer calls.", retry_after=pause, **facts)
    if status in {0, 408} or status >= 500 or status < 400:
        return ServiceUnavailableError(f"{what} failed (HTTP {status}).", **facts)
    return RefusedError(f"{what} refused: {without_signatures(message)}"[:2000], **facts)


def without_signatures(text: str) -> str:
    """Redact the signature of any SAS in a service's message, which may quote an address."""
    return SIGNATURE.sub(r"\1=REDACTED", text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Parse `Retry-After`, seconds or a date, as seconds up to an hour; None where it is missing or invalid."""
    try:
        return min(RetryPolicy().parse_retry_after(headers["Retry-After"]), LONGEST_RETRY_AFTER)
    except (KeyError, ValueError):
        return None
