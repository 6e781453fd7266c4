"""The parameters of routes, in path, query and headers, as data: name, kind, meaning."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from quantum.contract.fields import Row
from quantum.contract.kinds import Kind, Limits, Schema
from quantum.contract.texts import Form, Printable, Unchecked, Words
from quantum.contract.workspaces import DEFAULT
from quantum.wire.records import record

DEFAULT_TOP, MAX_TOP, MAX_COUNTED, MAX_IDS = 50, 200, 1_000, 100
INDEXED_LETTERS = 64  # of a job's name: a row's key must stay short
MAX_FILTER = 325  # a tag's name, an equals sign, and its text
PHASES = Words(
    (
        "accepted",
        "staging",
        "awaitingApproval",
        "waiting",
        "executing",
        "cancelling",
        "collecting",
        "succeeded",
        "failed",
        "cancelled",
        "rejected",
        "expired",
    )
)
ORDERINGS = Words(("newest", "oldest", "name"))
COST_GROUPS = Words(("target", "provider", "workspace", "unit"))
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_TENANT = re.compile(r"[A-Za-z0-9._-]{1,64}")
KEY = re.compile(r"[\x21-\x7e]{1,255}")
NUMBER = re.compile(r"[1-9]\d?", re.ASCII)
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)

type Place = Literal["path", "query", "header"]


@record
class Count:
    """A whole number from 1, written as text."""

    most: int

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if re.fullmatch(r"\d{1,4}", value, re.ASCII) and 1 <= int(value) <= self.most:
            return None
        return f"must be a whole number from 1 to {self.most:,}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": self.most, "default": min(self.most, DEFAULT_TOP)}


@record
class Moment:
    """A time with its zone, or a date, which means midnight in UTC."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        try:
            moment_in(value)
        except (ValueError, OverflowError):
            return "must be a date or a time with its zone, such as 2026-11-21T09:00:00Z"
        return None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "examples": ["2026-11-21", "2026-11-21T09:00:00Z"]}


@record
class TagPair:
    """A tag as name=text."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if reason := Printable(MAX_FILTER).fault(value, limits):
            return reason
        return None if "=" in value else "must be name=text, such as team=chem"

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return Printable(MAX_FILTER).schema(limits) | {"pattern": "=", "examples": ["team=chem"]}


@record
class Parameter:
    """A parameter of a route, and its place."""

    row: Row
    place: Place = "query"

    @property
    def name(self) -> str:
        """Its name."""
        return self.row.name


def moment_in(text: str) -> datetime:
    """Parse a time, or a date as midnight in UTC. A plus sign may arrive as a space, by URL decoding."""
    moment = datetime.fromisoformat(f"{text}T00:00:00Z" if len(text) == 10 else text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError(text)
    moment.timestamp()
    return moment


def query(name: str, kind: Kind, meaning: str) -> Parameter:
    """Declare a parameter of the query."""
    return Parameter(Row(name, kind, meaning))


def of_path(name: str, kind: Kind, meaning: str) -> Parameter:
    """Declare a parameter of the path."""
    return Parameter(Row(name, kind, meaning, is_required=True), "path")


def header(name: str, kind: Kind, meaning: str) -> Parameter:
    """Declare a header."""
    return Parameter(Row(name, kind, meaning), "header")


FILTERS = (
    query("phase", PHASES, "jobs in this phase"),
    query("name", Printable(INDEXED_LETTERS), "jobs whose names begin so"),
    query("workspace", Printable(MAX_FILTER), "jobs in this workspace"),
    query("provider", Printable(MAX_FILTER), "jobs on this provider's targets"),
    query("target", Printable(256), "jobs on this target"),
    query("tag", TagPair(), "jobs with this tag, as name=text"),
    query("from", Moment(), "jobs accepted at this time or later"),
    query("to", Moment(), "jobs accepted before this time"),
    query("order", ORDERINGS, "which come first; `newest`, or `name` where `name` is given"),
)
CONTINUATION = query("continuation", Unchecked(), "what the last page gave, with the same filters and order")
PAGING = (query("top", Count(MAX_TOP), "how many of them at most"), CONTINUATION)
COUNTED = (
    query("top", Count(MAX_COUNTED), "how many jobs to count at most"),
    CONTINUATION,
    query("ids", Unchecked(), f"ids of up to {MAX_IDS} jobs, with commas between them, in place of filters"),
)
COSTED = (
    query("by", COST_GROUPS, "what costs are added up by; `target` without it"),
    query("top", Count(MAX_COUNTED), "how many jobs to look at, at most"),
    CONTINUATION,
)
WORKSPACE = query("workspace", Unchecked(), f"the name of another workspace than `{DEFAULT}`")
PROVIDER = query("provider", Unchecked(), "the quotas of this provider alone")
JOB_ID = of_path("id", Unchecked(pattern=ID), "the job's id")
BATCH_ID = of_path("id", Unchecked(pattern=ID), "the batch's id")
BATCH_PHASES = Words(
    (
        *("accepted", "awaitingApproval", "running", "paused", "cancelling"),
        *("succeeded", "partly", "failed", "cancelled", "rejected", "expired"),
    )
)
BATCH_FILTERS = (query("phase", BATCH_PHASES, "batches in this phase"),)
MEMBER_FILTERS = (
    query(
        "phase",
        Words(("pending", "running", "succeeded", "failed", "cancelled", "rejected", "expired", "leftOut")),
        "members in this phase",
    ),
    query("target", Printable(256), "members whose order names this target; `auto` for those that leave it to the app"),
)
POISON_ID = of_path("id", Unchecked(pattern=ID), "the order's id in `GET /api/poison`")
SESSION_ID = of_path("id", Unchecked(), "the session's id")
WORKSPACE_NAME = of_path("name", Unchecked(), "the workspace's name")
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    Form(KEY, "takes 1 to 255 visible ASCII characters"),
    "the caller's own key: what is sent again under it is not taken twice",
)
PART = header("Range", Unchecked(pattern=RANGE), "the part that is wanted, such as `bytes=0-`; others are ignored")
PART_NUMBER = query("part", Unchecked(pattern=NUMBER), "of which part of a divided job, from 1")
TENANT = header(
    "x-tenant",
    Form(A_TENANT, "takes 1 to 64 letters, digits, dots, dashes and underscores"),
    "the tenant that the work counts for, in place of the principal's; only admins may name one",
)
TRACEPARENT = header("traceparent", Unchecked(), "the caller's W3C trace context; a wrong one is ignored")


def rows_of(parameters: tuple[Parameter, ...], place: Place = "query") -> Mapping[str, Row]:
    """Return the rows of the parameters in one place."""
    return {parameter.name: parameter.row for parameter in parameters if parameter.place == place}
