"""What qdk reports of a Q# program, said so that each cause is told once, with what to write instead."""

import re
from collections.abc import Iterator

from quantum.compiling.faults import Wire, fault
from quantum.compiling.qsharp_library import successor
from quantum.compiling.qsharp_syntax import changed_syntax
from quantum.compiling.qsharp_text import QsharpText
from quantum.compiling.reports import CALL, Report, in_source, reason_of, reports

NAME = re.compile(r"`([\w.]+)` not (?:found|available)")
UNPARSED = ("Parse.", "Lex.")
OTHER_PLACES = 5
NO_CONSTANTS = "the program returns Zero or One itself: a target gives back only what is measured"


def told(text: str, program: QsharpText, profile: str, start: tuple[int, int] | tuple[()] = ()) -> list[Wire]:
    """Tell a report's faults; `start` is where the operation that runs begins, None where none was found yet."""
    found = list(causes(list(reports(text))))
    if any(report.code.startswith(UNPARSED) for report in found) and (changed := list(changed_syntax(program))):
        return changed
    faults = [fault("input", reason(report, profile), *place(report, program, start)) for report in found]
    return list(merged(faults)) or [fault("input", text)]


def causes(found: list[Report]) -> Iterator[Report]:
    """Leave out what only follows from a name that was not found: the types that depend on it."""
    unresolved = any(report.code.startswith("Resolve.") for report in found)
    for report in found:
        if not (unresolved and report.code == "TypeCk.AmbiguousTy"):
            yield report


def reason(report: Report, profile: str) -> str:
    """Say what is wrong, and what to write instead where that is known."""
    if report.code == "PartialEval.OutputResultLiteral":
        return NO_CONSTANTS
    named = NAME.search(report.summary) if report.code.startswith("Resolve.") else None
    instead = successor(named[1].rpartition(".")[2], profile) if named else None
    return instead or reason_of(report, profile)


def place(report: Report, program: QsharpText, start: tuple[int, int] | tuple[()]) -> tuple[int, int] | tuple[()]:
    """Find the place in the program: what is behind its end is at its end, and the call is where the operation is."""
    if report.file == CALL:
        return start
    lines = program.source.count("\n") + 1
    if report.file is not None and report.line > lines:
        return program.place(len(program.source.rstrip())) if report.file == "line_0" else ()
    return in_source(report, program.source)


def merged(faults: list[Wire]) -> Iterator[Wire]:
    """Tell what is wrong in several places once, at the first of them."""
    by_reason: dict[str, list[Wire]] = {}
    for item in faults:
        by_reason.setdefault(item["reason"], []).append(item)
    for said, same in by_reason.items():
        lines = sorted({item["line"] for item in same[1:] if item["line"]} - {same[0]["line"]})
        more = f" (also in line {', '.join(map(str, lines[:OTHER_PLACES]))}{', …' * (len(lines) > OTHER_PLACES)})"
        yield {**same[0], "reason": said + more if lines else said}
