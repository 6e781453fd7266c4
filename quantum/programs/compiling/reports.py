"""Reads the reports that qdk prints: the only form in which it gives the errors of Q#."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

CALLERS_FILES = ("line_0", "./program.qasm")  # as qdk names the text that it was given; other places are its library's
CALL = "<entry>"  # the call of the operation that we ask for

REPORT = re.compile(r"^  x ", re.MULTILINE)
PLACE = re.compile(r"^ +,-\[(.*):(\d+):(\d+)\]$", re.MULTILINE)
CAUSE = re.compile(r"\n\s*[`|]->\s*")
HELP = re.compile(r"^  help: (.*(?:\n {8}.*)*)", re.MULTILINE)
CODE = re.compile(r"^Qdk\.Qsc\.(\S+).*\s*\Z", re.MULTILINE)
OF_THE_TARGET = re.compile(r" by the (?:configured|current) target(?: profile)?\.?$")


@dataclass(frozen=True)
class Report:
    """One error: its code, what it says, what it advises, and where it is in the file that qdk names."""

    code: str
    summary: str
    advice: str
    file: str | None = None
    line: int = 0
    column: int = 0


def reports(text: str) -> Iterator[Report]:
    """Read the errors out of what qdk printed."""
    for before, report in pairwise(REPORT.split(text)):
        place = PLACE.search(report)
        summary = report[: place.start()] if place else report.partition("\n\n")[0]
        code, advice = CODE.search(before), HELP.search(report)
        yield Report(
            code[1] if code else "",
            " ".join(CAUSE.sub(": ", summary).split()),
            " ".join(advice[1].split()) if advice else "",
            *((place[1], int(place[2]), int(place[3])) if place else ()),
        )


def reason_of(report: Report, profile: str) -> str:
    """Say what is wrong; what only the target cannot do is said of the target."""
    if report.code.startswith("CapabilitiesCk."):
        return f"this target's profile ({profile}) {report.summary}: {OF_THE_TARGET.sub('', report.advice)}"
    return f"{report.summary}: {report.advice}" if report.advice else report.summary


def in_source(report: Report, source: str) -> tuple[int, int] | tuple[()]:
    """Turn a place in a report, whose columns count bytes, into a line and a column of characters."""
    if report.file not in CALLERS_FILES:
        return ()
    before = source.split("\n")[report.line - 1].encode()[: report.column - 1]
    return report.line, len(before.decode(errors="ignore")) + 1
