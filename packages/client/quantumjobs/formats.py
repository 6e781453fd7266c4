"""The formats that a deployment takes, as its API tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from quantumjobs import wire

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Format:
    """A format that a program may come in, and who takes it; `compiled` says that the deployment turns it into QIR."""

    format: str
    description: str | None
    compiled: bool
    providers: tuple[str, ...]
    extensions: tuple[str, ...]

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read a format."""
        raw = wire.an_object(document, "a format")
        return cls(
            format=wire.required(raw, "format", "a format"),
            description=wire.text(raw.get("description")),
            compiled=raw.get("compiled") is True,
            providers=wire.texts(raw.get("providers")),
            extensions=wire.texts(raw.get("extensions")),
        )


@dataclass(frozen=True)
class FormatList:
    """The formats that the deployment knows; `raw` has its providers' parameters and its targets, too."""

    formats: tuple[Format, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of formats."""
        raw = wire.an_object(document, "a list of formats")
        return cls(tuple(Format.from_wire(row) for row in wire.entries(raw, "formats", "a list of formats")), raw)

    def taken_by(self, target: str) -> tuple[str, ...] | None:
        """The formats that a target of the workspace takes, as words; None where there is no such target."""
        rows = [wire.mapping(row) for row in wire.a_list(self.raw.get("targets"))]
        return next((wire.texts(row.get("formats")) for row in rows if row.get("id") == target), None)
