"""How a hook talks: one line as each check ends, and below it what to do where something is wrong."""

from __future__ import annotations

from typing import NamedTuple

OK, UNSURE, STOP = "ok", "unsure", "STOP"


class Finding(NamedTuple):
    """The answer to one check; `STOP` is what Azure would refuse, `unsure` what may be refused."""

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
