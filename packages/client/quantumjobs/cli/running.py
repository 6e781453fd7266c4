"""Runs one command: reads its line, calls its function, and turns every error into three lines and an exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from quantumjobs.cli import arguments, profiles
from quantumjobs.cli.codes import BROKEN_PIPE, FAULTY, INTERRUPTED, OK, UNREACHABLE
from quantumjobs.cli.exits import exit_code
from quantumjobs.cli.faults import CommandLineError, report_of
from quantumjobs.cli.screen import Screen
from quantumjobs.errors import ApiError, QuantumJobsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from quantumjobs.cli.rows import Row


AT_HOME = {"config", "completion", "endpoints"}  # what is about this machine alone


def run(words: Sequence[str]) -> int:
    """Run a command line and tell its exit code."""
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return BROKEN_PIPE
    return code


def _run(words: Sequence[str]) -> int:
    try:
        row, options = arguments.read(words)
    except CommandLineError as error:
        _report(error, Screen(), "", "")
        return FAULTY
    if row is None:
        Screen().lines(options.text.splitlines())
        return OK
    screen = Screen(options.form, options.output, quiet=options.quiet)
    try:
        return _call(row, options, screen)
    finally:
        screen.close()


def _call(row: Row, options: Namespace, screen: Screen) -> int:
    try:
        if row.noun not in AT_HOME:
            profiles.apply(options)
        module, _, function = row.run.partition(":")
        code: int = getattr(import_module(f"quantumjobs.cli.{module}"), function)(options, screen)
    except QuantumJobsError as error:
        named = getattr(options, "id", None)
        _report(error, screen, row.words, named if isinstance(named, str) else "")
        return exit_code(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        screen.note(f"qjobs: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return UNREACHABLE
    return code


def _report(error: QuantumJobsError, screen: Screen, command: str, named: str) -> None:
    """Say what is wrong, every fault of it; a program gets it as JSON as well."""
    for line in report_of(error, command, named).lines():
        screen.note(line)
    if screen.as_json:
        screen.json_line({"error": _document(error)})


def _document(error: QuantumJobsError) -> dict[str, object]:
    message = error.summary if isinstance(error, ApiError) else str(error)  # its faults have a field of their own
    document: dict[str, object] = {"kind": type(error).__name__, "message": message}
    if error.idempotency_key is not None:
        document |= {"idempotencyKey": error.idempotency_key, "id": error.taken_as}
    return {**document, **error.raw, "status": error.status} if isinstance(error, ApiError) else document


def _forget_stdout() -> None:
    """Keep the interpreter from complaining of the broken pipe once more when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
