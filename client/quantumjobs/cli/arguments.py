"""The command line of `qjobs`: every option, and help that teaches by example."""

from __future__ import annotations

import json
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, BooleanOptionalAction, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any

from quantumjobs import __version__
from quantumjobs.cli import commands, workspaces
from quantumjobs.cli.exits import MEANINGS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from quantumjobs.cli.screen import Screen

    type Command = Callable[[Namespace, Screen], int]

EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())

OVERVIEW = f"""\
examples:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs list --phase waiting
  qjobs result 7d444840-9dc0-11d1-b245-5ffdce74fad2 --json | jq .counts

where the deployment is:
  --url and --key, or QJOBS_URL and QJOBS_KEY (a key on a command line can be seen by others),
  or else a local stack that was started in this folder or one above (.local/endpoints.json)

{EXIT_CODES}
"""

SUBMIT = f"""\
The format is told by the extension: .qasm (OpenQASM 2 or 3, by its header), .qs (Q#), .ll (QIR as text),
.bc (QIR as bitcode), .quil (Quil), .json (an IonQ circuit; an optimisation problem if it has "cost_function"; a
pulse sequence if it has "sequence_builder"; a whole order if it has "input"). Options win over a whole order.
Any other format is said by --format; `qjobs formats` shows those that are known.

examples:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs submit Random.qs --entry-point Test.GenerateRandomBits --argument 3 --target quantinuum.sim.h2-1e --shots 100
  qjobs submit rotate.qasm --param theta=1.57 --tag team=chem --deadline PT2H --target ionq.simulator --shots 500
  generate | qjobs submit - --format openqasm3 --target ionq.simulator --shots 1000 --json
  qjobs submit bell.order.json

{EXIT_CODES}
"""

WATCH = f"""\
On a terminal the picture is live; in a pipe each change is a line; with --json each change is a JSON line,
the last of which has the result in it. Ctrl-C stops the watching, not the job.

examples:
  qjobs watch 7d444840-9dc0-11d1-b245-5ffdce74fad2
  qjobs watch 7d444840-9dc0-11d1-b245-5ffdce74fad2 --json | jq -r .phase

{EXIT_CODES}
"""

ENDPOINT_NAMES = ("api", "functionKey", "storage", "workspace", "ownWorkspace", "vault")

ADD_WORKSPACE = f"""\
The client secret is read from QJOBS_CLIENT_SECRET, else from standard input; on a terminal it is asked for. It is never
an option: a command line can be seen by others. A workspace that is added again has its secret replaced.

examples:
  qjobs workspaces add --name chem --resource-id /subscriptions/…/Workspaces/chem --location eastus \\
    --tenant-id 11111111-1111-4111-8111-111111111111 --client-id 22222222-2222-4222-8222-222222222222
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --workspace chem

{EXIT_CODES}
"""

DOCTOR = f"""\
Asks for the way there, the key, and each thing that the app depends on; then runs a Bell pair on a free simulator, and
tells whether the event about its output came. What is wrong comes with what to do. A missing event is a warning: the
app finds outputs by looking, too.

examples:
  qjobs doctor
  qjobs doctor --no-job --json | jq .ok
  qjobs doctor --url https://my-app.azurewebsites.net --target rigetti.sim.qvm

exit codes here:
  0    all is well, warnings aside
  1    only the job did not succeed, or not within --timeout
  3    anything before it: then no job is run

{EXIT_CODES}
"""

ENDPOINTS = f"""\
Its keys are printed as well: they open nothing but the stack on this machine.

examples:
  export QJOBS_KEY=$(qjobs endpoints functionKey)
  qjobs endpoints workspace | jq -r .endpoint

{EXIT_CODES}
"""


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
    _list(_command(add, "list", "list jobs", commands.list_jobs))
    cancel = _command(add, "cancel", "ask for a job to be stopped", commands.cancel)
    cancel.add_argument("id", metavar="ID")
    targets = _command(add, "targets", "show where jobs can run", commands.targets)
    formats = _command(add, "formats", "show what programs may come in", commands.formats)
    formats.add_argument("--target", metavar="T", help="those that this target takes")
    for listed in (targets, formats):
        listed.add_argument("--workspace", metavar="NAME", help="of this workspace (else the default)")
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
    add("--idempotency-key", metavar="KEY", help="the same key and order are the same job, however often submitted")
    add("--watch", action="store_true", help="follow the job to its end")


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
    add("--phase", help="jobs in this phase, as waiting or succeeded")
    add("--target", metavar="T", help="jobs on this target")
    add("--name", help="jobs whose name begins so")
    add("--top", type=_positive, metavar="N", help="at most so many")
    more = parser.add_mutually_exclusive_group()
    more.add_argument("--continuation", metavar="C", help="go on where an earlier list ended")
    more.add_argument("--all", action="store_true", help="list all pages")


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
