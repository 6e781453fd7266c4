"""`qjobs estimate`: what an order would need and cost, a row for each target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.drawing import AVAILABILITY
from quantumjobs.cli.inputs import named_targets
from quantumjobs.cli.submitting import completed
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.cli.text import many
from quantumjobs.orders import order_of_file
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from quantumjobs.cli.screen import Screen
    from quantumjobs.estimates import Estimate

ESTIMATES = (
    Column("target"),
    Column("takes it", is_name=True, field="takes"),
    Column("qubits", rank=4, is_number=True),
    Column("gates", rank=5),
    Column("queue", rank=2, field="averageQueueSeconds"),
    Column("price", is_number=True, field="amount"),
    Column("unit"),
    Column("prices of", rank=3, field="pricesOf"),
)


def estimate(options: Namespace, screen: Screen) -> int:
    """Show what an order would need and cost on several targets."""
    options.defaults = {name: value for name, value in options.defaults.items() if name != "target"}
    targets, options.target = named_targets(options), None
    with connect(options) as client:
        (order,) = completed(order_of_file(Path(options.file), options.format), options)
        answer = client.estimate(order, targets=targets or None)
    if screen.quiet:
        screen.lines(one.target for one in answer.estimates if one.takes)
        return OK
    screen.answer(answer.raw, table(answer.estimates), "no target of the workspace takes it")
    if screen.form == "table":
        _notes(answer.estimates, answer.warnings, screen)
        if answer.left_out:
            left = many(len(answer.left_out), "target")
            screen.note(f"left out: {left} that would not take it; --targets NAME says why")
    return OK


def _notes(rows: Sequence[Estimate], warnings: Sequence[str], screen: Screen) -> None:
    """Say in full what a narrow table may shorten: reasons, and why a price is not known."""
    for row in rows:
        for fault in row.faults:
            screen.note(f"{row.target}: {fault}")
        if row.takes and row.why_no_cost:
            screen.note(f"{row.target}: no price: {row.why_no_cost}")
    for warning in warnings:
        screen.note(f"warning: {warning}")


def table(rows: Sequence[Estimate]) -> Table:
    """Make a table of estimates."""
    return Table(ESTIMATES, [_row(row) for row in rows])


def _row(row: Estimate) -> tuple[Cell, ...]:
    word = (row.availability or "").lower()
    seconds = row.average_queue_seconds if word != "unavailable" else None
    gates = row.gates and f"{row.gates.one_qubit} + {row.gates.two_qubit} two-qubit"
    return (
        Cell.of(row.target),
        _takes(row, word),
        Cell.count(row.qubits),
        Cell.of(gates),
        Cell(duration(seconds) if seconds is not None else "", "", seconds if seconds is not None else ""),
        _price(row),
        Cell.of(row.cost and row.cost.currency),
        Cell.of(row.price and row.price.prices_of),
    )


def _takes(row: Estimate, availability: str) -> Cell:
    if not row.takes:
        return Cell("no", "red", f"no: {'; '.join(map(str, row.faults))}")  # the notes below the table say why
    if availability in ("", "available"):
        return Cell.of("yes", "green")
    return Cell.of(f"yes ({availability})", AVAILABILITY.get(availability, "red"))


def _price(row: Estimate) -> Cell:
    amount = row.cost.estimated if row.cost else None
    if amount is None:
        return Cell()
    return Cell(f"{amount:,g}" if amount else "free", "", amount)
