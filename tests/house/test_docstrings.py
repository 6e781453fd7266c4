"""Every module, every public function and class, and every test says what it promises."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.our_files import SOURCES, functions_of, python_files, tree_of

STORIES = [path for path in python_files("tests") if path.stem.startswith("test_")]


@pytest.mark.parametrize("path", python_files(*SOURCES), ids=str)
def test_sources_say_what_they_promise(path: Path) -> None:
    """What another module can use has a docstring."""
    assert list(silent(tree_of(path))) == []


@pytest.mark.parametrize("path", STORIES, ids=str)
def test_tests_say_what_is_promised(path: Path) -> None:
    """A test that fails tells which promise is broken."""
    assert list(silent_tests(tree_of(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "LIMIT = 1",
        "'''Module.'''\n\ndef read(): ...",
        "'''Module.'''\n\nasync def read(): ...",
        "'''Module.'''\n\nclass Job: ...",
        "'''Module.'''\n\nclass Job:\n    '''A job.'''\n\n    @property\n    def id(self): ...",
        "'''Module without an end'''",
    ],
)
def test_silence_is_noticed(source: str) -> None:
    """A missing docstring is found at every level."""
    assert list(silent(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "'''Module.'''\n\ndef test_it(): ...",
        "'''Module.'''\n\ndef test_it():\n    '''It works'''",
        "'''Module.'''\n\nclass TestIt:\n    def test_it(self): ...",
        "def test_it():\n    '''It works.'''",
    ],
)
def test_a_silent_test_is_noticed(source: str) -> None:
    """A test needs a sentence, and its file another."""
    assert list(silent_tests(ast.parse(source)))


def silent(tree: ast.Module) -> Iterator[str]:
    """Find the module and its public members that have no docstring."""
    if tree.body and not says_something(tree):
        yield "the module"
    yield from silent_members(tree)


def silent_members(owner: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Find the public functions and classes directly in a module or a class, and in its classes."""
    for node in owner.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not says_something(node):
            yield f"line {node.lineno}: {node.name}"
        if isinstance(node, ast.ClassDef):
            yield from silent_members(node)


def silent_tests(tree: ast.Module) -> Iterator[str]:
    """Find the tests, and the module, that promise nothing."""
    if not says_something(tree):
        yield "the module"
    for function in functions_of(tree):
        if function.name.startswith("test_") and not says_something(function):
            yield f"line {function.lineno}: {function.name}"


def says_something(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether there is a docstring that begins with a paragraph of whole sentences."""
    first = (ast.get_docstring(node) or "").partition("\n\n")[0].rstrip()
    return first.endswith((".", "!", "?", ":"))
