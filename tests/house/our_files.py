"""The files of this checkout as the house tests see them: what git keeps or would keep, and their syntax trees."""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOYED = ("function_app.py", "orchestrators", "activities", "quantum")
PACKAGES = tuple(f"packages/{name}" for name in ("client", "embedded_server", "functions-host", "quantum-emulator"))
SOURCES = (*DEPLOYED, *PACKAGES, "local", "benchmarks")

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def our_files() -> tuple[Path, ...]:
    """List all files that are tracked, or new and not ignored, as paths from the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()))


def python_files(*tops: str) -> tuple[Path, ...]:
    """List the Python files of some parts of the house: "tests" are those of all parts."""
    return tuple(path for path in our_files() if path.suffix == ".py" and part_of(path) in tops)


def part_of(path: Path) -> str:
    """Name the part of the house that a file belongs to: a folder of the root, a package, or the tests of either."""
    if "tests" in path.parts[:3:2] or path.name == "conftest.py":
        return "tests"
    return path.parts[0] if path.parts[0] != "packages" else "/".join(path.parts[:2])


def text_of(path: Path) -> str:
    """Read one of our files."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse one of our files."""
    return ast.parse(text_of(path), str(path))


def functions_of(tree: ast.Module) -> Iterator[Function]:
    """Find all functions, methods and nested functions."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def module_of(path: Path) -> str:
    """Name the module that a file is."""
    parts = path.with_suffix("").parts
    if parts[0] == "packages":
        parts = parts[2:]  # the folder of a product is no package: the one inside it is
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def faults_of(paths: Iterable[Path], find: Callable[[Path], Iterable[str]]) -> list[str]:
    """List the faults of all these files at once, each with its file."""
    return [f"{path}: {fault}" for path in paths for fault in find(path)]


@cache
def our_modules() -> frozenset[str]:
    """Name all modules of the app, the packages, the local stack, the benchmarks and the tests."""
    return frozenset(module_of(path) for path in python_files(*SOURCES, "tests"))
