"""One job for people: all that is known of it, why it failed, and what it brought."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quantumjobs.cli import charts, drawing
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.cli.text import clock, lines, many
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from quantumjobs.budgets import Approval
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView
    from quantumjobs.outcomes import Register
    from quantumjobs.parts import JobPart
    from quantumjobs.views import Result

FACTS = (Column("fact"), Column("value"))


def facts(view: JobView) -> Table:
    """Make a table of all that is known of a job."""
    pairs = [(name, _written(value)) for name, value in _facts(view)]
    return Table(FACTS, [(Cell.of(name), Cell.of(value)) for name, value in pairs if value])


def _facts(view: JobView) -> Iterator[tuple[str, object]]:
    cancellation, times = view.cancellation, view.times
    yield from (("id", view.id), ("name", view.name), ("phase", view.phase), ("workspace's word", view.azure_status))
    yield from (("target", view.target), ("fallback targets", view.fallback_targets), ("workspace", view.workspace))
    yield from (("shots", None if view.shots is None else f"{view.shots:,}"), ("program", view.input_format))
    yield from (("entry point", view.entry_point), ("arguments", view.arguments), ("parameters", view.params))
    yield from (("tags", view.tags), ("session", view.session_id or view.session), ("priority", view.priority))
    yield from (("urgency", view.urgency), ("deadline", view.deadline))
    yield from (("most it may cost", view.max_cost), ("cost", _cost(view.cost)))
    yield from (("came", clock(view.created_at)), ("created", clock(times.created)), ("began", clock(times.began)))
    yield from (("ended", clock(times.ended)), ("queued", _length(view.queue_seconds)))
    yield from (("ran", _length(view.duration_seconds)), ("attempts", view.attempts), ("looks", view.polls))
    yield from (("woken by events", view.wakes), ("adopted", "yes" if view.adopted else None))
    if cancellation:
        request = f"by {cancellation.requested_by} {clock(cancellation.requested_at)}".rstrip()
        yield from (("asked to stop", request), ("stopped", clock(cancellation.cancelled_at)))
    elif view.cancel_requested:
        yield "asked to stop", "yes"
    if view.approval:
        yield "approval", _approval(view.approval)
    if view.reused_from:
        yield "result of", f"{view.reused_from.job}, which ended {clock(view.reused_from.ended_at)}".rstrip()
    yield "waits for the result of", view.waits_for
    yield from (("source", view.source), ("workspace's id", view.remote_id), ("trace", view.traceparent))
    yield from ((f"part {part.number}", _part(part)) for part in view.parts)
    yield from (("warning", warning) for warning in view.warnings)


def _part(part: JobPart) -> str:
    shots = None if part.shots is None else f"{part.shots:,} shots"
    facts = (part.phase, shots, _cost(part.cost), part.remote_id, part.error and part.error.message)
    return ", ".join(str(fact) for fact in facts if fact)


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(part if isinstance(part, str) else json.dumps(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{name}={part if isinstance(part, str) else json.dumps(part)}" for name, part in value.items()
        )
    return str(value)


def _cost(value: object) -> str:
    amount = drawing.cost(value)
    source = value.get("source") if isinstance(value, dict) else None
    return f"{amount} ({source})" if amount and source else amount


def _length(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)


def job(view: JobView, screen: Screen) -> None:
    """Show all that is known of a job: facts, phases, and the error."""
    table = facts(view)
    if screen.form != "table":
        screen.answer(view.raw, table)
        return
    widest = max(len(row[0].text) for row in table.rows)
    for name, value in table.rows:
        style = drawing.STYLES.get(value.text, "") if name.text == "phase" else ""
        screen.line(f"{name.text:<{widest}}  {value.text}", style)
    if view.history:
        screen.line("phases")
        for change in view.history:
            screen.line(f"  {clock(change.at):<23}  {change.phase}")
    if view.error:
        error_of(view, screen)


def error_of(view: JobView, screen: Screen) -> None:
    """Say why a job did not succeed."""
    screen.line(f"the job is {view.phase}" + (f" ({view.error.code})" if view.error and view.error.code else ""))
    if view.error:
        for text in view.error.reasons:
            for line in lines(text, "  "):
                screen.line(line)


def result(outcome: Result, top: int, screen: Screen, registers: list[str] | None = None) -> None:
    """Show what a job brought."""
    shots = many(outcome.shots, "shot") if outcome.shots is not None and not outcome.solutions else None
    queued = f"queued {duration(outcome.queue_seconds)}" if outcome.queue_seconds is not None else None
    ran = f"ran {duration(outcome.duration_seconds)}" if outcome.duration_seconds is not None else None
    screen.line(", ".join(part for part in (shots, outcome.target and f"on {outcome.target}", queued, ran) if part))
    for warning in outcome.warnings:
        screen.note(f"warning: {warning}")
    if outcome.solutions:
        screen.table(drawing.solutions(outcome.solutions[:top]))
    elif outcome.counts or outcome.probabilities:
        if len(outcome.registers) > 1 and not registers:
            screen.line(f"registers: {_registers(outcome.registers)}")
        bars(outcomes(outcome.counts or outcome.probabilities, outcome.registers, registers), top, screen)
    else:
        screen.line("no outcome was counted")


def _registers(registers: tuple[Register, ...]) -> str:
    return ", ".join(f"{one.name or place} ({one.bits})" for place, one in enumerate(registers))


def outcomes(
    weights: Mapping[str, float], registers: tuple[Register, ...], names: list[str] | None
) -> Mapping[str, float]:
    """Give the outcomes, or those of the registers that are named."""
    return charts.marginal(weights, registers, names) if names else weights


def bars(weights: Mapping[str, float], top: int, screen: Screen) -> None:
    """Draw a histogram."""
    screen.lines(charts.chart(weights, top, screen.width, blocks=screen.has_blocks, styled=screen.is_live))


def _approval(approval: Approval) -> str:
    """Say what a job waits for, or how that was decided."""
    cost = f"{approval.amount:,g} {approval.unit}" if approval.amount is not None else "its cost"
    if approval.verdict is None:
        return f"needed for {cost} by {clock(approval.until)} (budget {approval.budget}): qjobs approve or deny"
    why = f": {approval.why}" if approval.why else ""
    return f"{cost} {approval.verdict} by {approval.by} {clock(approval.at)}".rstrip() + why
