"""Files and functions stay small; what may not be is listed here, each with its own cap and a reason."""

import ast
from pathlib import Path
from statistics import median, quantiles

from tests.house.our_files import SOURCES, Function, functions_of, part_of, python_files, text_of, tree_of

LONGEST_SOURCE = 300
LONGEST_TEST = 400
MEDIAN_FUNCTION = 10
LONG_FUNCTION = 40  # at most one function in twenty is longer
EXCEPTIONS: dict[str, tuple[int, str]] = {  # path: (its own cap in lines, why)
    "orchestrators/messages.py": (400, "one dataclass for each request and each outcome"),
    "quantum/contract/routes.py": (400, "one table of all routes but those of batches"),
    "quantum/programs/openqasm/syntax.py": (400, "a table of constructs, one dataclass each"),
    "quantum/ports.py": (500, "all that the core needs from the outside, side by side"),
    "quantum/jobs/model.py": (340, "a job and all that it consists of"),
    "quantum/settings.py": (400, "one table of all settings, and how each is read"),
}


def test_every_file_stays_within_its_budget() -> None:
    """A file that outgrows its budget is split, or listed with a reason."""
    lengths = {str(path): lines_of(text_of(path)) for path in python_files(*SOURCES, "tests")}

    assert [(name, lines) for name, lines in lengths.items() if lines > budget(Path(name))] == []


def test_functions_stay_small() -> None:
    """In every part of the house half of the functions are short, and hardly one is long."""
    assert [(top, fault) for top in SOURCES for fault in oversize(lengths_in(top))] == []


def test_exceptions_are_still_needed() -> None:
    """A file that shrank loses its exception, and every exception has a reason."""
    assert stale(EXCEPTIONS) == []
    assert stale({"LICENSE": (400, "it was longer once")}) == ["LICENSE"]


def test_a_budget_can_be_broken() -> None:
    """The measures see a long file, long functions, and one function among many that is too long."""
    function = ast.parse("def f():\n" + "    pass\n" * 11).body[0]
    assert isinstance(function, ast.FunctionDef)

    assert lines_of("pass\n" * 301) > usual_budget(Path("quantum/jobs/model.py"))
    assert oversize([length_of(function)] * 20) == ["half of them are longer than 12 lines"]
    assert oversize([5] * 90 + [80] * 10) == ["one in twenty is longer than 80 lines"]


def lengths_in(top: str) -> list[int]:
    """Give the lengths of all functions of a part of the house."""
    return [length_of(function) for path in python_files(top) for function in functions_of(tree_of(path))]


def budget(path: Path) -> int:
    """Give the most lines that this file may have."""
    cap, _ = EXCEPTIONS.get(str(path), (usual_budget(path), ""))
    return cap


def usual_budget(path: Path) -> int:
    """Give the most lines that a file of this kind may have."""
    return LONGEST_TEST if part_of(path) == "tests" else LONGEST_SOURCE


def stale(exceptions: dict[str, tuple[int, str]]) -> list[str]:
    """Name the exceptions that have no reason, or are not needed."""
    lengths = {name: lines_of(text_of(Path(name))) for name in exceptions}
    return [
        name
        for name, (cap, reason) in exceptions.items()
        if not reason or not usual_budget(Path(name)) < lengths[name] <= cap
    ]


def lines_of(text: str) -> int:
    """Count the lines of a file."""
    return len(text.splitlines())


def length_of(function: Function) -> int:
    """Count the lines of a function, its decorators aside."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def oversize(lengths: list[int]) -> list[str]:
    """Say in which way functions of these lengths are too long."""
    if len(lengths) < 2:
        return []
    usual, long = median(lengths), quantiles(lengths, n=20)[-1]
    faults = []
    if usual > MEDIAN_FUNCTION:
        faults.append(f"half of them are longer than {usual:g} lines")
    if long > LONG_FUNCTION:
        faults.append(f"one in twenty is longer than {long:g} lines")
    return faults
