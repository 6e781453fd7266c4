"""What the commands take: options and arguments as data, from which parser, help and completions are written."""

from __future__ import annotations

from argparse import BooleanOptionalAction
from typing import TYPE_CHECKING, Any

from quantumjobs.cli import inputs
from quantumjobs.cli.forms import FORMS

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHOWN_OUTCOMES = 16


class Option:
    """An option, or an argument where its name has no dash; the settings are those of `add_argument`."""

    def __init__(self, *names: str, **settings: Any) -> None:
        self.names = names
        self.settings = settings

    @property
    def is_argument(self) -> bool:
        """Say whether it is told by its place."""
        return not self.names[0].startswith("-")

    @property
    def takes_value(self) -> bool:
        """Say whether a word follows it."""
        return self.settings.get("action") not in {"store_true", "store_const", BooleanOptionalAction}

    def add_to(self, parser: ArgumentParser, **more: Any) -> None:
        """Add it to a parser."""
        parser.add_argument(*self.names, **self.settings, **more)


HELP = Option("-h", "--help", action="store_true", help="show this help")
VERSION = Option("--version", action="store_true", help="show the version")
EVERYWHERE = (
    Option("--url", help="base URL of the app (else a profile's, QJOBS_URL, or a local stack)"),
    Option("--key", help="function key (better: QJOBS_KEY or a profile)"),
    Option("--profile", metavar="NAME", help="profile to use (else QJOBS_PROFILE; `qjobs config list`)"),
    Option("-o", "--as", dest="form", choices=FORMS, help="the form of the answer (default: table)"),
    Option("--json", dest="form", action="store_const", const="json", help="the same as -o json"),
    Option("--output", metavar="FILE", help="write the answer to a file"),
    Option("-q", "--quiet", action="store_true", help="print ids alone"),
)
ID = Option("id", metavar="ID", help="an id, the unique beginning of one, or @last")
BATCH_ID = Option("id", metavar="ID", help="the id of a batch, its unique beginning, or @last")
IDS = Option("ids", metavar="ID", nargs="*", help="ids, unique beginnings of them, or @last")
WORKSPACE = Option("--workspace", metavar="NAME", help="in the workspace of this name (else the default)")
PAGE = (
    Option("--top", type=inputs.positive, metavar="N", help="at most so many"),
    Option("--continuation", metavar="C", help="go on where an earlier list ended"),
)
TAGS = Option("--tag", action="append", type=inputs.pair, metavar="K=V", help="tag of the job; repeatable")
FILTERS = (
    Option("--phase", help="jobs in this phase, as waiting or succeeded"),
    Option("--target", metavar="T", help="jobs on this target"),
    Option("--provider", metavar="P", help="jobs on this provider's targets"),
    Option("--workspace", metavar="W", help="jobs of this workspace"),
    Option("--tag", type=inputs.tag, metavar="K=V", help="jobs with this tag"),
    Option("--name", help="jobs whose name begins so"),
    Option(
        "--from", dest="since", type=inputs.moment, metavar="TIME", help="jobs since then: 1h, yesterday, 2026-11-21"
    ),
    Option("--to", dest="until", type=inputs.moment, metavar="TIME", help="jobs before then"),
)
ORDER = Option(
    "--order", choices=("newest", "oldest", "name"), help="what comes first (else newest; with --name, name)"
)
TIMEOUT = Option("--timeout", type=inputs.seconds, metavar="TIME", help="stop after so long, as 90 or 5m (exit code 5)")
WATCH = (IDS, *FILTERS, TIMEOUT)
RESULT = (
    ID,
    Option(
        "--top", type=inputs.positive, default=SHOWN_OUTCOMES, metavar="N", help="draw the N most frequent outcomes"
    ),
    Option("--register", action="append", metavar="R", help="count this register alone, by name or number; repeatable"),
    Option("--raw", action="store_true", help="write what the workspace put out, untouched"),
    Option("--part", type=inputs.positive, metavar="N", help="with --raw: the output of a divided job's part N"),
)
LIST = (*FILTERS, ORDER, *PAGE, Option("--all", action="store_true", help="list all pages"))
COUNTS = (
    Option("ids", metavar="ID", nargs="*", help="jobs whose counts are added up, up to a hundred"),
    *FILTERS,
    ORDER,
    Option("--continuation", metavar="C", help="go on where an earlier sum ended"),
    Option("--top", type=inputs.positive, metavar="N", help="look at so many jobs at most"),
)
COSTS = (
    Option("--by", choices=("target", "provider", "workspace", "unit"), help="what is added up (default: target)"),
    *FILTERS,
    ORDER,
    Option("--all", action="store_true", help="look at all jobs, however many (else at 1,000)"),
    Option("--continuation", metavar="C", help="go on where an earlier sum ended"),
    Option("--top", type=inputs.positive, metavar="N", help="look at so many jobs at most"),
)
ANSWER_TO = Option(
    "--answer-to",
    type=inputs.place,
    metavar="PLACE",
    help="default, none, or NAME for the queue answers-NAME, as mine or mine:2d (kept for so long; else 7 days)",
)
CONSTRAINT = Option(
    "--constraint",
    action="append",
    type=inputs.constraint,
    metavar="K=V",
    help="with --target auto: provider=, format=, kind=simulator|hardware, qubits=, queue=2h; repeatable",
)
REUSE_RESULT = Option(
    "--reuse-result",
    type=inputs.reuse,
    metavar="AGE",
    help="take an equal job's result, if not older than AGE as 1d, or any; with +hardware that of hardware too",
)
RETRY = (
    Option("--target", action="append", metavar="T", help="where to run; repeatable: a job for each"),
    Option("--shots", type=inputs.shots, metavar="N", help="how often to run"),
    Option("--name", help="what to call the job (else the file's name)"),
    TAGS,
    Option("--deadline", type=inputs.duration, metavar="TIME", help="cancel the job after so long, as 2h or PT2H"),
    Option("--workspace", metavar="NAME", help="workspace to run in (else the default)"),
    Option(
        "--max-cost",
        type=inputs.limit,
        metavar="N",
        help="refuse what is estimated to cost more, in the target's currency; or by unit, as USD=40,EUR=30",
    ),
    ANSWER_TO,
    REUSE_RESULT,
    Option("--idempotency-key", metavar="KEY", help="the same key and order are the same job, however often submitted"),
    Option("--watch", action="store_true", help="follow the jobs to their end"),
)
SUBMIT = (
    Option("files", metavar="FILE", nargs="*", help="program or order; - is standard input (with --format)"),
    Option("--like", metavar="ID", help="send the program and the order of this job, with what else is said here"),
    *RETRY,
    Option("--format", help="format of the program, whatever the extension"),
    Option("--entry-point", metavar="NAME", help="Q# operation to run, as Test.GenerateRandomBits"),
    Option(
        "--argument",
        action="append",
        type=inputs.any_json,
        metavar="JSON",
        help="value of the program's next input, in their order; repeatable",
    ),
    Option(
        "--param", action="append", type=inputs.parameter, metavar="K=V", help="parameter of the provider; repeatable"
    ),
    CONSTRAINT,
    Option("--fallback-target", action="append", metavar="T", help="next target if the first cannot; repeatable"),
    Option("--session", metavar="ID", help='session to join, or "own" for one that lives as long as the job'),
    Option("--priority", metavar="P", help="Standard or High"),
    Option("--urgency", metavar="U", help="low, normal or high: whose turn is first where orders wait"),
)
ESTIMATE = (
    Option("file", metavar="FILE", help="program or order; - is standard input (with --format)"),
    Option("--target", action="append", metavar="T", help="where it might run; repeatable (else all that take it)"),
    Option("--targets", type=inputs.names, metavar="A,B,C", help="the same, at once"),
    Option("--shots", type=inputs.shots, metavar="N", help="how often to run"),
    *(
        option
        for option in SUBMIT
        if option.names[0] in {"--format", "--entry-point", "--argument", "--param", "--workspace", "--max-cost"}
    ),
)
BATCH_KEY = Option("--idempotency-key", metavar="KEY", help="the same key is the same batch")
BATCH = (
    Option("file", metavar="FILE", help="batch as JSON, or orders as .jsonl; - is standard input"),
    BATCH_KEY,
    Option("--watch", action="store_true", help="follow the batch to its end"),
    TIMEOUT,
)
RANK = (
    Option("--by", choices=("fidelity", "cost", "time"), help="what makes a member the best"),
    Option("--reference", type=inputs.reference, metavar="R", help='ideal, or JSON as {"member": 0}'),
)
PROGRAM = (
    Option("file", metavar="FILE", help="program or order; - is standard input (with --format)"),
    *(one for one in SUBMIT if one.names[0] in {"--shots", "--name", "--tag", "--format", "--entry-point", "--param"}),
    BATCH_KEY,
    TIMEOUT,
)
COMPARE = (
    *PROGRAM,
    Option("--targets", type=inputs.names, required=True, metavar="A,B,C", help="where to run it"),
    *RANK,
)
SWEEP = (
    *PROGRAM,
    Option(
        "--argument",
        type=inputs.grid,
        required=True,
        metavar="NAME=FROM:TO:COUNT",
        help="equal steps of the program's input, both ends included",
    ),
    Option("--target", action="append", metavar="T", help="where to run; repeatable"),
    Option("--targets", type=inputs.names, metavar="A,B,C", help="the same, at once"),
    *RANK,
    Option("--window", type=inputs.positive, metavar="N", help="so many members on their way at once (else 20)"),
    Option("--no-watch", action="store_true", help="only send it"),
)
BATCH_LIST = (Option("--phase", help="batches in this phase, as running or partly"), *PAGE)
RERUN = (BATCH_ID, BATCH_KEY, Option("--watch", action="store_true", help="follow the new batch to its end"), TIMEOUT)
BATCH_WATCH = (BATCH_ID, TIMEOUT)
MEMBERS = (
    BATCH_ID,
    Option("--phase", help="members in this phase, as waiting or failed"),
    Option("--target", metavar="T", help="members on this target"),
    Option("--top", type=inputs.positive, metavar="N", help="at most so many"),
)
BUDGETS_FILE = Option("file", metavar="FILE", help="all budgets as JSON; - is standard input")
WHY = Option("--why", metavar="TEXT", help="the reason, kept with the decision")
ADOPT = (WORKSPACE, Option("id", metavar="ID", help="the job's id in the workspace"), TAGS, ANSWER_TO)
OPEN = (
    WORKSPACE,
    Option("target", metavar="TARGET"),
    Option("--name", help="what to call the session"),
    Option("--on-failure", choices=("abort", "continue"), help="what a failed job does to the others"),
    Option("--tag", action="append", type=inputs.pair, metavar="K=V", help="tag of the session; repeatable"),
)
ADD_WORKSPACE = (
    Option("--name", help="what orders call it (else its own name)"),
    Option("--resource-id", required=True, metavar="ID", help="/subscriptions/…/Workspaces/NAME"),
    Option("--location", metavar="REGION", help="such as eastus"),
    Option("--endpoint", metavar="URL", help="address of its data plane, in place of the region"),
    Option("--tenant-id", required=True, metavar="GUID"),
    Option("--client-id", required=True, metavar="GUID", help="the application that may use it"),
)
DOCTOR = (
    Option("--job", action=BooleanOptionalAction, default=True, help="run a job (default), or do not"),
    Option("--target", help="where to run it (else on the first free simulator that is available)"),
    Option("--workspace", metavar="NAME", help="the workspace to run it in (else the deployment's own)"),
    Option("--timeout", type=inputs.seconds, default=300.0, metavar="TIME", help="wait so long (default 300)"),
)
SETTINGS = ("url", "key", "target", "shots", "workspace", "auth", "scope")
SETTING = Option("setting", metavar="SETTING", choices=SETTINGS, help=", ".join(SETTINGS))
SET = (SETTING, Option("value", metavar="VALUE", nargs="?", help="the value; a key is better read from standard input"))
PROFILE_NAME = Option("name", metavar="NAME", nargs="?", help="else the one in use")
NEEDED_PROFILE = Option("name", metavar="NAME")
