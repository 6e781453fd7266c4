"""What a route of the HTTP API is, and the replies that many routes have."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from quantum.contract.fields import Table
from quantum.contract.parameters import Parameter
from quantum.wire.records import record

JSON, PROBLEM_JSON, BYTES = "application/json", "application/problem+json", "application/octet-stream"


@record
class Reply:
    """A response of a route: its meaning, and the name of its view; None without a body.

    The empty name is for a body without a view.
    """

    meaning: str
    document: str | None
    media_type: str = JSON
    headers: tuple[str, ...] = ()


@record
class Body:
    """The body of a request: the document's name, its fields and an example."""

    name: str
    table: Table
    example: Mapping[str, Any]


@record
class Route:
    """A route: its method and path below `/api/`, its door, its request and its responses.

    A door that `reports_unknown` parameters itself lists them together with its other faults.
    """

    method: str
    path: str
    door: str
    meaning: str
    replies: Mapping[int, Reply]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    reports_unknown: bool = False
    example: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> tuple[str, ...]:
        """The names of its query parameters."""
        return tuple(parameter.name for parameter in self.parameters if parameter.place == "query")


def problem(meaning: str, *headers: str) -> Reply:
    """Declare a problem (RFC 9457)."""
    return Reply(meaning, "Problem", PROBLEM_JSON, headers)


FAULTY = problem("the request is invalid; `errors` lists all faults")
TOO_LARGE = problem("the request is too large")
UNAVAILABLE = problem("a service that the app needs is not available: retry", "Retry-After")
OVERLOADED = problem("too many orders at once; nothing was started or stored: retry", "Retry-After")
UNCERTAIN = problem(
    "a service is not available; if the request may have been accepted, with its `id`, and the "
    "`idempotencyKey` for a safe retry",
    "Retry-After",
    "Location",
)
NO_JOB, NO_BATCH = problem("there is no such job"), problem("there is no such batch")
OTHER_KEY = problem("the key belongs to another request")
COMMON: Mapping[int, Reply] = {400: FAULTY, 503: UNAVAILABLE}
LOCATION_AND_RETRY = ("Location", "Retry-After")
