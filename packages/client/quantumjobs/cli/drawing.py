"""Draws counts, jobs, targets and findings for people, as rich tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from quantumjobs.cli.text import duration, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from quantumjobs.cli.probes import Finding
    from quantumjobs.formats import Format
    from quantumjobs.jobs import JobView
    from quantumjobs.outcomes import Solution
    from quantumjobs.sums import CountsSum
    from quantumjobs.views import Poisoned, Result, Target
    from quantumjobs.workspace_views import Quota, Session
    from quantumjobs.workspaces import Workspace

STYLES = {"succeeded": "green", "failed": "red", "rejected": "red", "cancelled": "yellow", "expired": "yellow"}
WIDEST_BAR = 40
NAME_OF_FINDING = len("local stack")  # the longest: findings are drawn one by one, and stand in columns all the same


def chart(result: Result | CountsSum, top: int, columns: int, encoding: str) -> RenderableType:
    """Draw a bar for each of the most frequent outcomes, in the order of their bits."""
    weights: Mapping[str, float] = result.counts or result.probabilities
    total = sum(weights.values()) or 1
    shown = sorted(sorted(weights, key=lambda key: (-weights[key], key))[:top])
    longest = max((len(printable(key)) for key in shown), default=0)
    width = max(8, min(WIDEST_BAR, columns - longest - 24))
    most = max(weights.values(), default=0)
    grid = _grid("left", "left", "right", "right")
    for key in shown:
        weight = weights[key]
        count = f"{weight:,}" if result.counts else ""
        grid.add_row(cell(key), _bar(weight, most, width, encoding), count, f"{weight / total:.1%}")
    if len(weights) > len(shown):
        rest = 1 - sum(weights[key] for key in shown) / total
        grid.add_row("…", f"{len(weights) - len(shown):,} other outcomes", "", f"{rest:.1%}")
    return grid


def jobs(views: Sequence[JobView]) -> RenderableType:
    """Draw a list of jobs."""
    table = _table("id", "phase", "target", "shots", "name", "age", cut="name")
    for view in views:
        age = duration((datetime.now(UTC) - view.created_at).total_seconds()) if view.created_at else ""
        table.add_row(
            cell(view.id),
            cell(view.phase, STYLES.get(view.phase, "")),
            cell(view.target),
            cell(view.shots),
            cell(view.name),
            age,
        )
    return table


def targets(found: Sequence[Target]) -> RenderableType:
    """Draw the targets; where nothing can run, a queue time would mislead."""
    table = _table("target", "availability", "queue", "qubits", "formats")
    for target in found:
        available = (target.availability or "").lower() != "unavailable"
        queue = duration(target.average_queue_seconds) if target.average_queue_seconds is not None and available else ""
        style = {"available": "green", "degraded": "yellow"}.get((target.availability or "").lower(), "red")
        table.add_row(
            cell(target.id),
            cell(target.availability, style),
            queue,
            cell(target.qubits),
            cell(", ".join(target.formats)),
        )
    return table


def sessions(found: Sequence[Session]) -> RenderableType:
    """Draw sessions."""
    table = _table("id", "status", "target", "name", "opened", cut="name")
    for session in found:
        opened = session.created_at.strftime("%Y-%m-%d %H:%M:%S") if session.created_at else ""
        style = "green" if session.is_open else ""
        table.add_row(cell(session.id), cell(session.status, style), cell(session.target), cell(session.name), opened)
    return table


def quotas(found: Sequence[Quota]) -> RenderableType:
    """Draw quotas, and what is left of each."""
    table = _table("provider", "dimension", "scope", "period", "used", "limit")
    for quota in found:
        used = None if quota.utilization is None else f"{quota.utilization + (quota.holds or 0):g}"
        limit = None if quota.limit is None else f"{quota.limit:g}"
        told = (quota.provider, quota.dimension, quota.scope, quota.period, used, limit)
        table.add_row(*(cell(part) for part in told))
    return table


def formats(found: Sequence[Format]) -> RenderableType:
    """Draw the formats that programs may come in."""
    table = _table("format", "what", "extensions", "providers")
    for row in found:
        what = (row.description or "") + (" (compiled here)" if row.compiled else "")
        cells = (row.format, what, ", ".join(row.extensions), ", ".join(row.providers))
        table.add_row(*map(cell, cells))
    return table


def solutions(found: Sequence[Solution]) -> RenderableType:
    """Draw what a solver found: costs, and the variables' values."""
    table = _table("cost", "configuration")
    for solution in found:
        values = ", ".join(f"{name}={value}" for name, value in solution.configuration.items())
        table.add_row(cell(f"{solution.cost:g}"), cell(values))
    return table


def poison(found: Sequence[Poisoned]) -> RenderableType:
    """Draw the poisoned orders."""
    table = _table("id", "since", "message or blob")
    for order in found:
        since = order.at.strftime("%Y-%m-%d %H:%M:%S") if order.at else ""
        table.add_row(cell(order.id), since, cell(order.blob or order.message_id))
    return table


def workspaces(found: Sequence[Workspace]) -> RenderableType:
    """Draw the workspaces that an order can name."""
    table = _table("name", "credential", "origin", "resource")
    for one in found:
        table.add_row(cell(one.name), cell(one.kind), cell(one.origin), cell(one.resource_id))
    return table


def finding(one: Finding) -> RenderableType:
    """Draw one finding of the doctor, under the ones before."""
    mark, style = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}[one.status]
    grid = _grid("left", "left", "left")
    grid.columns[1].min_width = NAME_OF_FINDING
    grid.add_row(Text(mark, style), cell(one.name), Text(printable(one.detail), overflow="fold"))
    if one.remedy:
        grid.add_row("", "", Text(f"→ {printable(one.remedy)}", overflow="fold"))
    return grid


def cell(value: object, style: str = "") -> Text:
    """Make a cell of whatever a server said."""
    return Text("" if value is None else printable(str(value)), style)


def _bar(weight: float, most: float, width: int, encoding: str) -> RenderableType:
    if not encoding.lower().startswith("utf"):
        return "#" * round(width * weight / most) if most else ""
    return Bar(most or 1, 0, weight, width=width, color="cyan")


def _grid(*justify: str) -> Table:
    grid = Table.grid(padding=(0, 2))
    for side in justify:
        grid.add_column(justify="right" if side == "right" else "left", overflow="fold")
    return grid


def _table(*titles: str, cut: str = "") -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(
            title,
            no_wrap=title not in {"formats", "what", "configuration"},
            overflow="ellipsis" if title == cut else "fold",
        )
    return table
