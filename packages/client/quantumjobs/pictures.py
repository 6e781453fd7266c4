"""Draws jobs, results and lists for notebooks: HTML without scripts, of a bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.markup import Html, bar, block, code, element, name, note, number, table, word
from quantumjobs.outcomes import ranked, total_weight
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quantumjobs.jobs import JobView
    from quantumjobs.outcomes import Distribution
    from quantumjobs.prices import CostShare
    from quantumjobs.views import Result, Target

MOST_ROWS = 50
MOST_BARS = 16
MARKS = {"succeeded": "✓", "failed": "✗", "rejected": "✗", "cancelled": "■", "expired": "■"}


def of_job(job: JobView, note_below: str | None = None) -> str:
    """Draw a job: which it is, its phases on a line of time, and why it failed."""
    mark = MARKS.get(job.phase, "…")
    shots = None if job.shots is None else f"{job.shots:,} shots"
    about = " · ".join(part for part in (job.target, shots, job.cost and str(job.cost)) if part)
    title = element("div", element("b", f"{mark} {job.name or job.id}"), f" {job.phase}")
    return block(title, note(about), name(job.id), _timeline(job), _error(job), note(note_below))


def _timeline(job: JobView) -> Html:
    times = [change.at for change in job.history if change.at]
    if len(times) != len(job.history) or not times:
        return Html()
    first, whole = times[0], (times[-1] - times[0]).total_seconds()
    rows = []
    changes = list(zip(job.history, times, [*times[1:], None], strict=True))
    for change, at, until in changes[-MOST_ROWS:]:
        seconds = None if until is None else (until - at).total_seconds()
        start = (at - first).total_seconds() / whole if whole else 0.0
        drawn = bar((seconds or 0.0) / whole if whole else 0.0, start)
        rows.append((word(change.phase), drawn, "" if seconds is None else word(duration(seconds))))
    return table(("", "", ""), rows)


def _error(job: JobView) -> Html:
    lines = [] if job.error is None else str(job.error).splitlines()[:MOST_BARS]
    return element("div", *(element("div", line) for line in lines)) if lines else Html()


def of_jobs(jobs: Sequence[JobView], *, has_more: bool = False) -> str:
    """Draw a table of jobs."""
    rows = [
        (
            name(job.id),
            word(f"{MARKS.get(job.phase, '…')} {job.phase}"),
            name(job.target),
            number("" if job.shots is None else f"{job.shots:,}"),
            job.name,
            word("" if job.created_at is None else f"{job.created_at:%Y-%m-%d %H:%M:%S}"),
        )
        for job in jobs[:MOST_ROWS]
    ]
    if not rows:
        return block(note("no jobs"))
    more = "there are more" if has_more or len(jobs) > MOST_ROWS else None
    return block(table(("id", "phase", "target", number("shots"), "name", "created (UTC)"), rows), note(more))


def of_result(result: Result) -> str:
    """Draw a result: a histogram, most frequent outcome first, or the solutions of a problem."""
    shots = None if result.shots is None else f"{result.shots:,} shots"
    about = " · ".join(part for part in (shots, result.target, result.id) if part)
    if result.solutions:
        rows = [
            (f"{solution.cost:g}", ", ".join(f"{name}={value}" for name, value in solution.configuration.items()))
            for solution in result.solutions[:MOST_BARS]
        ]
        return block(note(about), table(("cost", "configuration"), rows))
    warnings = (note(f"warning: {warning}") for warning in result.warnings[:MOST_BARS])
    return block(note(about), *warnings, histogram(result))


def of_sum(counted: Distribution, shots: int | None, jobs: int) -> str:
    """Draw the histogram of many jobs."""
    return block(note(f"{shots or 0:,} shots of {jobs:,} {'job' if jobs == 1 else 'jobs'}"), histogram(counted))


def of_distribution(counted: Distribution) -> str:
    """Draw a histogram alone."""
    return block(histogram(counted))


def histogram(counted: Distribution) -> Html:
    """Draw a bar for each of the most frequent outcomes, and say how many are left out."""
    order = ranked(counted)
    total, shown = total_weight(counted), order[:MOST_BARS]
    if not shown:
        return note("no outcome was counted")
    most = shown[0][1] or 1
    rows = [
        (
            code(outcome),
            bar(weight / most),
            number(f"{weight:,}" if counted.counts else ""),
            number(f"{weight / total:.1%}"),
        )
        for outcome, weight in shown
    ]
    left = len(order) - len(shown)
    rest = f"{left:,} other {'outcome' if left == 1 else 'outcomes'}" if left else None
    share = sum(weight for _, weight in order[MOST_BARS:]) / total
    return Html(table(("", "", "", ""), rows) + note(rest and f"{rest}, {share:.1%}"))


def of_targets(targets: Sequence[Target]) -> str:
    """Draw a table of targets."""
    rows = (
        (
            name(target.id),
            target.availability,
            word("" if target.average_queue_seconds is None else duration(target.average_queue_seconds)),
            number(target.qubits),
            target.price,
        )
        for target in targets[:MOST_ROWS]
    )
    return block(table(("target", "availability", "queue", number("qubits"), "price"), rows))


def of_costs(by: str, shares: Sequence[CostShare], left_out: int) -> str:
    """Draw a table of costs, and say how many jobs are not in it."""
    rows = (
        (name(share.name), number(f"{share.amount:,g}"), share.unit, number(f"{share.jobs:,}"))
        for share in shares[:MOST_ROWS]
    )
    drawn = table((by, number("cost"), "unit", number("jobs")), rows) if shares else note("no costs")
    return block(drawn, note(f"{left_out:,} left out" if left_out else None))


def of_rows(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Draw a table of anything, its first rows."""
    all_rows = list(rows)
    more = f"{len(all_rows) - MOST_ROWS:,} more" if len(all_rows) > MOST_ROWS else None
    return block(table(titles, all_rows[:MOST_ROWS]), note(more))
