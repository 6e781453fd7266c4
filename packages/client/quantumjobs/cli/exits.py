"""Which error gets which exit code."""

from __future__ import annotations

from quantumjobs.cli.codes import FAULTY, NOT_FOUND, NOT_YET, UNREACHABLE, UNSUCCESSFUL
from quantumjobs.cli.faults import NoSuchIdError
from quantumjobs.errors import (
    NoResultError,
    NotFoundError,
    QuantumJobsError,
    RefusedError,
    UsageError,
    WatchTimeoutError,
)
from quantumjobs.jobs import FINAL_PHASES


def exit_code(error: QuantumJobsError) -> int:
    """Choose the exit code for an error."""
    if isinstance(error, NoResultError):
        return UNSUCCESSFUL if error.phase in FINAL_PHASES else NOT_YET
    for kinds, code in (
        ((UsageError, RefusedError), FAULTY),
        ((NotFoundError, NoSuchIdError), NOT_FOUND),
        ((WatchTimeoutError,), NOT_YET),
    ):
        if isinstance(error, kinds):
            return code
    return UNREACHABLE
