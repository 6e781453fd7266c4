"""The commands about jobs that were sent before: show, result, list, counts, cancel."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from quantumjobs.cli import charts, drawing, showing
from quantumjobs.cli.choosing import all_ids, chosen, filters_of, one_id
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.options import SHOWN_OUTCOMES
from quantumjobs.cli.text import many
from quantumjobs.cli.watching import title
from quantumjobs.errors import QuantumJobsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView


def show(options: Namespace, screen: Screen) -> int:
    """Show all that is known of a job."""
    with connect(options) as client:
        view = client.get(one_id(client, options.id))
    if screen.quiet:
        screen.line(view.id)
    else:
        showing.job(view, screen)
    return OK


def result(options: Namespace, screen: Screen) -> int:
    """Show what a job brought, or hand its raw output on."""
    if options.part and not options.raw:
        raise CommandLineError("--part goes with --raw", "", "add --raw, or leave --part out")
    with connect(options) as client:
        job_id = one_id(client, options.id)
        if options.raw:
            for piece in client.raw(job_id, part=options.part):
                screen.bytes(piece)
            return OK
        result = client.result(job_id)
    if screen.form == "table":
        showing.result(result, options.top, screen, options.register)
    elif options.register:
        counts = showing.outcomes(result.counts or result.probabilities, result.registers, options.register)
        whole = cast("Mapping[str, int]", counts if result.counts else {})
        screen.answer({"id": result.id, "registers": options.register, "counts": counts}, charts.table(whole, {}))
    elif result.solutions:
        screen.answer(result.raw, drawing.solutions(result.solutions))
    else:
        screen.answer(result.raw, charts.table(result.counts, result.probabilities))
    return OK


def list_jobs(options: Namespace, screen: Screen) -> int:
    """Show jobs, a page of them or all."""
    if options.all and options.continuation:
        raise CommandLineError("--all and --continuation do not go together", "", "leave one of them out")
    filters = filters_of(options)
    with connect(options) as client:
        jobs: tuple[JobView, ...]
        if options.all:
            jobs, continuation = tuple(client.list(**filters)), None
            document: object = {"jobs": [job.raw for job in jobs], "continuation": None}
        else:
            page = client.list_page(top=options.top, continuation=options.continuation, **filters)
            jobs, continuation, document = page.jobs, page.continuation, page.raw
        if not jobs and not continuation and (options.target or options.provider) and screen.form == "table":
            _note_of_targets(client, options, screen)
    if screen.quiet:
        screen.lines(job.id for job in jobs)
    else:
        empty = "no jobs" + (" match" if filters else "") + (" so far" if continuation else "")
        screen.answer(document, drawing.jobs(jobs), empty)
    if continuation and not screen.as_json:
        screen.note(f"there are more: add --all, or --continuation {continuation}")
    return OK


def _note_of_targets(client: CommandClient, options: Namespace, screen: Screen) -> None:
    """Say that no target or provider has this name, and which is nearest; nothing where targets cannot be read."""
    try:
        targets = client.targets(workspace=options.workspace).targets
    except QuantumJobsError:
        return
    for what, word, names in (
        ("target", options.target, {one.id for one in targets}),
        ("provider", options.provider, {one.provider for one in targets if one.provider}),
    ):
        if word and word not in names:
            near = get_close_matches(word, sorted(names), 1, 0.5)
            there = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(names))}"
            screen.note(f"there is no {what} {word!r} now: {there}")


def counts(options: Namespace, screen: Screen) -> int:
    """Show the counts of many jobs, added up; those that do not count are named."""
    filters = filters_of(options)
    if not options.ids and not filters.keys() - {"order"}:
        raise CommandLineError("no job is named", "", "give ids, or choose jobs by --tag, --name or another filter")
    with connect(options) as client:
        ids = all_ids(client, options.ids) or None
        answer = client.counts(ids, top=options.top, continuation=options.continuation, **filters)
    if screen.form != "table":
        screen.answer(answer.raw, charts.table(answer.counts, answer.probabilities))
        return OK
    screen.line(f"{many(answer.shots or 0, 'shot')} of {many(len(answer.jobs), 'job')}")
    for job in answer.left_out:
        screen.note(f"left out: {job.id}: {job.reason}")
    if answer.counts:
        showing.bars(answer.counts, SHOWN_OUTCOMES, screen)
    if answer.continuation:
        screen.note(f"there are more jobs: add --continuation {answer.continuation}")
    return OK


def costs(options: Namespace, screen: Screen) -> int:
    """Show what many jobs have cost, unit by unit; how many are left out is told, with the reasons."""
    if options.all and (options.continuation or options.top):
        raise CommandLineError("--all goes with neither --top nor --continuation", "", "leave one of them out")
    filters = filters_of(options)
    with connect(options) as client:
        answer = client.costs(options.by, top=options.top, continuation=options.continuation, **filters)
        while options.all and answer.continuation:
            answer = answer.plus(client.costs(options.by, continuation=answer.continuation, **filters))
    empty = "no costs" + (" of jobs that match" if filters else "")
    screen.answer(answer.raw, drawing.costs(answer.by or "target", answer.costs), empty)
    for reason, jobs in Counter(job.reason for job in answer.left_out).most_common():
        screen.note(f"left out: {many(jobs, 'job')}: {reason}")
    if answer.continuation and not screen.as_json:
        screen.note(f"there are more jobs: add --all, or --continuation {answer.continuation}")
    return OK


def cancel(options: Namespace, screen: Screen) -> int:
    """Ask for jobs to stop, and say of each what that did."""
    with connect(options) as client:
        jobs = chosen(client, options)
        done = [_cancelled(client, job, screen) for job in jobs]
    if screen.form != "table" and not screen.quiet:
        documents = [view.raw for view in done]
        screen.answer(documents[0] if len(documents) == 1 else {"jobs": documents}, drawing.jobs(done))
    elif not done:
        screen.note("no jobs match that have not ended")
    open_ = [view.id for view in done if not view.is_final]
    if open_ and screen.form == "table" and not screen.quiet:
        screen.line(f"see how {'it ends' if len(open_) == 1 else 'they end'}: qjobs watch {' '.join(open_)}")
    return OK


def _cancelled(client: CommandClient, job: JobView | str, screen: Screen) -> JobView:
    """Cancel a job that has not ended, and say what it was."""
    view = client.get(job) if isinstance(job, str) else job
    had_ended = view.is_final
    view = view if had_ended else client.cancel(view.id)
    if screen.quiet:
        screen.line(view.id)
    elif screen.form == "table":
        screen.line(f"{_outcome(view, had_ended=had_ended)}: {title(view)}")
    return view


def _outcome(view: JobView, *, had_ended: bool) -> str:
    if had_ended:
        return f"had ended already ({view.phase}), nothing was done"
    return f"stopped ({view.phase})" if view.is_final else f"asked to stop ({view.phase})"
