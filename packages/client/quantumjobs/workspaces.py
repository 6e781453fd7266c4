"""What the API says of the workspaces that an order can name; `raw` keeps the whole document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


@dataclass(frozen=True)
class Workspace:
    """A workspace that an order can name; `origin` is `settings` or `added`.

    `kind`, `tenant_id` and `client_id` are of its credential, whose secret is never shown.
    """

    name: str
    resource_id: str | None
    endpoint: str | None
    kind: str | None
    origin: str | None
    raw: Mapping[str, object] = field(repr=False, compare=False)
    tenant_id: str | None = None
    client_id: str | None = None

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read what is said of a workspace."""
        raw = wire.an_object(document, "a workspace")
        texts = {name: wire.text(raw.get(name)) for name in ("resourceId", "endpoint", "origin")}
        who = wire.mapping(raw.get("credential"))
        kind, tenant, client = (wire.text(who.get(name)) for name in ("kind", "tenantId", "clientId"))
        name = wire.required(raw, "name", "a workspace")
        return cls(name, texts["resourceId"], texts["endpoint"], kind, texts["origin"], raw, tenant, client)


@dataclass(frozen=True)
class WorkspaceList:
    """The workspaces that an order can name beside `default`."""

    workspaces: tuple[Workspace, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of workspaces."""
        raw = wire.an_object(document, "a list of workspaces")
        return cls(
            tuple(Workspace.from_wire(one) for one in wire.entries(raw, "workspaces", "a list of workspaces")), raw
        )
