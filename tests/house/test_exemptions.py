"""A check that is switched off says which and why, errors are caught by type, and tests do not wait by the clock."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.our_files import SOURCES, python_files, text_of, tree_of

POLL_SECONDS = 0.1


@pytest.mark.parametrize("path", python_files(*SOURCES, "tests"), ids=str)
def test_a_check_is_switched_off_by_its_code(path: Path) -> None:
    """A `noqa` has a code, an ignored type error a code and a reason."""
    assert list(bare_exemptions(text_of(path))) == []


@pytest.mark.parametrize("path", python_files(*SOURCES, "tests"), ids=str)
def test_errors_are_caught_by_type(path: Path) -> None:
    """No `except:` catches what nobody thought of."""
    assert list(bare_excepts(tree_of(path))) == []


@pytest.mark.parametrize("path", python_files("tests"), ids=str)
def test_tests_wait_for_what_happens(path: Path) -> None:
    """A test waits on an event; only a loop that looks at another process may pause, for a moment."""
    assert list(sleeps(tree_of(path))) == []


@pytest.mark.parametrize(
    "line",
    ["x = 1  # noqa", "x = 1  # type: ignore", "x = 1  # type: ignore[misc]", "x = 1  # noqa: too long"],
)
def test_a_bare_exemption_is_found(line: str) -> None:
    """Neither all checks at once nor a type error without a reason can be switched off."""
    assert list(bare_exemptions(line))


@pytest.mark.parametrize(
    "source",
    [
        "time.sleep(1)",
        "async def test():\n    await asyncio.sleep(0.01)",
        "while True:\n    time.sleep(1)",
        "while True:\n    def f():\n        sleep(seconds)",
    ],
)
def test_a_sleep_is_found(source: str) -> None:
    """A pause outside a loop, or a long one in it, is found."""
    assert list(sleeps(ast.parse(source)))


def test_what_is_right_is_let_be() -> None:
    """A typed handler, an explained exemption, a short look again, and a turn of the event loop are right."""
    source = "try: ...\nexcept OSError: ...\nx = '# noqa'  # noqa: E501\ny = 2  # type: ignore[misc]  # bound now\n"
    source += "while alive():\n    time.sleep(0.05)\nawait asyncio.sleep(0)\n"

    assert list(bare_exemptions(source)) == []
    assert list(bare_excepts(ast.parse(source))) == []
    assert list(sleeps(ast.parse(source))) == []
    assert list(bare_excepts(ast.parse("try: ...\nexcept: ...")))


def bare_exemptions(text: str) -> Iterator[str]:
    """Find comments that switch off more than one named check, or a type error without saying why."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comment = token.string
            bare_noqa = re.search(r"#\s*noqa\b(?!: ?[A-Z]+[0-9]+)", comment)
            bare_ignore = re.search(r"#\s*type:\s*ignore\b(?!\[[\w, -]+\]\W+\w+)", comment)
            if bare_noqa or bare_ignore:
                yield f"line {token.start[0]}: {comment}"


def bare_excepts(tree: ast.Module) -> Iterator[str]:
    """Find handlers that name no type."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"line {node.lineno}"


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
