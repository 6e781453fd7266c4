"""The views of workspaces and their offers: targets, quotas, formats and sessions."""

from collections.abc import Mapping
from typing import Annotated

from quantum.contract.texts import Words
from quantum.contract.views.jobs import CONTINUATION, Cost, Failure, Times
from quantum.wire.records import record


@record
class PriceView:
    """How a target is priced by the provider's published prices, which move."""

    unit: Annotated[str, "a currency, or the provider's own unit: that of `maxCost` and of estimates"]
    how: Annotated[str, "what is counted, in words"]
    is_free: bool
    prices_of: Annotated[str, "the date of the prices"]
    prices_from: Annotated[str, "where they were read"]


@record
class TargetView:
    """Somewhere to run; the queue time means little without the availability."""

    id: str
    provider: str
    availability: str
    average_queue_seconds: int
    formats: Annotated[tuple[str, ...], "the formats that it takes"]
    status_page: str | None = None
    qubits: int | None = None
    price: Annotated[PriceView | None, "where our table has one"] = None


@record
class TargetList:
    """The targets of a workspace, as they were `ageSeconds` ago."""

    targets: tuple[TargetView, ...]
    age_seconds: int


@record
class QuotaView:
    """What a provider lets the workspace use of something, and what is used of it."""

    provider: str
    dimension: str
    scope: str
    period: str | None = None
    limit: float | None = None
    utilization: float | None = None
    holds: float | None = None


@record
class QuotaList:
    """The quotas of a workspace."""

    quotas: tuple[QuotaView, ...]


@record
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


@record
class ShotsRule:
    """How a provider's targets take shots."""

    required: bool
    max: int
    provider_default: int | None
    note: str
    at_once: Annotated[Mapping[str, int], "by target, where it takes fewer at once: more are divided into parts"]


@record
class ParamView:
    """A parameter of a provider."""

    name: str
    type: str
    description: str
    sent_as: Annotated[str, "where it stands in the job's `inputParams`"]


@record
class ProviderView:
    """A provider: its targets, formats, shots and parameters."""

    id: str
    name: str
    targets: tuple[str, ...]
    formats: tuple[str, ...]
    profile: Annotated[str, "the QIR profile that its targets run"]
    shots: ShotsRule
    params: tuple[ParamView, ...]


@record
class TargetFormats:
    """The formats that a target of the workspace takes."""

    id: str
    formats: tuple[str, ...]


@record
class Catalogue:
    """What programs may come in, which target takes which, and what providers' parameters are."""

    formats: tuple[FormatView, ...]
    providers: tuple[ProviderView, ...]
    targets: tuple[TargetFormats, ...]


@record
class SessionLinks:
    """Where a session's own routes are, relative to the deployment."""

    self: str
    close: str
    jobs: str


@record
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


@record
class SessionPage:
    """Some sessions of a workspace."""

    sessions: tuple[SessionView, ...]
    continuation: Annotated[str | None, CONTINUATION]


@record
class CredentialView:
    """Who the app is towards a workspace; secrets are never shown."""

    kind: str
    tenant_id: str | None = None
    client_id: str | None = None


@record
class WorkspaceView:
    """A workspace that orders can name."""

    name: str
    resource_id: str
    endpoint: str
    credential: CredentialView
    origin: Annotated[str, Words(("settings", "added"))]


@record
class WorkspaceList:
    """The workspaces that orders can name beside `default`."""

    workspaces: tuple[WorkspaceView, ...]
