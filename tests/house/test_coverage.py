"""The table of what other clients do names our doors with tests that are there, and none without."""

import re
from pathlib import Path

from quantum.contract.routes import ROUTES
from tests.house.our_files import functions_of, python_files, text_of, tree_of

PAGE = Path("docs/coverage.md")
TEST = re.compile(r"`((?:packages/[\w-]+/)?tests/[\w/]+\.py)::(test_\w+)`")
COLUMNS = 5


def rows() -> list[list[str]]:
    """The cells of every row, heads and rules left out."""
    lines = [line for line in text_of(PAGE).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[-1] != "test" and not row[-1].startswith("---")]


def routes() -> set[str]:
    """The routes of the app, as callers spell them."""
    return {f"{route.method} /api/{route.path}" for route in ROUTES}


def test_every_row_names_tests_that_are_there() -> None:
    """What is claimed is shown by a test, or says why none shows it."""
    named = [test for row in rows() for test in TEST.findall(row[-1])]

    assert [row for row in rows() if len(row) != COLUMNS] == []
    assert [row for row in rows() if not TEST.findall(row[-1]) and not re.match(r"none: \w", row[-1])] == []
    assert [test for test in named if test[1] not in named_in(Path(test[0]))] == []


def test_every_door_of_the_app_that_callers_use_is_in_the_table() -> None:
    """A door that is added is set beside what others do; health, poison and the description have no counterpart."""
    page = text_of(PAGE)

    missing = {
        route for route in routes() if route not in page and not re.search("/(health|poison|openapi|jobs$)", route)
    }
    assert {"POST /api/jobs/adopt", "GET /api/quotas"} <= routes()
    assert missing == set()


def named_in(path: Path) -> set[str]:
    """Name the tests of a file, or none where there is no such file."""
    return {node.name for node in functions_of(tree_of(path))} if path in python_files("tests") else set()
