"""Jobs, targets and the like as tables: which columns there are, and which of them go first where it is narrow."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import TYPE_CHECKING

from quantumjobs.cli.tables import Cell, Column, Table, paint
from quantumjobs.cli.text import UTC, clock
from quantumjobs.texts import duration, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quantumjobs.cli.probes import Finding
    from quantumjobs.costs import Cost
    from quantumjobs.formats import Format
    from quantumjobs.jobs import JobView
    from quantumjobs.outcomes import Solution
    from quantumjobs.prices import CostShare
    from quantumjobs.views import Poisoned, Target
    from quantumjobs.workspace_views import Quota, Session
    from quantumjobs.workspaces import Workspace

STYLES = {"succeeded": "green", "failed": "red", "rejected": "red", "cancelled": "yellow", "expired": "yellow"}
AVAILABILITY = {"available": "green", "degraded": "yellow"}
NAME_OF_FINDING = len("local stack")  # the longest: findings are drawn one by one, and still stand in columns
JOBS = (
    Column("id"),
    Column("phase"),
    Column("target", rank=3, is_name=True),
    Column("shots", rank=1, is_number=True),
    Column("name", rank=2, is_name=True),
    Column("age", rank=4, field="createdAt"),
    Column("cost", rank=5),
)
BY = Column("by", rank=6, is_name=True, field="principal")
TARGETS = (
    Column("target"),
    Column("availability", rank=1),
    Column("queue", rank=2, field="averageQueueSeconds"),
    Column("qubits", rank=4, is_number=True),
    Column("price", rank=3, is_name=True),
    Column("formats", rank=5),
)
COSTS = (
    Column("cost", is_number=True, field="amount"),
    Column("unit"),
    Column("jobs", rank=1, is_number=True),
    Column("own estimates", rank=2, is_number=True, field="ownEstimates"),
)
SESSIONS = (
    Column("id"),
    Column("status"),
    Column("target", rank=2, is_name=True),
    Column("name", rank=1, is_name=True),
    Column("opened", rank=3),
)
QUOTAS = (
    Column("provider"),
    Column("dimension"),
    Column("scope", rank=2),
    Column("period", rank=1),
    Column("used", is_number=True),
    Column("limit", is_number=True),
)
FORMATS = (
    Column("format"),
    Column("what", rank=3, is_name=True),
    Column("extensions", rank=1),
    Column("providers", rank=2, is_name=True),
)
POISON = (Column("id"), Column("since", rank=2), Column("message or blob", rank=1, is_name=True))
WORKSPACES = (
    Column("name"),
    Column("credential", rank=1),
    Column("origin", rank=2),
    Column("resource", rank=3, is_name=True),
)
SOLUTIONS = (Column("cost", is_number=True), Column("configuration"))


def jobs(views: Sequence[JobView]) -> Table:
    """Make a table of jobs."""
    rows = [_job(view) for view in views]
    if not any("principal" in view.source for view in views):  # nobody signs in
        return Table(JOBS, rows)
    return Table((*JOBS, BY), [(*row, _starter(view)) for row, view in zip(rows, views, strict=True)])


def _starter(view: JobView) -> Cell:
    """Tell who started a job: a spreadsheet gets the id, which no other principal has."""
    id_ = view.source.get("principal", "")
    return Cell(printable(view.source.get("principalName") or id_ or view.source.get("door", "")), "", id_)


def _job(view: JobView) -> tuple[Cell, ...]:
    came = view.created_at or view.times.created  # of a job that is not the deployment's, the workspace knows the time
    age = duration((datetime.now(UTC) - came).total_seconds()) if came else ""
    return (
        Cell.of(view.id),
        Cell.of(view.phase, STYLES.get(view.phase, "")),
        Cell.of(view.target),
        Cell.count(view.shots),
        Cell.of(view.name),
        Cell(age, "", came.isoformat() if came else ""),
        Cell.of(cost(view.cost)),
    )


def cost(value: object) -> str:
    """Write what a job costs, and whether that is an estimate; nothing where it is not known."""
    if not isinstance(value, dict):
        return ""
    amount = value.get("estimated", value.get("estimatedTotal"))
    currency = value.get("currency", value.get("currencyCode")) or ""
    return f"{amount:,g} {currency}".rstrip() if isinstance(amount, int | float) else ""


def cost_in_words(value: Cost | None) -> str:
    """Say what a job costs; the deployment's own estimate is only about right. Nothing where it is not known."""
    amount = cost(value)
    if value is None or not amount:
        return ""
    about = "about " if value.source == "own estimate" else ""
    return f"costs {about}{amount}" if value.estimated else "costs nothing"


def targets(rows: Sequence[Target]) -> Table:
    """Make a table of targets; where nothing can run, a queue time would mislead."""
    return Table(TARGETS, [_target(target) for target in rows])


def _target(target: Target) -> tuple[Cell, ...]:
    word = (target.availability or "").lower()
    seconds = target.average_queue_seconds if word != "unavailable" else None
    return (
        Cell.of(target.id),
        Cell.of(target.availability, AVAILABILITY.get(word, "red")),
        Cell(duration(seconds) if seconds is not None else "", "", seconds if seconds is not None else ""),
        Cell.count(target.qubits),
        Cell.of(target.price),
        Cell.of(", ".join(target.formats)),
    )


def costs(by: str, shares: Sequence[CostShare]) -> Table:
    """Make a table of what targets, providers or workspaces have cost, unit by unit."""
    rows = [
        (
            Cell.of(share.name),
            Cell(f"{share.amount:,g}", "", share.amount),
            Cell.of(share.unit),
            Cell.count(share.jobs),
            Cell(f"{share.own_estimates:,}" if share.own_estimates else "", "", share.own_estimates),
        )
        for share in shares
    ]
    return Table((Column("all" if by == "unit" else by), *COSTS), rows)


def sessions(all_sessions: Sequence[Session]) -> Table:
    """Make a table of sessions."""
    return Table(
        SESSIONS,
        [
            (
                Cell.of(session.id),
                Cell.of(session.status, "green" if session.is_open else ""),
                Cell.of(session.target),
                Cell.of(session.name),
                Cell(clock(session.created_at)),
            )
            for session in all_sessions
        ],
    )


def quotas(all_quotas: Sequence[Quota]) -> Table:
    """Make a table of quotas, and what is used of each."""
    rows = []
    for quota in all_quotas:
        used = None if quota.utilization is None else f"{quota.utilization + (quota.holds or 0):g}"
        limit = None if quota.limit is None else f"{quota.limit:g}"
        texts = (quota.provider, quota.dimension, quota.scope, quota.period, used, limit)
        rows.append(tuple(Cell.of(part) for part in texts))
    return Table(QUOTAS, rows)


def formats(all_formats: Sequence[Format]) -> Table:
    """Make a table of the formats that programs may come in."""
    rows = []
    for row in all_formats:
        what = (row.description or "") + (" (compiled here)" if row.compiled else "")
        texts = (row.format, what, ", ".join(row.extensions), ", ".join(row.providers))
        rows.append(tuple(map(Cell.of, texts)))
    return Table(FORMATS, rows)


def solutions(all_solutions: Sequence[Solution]) -> Table:
    """Make a table of what a solver found: costs, and the variables' values."""
    return Table(SOLUTIONS, [(Cell.of(f"{one.cost:g}"), Cell.of(_values(one.configuration))) for one in all_solutions])


def _values(configuration: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in configuration.items())


def poison(orders: Sequence[Poisoned]) -> Table:
    """Make a table of poisoned orders."""
    rows = [(Cell.of(one.id), Cell(clock(one.at)), Cell.of(one.blob or one.message_id)) for one in orders]
    return Table(POISON, rows)


def workspaces(rows: Sequence[Workspace]) -> Table:
    """Make a table of the workspaces that an order can name."""
    return Table(WORKSPACES, [tuple(map(Cell.of, (one.name, one.kind, one.origin, one.resource_id))) for one in rows])


def finding(one: Finding, width: int | None, *, styled: bool) -> list[str]:
    """Draw one finding of the doctor, under the ones before."""
    mark, style = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}[one.status]
    room = max(20, (width or 1000) - NAME_OF_FINDING - 5)
    texts = [printable(one.detail), *([f"→ {printable(one.remedy)}"] if one.remedy else [])]
    parts = [part for text in texts for part in textwrap.wrap(text, room, break_on_hyphens=False) or [""]]
    head = f"{paint(mark, style) if styled else mark}  {printable(one.name):<{NAME_OF_FINDING}}"
    return [f"{head if not place else ' ' * (NAME_OF_FINDING + 3)}  {part}" for place, part in enumerate(parts)]
