"""Where names of Q#'s library are that a program uses without importing them."""

from collections.abc import Iterable, Mapping
from typing import Any

from qdk.qsharp import QSharpError

from quantum.programs.compiling.reports import reports

NAMESPACES = (
    *("Math", "Convert", "Arrays", "Measurement", "Canon", "Arithmetic", "Diagnostics", "Logical", "StatePreparation"),
    *("TableLookup", "Random", "ResourceEstimation"),
)
NOT_THERE = ("Resolve.NotFound", "Resolve.NotAvailable")
MOST_NAMES = 100


def importable(context: Any, names: Iterable[str]) -> Mapping[str, str]:
    """Tell for each of these names the namespace that has it; a name that none has, or several, is left out.

    All are asked for at once, as what they are not, so that nothing comes into the context.
    """
    plain = sorted({name for name in names if name.isidentifier()})[:MOST_NAMES]
    candidates = [(namespace, name) for name in plain for namespace in NAMESPACES]
    lines = [f"let ofNoProgram : Unit = Std.{namespace}.{name};" for namespace, name in candidates]
    missing = set(range(len(candidates)))
    try:
        context.eval("\n".join(lines))
    except QSharpError as error:
        missing = {report.line - 1 for report in reports(str(error)) if report.code in NOT_THERE}
    return _only(pair for line, pair in enumerate(candidates) if line not in missing)


def _only(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    places: dict[str, list[str]] = {}
    for namespace, name in pairs:
        places.setdefault(name, []).append(f"Std.{namespace}")
    return {name: namespaces[0] for name, namespaces in places.items() if len(namespaces) == 1}
