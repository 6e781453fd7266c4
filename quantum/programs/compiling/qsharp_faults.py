"""What qdk reports of a Q# program, said so that each cause is told once, with what to write instead."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from quantum.programs.compiling.faults import Wire, fault
from quantum.programs.compiling.qsharp_library import successor
from quantum.programs.compiling.qsharp_syntax import changed_syntax
from quantum.programs.compiling.qsharp_text import QsharpText
from quantum.programs.compiling.reports import CALL, Report, in_source, reason_of, reports

NAME = re.compile(r"`([\w.]+)` not (?:found|available)")
UNPARSED = ("Parse.", "Lex.")
RESOLVED = "Resolve."
TYPES = "TypeCk."
LIMIT = "CapabilitiesCk."
OTHER_PLACES = 5
NOT_FOUND, NOT_AVAILABLE = "Resolve.NotFound", "Resolve.NotAvailable"
SAID = {
    "PartialEval.OutputResultLiteral": "the program returns Zero or One itself: a target gives back only what is "
    "measured",
    "PartialEval.UnexpectedDynamicValue": "this target's profile ({profile}) cannot go on from what is called here: "
    "which operation it is, or whether it calls itself again, may not depend on a measurement",
}

type Place = tuple[int, int] | tuple[()]
type Importable = Callable[[Iterable[str]], Mapping[str, str]]  # the namespaces of the library that have these names


def faults_of(text: str, program: QsharpText, profile: str, importable: Importable, start: Place = ()) -> list[Wire]:
    """Tell a report's faults; `start` is where the operation that runs begins, None where none was found yet."""
    failures = list(causes(list(reports(text))))
    if any(report.code.startswith(UNPARSED) for report in failures) and (changed := list(changed_syntax(program))):
        return changed
    unknown = [name for report in failures if report.code == NOT_FOUND and (name := unresolved_name(report))]
    places = importable(unknown) if unknown else {}
    faults = [fault("input", reason(report, profile, places), *place(report, program, start)) for report in failures]
    return list(merged(faults)) or [fault("input", text)]


def causes(failures: list[Report]) -> Iterator[Report]:
    """Leave out what only follows from a name that was not found: the types that depend on it, or are in its line."""
    unresolved = {report.line for report in failures if report.code.startswith(RESOLVED)}
    for report in together(failures):
        follows = report.code == "TypeCk.AmbiguousTy" or report.line in unresolved
        if not (unresolved and follows and report.code.startswith(TYPES)):
            yield report


def together(failures: list[Report]) -> Iterator[Report]:
    """Put into one all that a target cannot do at one place: it is one measurement that all of it depends on."""
    for (is_limit, *_), same in groupby(failures, place_and_kind):
        first, *others = same
        if is_limit and others:
            more = "".join(f", {other.summary.removeprefix('cannot ')}" for other in others)
            first = replace(first, summary=first.summary + more, advice="all this depends on a measurement result")
        yield first


def place_and_kind(report: Report) -> tuple[bool, str | None, int, int]:
    """Whether it is about what the target cannot do, and where that is."""
    return report.code.startswith(LIMIT), report.file, report.line, report.column


def unresolved_name(report: Report) -> str:
    """The name that a report is about; empty where it is about none."""
    match = NAME.search(report.summary) if report.code.startswith(RESOLVED) else None
    return match[1] if match else ""


def reason(report: Report, profile: str, places: Mapping[str, str]) -> str:
    """Say what is wrong, and what to write instead where that is known."""
    if report.code in SAID:
        return SAID[report.code].format(profile=profile)
    name = unresolved_name(report)
    if name and (instead := successor(name.rpartition(".")[2], profile)):
        return instead
    if name in places:
        return f"`{name}` is not imported: add `import {places[name]}.*;` at the top"
    if name and report.code == NOT_AVAILABLE:
        return f"this target's profile ({profile}) has no `{name}`: it is there for other profiles only"
    return reason_of(report, profile)


def place(report: Report, program: QsharpText, start: Place) -> Place:
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
    for reason_text, same in by_reason.items():
        lines = sorted({item["line"] for item in same[1:] if item["line"]} - {same[0]["line"]})
        more = f" (also in line {', '.join(map(str, lines[:OTHER_PLACES]))}{', …' * (len(lines) > OTHER_PLACES)})"
        yield {**same[0], "reason": reason_text + more if lines else reason_text}
