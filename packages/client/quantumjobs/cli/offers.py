"""What a workspace offers: targets, formats and quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.errors import UsageError
from quantumjobs.texts import duration

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.screen import Screen


def targets(options: Namespace, screen: Screen) -> int:
    """Show where jobs can run."""
    with connect(options) as client:
        offer = client.targets(workspace=options.workspace)
    if screen.quiet:
        screen.lines(target.id for target in offer.targets)
        return OK
    screen.answer(offer.raw, drawing.targets(offer.targets), "no targets")
    if offer.age_seconds is not None and offer.age_seconds >= 1 and screen.form == "table":
        screen.note(f"as of {duration(offer.age_seconds)} ago")
    return OK


def formats(options: Namespace, screen: Screen) -> int:
    """Show what programs may come in, all or those that a target takes."""
    with connect(options) as client:
        offer = client.formats(workspace=options.workspace)
    of_target = offer.taken_by(options.target) if options.target else None
    if options.target and of_target is None:
        raise UsageError(f"{options.target!r} is no target of the workspace: `qjobs targets` shows them")
    rows = [row for row in offer.formats if of_target is None or row.format in of_target]
    screen.answer(offer.raw, drawing.formats(rows), "no formats")
    return OK


def quotas(options: Namespace, screen: Screen) -> int:
    """Show what providers let the workspace use."""
    with connect(options) as client:
        offer = client.quotas(options.provider, workspace=options.workspace)
    screen.answer(offer.raw, drawing.quotas(offer.quotas), "no quotas")
    return OK
