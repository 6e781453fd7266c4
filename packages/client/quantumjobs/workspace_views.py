"""What the API answers about the workspace itself: its sessions and its quotas, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.costs import Cost, read_cost
from quantumjobs.failures import JobError, read_job_error
from quantumjobs.jobs import Times

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from typing_extensions import Self


@dataclass(frozen=True)
class Session:
    """Jobs for one target that belong together; `status` is Azure's own word."""

    id: str
    status: str
    is_open: bool
    name: str | None
    target: str | None
    job_failure_policy: str | None
    tags: Mapping[str, str]
    created_at: datetime | None
    raw: Mapping[str, object] = field(repr=False, compare=False)
    provider_id: str | None = None
    workspace: str | None = None
    priority: str | None = None
    times: Times = field(default_factory=Times)
    cost: Cost | None = None
    error: JobError | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a session; only `id` and `status` are indispensable."""
        raw = wire.an_object(document, "a session")
        return cls(
            id=wire.required(raw, "id", "a session"),
            status=wire.required(raw, "status", "a session"),
            is_open=raw.get("isOpen") is True,
            name=wire.text(raw.get("name")),
            target=wire.text(raw.get("target")),
            job_failure_policy=wire.text(raw.get("jobFailurePolicy")),
            tags=wire.text_mapping(raw.get("tags")),
            created_at=wire.moment(wire.mapping(raw.get("times")).get("created")),
            raw=raw,
            provider_id=wire.text(raw.get("providerId")),
            workspace=wire.text(raw.get("workspace")),
            priority=wire.text(raw.get("priority")),
            times=Times.from_wire(raw.get("times")),
            cost=read_cost(raw.get("cost")),
            error=read_job_error(raw.get("error")),
            links=wire.text_mapping(raw.get("links")),
        )


@dataclass(frozen=True)
class SessionPage:
    """Some sessions of the list; `continuation` asks for the next ones, None says that these are the last."""

    sessions: tuple[Session, ...]
    continuation: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a page of the list of sessions."""
        raw = wire.an_object(document, "a list of sessions")
        sessions = tuple(Session.from_wire(session) for session in wire.entries(raw, "sessions", "a list of sessions"))
        return cls(sessions, wire.text(raw.get("continuation")) or None, raw)


@dataclass(frozen=True)
class Quota:
    """What a provider lets the workspace use of something (`dimension`), and what is used of it."""

    provider: str
    dimension: str
    scope: str | None
    period: str | None
    limit: float | None
    utilization: float | None
    holds: float | None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a quota."""
        raw = wire.an_object(document, "a quota")
        return cls(
            provider=wire.required(raw, "provider", "a quota"),
            dimension=wire.required(raw, "dimension", "a quota"),
            scope=wire.text(raw.get("scope")),
            period=wire.text(raw.get("period")),
            limit=wire.number(raw.get("limit")),
            utilization=wire.number(raw.get("utilization")),
            holds=wire.number(raw.get("holds")),
        )


@dataclass(frozen=True)
class QuotaList:
    """The quotas of the workspace."""

    quotas: tuple[Quota, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of quotas."""
        raw = wire.an_object(document, "a list of quotas")
        return cls(tuple(Quota.from_wire(quota) for quota in wire.entries(raw, "quotas", "a list of quotas")), raw)
