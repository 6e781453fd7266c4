"""The command line of `qjobs`: every option, and help that teaches by example."""

from __future__ import annotations

import json
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, BooleanOptionalAction, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any, TypeAlias

from quantumjobs import __version__
from quantumjobs.cli import commands, workspace_commands, workspaces
from quantumjobs.cli.epilogs import ADD_WORKSPACE, COUNTS, DOCTOR, ENDPOINTS, EXIT_CODES, LIST, OVERVIEW, SUBMIT, WATCH

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from quantumjobs.cli.screen import Screen

    Command: TypeAlias = Callable[[Namespace, Screen], int]

ENDPOINT_NAMES = ("api", "functionKey", "storage", "workspace", "ownWorkspace", "vault")


def parser() -> ArgumentParser:
    """Build the parser; the chosen command's function is the option `run`."""
    root = ArgumentParser(
        prog="qjobs",
        description="Run quantum jobs on a Durable Quantum Jobs deployment.",
        epilog=OVERVIEW,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action="version", version=f"qjobs {__version__}")
    root.set_defaults(url=None, key=None, json=False)
    _connection(root)
    add = root.add_subparsers(title="commands", metavar="COMMAND", required=True).add_parser
    _submit(_command(add, "submit", "hand over a program or an order", commands.submit, SUBMIT))
    watch = _command(add, "watch", "follow a job to its end and show the counts", commands.watch, WATCH)
    watch.add_argument("id", metavar="ID")
    watch.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="stop watching after so long (exit code 5)")
    result = _command(add, "result", "show the counts of a job", commands.result)
    result.add_argument("id", metavar="ID")
    result.add_argument(
        "--top", type=_positive, default=commands.SHOWN_OUTCOMES, metavar="N", help="draw the N most frequent outcomes"
    )
    result.add_argument("--raw", action="store_true", help="write what the workspace put out, untouched")
    _list(_command(add, "list", "list jobs", commands.list_jobs, LIST))
    counts = _command(add, "counts", "add up the counts of many jobs", commands.counts, COUNTS)
    counts.add_argument("ids", metavar="ID", nargs="*", help="jobs whose counts are added up, up to a hundred")
    _filters(counts)
    counts.add_argument("--continuation", metavar="C", help="go on where an earlier sum ended")
    counts.add_argument("--top", type=_positive, metavar="N", help="look at so many jobs at most")
    cancel = _command(add, "cancel", "ask for a job to be stopped", commands.cancel)
    cancel.add_argument("id", metavar="ID")
    _workspace(_command(add, "targets", "show where jobs can run", commands.targets))
    formats = _workspace(_command(add, "formats", "show what programs may come in", commands.formats))
    formats.add_argument("--target", metavar="T", help="those that this target takes")
    quotas = _workspace(_command(add, "quotas", "show what providers let a workspace use", workspace_commands.quotas))
    quotas.add_argument("--provider", metavar="P", help="of this provider only, as ionq")
    _sessions(add)
    _command(add, "poison", "list the orders on which the deployment itself failed", commands.poison)
    replay = _command(add, "replay-poison", "have such an order tried again", commands.replay_poison)
    replay.add_argument("id", metavar="ID", help="as `qjobs poison` lists it")
    _workspaces(add)
    _doctor(_command(add, "doctor", "find out what stands between you and the deployment", commands.doctor, DOCTOR))
    endpoints = _command(add, "endpoints", "print where the local stack is", commands.endpoints, ENDPOINTS)
    endpoints.add_argument("name", nargs="?", choices=ENDPOINT_NAMES, help="else all")
    return root


def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--job", action=BooleanOptionalAction, default=True, help="run a job (default), or do not")
    parser.add_argument("--target", help="where to run it (else on the first free simulator that is available)")
    parser.add_argument("--workspace", metavar="NAME", help="the workspace to run it in (else the deployment's own)")
    parser.add_argument("--timeout", type=_seconds, default=300.0, metavar="SECONDS", help="wait so long (default 300)")


def _connection(parser: ArgumentParser, **default: Any) -> None:
    parser.add_argument("--url", help="base URL of the app (else QJOBS_URL, else a local stack)", **default)
    parser.add_argument("--key", help="function key (better: QJOBS_KEY)", **default)
    parser.add_argument("--json", action="store_true", help="write JSON to standard output", **default)


def _command(
    add: Callable[..., ArgumentParser], name: str, what: str, run: Command, epilog: str = EXIT_CODES
) -> ArgumentParser:
    parser = add(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # Without a default of its own, an option that stands before the command is not undone here.
    _connection(parser, default=SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def _submit(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="program or order; - is standard input (with --format)")
    add("--target", metavar="T", help="where to run; `qjobs targets` shows them")
    add("--shots", type=int, metavar="N", help="how often to run")
    add("--name", help="what to call the job (else the file's name)")
    add("--format", help="format of the program, whatever the extension")
    add("--entry-point", metavar="NAME", help="Q# operation to run, as Test.GenerateRandomBits")
    add("--argument", action="append", type=_json, metavar="JSON", help="argument of the entry point; repeatable")
    add("--param", action="append", type=_parameter, metavar="K=V", help="parameter of the program; repeatable")
    add("--tag", action="append", type=_pair, metavar="K=V", help="tag of the job; repeatable")
    add("--deadline", metavar="DURATION", help="cancel the job after so long, as PT2H")
    add("--fallback-target", action="append", metavar="T", help="next target if the first cannot; repeatable")
    add("--workspace", metavar="NAME", help="workspace profile of the deployment")
    add("--session", metavar="ID", help='session to join, or "own" for one that lives as long as the job')
    add("--priority", metavar="P", help="Standard or High")
    add("--max-cost", type=float, metavar="N", help="refuse the order if it is estimated to cost more")
    add("--idempotency-key", metavar="KEY", help="the same key and order are the same job, however often submitted")
    add("--watch", action="store_true", help="follow the job to its end")


def _sessions(add: Callable[..., ArgumentParser]) -> None:
    adopt = _command(add, "adopt", "care for a job that others submitted to a workspace", workspace_commands.adopt)
    _workspace(adopt).add_argument("id", metavar="ID", help="the job's id in the workspace")
    adopt.add_argument("--tag", action="append", type=_pair, metavar="K=V", help="tag of the job; repeatable")
    opened = _command(add, "open-session", "open a session for jobs on one target", workspace_commands.open_session)
    _workspace(opened).add_argument("target", metavar="TARGET")
    opened.add_argument("--name", help="what to call the session")
    opened.add_argument("--on-failure", choices=("abort", "continue"), help="what a failed job does to the others")
    opened.add_argument("--tag", action="append", type=_pair, metavar="K=V", help="tag of the session; repeatable")
    opened.add_argument("--idempotency-key", metavar="KEY", help="the same key is the same session")
    for name, what, run in (
        ("session", "show a session and its jobs", workspace_commands.session),
        ("close-session", "take no more jobs into a session", workspace_commands.close_session),
    ):
        _workspace(_command(add, name, what, run)).add_argument("id", metavar="ID")
    listed = _workspace(_command(add, "sessions", "list a workspace's sessions", workspace_commands.sessions))
    listed.add_argument("--top", type=_positive, metavar="N", help="at most so many")
    listed.add_argument("--continuation", metavar="C", help="go on where an earlier list ended")


def _workspace(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--workspace", metavar="NAME", help="in the workspace of this profile (else the default)")
    return parser


def _workspaces(add: Callable[..., ArgumentParser]) -> None:
    group = add("workspaces", help="list, add or remove the workspaces that orders can name", allow_abbrev=False)
    sub = group.add_subparsers(title="commands", metavar="COMMAND", required=True).add_parser
    _command(sub, "list", "list the workspaces", workspaces.list_workspaces)
    one = _command(sub, "add", "add a workspace of your own", workspaces.add_workspace, ADD_WORKSPACE)
    one.add_argument("--name", help="what orders call it (else its own name)")
    one.add_argument("--resource-id", required=True, metavar="ID", help="/subscriptions/…/Workspaces/NAME")
    place = one.add_mutually_exclusive_group(required=True)
    place.add_argument("--location", metavar="REGION", help="such as eastus")
    place.add_argument("--endpoint", metavar="URL", help="address of its data plane, in place of the region")
    one.add_argument("--tenant-id", required=True, metavar="GUID")
    one.add_argument("--client-id", required=True, metavar="GUID", help="the application that may use it")
    gone = _command(sub, "remove", "have a workspace and its secret forgotten", workspaces.remove_workspace)
    gone.add_argument("name", metavar="NAME")


def _list(parser: ArgumentParser) -> None:
    add = parser.add_argument
    _filters(parser)
    add("--top", type=_positive, metavar="N", help="at most so many")
    more = parser.add_mutually_exclusive_group()
    more.add_argument("--continuation", metavar="C", help="go on where an earlier list ended")
    more.add_argument("--all", action="store_true", help="list all pages")


def _filters(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--phase", help="jobs in this phase, as waiting or succeeded")
    add("--target", metavar="T", help="jobs on this target")
    add("--provider", metavar="P", help="jobs on this provider's targets")
    add("--workspace", metavar="W", help="jobs of this workspace profile")
    add("--tag", metavar="K=V", help="jobs with this tag")
    add("--name", help="jobs whose name begins so")
    add("--from", dest="since", metavar="TIME", help="jobs that came at this time or later, as 2026-11-21T09:00Z")
    add("--to", dest="until", metavar="TIME", help="jobs that came before this time")
    add("--order", choices=("newest", "oldest", "name"), help="what comes first (else newest; with --name, name)")


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no number of seconds") from error
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArgumentTypeError(f"{text!r} is no JSON; a text needs quotes: '\"{text}\"'") from error
    return value


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _parameter(text: str) -> tuple[str, object]:
    """Take a value that is JSON as that, so that numbers are numbers, and any other as text."""
    name, value = _pair(text)
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
