"""What `qjobs` does about orders on which the deployment itself failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.choosing import WHOLE_ID, fitting
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen


def list_poison(options: Namespace, screen: Screen) -> int:
    """Show the orders on which the deployment itself failed."""
    with connect(options) as client:
        orders = client.poison()
    if screen.quiet:
        screen.lines(order.id for order in orders.poison)
        return OK
    screen.answer(orders.raw, drawing.poison(orders.poison), "no order is poisoned")
    if orders.poison and screen.form == "table":
        screen.note("to have one tried again: qjobs poison replay ID")
    return OK


def replay(options: Namespace, screen: Screen) -> int:
    """Have poisoned orders tried again."""
    if not options.ids:
        raise CommandLineError("no order is named", "", "give ids as `qjobs poison` lists them")
    with connect(options) as client:
        ids = _ids(client, options.ids)
        jobs = [client.replay_poison(poison_id) for poison_id in ids]
    documents = [{"id": one, "replayed": True, "job": job} for one, job in zip(ids, jobs, strict=True)]
    if screen.form != "table":
        screen.document(documents[0] if len(documents) == 1 else {"replayed": documents})
        return OK
    screen.lines(jobs)
    if not screen.quiet:
        screen.note(f"answers come where the orders named; to follow: qjobs watch {' '.join(jobs)}")
    return OK


def _ids(client: CommandClient, texts: list[str]) -> list[str]:
    if all(WHOLE_ID.fullmatch(text) for text in texts):
        return texts
    orders = [(order.id, order.blob or order.message_id or "") for order in client.poison().poison]
    return [
        text if WHOLE_ID.fullmatch(text) else fitting(text, orders, "poisoned order", "qjobs poison") for text in texts
    ]
