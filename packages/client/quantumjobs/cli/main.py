"""The `qjobs` command: parses, runs, and turns every error into one clear message and an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from quantumjobs.cli.arguments import parser
from quantumjobs.cli.exits import BROKEN_PIPE, INTERRUPTED, UNREACHABLE, exit_code
from quantumjobs.cli.screen import Screen
from quantumjobs.cli.text import lines
from quantumjobs.errors import ApiError, NoResultError, QuantumJobsError, UnauthorizedError, UnreachableError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and tell its exit code."""
    try:
        options = _parse(arguments)
        screen = Screen(as_json=options.json)
        code = _run(options, screen)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return BROKEN_PIPE
    return code


def _parse(arguments: Sequence[str] | None) -> Namespace:
    try:
        return parser().parse_args(arguments)
    except SystemExit:
        sys.stdout.flush()  # here, where a pipe that broke on --help is noticed quietly
        raise


def _run(options: Namespace, screen: Screen) -> int:
    try:
        code: int = options.run(options, screen)
    except QuantumJobsError as error:
        _report(error, screen)
        return exit_code(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        screen.note(f"qjobs: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return UNREACHABLE
    return code


def _report(error: QuantumJobsError, screen: Screen) -> None:
    """Say what is wrong, every fault of it; a program gets it as JSON as well."""
    first, *rest = lines(_summary(error)) or [type(error).__name__]
    screen.note(f"qjobs: {first}{_remedy(error)}")
    for line in (*rest, *_details(error)):
        screen.note(f"  {line}")
    if screen.as_json:
        screen.json_line({"error": _document(error)})


def _summary(error: QuantumJobsError) -> str:
    return error.summary if isinstance(error, ApiError) else str(error)


def _details(error: QuantumJobsError) -> list[str]:
    if isinstance(error, NoResultError):
        return lines(error.reason or "")
    faults = error.faults if isinstance(error, ApiError) else ()
    return [line for fault in faults for line in lines(str(fault))]


def _remedy(error: QuantumJobsError) -> str:
    if isinstance(error, UnauthorizedError):
        return ". Give the key by QJOBS_KEY or --key"
    return ". `qjobs doctor` looks closer" if isinstance(error, UnreachableError) else ""


def _document(error: QuantumJobsError) -> dict[str, object]:
    document: dict[str, object] = {
        "kind": type(error).__name__,
        "message": _summary(error),
    }
    if error.idempotency_key is not None:
        document |= {"idempotencyKey": error.idempotency_key, "id": error.taken_as}
    return {**document, **error.raw, "status": error.status} if isinstance(error, ApiError) else document


def _forget_stdout() -> None:
    """Keep the interpreter from complaining of the broken pipe once more when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
