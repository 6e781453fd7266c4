"""Reads why a job did not succeed, and what was wrong with its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs import wire
from quantumjobs.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class JobError:
    """Why a job did not succeed; `faults` are those of the order, where it was rejected.

    `inner` are the codes and messages of the errors inside the workspace's own, from the outermost to the innermost;
    `details` those of the errors beside them.
    """

    code: str
    message: str
    faults: tuple[Fault, ...] = ()
    target: str | None = None
    inner: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[str, str], ...] = ()


def read_job_error(value: object) -> JobError | None:
    """Read the `error` of a job; None where there is none."""
    raw = wire.mapping(value)
    if not raw:
        return None
    return JobError(
        wire.text(raw.get("code")) or "",
        wire.text(raw.get("message")) or "",
        read_faults(raw.get("errors")),
        wire.text(raw.get("target")),
        _causes(raw.get("innerErrors")),
        _causes(raw.get("details")),
    )


def _causes(value: object) -> tuple[tuple[str, str], ...]:
    parts = (wire.mapping(part) for part in wire.a_list(value))
    return tuple((wire.text(part.get("code")) or "", wire.text(part.get("message")) or "") for part in parts)


def read_faults(value: object) -> tuple[Fault, ...]:
    """Read the `errors` of a problem or of a job."""
    return tuple(_fault(wire.mapping(entry)) for entry in wire.a_list(value))


def _fault(raw: Mapping[str, object]) -> Fault:
    place = (wire.integer(raw.get("line")), wire.integer(raw.get("column")))
    return Fault(wire.text(raw.get("field")) or "", wire.text(raw.get("reason")) or "", *place)
