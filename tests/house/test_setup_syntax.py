"""Set-up and azd's hooks run on the Python that a machine happens to have, before the one that the app needs."""

import ast

from tests.house.our_files import python_files, text_of

OLDEST = (3, 8)
SETUP = [path for path in python_files("local") if path.parts[1] in {"__init__.py", "setup", "hooks"}]


def test_an_old_python_reads_the_set_up() -> None:
    """Nothing newer than Python 3.8 is in its syntax; a newer statement or an evaluated type hint is detected."""
    newer = ["match 1:\n    case 1: ...", "def f(x: int | None): ...", "type X = int"]

    assert SETUP
    assert [path for path in SETUP if not is_readable(text_of(path))] == []
    assert [source for source in newer if is_readable(source)] == []


def is_readable(source: str) -> bool:
    """Say whether the oldest Python could run this."""
    try:
        tree = ast.parse(source, feature_version=OLDEST)
    except SyntaxError:
        return False
    hints = [node for node in ast.walk(tree) if isinstance(node, ast.arg | ast.FunctionDef | ast.AnnAssign)]
    postponed = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    return postponed or not any(getattr(hint, "annotation", None) or getattr(hint, "returns", None) for hint in hints)
