"""The views of the deployment: health, poisoned orders, and problems (RFC 9457)."""

from collections.abc import Mapping
from typing import Annotated, Any

from quantum.contract.fields import Fault
from quantum.contract.parameters import PHASES
from quantum.contract.texts import Words
from quantum.contract.views.jobs import Failure
from quantum.wire.records import record


@record
class Check:
    """How one dependency is."""

    status: Annotated[str, Words(("ok", "unavailable"))]
    detail: str
    remedy: Annotated[str | None, "what to do where it is unavailable"] = None


@record
class Health:
    """How the deployment is, and each of its dependencies."""

    status: Annotated[str, Words(("ok", "degraded"))]
    checks: Mapping[str, Check]


@record
class PoisonedOrder:
    """An order on which the app itself failed five times."""

    id: Annotated[str, "the id of its job, which was rejected with the code `Poisoned`"]
    message_id: str
    at: str
    blob: Annotated[str | None, "where it was uploaded, if it was"] = None


@record
class PoisonList:
    """The orders on which the app itself failed."""

    poison: tuple[PoisonedOrder, ...]


@record
class Replayed:
    """An order that is tried again."""

    id: str
    replayed: bool
    job: Annotated[str, "the id of its job"]


@record
class Problem:
    """What is wrong with a request, or with the app (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[tuple[Fault, ...] | None, "everything that is wrong, by field"] = None
    code: Annotated[str | None, "the workspace's own code"] = None
    phase: Annotated[str | None, PHASES, "of a job that has no result"] = None
    error: Annotated[Failure | None, "why a job has no result"] = None
    id: Annotated[str | None, "under which something exists if it was taken after all"] = None
    idempotency_key: Annotated[str | None, "under which it can be sent again without being taken twice"] = None
    links: Mapping[str, Any] | None = None
