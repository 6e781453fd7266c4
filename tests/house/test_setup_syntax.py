"""Set-up and azd's hooks run on the Python that a machine happens to have, before the one that the app needs."""

import ast
from pathlib import Path

import pytest

from tests.house.our_files import python_files, text_of

OLDEST = (3, 8)
SETUP = [path for path in python_files("local") if path.parts[1] in {"__init__.py", "setup", "hooks"}]


@pytest.mark.parametrize("path", SETUP, ids=str)
def test_an_old_python_reads_the_set_up(path: Path) -> None:
    """Nothing newer than Python 3.8 is in its syntax, and its type hints are not looked at."""
    assert is_readable(text_of(path))


@pytest.mark.parametrize("source", ["match 1:\n    case 1: ...", "def f(x: int | None): ...", "type X = int"])
def test_newer_syntax_is_found(source: str) -> None:
    """A newer statement, or a type hint that an old Python would evaluate, is found."""
    assert not is_readable(source)


def is_readable(source: str) -> bool:
    """Say whether the oldest Python could run this."""
    try:
        tree = ast.parse(source, feature_version=OLDEST)
    except SyntaxError:
        return False
    hints = [node for node in ast.walk(tree) if isinstance(node, ast.arg | ast.FunctionDef | ast.AnnAssign)]
    postponed = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    return postponed or not any(getattr(hint, "annotation", None) or getattr(hint, "returns", None) for hint in hints)
