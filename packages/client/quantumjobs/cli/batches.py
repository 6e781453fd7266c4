"""`qjobs batch …` and `qjobs compare`: many orders as one, from the request to the table with the best."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantumjobs.cli.choosing import WHOLE_ID, fitting
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK, UNSUCCESSFUL
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.left_open import key_of, under_a_key
from quantumjobs.cli.submitting import completed
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.following import FIRST_PAUSE, GROWTH, SLOWEST_PAUSE
from quantumjobs.orders import order_of_file

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from quantumjobs.batches import Batch, BatchRow, BatchTable
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen

PAGE = 200  # among so many batches the beginning of an id is looked for
BATCHES = (Column("id"), Column("phase"), Column("members", is_number=True), Column("name", rank=1, is_name=True))
ROWS = (
    Column("number", is_number=True),
    Column("target", rank=1, is_name=True),
    Column("phase"),
    Column("rank", rank=1, is_number=True),
    Column("fidelity", rank=2, is_number=True),
    Column("cost", rank=3, is_number=True),
    Column("unit", rank=3, field="costUnit"),
)


def submit(options: Namespace, screen: Screen) -> int:
    """Send a batch that is written as JSON."""
    request = _document(options.file)
    with connect(options) as client:
        batch = _send(client, request, options, screen)
        if options.watch:
            return _follow(client, batch, screen)
    _tell(batch, screen)
    return OK


def compare(options: Namespace, screen: Screen) -> int:
    """Run a program on several targets, and show which did best."""
    (order,) = completed(order_of_file(Path(options.file), options.format), options)
    order.pop("target", None)
    request: dict[str, Any] = {"order": order, "targets": options.targets}
    if "name" in order:
        request["name"] = order["name"]
    if options.by or options.reference is not None:
        rank = {"by": options.by or "fidelity"}
        request["rank"] = rank if options.reference is None else {**rank, "reference": options.reference}
    with connect(options) as client:
        return _follow(client, _send(client, request, options, screen), screen)


def list_batches(options: Namespace, screen: Screen) -> int:
    """Show one page of the batches."""
    with connect(options) as client:
        page = client.batches_page(top=options.top, continuation=options.continuation)
    if screen.quiet:
        screen.lines(batch.id for batch in page.batches)
    else:
        screen.answer(page.raw, _drawn(page.batches), "no batches")
    return OK


def show(options: Namespace, screen: Screen) -> int:
    """Show a batch."""
    with connect(options) as client:
        _tell(client.batch(_one(client, options.id)), screen)
    return OK


def table(options: Namespace, screen: Screen) -> int:
    """Show how each member of a batch ended."""
    with connect(options) as client:
        _tell_table(client.batch_table(_one(client, options.id)), screen)
    return OK


def watch(options: Namespace, screen: Screen) -> int:
    """Follow a batch to its end."""
    with connect(options) as client:
        return _follow(client, client.batch(_one(client, options.id)), screen)


def cancel(options: Namespace, screen: Screen) -> int:
    """Ask for every member of a batch to stop."""
    with connect(options) as client:
        _tell(client.cancel_batch(_one(client, options.id)), screen)
    return OK


def _document(file: str) -> dict[str, Any]:
    try:
        document = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandLineError(
            f"{file} is no batch", str(error), "name a file of JSON, or - for standard input"
        ) from error
    if not isinstance(document, dict):
        raise CommandLineError(f"{file} is no batch", "it is not a JSON object", "docs/batches.md has examples")
    return document


def _one(client: CommandClient, text: str) -> str:
    if WHOLE_ID.fullmatch(text):
        return text
    batches = client.batches_page(top=PAGE).batches
    return fitting(text, ((one.id, f"{one.phase} {one.name or ''}") for one in batches), "batch", "qjobs batch list")


def _send(client: CommandClient, request: dict[str, Any], options: Namespace, screen: Screen) -> Batch:
    key = key_of(options.idempotency_key)
    with under_a_key(key, screen, "batch", "batch watch"):
        return client.submit_batch(request, idempotency_key=key)


def _follow(client: CommandClient, batch: Batch, screen: Screen) -> int:
    """Write the progress at each change, and the table at the end."""
    shown, pause = "", FIRST_PAUSE
    try:
        while True:
            if (now := _progress(batch)) != shown and screen.form == "table" and not screen.quiet:
                screen.line(now)
            if batch.is_final:
                break
            pause = FIRST_PAUSE if now != shown else min(pause * GROWTH, SLOWEST_PAUSE)
            shown = now
            time.sleep(pause)
            batch = client.batch(batch.id)
    except KeyboardInterrupt:
        screen.note(f"stopped watching; the batch goes on. To watch it again: qjobs batch watch {batch.id}")
        raise
    if batch.phase == "rejected":
        _tell(batch, screen)
        return UNSUCCESSFUL
    _tell_table(client.batch_table(batch.id), screen)
    return OK if batch.phase == "succeeded" else UNSUCCESSFUL


def _progress(batch: Batch) -> str:
    counts = ", ".join(f"{count} {phase}" for phase, count in batch.by_phase.items() if count)
    return f"{batch.phase}: {batch.id}  {counts}".rstrip()


def _tell(batch: Batch, screen: Screen) -> None:
    if screen.quiet:
        screen.line(batch.id)
    elif screen.form == "table":
        screen.line(_progress(batch))
        if batch.error:
            screen.line(f"{batch.error.code}: {batch.error.message}")
        if not batch.is_final:
            screen.line(f"watch it: qjobs batch watch {batch.id}")
    else:
        screen.answer(batch.raw, _drawn([batch]))


def _drawn(batches: Sequence[Batch]) -> Table:
    rows = [(Cell.of(b.id), Cell.of(b.phase), Cell.count(b.members), Cell.of(b.name)) for b in batches]
    return Table(BATCHES, rows)


def _tell_table(answer: BatchTable, screen: Screen) -> None:
    if screen.quiet:
        screen.lines(row.id for row in answer.rows if row.id)
        return
    screen.answer(answer.raw, Table(ROWS, [_row(row) for row in answer.rows]), "no members")
    if screen.form == "table" and answer.outcome:
        numbers = ", ".join(map(str, answer.tie)) if answer.best is None else str(answer.best)
        screen.line(f"{answer.outcome}: {numbers}" + (f" ({answer.reason})" if answer.reason else ""))


def _row(row: BatchRow) -> tuple[Cell, ...]:
    cost = Cell(f"{row.cost:,g}", "", row.cost) if row.cost is not None else Cell()
    return (
        Cell.count(row.number),
        Cell.of(row.target),
        Cell.of(row.phase),
        Cell.count(row.rank),
        _estimated(row.fidelity, row.fidelity_error),
        cost,
        Cell.of(row.cost_unit),
    )


def _estimated(value: float | None, error: float | None) -> Cell:
    """Make a cell of a value with its standard error, where it has one."""
    if value is None:
        return Cell()
    return Cell(f"{value:.4f}" if error is None else f"{value:.4f} ± {error:.4f}", "", value)
