"""Plain English: no participle as the name of a thing, and no idiom of our own, in code or on pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.our_files import faults_of, our_files, text_of

PARTICIPLES = {"asked", "begun", "found", "given", "heard", "kept", "known", "made", "said", "told", "wanted"}
IDIOMS = re.compile(
    r"\b(all the same|hears? of|how-manieth|made anew|on its way back|told of|told otherwise|the way out"
    r"|what (?:is|was) given)\b"
)
# Earlier releases as they were described, and the list of idioms itself.
EXEMPT = {Path("CHANGELOG.md"), Path("tests/house/test_english.py")}

FAULTY = {
    ".py": {
        "found = kept = 1": ["found", "kept"],
        "def _told(given, *, wanted=None): ...": ["_told", "given", "wanted"],
        "class Row:\n    said: str": ["said"],
        "for known in (): ...": ["known"],
        "self._known = self.asked = 1": ["_known", "asked"],
        "from hypothesis import given\njob.made = not_found = lost_and_found()": [],
        "# It goes on all" + " the same, and hears" + " of it": ["all" + " the same", "hears" + " of"],
    },
    ".md": {"found by name\nunless told" + " otherwise": ["told" + " otherwise"], "the line `told" + " of`": []},
}


def test_names_and_prose_are_plain() -> None:
    """Name the thing itself, in the words of docs/concepts.md; write phrases that any reader knows."""
    paths = [path for path in our_files() if path.suffix in FAULTY and path not in EXEMPT]

    assert faults_of(paths, faults_in_file) == []


def test_each_fault_is_detected() -> None:
    """Definitions count, uses don't; prose is comments, texts and pages, without code in it."""
    for suffix, texts in FAULTY.items():
        assert {text: [what for _, what in faults_in(suffix, text)] for text in texts} == texts


def faults_in_file(path: Path) -> Iterator[str]:
    """List the faults of one file, with their lines."""
    return (f"line {line}: {what}" for line, what in faults_in(path.suffix, text_of(path)))


def faults_in(suffix: str, text: str) -> Iterator[tuple[int, str]]:
    """List line and word of each participle that names something, and of each idiom."""
    if suffix == ".py":
        names = sorted(defined_names(ast.parse(text)))
        yield from ((line, name) for line, _, name in names if name.strip("_") in PARTICIPLES)
    for number, line in enumerate(text.splitlines(), start=1):
        prose = re.sub(r"`[^`]*`", "", line) if suffix == ".md" else line
        yield from ((number, match[0]) for match in IDIOMS.finditer(prose))


def defined_names(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """List line, column and name of everything that a module defines."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, node.col_offset, name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield node.lineno, node.col_offset, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, node.col_offset, name
