"""What `qjobs` does about budgets, and about jobs and batches that wait for an approval."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from quantumjobs.cli.batches import one_batch
from quantumjobs.cli.choosing import one_id
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError, NoSuchIdError
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.cli.text import clock
from quantumjobs.errors import NoResultError, NotFoundError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from quantumjobs.batches import Batch
    from quantumjobs.budgets import Budget, BudgetList
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView

COLUMNS = (
    Column("BUDGET", is_name=True),
    Column("OF", rank=2, is_name=True),
    Column("PERIOD", rank=3),
    Column("LIMIT", is_number=True),
    Column("RESERVED", rank=1, is_number=True),
    Column("SPENT", is_number=True),
    Column("LEFT", is_number=True),
    Column("UNIT"),
    Column("APPROVE ABOVE", rank=4, is_number=True),
)
FORM = 'write [{"name": …}, …]'
SHOWN = frozenset({"reserved", "spent", "left", "periodBegan", "periodEnds"})  # beside what a budget is set with


def list_budgets(options: Namespace, screen: Screen) -> int:
    """Show the budgets: what is reserved, spent and left in this period."""
    with connect(options) as client:
        answer = client.budgets()
    _show(answer, screen)
    return OK


def set_budgets(options: Namespace, screen: Screen) -> int:
    """Replace all budgets by those of a file: a list, or the document that `qjobs budgets list --json` shows."""
    document = _document(options.file)
    version = document.get("version") if isinstance(document, dict) else None
    listed = document.get("budgets") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise CommandLineError("the file has no list of budgets", "", FORM)
    new = [_own(each) for each in listed]
    with connect(options) as client:
        if not isinstance(version, int):
            version = client.budgets().version
        answer = client.set_budgets(new, version=version)
    _show(answer, screen)
    return OK


def approve(options: Namespace, screen: Screen) -> int:
    """Let a job that waits for it be submitted, or a batch start."""
    with connect(options) as client:
        return _decide(client, options.id, client.approve, client.approve_batch, options.why, "approved", screen)


def deny(options: Namespace, screen: Screen) -> int:
    """Have a job or a batch that waits for an approval rejected."""
    with connect(options) as client:
        return _decide(client, options.id, client.deny, client.deny_batch, options.why, "denied", screen)


def _decide(
    client: CommandClient,
    text: str,
    of_job: Callable[..., JobView],
    of_batch: Callable[..., Batch],
    why: str | None,
    verdict: str,
    screen: Screen,
) -> int:
    """Decide about the job that an id means; where there is none, about the batch."""
    try:
        view = of_job(one_id(client, text), why=why)
    except (NotFoundError, NoSuchIdError) as no_job:
        try:
            batch = of_batch(one_batch(client, text), why=why)
        except (NotFoundError, NoSuchIdError):
            raise no_job from None
        except NoResultError as error:
            error.of_batch = True
            raise
        return _decided(batch, verdict, f"qjobs batch watch {batch.id}", screen)
    return _decided(view, verdict, f"qjobs watch {view.id}", screen)


def _decided(view: JobView | Batch, verdict: str, watch: str, screen: Screen) -> int:
    if screen.quiet:
        screen.line(view.id)
    elif screen.form == "table":
        screen.line(f"{verdict}: {view.name or view.id}; see how it goes on: {watch}")
    else:
        screen.document(view.raw)
    return OK


def _document(file: str) -> object:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    try:
        document: object = json.loads(text)
    except ValueError as error:
        raise CommandLineError(f"{'standard input' if file == '-' else file} is no JSON", str(error), FORM) from error
    return document


def _own(budget: object) -> dict[str, object]:
    """Take from a budget what it is told with, if it is one that was shown."""
    if not isinstance(budget, dict):
        raise CommandLineError("a budget of the file is no object", "", FORM)
    return {name: value for name, value in budget.items() if name not in SHOWN}


def _show(answer: BudgetList, screen: Screen) -> None:
    if screen.quiet:
        screen.lines(budget.name for budget in answer.budgets)
        return
    rows = [_row(budget) for budget in answer.budgets]
    screen.answer(answer.raw, Table(COLUMNS, rows), "there are no budgets: every order may cost what it costs")
    if answer.changes and screen.form == "table":
        last = answer.changes[0]
        screen.note(f"version {answer.version}, set by {last.by} {clock(last.at)}".rstrip())


def _row(budget: Budget) -> list[Cell]:
    style = "red" if budget.left is not None and budget.left <= 0 else ""
    return [
        Cell.of(budget.name),
        Cell.of(f"{budget.scope} {budget.of}"),
        Cell.of(budget.period),
        _amount(budget.limit),
        _amount(budget.reserved),
        _amount(budget.spent),
        _amount(budget.left, style),
        Cell.of(budget.unit),
        _amount(budget.approve_above),
    ]


def _amount(value: float | None, style: str = "") -> Cell:
    return Cell("" if value is None else f"{value:,.2f}", style, value)
