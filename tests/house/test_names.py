"""One name for one thing: a file is named for its function, and the engine knows it by that name too."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.our_files import SOURCES, faults_of, module_of, python_files, tree_of

EMPTY_WORDS = {"manager", "helper", "util", "common"}
REGISTERED = {"ACTIVITIES": "activities", "ORCHESTRATORS": "orchestrators"}


def test_an_activity_file_is_one_function_of_its_name() -> None:
    """An activity is looked up by its name, in the file system as in a history, whatever decorates it."""
    paths = [path for path in python_files("activities") if path.stem != "__init__"]

    assert {path.stem: public_names(tree_of(path)) for path in paths} == {path.stem: [path.stem] for path in paths}
    assert [path for path in paths if function_in(path).__name__ != path.stem] == []
    assert public_names(ast.parse(SEVERAL)) == ["read", "write"]


def test_what_is_registered_has_a_file_of_its_name() -> None:
    """The tables in function_app.py name the files; a forgotten activity is one that nobody can call."""
    for table, folder in REGISTERED.items():
        files = {path.stem for path in python_files(folder)} - {"__init__", "activity"}  # the latter is their frame
        names = names_in_table(tree_of(Path("function_app.py")), table)

        assert names
        assert (names == files) if table == "ACTIVITIES" else (names <= files)


def test_names_say_something() -> None:
    """No file, class or function is named with a word that means nothing."""
    assert faults_of(python_files(*SOURCES, "tests"), lambda path: empty_names(path.stem, tree_of(path))) == []
    assert [(stem, line) for stem, line in EMPTY if not list(empty_names(stem, ast.parse(line)))] == []


EMPTY = (
    ("job_helpers", ""),
    ("utils", ""),
    ("jobs", "class JobManager: ..."),
    ("jobs", "def common_fields(): ..."),
    ("jobs", "class HTTPHelper: ..."),
)
SEVERAL = "from quantum import wire\n\nLIMIT = 1\ndef read(): ...\nasync def write(): ...\ndef _h(): ..."


def function_in(path: Path) -> Callable[..., object]:
    """Import the function that a file is named for."""
    function: Callable[..., object] = getattr(importlib.import_module(module_of(path)), path.stem)
    return function


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
