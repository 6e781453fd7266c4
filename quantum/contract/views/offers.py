"""What a workspace offers: targets, quotas, formats, sessions, and the workspaces themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from quantum.contract.texts import Words
from quantum.contract.views.jobs import CONTINUATION, Cost, Failure, Times


@dataclass(frozen=True)
class TargetView:
    """Somewhere to run; the queue time means little without the availability."""

    id: str
    provider: str
    availability: str
    average_queue_seconds: int
    formats: Annotated[tuple[str, ...], "the formats that it takes"]
    status_page: str | None = None
    qubits: int | None = None


@dataclass(frozen=True)
class TargetList:
    """The targets of a workspace, as they were `ageSeconds` ago."""

    targets: tuple[TargetView, ...]
    age_seconds: int


@dataclass(frozen=True)
class QuotaView:
    """What a provider lets the workspace use of something, and what is used of it."""

    provider: str
    dimension: str
    scope: str
    period: str | None = None
    limit: float | None = None
    utilization: float | None = None
    holds: float | None = None


@dataclass(frozen=True)
class QuotaList:
    """The quotas of a workspace."""

    quotas: tuple[QuotaView, ...]


@dataclass(frozen=True)
class FormatView:
    """A format that programs may come in."""

    format: str
    description: str
    compiled: Annotated[bool, "whether the app turns it into QIR"]
    submitted_as: str
    output_format: str | None
    content_type: str
    max_bytes: int
    extensions: tuple[str, ...]
    providers: tuple[str, ...]


@dataclass(frozen=True)
class ShotsRule:
    """How a provider's targets take shots."""

    required: bool
    max: int
    provider_default: int | None
    note: str


@dataclass(frozen=True)
class ParamView:
    """A parameter of a provider."""

    name: str
    type: str
    description: str
    sent_as: Annotated[str, "where it stands in the job's `inputParams`"]


@dataclass(frozen=True)
class ProviderView:
    """A provider: its targets, formats, shots and parameters."""

    id: str
    name: str
    targets: tuple[str, ...]
    formats: tuple[str, ...]
    profile: Annotated[str, "the QIR profile that its targets run"]
    shots: ShotsRule
    params: tuple[ParamView, ...]


@dataclass(frozen=True)
class TargetFormats:
    """The formats that a target of the workspace takes."""

    id: str
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """What programs may come in, which target takes which, and what providers' parameters are."""

    formats: tuple[FormatView, ...]
    providers: tuple[ProviderView, ...]
    targets: tuple[TargetFormats, ...]


@dataclass(frozen=True)
class SessionLinks:
    """Where a session's own routes are, relative to the deployment."""

    self: str
    close: str
    jobs: str


@dataclass(frozen=True)
class SessionView:
    """A session: jobs for one target that belong together."""

    id: str
    name: str
    target: str
    provider_id: str
    status: Annotated[str, "the workspace's own word"]
    tags: Mapping[str, str]
    times: Times
    workspace: str
    is_open: Annotated[bool, "whether it takes jobs"]
    links: SessionLinks
    job_failure_policy: str | None = None
    priority: str | None = None
    cost: Cost | None = None
    error: Failure | None = None


@dataclass(frozen=True)
class SessionPage:
    """Some sessions of a workspace."""

    sessions: tuple[SessionView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@dataclass(frozen=True)
class CredentialView:
    """Who the app is towards a workspace; secrets are never shown."""

    kind: str
    tenant_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class WorkspaceView:
    """A workspace that orders can name."""

    name: str
    resource_id: str
    endpoint: str
    credential: CredentialView
    origin: Annotated[str, Words(("settings", "added"))]


@dataclass(frozen=True)
class WorkspaceList:
    """The workspaces that orders can name beside `default`."""

    workspaces: tuple[WorkspaceView, ...]
