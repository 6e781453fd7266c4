"""The commands of `qjobs`, one row each: the parser, the help and the completions are all written from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.cli import options as on
from quantumjobs.cli.options import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDPOINT_NAMES = ("api", "functionKey", "storage", "workspace", "ownWorkspace", "vault")
SHELLS = ("bash", "zsh", "fish", "powershell")
KEY = Option("--idempotency-key", metavar="KEY", help="the same key is the same session")


@dataclass(frozen=True)
class Row:
    """A command: its words, what it does, the function that does it (`module:function`), and what it takes.

    `topic` names its text in `epilogs`.
    """

    words: str
    what: str
    run: str
    options: Sequence[Option] = ()
    topic: str = ""

    @property
    def noun(self) -> str:
        """Tell the first word."""
        return self.words.partition(" ")[0]


ROWS = (
    Row("submit", "send programs or orders", "submitting:submit", on.SUBMIT, "SUBMIT"),
    Row("retry", "send a job's order again", "submitting:retry", (on.ID, *on.RETRY), "RETRY"),
    Row("estimate", "show what an order would need and cost", "estimating:estimate", on.ESTIMATE, "ESTIMATE"),
    Row("watch", "follow jobs to their end and show the counts", "waiting:watch", on.WATCH, "WATCH"),
    Row("wait", "wait until jobs have ended, without a word before", "waiting:wait", on.WATCH, "WAIT"),
    Row("show", "show all that is known of a job", "asking:show", (on.ID,), "SHOW"),
    Row("result", "show the counts of a job", "asking:result", on.RESULT, "RESULT"),
    Row("list", "list jobs", "asking:list_jobs", on.LIST, "LIST"),
    Row("counts", "add up the counts of many jobs", "asking:counts", on.COUNTS, "COUNTS"),
    Row("cost", "add up what jobs have cost", "asking:costs", on.COSTS, "COST"),
    Row("cancel", "ask for jobs to stop", "asking:cancel", (on.IDS, *on.FILTERS), "CANCEL"),
    Row(
        "compare", "run a program on several targets and show the best", "batch_sending:compare", on.COMPARE, "COMPARE"
    ),
    Row("sweep", "run a program at many values of an argument", "batch_sending:sweep", on.SWEEP, "SWEEP"),
    Row("batch submit", "send many orders as one", "batch_sending:submit", on.BATCH, "BATCH"),
    Row("batch list", "list batches", "batches:list_batches", on.BATCH_LIST, "BATCH_LIST"),
    Row("batch show", "show how far a batch is", "batches:show", (on.BATCH_ID,), "BATCH_LIST"),
    Row("batch members", "list the members of a batch", "batches:members", on.MEMBERS, "MEMBERS"),
    Row("batch table", "show how each member ended, and the best", "batches:table", (on.BATCH_ID,), "TABLE"),
    Row("batch watch", "follow a batch to its end and show its table", "batches:watch", on.BATCH_WATCH, "BATCH_WATCH"),
    Row("batch pause", "start no more members for now", "batches:pause", (on.BATCH_ID,), "BATCH_PAUSE"),
    Row("batch resume", "let a paused batch go on", "batches:resume", (on.BATCH_ID,), "BATCH_PAUSE"),
    Row("batch rerun", "run the members again that did not succeed", "batches:rerun", on.RERUN, "RERUN"),
    Row("batch cancel", "ask for every member of a batch to stop", "batches:cancel", (on.BATCH_ID,), "BATCH_CANCEL"),
    Row("adopt", "care for a job that others submitted to a workspace", "sessions:adopt", on.ADOPT),
    Row("targets", "show where jobs can run", "offers:targets", (on.WORKSPACE,)),
    Row(
        "formats",
        "show what programs may come in",
        "offers:formats",
        (on.WORKSPACE, Option("--target", metavar="T", help="those that this target takes")),
    ),
    Row(
        "quotas",
        "show what providers let a workspace use",
        "offers:quotas",
        (on.WORKSPACE, Option("--provider", metavar="P", help="of this provider only, as ionq")),
    ),
    Row("sessions list", "list a workspace's sessions", "sessions:list_sessions", (on.WORKSPACE, *on.PAGE)),
    Row("sessions open", "open a session for jobs on one target", "sessions:open_session", (*on.OPEN, KEY)),
    Row("sessions show", "show a session and its jobs", "sessions:show_session", (on.WORKSPACE, on.ID)),
    Row("sessions close", "take no more jobs into a session", "sessions:close_session", (on.WORKSPACE, on.ID)),
    Row("budgets list", "show what may be spent, and what is reserved, spent and left", "budgets:list_budgets"),
    Row("budgets set", "replace all budgets", "budgets:set_budgets", (on.BUDGETS_FILE,), "BUDGETS"),
    Row("approve", "let a job or a batch start that waits for it", "budgets:approve", (on.ID, on.WHY)),
    Row("deny", "have a job or a batch rejected that waits for an approval", "budgets:deny", (on.ID, on.WHY)),
    Row("poison list", "list the orders on which the deployment itself failed", "poison:list_poison"),
    Row("poison replay", "have such orders tried again", "poison:replay", (on.IDS,)),
    Row("workspaces list", "list the workspaces that orders can name", "workspaces:list_workspaces"),
    Row("workspaces add", "add a workspace of your own", "workspaces:add_workspace", on.ADD_WORKSPACE, "ADD_WORKSPACE"),
    Row(
        "workspaces remove",
        "remove a workspace and its secret from the deployment",
        "workspaces:remove_workspace",
        (Option("name", metavar="NAME"),),
    ),
    Row("doctor", "find out what stands between you and the deployment", "local:doctor", on.DOCTOR, "DOCTOR"),
    Row(
        "endpoints",
        "print where the local stack is",
        "local:endpoints",
        (Option("name", nargs="?", choices=ENDPOINT_NAMES, help="else all"),),
        "ENDPOINTS",
    ),
    Row("config list", "list the profiles", "config:list_profiles", (), "CONFIG"),
    Row("config show", "show what a profile says", "config:show", (on.PROFILE_NAME,), "CONFIG"),
    Row("config set", "set a value in a profile", "config:set_value", on.SET, "CONFIG"),
    Row("config unset", "take a value out of a profile", "config:unset", (on.SETTING,), "CONFIG"),
    Row("config use", "use a profile from now on", "config:use", (on.NEEDED_PROFILE,), "CONFIG"),
    Row("config remove", "remove a profile", "config:remove", (on.NEEDED_PROFILE,), "CONFIG"),
    Row(
        "completion",
        "print the completion of a shell",
        "completion:print_completion",
        (Option("shell", choices=SHELLS),),
        "COMPLETION",
    ),
)
NOUNS = tuple(dict.fromkeys(row.noun for row in ROWS))
VERBS = {
    noun: tuple(row.words.split(" ")[1] for row in ROWS if row.noun == noun and " " in row.words) for noun in NOUNS
}


def row_of(words: str) -> Row | None:
    """Find a command by its words."""
    return next((row for row in ROWS if row.words == words), None)


def names() -> tuple[str, ...]:
    """Tell all that a command can be called by."""
    return tuple(row.words for row in ROWS)
