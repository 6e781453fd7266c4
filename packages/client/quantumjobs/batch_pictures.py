"""Draws batches and their tables for notebooks: HTML without scripts, of a bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.markup import Html, bar, block, element, name, note, number, table, word
from quantumjobs.pictures import MARKS, MOST_ROWS
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quantumjobs.batches import Batch, BatchRow, BatchTable

MOST_MEMBERS = 30  # a row has many columns


def of_batch(batch: Batch) -> str:
    """Draw a batch: which it is, how many members are in each phase, and why it was rejected."""
    title = element("div", element("b", f"{MARKS.get(batch.phase, '…')} {batch.name or batch.id}"), f" {batch.phase}")
    total = sum(batch.by_phase.values()) or 1
    rows = [(word(phase), bar(count / total), number(f"{count:,}")) for phase, count in batch.by_phase.items() if count]
    drawn = table(("", "", ""), rows[:MOST_ROWS]) if rows else Html()
    return block(title, name(batch.id), drawn, note(None if batch.error is None else batch.error.message))


def of_batches(batches: Sequence[Batch], *, has_more: bool = False) -> str:
    """Draw a table of batches."""
    rows = [
        (name(one.id), word(f"{MARKS.get(one.phase, '…')} {one.phase}"), number(f"{one.members or 0:,}"), one.name)
        for one in batches[:MOST_ROWS]
    ]
    more = "there are more" if has_more or len(batches) > MOST_ROWS else None
    drawn = table(("id", "phase", number("members"), "name"), rows) if rows else note("no batches")
    return block(drawn, note(more))


def of_table(compared: BatchTable) -> str:
    """Draw how members ended: the best first where they are ranked, and the verdict above."""
    best = "" if compared.best is None else f" {compared.best}"
    tie = ", ".join(map(str, compared.tie[:MOST_ROWS])) if compared.best is None else ""
    verdict = f"{compared.outcome}{best or (f' {tie}' if tie else '')}" if compared.by and compared.outcome else None
    order = sorted(compared.rows, key=lambda row: (row.rank is None, row.rank or 0))
    titles = (number("number"), "target", "arguments", "phase", number("rank"), number("fidelity"), "seconds", "cost")
    more = f"{len(order) - MOST_MEMBERS:,} more" if len(order) > MOST_MEMBERS else None
    head = element("div", element("b", verdict)) if verdict else Html()
    return block(head, note(compared.reason), table(titles, map(_row, order[:MOST_MEMBERS])), note(more))


def _row(row: BatchRow) -> tuple[object, ...]:
    seconds = [each for each in (row.queue_seconds, row.run_seconds) if each is not None]
    error = "" if row.fidelity_error is None else f" ± {row.fidelity_error:.4f}"
    return (
        number(row.number),
        name(row.target),
        None if row.arguments is None else str(row.arguments),
        word(f"{MARKS.get(row.phase, '…')} {row.phase}"),
        number(row.rank),
        number("" if row.fidelity is None else f"{row.fidelity:.4f}{error}"),
        word(duration(sum(seconds)) if seconds else ""),
        word("" if row.cost is None else f"{row.cost:,g} {row.cost_unit or ''}".rstrip()),
    )
