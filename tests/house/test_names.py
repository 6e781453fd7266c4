"""One name for one thing: a file is named for its function, and the engine knows it by that name too."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.our_files import SOURCES, module_of, python_files, tree_of

EMPTY_WORDS = {"manager", "helper", "util", "common"}
SIGNALS = {"CarryOver"}  # raised to leave a round of the process: nothing went wrong
REGISTERED = {"ACTIVITIES": "activities", "ORCHESTRATORS": "orchestrators"}


@pytest.mark.parametrize("path", [path for path in python_files("activities") if path.stem != "__init__"], ids=str)
def test_an_activity_file_is_one_function_of_its_name(path: Path) -> None:
    """An activity is found by its name, in the file system as in a history, whatever decorates it."""
    function = getattr(importlib.import_module(module_of(path)), path.stem)

    assert public_names(tree_of(path)) == [path.stem]
    assert function.__name__ == path.stem


@pytest.mark.parametrize(("table", "folder"), REGISTERED.items())
def test_what_is_registered_has_a_file_of_its_name(table: str, folder: str) -> None:
    """The tables in function_app.py name the files; a forgotten activity is one that nobody can call."""
    files = {path.stem for path in python_files(folder)} - {"__init__", "activity"}  # the latter is their frame
    names = names_in_table(tree_of(Path("function_app.py")), table)

    assert names
    assert (names == files) if table == "ACTIVITIES" else (names <= files)


@pytest.mark.parametrize("path", python_files(*SOURCES, "tests"), ids=str)
def test_names_say_something(path: Path) -> None:
    """No file, class or function is named for what it is not, and an error says that it is one."""
    assert list(empty_names(path.stem, tree_of(path))) == []
    assert list(misnamed_errors(tree_of(path))) == []


@pytest.mark.parametrize(
    ("stem", "line"),
    [
        ("job_helpers", ""),
        ("utils", ""),
        ("jobs", "class JobManager: ..."),
        ("jobs", "def common_fields(): ..."),
        ("jobs", "class HTTPHelper: ..."),
    ],
)
def test_an_empty_name_is_found(stem: str, line: str) -> None:
    """In snake case and camel case, singular and plural, in a file's name and inside it."""
    assert list(empty_names(stem, ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["class Refused(Exception): ...", "class Refused(errors.ServiceError): ...", "class Refused(Base, OSError): ..."],
)
def test_a_misnamed_error_is_found(line: str) -> None:
    """What is raised ends in Error, whatever it derives from."""
    assert list(misnamed_errors(ast.parse(line)))


def test_a_second_public_function_is_seen() -> None:
    """An activity's file cannot hold another one unnoticed."""
    tree = ast.parse("from quantum import wire\n\nLIMIT = 1\ndef read(): ...\nasync def write(): ...\ndef _h(): ...")

    assert public_names(tree) == ["read", "write"]


def public_names(tree: ast.Module) -> list[str]:
    """Name the functions and classes that a module shows."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


def names_in_table(tree: ast.Module, table: str) -> set[str]:
    """Read the names in a tuple that a module assigns to a constant."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=elements)) if name == table:
                return {element.id for element in elements if isinstance(element, ast.Name)}
    return set()


def empty_names(stem: str, tree: ast.Module) -> Iterator[str]:
    """Find names with a word in them that means nothing."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = [stem, *(node.name for node in ast.walk(tree) if isinstance(node, kinds))]
    for name in names:
        words = {word.lower().removesuffix("s") for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
        if words & EMPTY_WORDS:
            yield name


def misnamed_errors(tree: ast.Module) -> Iterator[str]:
    """Find exceptions that do not end in Error."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name not in SIGNALS:
            bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
            if any(base.endswith(("Error", "Exception")) for base in bases) and not node.name.endswith("Error"):
                yield f"line {node.lineno}: {node.name}"
