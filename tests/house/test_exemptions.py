"""An ignored type error says why, and tests do not wait by the clock; what ruff checks is not repeated here."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.house.our_files import SOURCES, faults_of, python_files, text_of, tree_of

POLL_SECONDS = 0.1
MOST_FLAKY = 3


UNEXPLAINED = ("x = 1  # type: ignore[misc]", "x = 1  # type: ignore[misc]  #")
PAUSES = (
    "time.sleep(1)",
    "async def test():\n    await asyncio.sleep(0.01)",
    "while True:\n    time.sleep(1)",
    "while True:\n    def f():\n        sleep(seconds)",
)


def test_an_ignored_type_error_has_a_reason() -> None:
    """Ruff asks for the code; why the type checker is wrong says a comment."""
    assert faults_of(python_files(*SOURCES, "tests"), lambda path: unexplained(text_of(path))) == []
    assert [line for line in UNEXPLAINED if not list(unexplained(line))] == []
    assert list(unexplained("y = 2  # type: ignore[misc]  # bound now")) == []


def test_tests_wait_for_what_happens() -> None:
    """A test waits on an event; only a loop that looks at another process may pause, for a moment."""
    assert faults_of(python_files("tests"), lambda path: sleeps(tree_of(path))) == []
    assert [source for source in PAUSES if not list(sleeps(ast.parse(source)))] == []
    assert list(sleeps(ast.parse("while alive():\n    time.sleep(0.05)\nawait asyncio.sleep(0)\n"))) == []


def test_few_tests_are_flaky() -> None:
    """A test that races with real time is marked with the reason, tried twice and counted; at most three may be."""
    flaky = {path: list(marks(tree_of(path), "flaky")) for path in python_files("tests")}

    assert faults_of(flaky, lambda path: [mark for mark in flaky[path] if "reason=" not in mark]) == []
    assert sum(map(len, flaky.values())) <= MOST_FLAKY
    assert list(marks(ast.parse("@pytest.mark.flaky\ndef test(): ..."), "flaky")) == ["pytest.mark.flaky"]


def marks(tree: ast.Module, name: str) -> Iterator[str]:
    """Find the places where a marker is used, each with its arguments."""
    used = f"pytest.mark.{name}"
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.Attribute) and id(node) not in calls:
            text = ast.unparse(node)
            if text == used or text.startswith(f"{used}("):
                yield text


def unexplained(text: str) -> Iterator[str]:
    """Find comments that switch off the type checker without saying why."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and re.search(r"#\s*type:\s*ignore\b(?!\[[\w, -]+\]\W+\w+)", token.string):
            yield f"line {token.start[0]}: {token.string}"


def sleeps(tree: ast.Module) -> Iterator[str]:
    """Find pauses, but for a turn of the event loop and the short ones of a loop that looks again."""
    in_loops = {id(node) for loop in ast.walk(tree) if isinstance(loop, ast.While) for node in ast.walk(loop)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="sleep") | ast.Name(id="sleep"), args=[length, *_]):
                seconds = length.value if isinstance(length, ast.Constant) else None
                is_short = isinstance(seconds, int | float) and seconds <= POLL_SECONDS
                if seconds != 0 and not (is_short and id(node) in in_loops):
                    yield f"line {node.lineno}"
