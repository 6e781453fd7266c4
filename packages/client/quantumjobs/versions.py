"""Says whether a strange answer comes of a deployment that is older or newer than this client; no I/O."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from quantumjobs import wire
from quantumjobs.errors import ApiError, QuantumJobsError, UnexpectedAnswerError, VersionError
from quantumjobs.exchange import Answer, Request

if TYPE_CHECKING:
    from quantumjobs.exchange import Reply, Steps

API_VERSION = 1
NO_ROUTE = "There is no such route"
UPDATE_CLIENT = "update the client: pip install --upgrade quantumjobs"

T = TypeVar("T")


def explained(steps: Steps[T]) -> Steps[T]:
    """Take the steps of a call; where its error may come of another version, ask the deployment for its own."""
    try:
        return (yield from steps)
    except (UnexpectedAnswerError, ApiError) as error:
        if not may_be_of_another_version(error):
            raise
        mismatch = difference(error, (yield Request("GET", "openapi.json")))
        if mismatch is None:
            raise
        raise mismatch from error


def may_be_of_another_version(error: QuantumJobsError) -> bool:
    """Say whether a route or a field was missing, not a job."""
    if isinstance(error, ApiError):
        return error.status in {404, 405} and (not error.raw or error.title == NO_ROUTE or error.status == 405)
    return isinstance(error, UnexpectedAnswerError) and error.status < 300


def difference(error: QuantumJobsError, reply: Reply) -> VersionError | None:
    """Compare the version in the API's description with this client's; None where the description says nothing."""
    if not isinstance(reply, Answer) or reply.status != 200:
        return None
    try:
        info = wire.mapping(wire.mapping(json.loads(reply.body)).get("info"))
    except (ValueError, RecursionError):
        return None
    version, _, _ = (wire.text(info.get("version")) or "").partition(".")
    if info.get("title") != "Durable Quantum Jobs" or not version.isdecimal():
        return None
    if int(version) > API_VERSION:
        return VersionError(
            f"the deployment is newer than this client (version {version} of the API, here {API_VERSION}):"
            f" {UPDATE_CLIENT}"
        )
    if int(version) < API_VERSION or isinstance(error, ApiError):
        return VersionError(
            f"the deployment is older than this client, and does not know this call ({error}): deploy a newer one, or"
            " install the client of its version"
        )
    return None
