"""The formats that a deployment takes, as its API tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


@dataclass(frozen=True)
class Format:
    """A format that a program may come in, and who takes it; `compiled` says that the deployment turns it into QIR."""

    format: str
    description: str | None
    compiled: bool
    providers: tuple[str, ...]
    extensions: tuple[str, ...]
    submitted_as: str | None = None
    output_format: str | None = None
    content_type: str | None = None
    max_bytes: int | None = None

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
            submitted_as=wire.text(raw.get("submittedAs")),
            output_format=wire.text(raw.get("outputFormat")),
            content_type=wire.text(raw.get("contentType")),
            max_bytes=wire.integer(raw.get("maxBytes")),
        )


@dataclass(frozen=True)
class FormatList:
    """The formats that the deployment knows; `providers` and `targets` are as the API describes them."""

    formats: tuple[Format, ...]
    raw: Mapping[str, object] = field(repr=False, compare=False)
    providers: tuple[Mapping[str, object], ...] = ()
    targets: tuple[Mapping[str, object], ...] = ()

    @classmethod
    def from_wire(cls, document: object) -> Self:
        """Read the list of formats."""
        raw = wire.an_object(document, "a list of formats")
        formats = tuple(Format.from_wire(row) for row in wire.entries(raw, "formats", "a list of formats"))
        providers, targets = (tuple(map(wire.mapping, wire.a_list(raw.get(name)))) for name in ("providers", "targets"))
        return cls(formats, raw, providers, targets)

    def taken_by(self, target: str) -> tuple[str, ...] | None:
        """The formats that a target of the workspace takes, as words; None where there is no such target."""
        return next((wire.texts(row.get("formats")) for row in self.targets if row.get("id") == target), None)
