"""Each product can be installed alone: it says how, has a version, and names what it imports."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.house.our_files import PACKAGES, our_files, python_files, text_of, tree_of
from tests.house.test_imports import imported

COMMANDS = {
    "packages/client": {"qjobs"},
    "packages/embedded_server": set(),
    "packages/functions-host": {"functions-host"},
    "packages/quantum-emulator": {"quantum-emulator"},
}

# What is imported where it is there, or once an object of it has come, and is no dependency.
LIBRARIES = {"qiskit", "cirq", "pytket", "pennylane", "braket", "pyquil", "quil", "qdk"}
BROUGHT = {"packages/client": {"certifi", *LIBRARIES}}


def project(package: str) -> dict[str, Any]:
    """Read what a package says of itself."""
    content: dict[str, Any] = tomllib.loads(text_of(Path(package, "pyproject.toml")))["project"]
    return content


def test_a_readme_begins_with_the_installation() -> None:
    """The first command that a reader meets installs the package."""
    command = re.compile(r"^ *((?:pip|npx|python3?|functions-host|quantum-emulator|qjobs) .*?) *$", re.MULTILINE)
    first = {package: command.search(text_of(Path(package, "README.md"))) for package in PACKAGES}

    assert {package: match and match[1] for package, match in first.items()} == {
        package: f"pip install ./{package}" for package in PACKAGES
    }


def test_a_package_has_a_version_and_its_commands() -> None:
    """The version is the module's own, and what is typed is what the table says."""
    for package in PACKAGES:
        (init,) = [path for path in python_files(package) if len(path.parts) == 4 and path.name == "__init__.py"]

        assert "version" in project(package)["dynamic"], package
        assert re.search(r'^__version__ = "\d+\.\d+\.\d+"$', text_of(init), re.MULTILINE), package
        assert project(package).get("scripts", {}).keys() == COMMANDS[package]


def test_a_package_names_what_it_imports() -> None:
    """Where nothing else is installed, every import is there."""
    assert {(package, module) for package in PACKAGES for module in undeclared(package)} == set()


def test_no_lock_of_the_workspace_is_committed() -> None:
    """It names the hosts of somebody's registry; what is pinned are the requirements."""
    assert Path("uv.lock") not in our_files()


def undeclared(package: str) -> Iterator[str]:
    """Find imports that belong to no dependency of the package, those of its extras among them."""
    described = project(package)
    extras = [dependency for extra in described.get("optional-dependencies", {}).values() for dependency in extra]
    names = [re.split(r"[ @<>=\[]", dependency)[0] for dependency in (*described["dependencies"], *extras)]
    (own,) = {path.parts[2] for path in python_files(package)}
    for path in python_files(package):
        for module in (module for node in package_nodes(path) for module in imported(node, own)):
            spelt = re.sub(r"[._]", "-", module) + "-"
            is_known = module.partition(".")[0] in {own, *sys.stdlib_module_names, *BROUGHT.get(package, ())}
            if not is_known and not any(spelt.startswith(f"{name}-") for name in names):
                yield module


def package_nodes(path: Path) -> Iterator[Any]:
    """Walk the syntax tree of a file, relative imports left out."""
    return (node for node in ast.walk(tree_of(path)) if not getattr(node, "level", 0))
