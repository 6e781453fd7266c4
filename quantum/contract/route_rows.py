"""What a row of the table of routes consists of: a route, its request, its responses, and problems that many share."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from quantum.contract import examples
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
NO_JOB = problem("there is no such job")
NO_BATCH = problem("there is no such batch")
DECIDED = problem("it waits for no approval, or somebody has decided before")
NO_RESULT = problem("the job has no result, or none yet; see `phase`")
REMOVED = problem("the job succeeded, and its result was removed since")
NO_SESSION = problem("the workspace has no such session")
REFUSED = problem("the workspace refused; `code` is its own")
OTHER_KEY = problem("the key belongs to another request")
COMMON: Mapping[int, Reply] = {400: FAULTY, 503: UNAVAILABLE}
OF_A_SESSION: Mapping[int, Reply] = {**COMMON, 404: NO_SESSION, 409: REFUSED}
LOCATION_AND_RETRY = ("Location", "Retry-After")
ONE_BATCH = {"id": examples.BATCH_ID}
ONE_JOB, ONE_SESSION = {"id": examples.JOB_ID}, {"id": examples.SESSION_ID}
