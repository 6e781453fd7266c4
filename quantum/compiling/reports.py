"""Reads the reports that qdk prints: the only form in which it gives the errors of Q#."""

import re
from collections.abc import Iterator
from itertools import pairwise

from quantum.compiling.faults import Wire, fault

CALLERS_FILES = ("line_0", "./program.qasm")  # as qdk names the text that it was given; other places are its library's

REPORT = re.compile(r"^  x ", re.MULTILINE)
PLACE = re.compile(r"^ +,-\[(.*):(\d+):(\d+)\]$", re.MULTILINE)
CAUSE = re.compile(r"\n\s*[`|]->\s*")
HELP = re.compile(r"^  help: (.*(?:\n {8}.*)*)", re.MULTILINE)
CAPABILITY = re.compile(r"^Qdk\.Qsc\.CapabilitiesCk\..*\s*\Z", re.MULTILINE)


def reported_faults(text: str, request: Wire) -> Iterator[Wire]:
    """Read the faults out of a report that qdk printed."""
    for before, report in pairwise(REPORT.split(text)):
        place = PLACE.search(report)
        summary = report[: place.start()] if place else report.partition("\n\n")[0]
        reason = " ".join(CAUSE.sub(": ", summary).split())
        if advice := HELP.search(report):
            reason += f": {' '.join(advice[1].split())}"
        if CAPABILITY.search(before):
            reason += f" ({request['profile']})"
        yield fault("input", reason, *in_source(place, request["source"]))


def in_source(place: re.Match[str] | None, source: str) -> tuple[int, int] | tuple[()]:
    """Turn a place in a report, whose columns count bytes, into a line and a column of characters."""
    if place is None or place[1] not in CALLERS_FILES:
        return ()
    line, column = int(place[2]), int(place[3])
    before = source.split("\n")[line - 1].encode()[: column - 1]
    return line, len(before.decode(errors="ignore")) + 1
