"""`qjobs submit` and `qjobs retry`: one order for each program and target, and each job's id at once."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantumjobs.cli.choosing import one_id
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.drawing import cost_in_words, jobs
from quantumjobs.cli.exits import exit_code
from quantumjobs.cli.faults import CommandLineError, report_of
from quantumjobs.cli.left_open import key_of, under_a_key
from quantumjobs.cli.waiting import follow
from quantumjobs.cli.watching import title
from quantumjobs.errors import RefusedError, UsageError
from quantumjobs.orders import order_of_file

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView

FIELD_OF_OPTION = {
    "name": "name",
    "shots": "shots",
    "deadline": "deadline",
    "workspace": "workspace",
    "entry_point": "entryPoint",
    "argument": "arguments",
    "fallback_target": "fallbackTargets",
    "session": "session",
    "priority": "priority",
    "urgency": "urgency",
    "max_cost": "maxCost",
    "answer_to": "answerTo",
    "reuse_result": "reuseResult",
}
GZIP = b"\x1f\x8b"  # a program that was submitted compressed is kept so
KEPT = (
    *("name", "target", "shots", "params", "tags", "workspace", "deadline", "fallbackTargets", "priority", "maxCost"),
    *("urgency", "answerTo", "reuseResult"),
)


def submit(options: Namespace, screen: Screen) -> int:
    """Send each program to each target; with --watch, follow the jobs to their end."""
    if bool(options.files) == bool(options.like):
        what = "both a FILE and --like name the program" if options.like else "the FILE is missing"
        raise CommandLineError(what, "", "name a program file, - for standard input, or a job by --like ID")
    with connect(options) as client:
        if options.like:
            orders = [_like(client, options.like, options)]
        else:
            orders = [order_of_file(Path(file), options.format) for file in options.files]
        return _send(client, [one for order in orders for one in completed(order, options)], options, screen)


def retry(options: Namespace, screen: Screen) -> int:
    """Send a job's order again, with what the options change."""
    with connect(options) as client:
        order = _like(client, options.id, options)
        return _send(client, list(completed(order, options)), options, screen)


def _like(client: CommandClient, text: str, options: Namespace) -> dict[str, Any]:
    """Make the order of a job that was sent before; its program comes back as it was submitted."""
    view = client.get(one_id(client, text))
    fields = {name: view.raw[name] for name in KEPT if view.raw.get(name)}
    if view.constraints and not options.target:  # the app chose the targets, and chooses again
        fields = {**fields, "target": "auto", "constraints": view.constraints}
        fields.pop("fallbackTargets", None)
    program = b"".join(client.program(view.id))
    packed = {"contentEncoding": "gzip"} if program.startswith(GZIP) else {}
    return fields | {"input": {"format": view.input_format, "base64": b64encode(program).decode(), **packed}}


def completed(order: dict[str, Any], options: Namespace) -> Iterator[dict[str, Any]]:
    """Put what the command line says into an order, once for each target; defaults fill what nobody says."""
    options_set = {field: getattr(options, name, None) for name, field in FIELD_OF_OPTION.items()}
    stated = {field: value for field, value in options_set.items() if value is not None}
    for field, pairs in (("params", getattr(options, "param", None)), ("tags", getattr(options, "tag", None))):
        if pairs:
            there = order.get(field)
            stated[field] = (there if isinstance(there, dict) else {}) | dict(pairs)
    if constraints := getattr(options, "constraint", None):
        stated["constraints"] = _merged(constraints)
    whole = {**options.defaults, **order, **stated}
    for target in getattr(options, "target", None) or [None]:
        yield whole | ({"target": target} if target else {})


def _merged(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Put constraints together; lists of the same name are added up."""
    merged: dict[str, Any] = {}
    for name, value in pairs:
        merged[name] = [*merged.get(name, []), *value] if isinstance(value, list) else value
    return merged


def _send(client: CommandClient, orders: list[dict[str, Any]], options: Namespace, screen: Screen) -> int:
    views, code = [], OK
    for place, order in enumerate(orders):
        key = key_of(options.idempotency_key, place if len(orders) > 1 else None)
        try:
            with under_a_key(key, screen, "order", "watch"):
                view = client.submit(order, idempotency_key=key)
        except (RefusedError, UsageError) as error:
            if len(orders) == 1:
                raise
            code = exit_code(error)
            for line in (f"{order.get('name')} on {order.get('target')}:", *report_of(error, "submit").lines()):
                screen.note(line)
            continue
        client.remember(view)
        views.append(view)
        if not options.watch:
            _tell(view, screen)
    if options.watch and views:
        return max(code, follow(client, list(views), None, screen))
    _tell_all(views, screen)
    return code


def _tell(view: JobView, screen: Screen) -> None:
    if screen.quiet:
        screen.line(view.id)
    elif screen.form == "table":
        price = cost_in_words(view.cost)
        screen.line(f"{view.phase}: {title(view)}")
        if price:
            screen.line(price)


def _tell_all(views: Sequence[JobView], screen: Screen) -> None:
    """Say what comes next; a program gets the job, or a list where there are several."""
    if screen.quiet or not views:
        return
    if screen.form == "table":
        screen.line(f"watch {'it' if len(views) == 1 else 'them'}: qjobs watch {' '.join(view.id for view in views)}")
    elif len(views) == 1:
        screen.answer(views[0].raw, jobs(views))
    else:
        screen.answer({"jobs": [view.raw for view in views]}, jobs(views))
