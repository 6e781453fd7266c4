"""The exit codes of `qjobs`."""

from __future__ import annotations

OK, UNSUCCESSFUL, FAULTY, UNREACHABLE, NOT_FOUND, NOT_YET = range(6)
INTERRUPTED, BROKEN_PIPE = 130, 141  # as a shell reports SIGINT and SIGPIPE

MEANINGS = {
    OK: "done; a watched job succeeded",
    UNSUCCESSFUL: "the job failed, or was cancelled, rejected or expired",
    FAULTY: "faulty command line, program file or order",
    UNREACHABLE: "no deployment known, out of reach, key refused, or the deployment is in trouble",
    NOT_FOUND: "no such job",
    NOT_YET: "no result yet, or still running at the end of --timeout",
    INTERRUPTED: "interrupted; a job goes on",
}
