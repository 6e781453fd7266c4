"""`qjobs batch …`: look at batches and their members, and stop, pause or rerun them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from quantumjobs.cli import batch_drawing, profiles
from quantumjobs.cli.batch_following import follow, progress
from quantumjobs.cli.choosing import LAST, WHOLE_ID, fitting
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import NoSuchIdError
from quantumjobs.cli.left_open import key_of, under_a_key
from quantumjobs.errors import NoResultError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from quantumjobs.batches import Batch, BatchTable
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen

MOST_ROWS = 24  # of a table at the end of what was watched
SUCCEEDED = "succeeded"
PAGE = 200  # among so many batches the beginning of an id is looked for


def list_batches(options: Namespace, screen: Screen) -> int:
    """Show one page of the batches."""
    with connect(options) as client:
        page = client.batches_page(phase=options.phase, top=options.top, continuation=options.continuation)
    if screen.quiet:
        screen.lines(batch.id for batch in page.batches)
    else:
        screen.answer(page.raw, batch_drawing.batches(page.batches), "no batches")
    return OK


def show(options: Namespace, screen: Screen) -> int:
    """Show a batch."""
    with connect(options) as client:
        tell(client.batch(one_batch(client, options.id)), screen)
    return OK


def members(options: Namespace, screen: Screen) -> int:
    """Show the members of a batch, of one phase or target where that is named."""
    with connect(options) as client:
        chosen = client.members(one_batch(client, options.id), phase=options.phase, target=options.target)
        shown = list(islice(chosen, options.top))
    if screen.quiet:
        screen.lines(member.id for member in shown)
    else:
        document = {"members": [member.raw for member in shown]}
        screen.answer(document, batch_drawing.members(shown), "no members match")
    return OK


def table(options: Namespace, screen: Screen) -> int:
    """Show how each member of a batch ended."""
    with connect(options) as client:
        tell_table(client.batch_table(one_batch(client, options.id)), screen)
    return OK


def watch(options: Namespace, screen: Screen) -> int:
    """Follow a batch to its end."""
    with connect(options) as client:
        batch = client.batch(one_batch(client, options.id))
        return follow(client, batch, options.timeout, screen)


def cancel(options: Namespace, screen: Screen) -> int:
    """Ask for every member of a batch to stop."""
    with connect(options) as client:
        _change(client, options.id, client.cancel_batch, screen)
    return OK


def pause(options: Namespace, screen: Screen) -> int:
    """Ask that no more members start for now."""
    with connect(options) as client:
        _change(client, options.id, client.pause_batch, screen)
    return OK


def resume(options: Namespace, screen: Screen) -> int:
    """Let a paused batch go on."""
    with connect(options) as client:
        _change(client, options.id, client.resume_batch, screen)
    return OK


def rerun(options: Namespace, screen: Screen) -> int:
    """Run the members again that did not succeed, as a new batch."""
    key = key_of(options.idempotency_key)
    with connect(options) as client:
        former = one_batch(client, options.id)
        with under_a_key(key, screen, "batch", "batch watch"):
            batch = _rerun(client, former, key)
        if batch is None:
            tell(client.batch(former), screen, "every member succeeded, nothing is left to run")
            return OK
        client.remember_batch(batch)
        if options.watch:
            return follow(client, batch, options.timeout, screen)
    tell(batch, screen)
    return OK


def _rerun(client: CommandClient, former: str, key: str) -> Batch | None:
    """Send the rerun; None where every member succeeded."""
    try:
        return client.rerun_batch(former, idempotency_key=key)
    except NoResultError:
        if client.batch(former).phase != SUCCEEDED:
            raise
        return None


def _change(client: CommandClient, text: str, ask: Callable[[str], Batch], screen: Screen) -> None:
    """Ask something of a batch that has not ended; of one that has, say that nothing was done."""
    batch = client.batch(one_batch(client, text))
    if batch.is_final:
        tell(batch, screen, f"had ended already ({batch.phase}), nothing was done")
    else:
        tell(ask(batch.id), screen)


def one_batch(client: CommandClient, text: str) -> str:
    """Find the batch that an id, the beginning of one, or @last means."""
    if WHOLE_ID.fullmatch(text):
        return text
    if text == LAST:
        last = profiles.last_batch(client.deployment.url)
        if last is None:
            raise NoSuchIdError(
                "there is no @last: no batch was sent to this deployment from here", "look for it: qjobs batch list"
            )
        return last
    latest = client.batches_page(top=PAGE).batches
    return fitting(text, ((one.id, f"{one.phase} {one.name or ''}") for one in latest), "batch", "qjobs batch list")


def tell(batch: Batch, screen: Screen, outcome: str | None = None) -> None:
    """Show a batch as it is, or what was done about it, and what to do next."""
    if screen.quiet:
        screen.line(batch.id)
        return
    if screen.form != "table":
        screen.answer(batch.raw, batch_drawing.batches([batch]))
        return
    screen.line(f"{outcome or batch.phase}: {' · '.join(part for part in (batch.name, batch.id) if part)}")
    if line := progress(batch):
        screen.line(line)
    if batch.error:
        screen.line(f"{batch.error.code}: {batch.error.message}")
        for fault in batch.error.faults:
            screen.line(f"  {fault}")
    if last := _what_next(batch):
        screen.line(last)


def _what_next(batch: Batch) -> str:
    """Name the command that comes next, where there is one."""
    if batch.is_final:
        return "" if batch.error else f"its members compared: qjobs batch table {batch.id}"
    if batch.pause_requested:
        return f"let it go on: qjobs batch resume {batch.id}"
    return f"watch it: qjobs batch watch {batch.id}"


def tell_end(answer: BatchTable, batch_id: str, screen: Screen, argument: str | None) -> None:
    """Show the table at the end of what was watched, or where it is if it is long."""
    if screen.form != "table" or screen.quiet or len(answer.rows) <= MOST_ROWS:
        tell_table(answer, screen, argument)
        return
    _tell_plot(answer, screen, argument)
    screen.line(f"all {len(answer.rows):,} members: qjobs batch table {batch_id}")


def tell_table(answer: BatchTable, screen: Screen, argument: str | None = None) -> None:
    """Show how members ended, what they are compared by as a plot, and the best."""
    if screen.quiet:
        screen.lines(row.id for row in answer.rows if row.id)
        return
    screen.answer(answer.raw, batch_drawing.rows(answer.rows), "no members")
    if screen.form == "table":
        screen.line("")
        _tell_plot(answer, screen, argument)


def _tell_plot(answer: BatchTable, screen: Screen, argument: str | None) -> None:
    if drawn := batch_drawing.plot(answer, screen, argument):
        screen.lines([*drawn, ""])
    if verdict := batch_drawing.verdict(answer):
        screen.line(verdict)
