"""The output of a hook: one line per check, and below it the remedy."""

from __future__ import annotations

from typing import NamedTuple

OK, UNSURE, STOP = "ok", "unsure", "STOP"


class Finding(NamedTuple):
    """The result of one check; with `STOP` Azure would refuse, with `unsure` it may."""

    status: str
    name: str
    text: str
    remedy: str = ""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def show(finding: Finding) -> None:
    """Print a finding, and its remedy on a line of its own."""
    say(f"{finding.status:<6} {finding.name}: {finding.text}")
    if finding.remedy:
        say(f"       -> {finding.remedy}")
