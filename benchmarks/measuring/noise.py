"""Keeps what libraries write on standard error out of the figures: it goes to a log, and its tracebacks are counted."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BEGINS = "Traceback (most recent call last)"
ENDS = re.compile(r"^(?P<error>[A-Za-z_][\w.]*)(?::|$)")
SHOWN = 3


@contextmanager
def to_log(log: Path) -> Iterator[None]:
    """Send this process's standard error, and that of the processes it starts, to the end of a file for a while."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)


def summary(log: Path) -> str:
    """Say in a line how much a log has, which tracebacks are in it, and where it is; nothing about an empty one."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    if not text:
        return ""
    errors = tracebacks(text.splitlines())
    most = ", ".join(f"{error} {number:,}" for error, number in errors.most_common(SHOWN))
    counted = f", {errors.total():,} tracebacks ({most})" if errors else ""
    return f"{text.count(chr(10)):,} lines on standard error{counted}: {log}"


def tracebacks(lines: list[str]) -> Counter[str]:
    """Count the tracebacks by the error that each ends with."""
    counted: Counter[str] = Counter()
    inside = False
    for line in lines:
        if BEGINS in line:
            inside = True
        elif inside and (match := ENDS.match(line.lstrip("| "))) and not line.startswith(" "):
            counted[match["error"].rpartition(".")[2]] += 1
            inside = False
    return counted
