"""The errors of the command itself, and every error in three lines: what is wrong, why, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quantumjobs.cli.text import lines
from quantumjobs.errors import (
    ApiError,
    NoDeploymentError,
    NoResultError,
    NotFoundError,
    QuantumJobsError,
    RefusedError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
    WatchTimeoutError,
)

SHORTEST_FAULT = 12  # characters; before a colon, less is a file's name
OPTION_OF_FIELD = {
    "arguments": "--argument",
    "by": "--by",
    "continuation": "--continuation",
    "deadline": "--deadline",
    "entryPoint": "--entry-point",
    "fallbackTargets": "--fallback-target",
    "from": "--from",
    "ids": "ID",
    "idempotencyKey": "--idempotency-key",
    "Idempotency-Key": "--idempotency-key",
    "input": "the program",
    "input.format": "--format",
    "jobFailurePolicy": "--on-failure",
    "maxCost": "--max-cost",
    "answerTo": "--answer-to",
    "constraints": "--constraint",
    "reuseResult": "--reuse-result",
    "name": "--name",
    "order": "--order",
    "params": "--param",
    "phase": "--phase",
    "priority": "--priority",
    "urgency": "--urgency",
    "provider": "--provider",
    "session": "--session",
    "shots": "--shots",
    "tag": "--tag",
    "tags": "--tag",
    "target": "--target",
    "targets": "--targets",
    "to": "--to",
    "top": "--top",
    "workspace": "--workspace",
    "resourceId": "--resource-id",
    "sweep": "--argument",
    "rank": "--reference",
    "window": "--window",
    "location": "--location",
    "endpoint": "--endpoint",
    "tenantId": "--tenant-id",
    "clientId": "--client-id",
    "clientSecret": "the secret (QJOBS_CLIENT_SECRET)",
}


class CommandLineError(UsageError):
    """A command line that cannot be followed."""

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(f"{what}: {why}" if why else what)
        self.what, self.why, self.remedy = what, why, remedy


class AmbiguousIdError(CommandLineError):
    """The beginning of an id that fits several."""


class NoSuchIdError(QuantumJobsError):
    """The beginning of an id that fits none."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True)
class Report:
    """What is wrong, why, and what to do."""

    what: str
    why: tuple[str, ...] = ()
    remedy: str = ""

    def lines(self) -> list[str]:
        """Write it for people."""
        why = [f"  {'why: ' if not place else '     '}{line}" for place, line in enumerate(self.why)]
        head = self.what if self.what.startswith(("qjobs ", "qjobs: ")) else f"qjobs: {self.what}"
        return [head, *why, *([f"  do:  {self.remedy}"] if self.remedy else [])]


def report_of(error: QuantumJobsError, command: str, named: str = "") -> Report:
    """Tell an error in the words of the command that met it; its remedies have the id that the command named."""
    if isinstance(error, CommandLineError):
        return Report(error.what, tuple(lines(error.why)), error.remedy)
    if isinstance(error, ApiError):
        return _of_api(error, command, named)
    what, *rest = lines(str(error)) or [type(error).__name__]
    remedy = _remedy(error, command)
    if isinstance(error, UsageError | NoDeploymentError) and not rest:
        return Report(*_split(what))
    return Report(what, tuple(rest), remedy)


def _split(text: str) -> tuple[str, tuple[str, ...], str]:
    """Part what is wrong from what the message says to do about it: its last sentence, or what a colon leads to."""
    for mark, least in ((". ", 1), (": ", SHORTEST_FAULT)):
        what, _, rest = text.rpartition(mark)
        if len(what) >= least and what.count("(") == what.count(")"):
            return what, (), rest
    return text, (), ""


def _is_of_batches(command: str) -> bool:
    return command.partition(" ")[0] in {"batch", "compare", "sweep"}


def _remedy(error: QuantumJobsError, command: str) -> str:
    if isinstance(error, WatchTimeoutError):
        return f"it goes on; watch it again: qjobs {'batch ' if _is_of_batches(command) else ''}watch {error.job_id}"
    if isinstance(error, UnreachableError):
        return "`qjobs doctor` looks closer"
    return error.remedy if isinstance(error, NoSuchIdError) else ""


def _of_api(error: ApiError, command: str, named: str) -> Report:
    faults = [line for fault in error.faults for line in lines(_spelt(str(fault)))]
    reason = lines(error.reason or "") if isinstance(error, NoResultError) else []
    detail = [] if faults else lines(error.detail)
    return Report(" ".join(lines(error.title)), (*detail, *faults, *reason), _what_to_do(error, command, named))


def _what_to_do(error: ApiError, command: str, named: str) -> str:
    if isinstance(error, NoResultError):
        of_batch = f"see how it stands: qjobs batch show {named}".rstrip()
        return of_batch if error.of_batch or _is_of_batches(command) else _for_no_result(error, named)
    looking = "qjobs batch list" if _is_of_batches(command) else "qjobs list"
    if isinstance(error, UnauthorizedError) and error.raw:  # the app itself refuses: the key was right
        return _for_a_principal(error)
    for kind, remedy in (
        (UnauthorizedError, "give the key by QJOBS_KEY or --key, or keep it in a profile: qjobs config set key"),
        (NotFoundError, f"look for it: {looking}"),
        (RefusedError, f"correct that and try again; `qjobs {command} --help` explains each option"),
    ):
        if isinstance(error, kind):
            return remedy
    if error.retry_after is not None:
        return f"try again in {error.retry_after:.0f} s"
    return "try again; `qjobs doctor` looks closer" if error.status >= 500 else ""


def _for_a_principal(error: UnauthorizedError) -> str:
    if error.status == 401:
        return "sign in: qjobs config set auth entra, and qjobs config set scope api://CLIENT-ID/.default"
    return "have the role assigned in Microsoft Entra ID, or ask somebody who has it; then sign in again: az login"


def _for_no_result(error: NoResultError, named: str) -> str:
    from quantumjobs.jobs import FINAL_PHASES  # noqa: PLC0415 no other error needs it

    if error.phase in FINAL_PHASES:
        show, again = f"qjobs show {named}".rstrip(), f"qjobs retry {named}".rstrip()
        return f"see the job with `{show}`, send it again with `{again}`"
    return f"wait for it: qjobs watch {named}".rstrip()


def _spelt(fault: str) -> str:
    """Name the option where the API names a field, and keep what follows it."""
    match = re.match(r"([A-Za-z-]+(?:\.[A-Za-z]+)*)(\[\d+\])?(?=[:( ])", fault)
    if not match:
        return fault
    field = match[1].removeprefix("order.")  # of a batch's order
    name = OPTION_OF_FIELD.get(field) or OPTION_OF_FIELD.get(field.partition(".")[0])
    return f"{name}{match[2] or ''}{fault[match.end() :]}" if name else fault
