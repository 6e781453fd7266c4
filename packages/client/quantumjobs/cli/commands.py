"""What each `qjobs` command does: one function each, from options to an exit code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from quantumjobs.cli import drawing
from quantumjobs.cli.doctor import TRIAL, Trial, examine
from quantumjobs.cli.exits import OK, UNREACHABLE, UNSUCCESSFUL
from quantumjobs.cli.left_open import under_a_key
from quantumjobs.cli.text import duration, lines
from quantumjobs.cli.watching import display_for, title
from quantumjobs.deployment import local_endpoints
from quantumjobs.errors import UsageError
from quantumjobs.orders import order_of_file
from quantumjobs.sync import QuantumJobs

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.calls import JobFilter
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView
    from quantumjobs.views import Result

FIELD_OF_OPTION = {
    "name": "name",
    "target": "target",
    "shots": "shots",
    "deadline": "deadline",
    "workspace": "workspace",
    "entry_point": "entryPoint",
    "argument": "arguments",
    "fallback_target": "fallbackTargets",
    "session": "session",
    "priority": "priority",
    "max_cost": "maxCost",
}
SHOWN_OUTCOMES = 16
FILTERS = ("phase", "target", "provider", "workspace", "tag", "name", "since", "until", "order")


def submit(options: Namespace, screen: Screen) -> int:
    """Hand over the order; with --watch, follow the job to its end."""
    order = _order(options)
    with _client(options) as client:
        with under_a_key(options, screen, "order", "watch") as key:
            view = client.submit(order, idempotency_key=key)
        if options.watch:
            return _follow(client, view, None, screen)
    if screen.as_json:
        screen.document(view.raw)
    else:
        screen.line(f"{view.phase}: {title(view)}")
        screen.line(f"watch it: qjobs watch {view.id}")
    return OK


def _order(options: Namespace) -> dict[str, Any]:
    order = order_of_file(Path(options.file), options.format)
    given = {
        field: getattr(options, name) for name, field in FIELD_OF_OPTION.items() if getattr(options, name) is not None
    }
    for field, pairs in (("params", options.param), ("tags", options.tag)):
        if pairs:
            stated = order.get(field)
            given[field] = (stated if isinstance(stated, dict) else {}) | dict(pairs)
    return order | given


def watch(options: Namespace, screen: Screen) -> int:
    """Follow a job to its end."""
    with _client(options) as client:
        return _follow(client, options.id, options.timeout, screen)


def _follow(client: QuantumJobs, job: JobView | str, timeout: float | None, screen: Screen) -> int:
    display = display_for(screen)
    try:
        with display.running():
            for view in client.watch(job, timeout=timeout, on_outage=display.outage):
                display.news(view)
        return _ending(client, view, screen)
    except KeyboardInterrupt:
        job_id = job if isinstance(job, str) else job.id
        screen.note(f"stopped watching; the job goes on. To watch it again: qjobs watch {job_id}")
        raise


def _ending(client: QuantumJobs, view: JobView, screen: Screen) -> int:
    if view.phase != "succeeded":
        if not screen.as_json:
            _show_error(view, screen)
        return UNSUCCESSFUL
    found = client.result(view.id)
    if screen.as_json:
        screen.json_line({**view.raw, "result": found.raw})
    else:
        _show_result(found, SHOWN_OUTCOMES, screen)
    return OK


def _show_error(view: JobView, screen: Screen) -> None:
    screen.line(f"the job is {view.phase}" + (f" ({view.error.code})" if view.error and view.error.code else ""))
    if view.error:
        for text in (view.error.message, *map(str, view.error.faults)):
            for line in lines(text, "  "):
                screen.line(line)


def result(options: Namespace, screen: Screen) -> int:
    """Show what a job brought, or hand its raw output on."""
    with _client(options) as client:
        if options.raw:
            for part in client.raw(options.id):
                screen.write(part)
            return OK
        found = client.result(options.id)
    if screen.as_json:
        screen.document(found.raw)
    else:
        _show_result(found, options.top, screen)
    return OK


def _show_result(found: Result, top: int, screen: Screen) -> None:
    shots = f"{found.shots:,} shots" if found.shots is not None else None
    queued = f"queued {duration(found.queue_seconds)}" if found.queue_seconds is not None else None
    ran = f"ran {duration(found.duration_seconds)}" if found.duration_seconds is not None else None
    screen.line(", ".join(part for part in (shots, found.target and f"on {found.target}", queued, ran) if part))
    for warning in found.warnings:
        screen.note(f"warning: {warning}")
    if found.solutions:
        screen.show(drawing.solutions(found.solutions[:top]))
    elif found.counts or found.probabilities:
        if len(found.registers) > 1:
            screen.line("registers: " + ", ".join(f"{r.name or 'unnamed'} ({r.bits})" for r in found.registers))
        screen.show(drawing.chart(found, top, screen.console.width, screen.console.encoding))
    else:
        screen.line("no outcome was counted")


def list_jobs(options: Namespace, screen: Screen) -> int:
    """Show jobs, a page of them or all."""
    wanted = _wanted(options)
    with _client(options) as client:
        if options.all:
            jobs, continuation = tuple(client.list(**wanted)), None
            document: object = {"jobs": [job.raw for job in jobs], "continuation": None}
        else:
            page = client.list_page(top=options.top, continuation=options.continuation, **wanted)
            jobs, continuation, document = page.jobs, page.continuation, page.raw
    if screen.as_json:
        screen.document(document)
        return OK
    if jobs:
        screen.show(drawing.jobs(jobs))
    else:
        screen.note("no jobs" + (" match" if wanted else "") + (" so far" if continuation else ""))
    if continuation:
        screen.note(f"there are more: add --all, or --continuation {continuation}")
    return OK


def counts(options: Namespace, screen: Screen) -> int:
    """Show the counts of many jobs, added up; those that do not count are named."""
    with _client(options) as client:
        found = client.counts(
            options.ids or None, top=options.top, continuation=options.continuation, **_wanted(options)
        )
    if screen.as_json:
        screen.document(found.raw)
        return OK
    screen.line(f"{found.shots or 0:,} shots of {len(found.jobs):,} jobs")
    for job in found.left_out:
        screen.note(f"left out: {job.id}: {job.reason}")
    if found.counts:
        screen.show(drawing.chart(found, SHOWN_OUTCOMES, screen.console.width, screen.console.encoding))
    if found.continuation:
        screen.note(f"there are more jobs: add --continuation {found.continuation}")
    return OK


def _wanted(options: Namespace) -> JobFilter:
    """Pick out which jobs are asked for."""
    given = {name: getattr(options, name) for name in FILTERS if getattr(options, name) is not None}
    return cast("JobFilter", given)


def cancel(options: Namespace, screen: Screen) -> int:
    """Ask for a job to be stopped."""
    with _client(options) as client:
        view = client.cancel(options.id)
    if screen.as_json:
        screen.document(view.raw)
    else:
        screen.line(f"{view.phase}: {title(view)}")
        if not view.is_final:
            screen.line(f"see how it ends: qjobs watch {view.id}")
    return OK


def targets(options: Namespace, screen: Screen) -> int:
    """Show where jobs can run."""
    with _client(options) as client:
        found = client.targets(workspace=options.workspace)
    if screen.as_json:
        screen.document(found.raw)
        return OK
    screen.show(drawing.targets(found.targets))
    if found.age_seconds is not None and found.age_seconds >= 1:
        screen.note(f"as of {duration(found.age_seconds)} ago")
    return OK


def formats(options: Namespace, screen: Screen) -> int:
    """Show what programs may come in, all or those that a target takes."""
    with _client(options) as client:
        found = client.formats(workspace=options.workspace)
    if screen.as_json:
        screen.document(found.raw)
        return OK
    of_target = found.taken_by(options.target) if options.target else None
    if options.target and of_target is None:
        raise UsageError(f"{options.target!r} is no target of the workspace: `qjobs targets` shows them")
    screen.show(drawing.formats([row for row in found.formats if of_target is None or row.format in of_target]))
    return OK


def poison(options: Namespace, screen: Screen) -> int:
    """Show the orders on which the deployment itself failed."""
    with _client(options) as client:
        found = client.poison()
    if screen.as_json:
        screen.document(found.raw)
    elif found.poison:
        screen.show(drawing.poison(found.poison))
        screen.note("to have one tried again: qjobs replay-poison ID")
    else:
        screen.note("no order is poisoned")
    return OK


def replay_poison(options: Namespace, screen: Screen) -> int:
    """Have a poisoned order tried again."""
    with _client(options) as client:
        job = client.replay_poison(options.id)
    if screen.as_json:
        screen.document({"id": options.id, "replayed": True, "job": job})
    else:
        screen.line(job)
        screen.note("its answer comes on the queue; to follow it: qjobs watch ID")
    return OK


def doctor(options: Namespace, screen: Screen) -> int:
    """Examine the way to the deployment and the deployment itself, then have it run a job."""
    trial = Trial(options.target, options.timeout) if options.job else None
    found = []
    for finding in examine(options.url, options.key, trial, options.workspace):
        found.append(finding)
        if not screen.as_json:
            screen.show(drawing.finding(finding))
    failed = {finding.name for finding in found if finding.status == "failed"}
    if screen.as_json:
        screen.document({"ok": not failed, "findings": [asdict(finding) for finding in found]})
    if failed == {TRIAL}:
        return UNSUCCESSFUL
    return UNREACHABLE if failed else OK


def endpoints(options: Namespace, screen: Screen) -> int:
    """Print where the local stack is, one part of it as bare text for a shell's variable."""
    document = local_endpoints()
    if options.name is None:
        screen.document(document)
        return OK
    if options.name not in document:
        raise UsageError(f"the local stack names no {options.name!r}: start it again")
    found = document[options.name]
    if screen.as_json or not isinstance(found, str):
        screen.document(found)
    else:
        screen.line(found)
    return OK


def _client(options: Namespace) -> QuantumJobs:
    return QuantumJobs(options.url, options.key)
