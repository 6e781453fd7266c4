"""Plain English: no participle as the name of a thing, and no idiom of our own, in code or on pages."""

import ast
import re
from collections.abc import Iterator

import pytest
from our_files import our_files, text_of

PARTICIPLES = {"asked", "begun", "found", "given", "heard", "kept", "known", "made", "said", "told", "wanted"}
IDIOMS = re.compile(
    r"\b(all the same|hears? of|how-manieth|made anew|on its way back|told of|told otherwise|the way out"
    r"|what (?:is|was) given)\b"
)
COVERED = (
    "CONTRIBUTING.md",
    "benchmarks/",
    "docs/concepts.md",
    "docs/operations.md",
    "docs/security.md",
    "local/",
    "packages/embedded_server/",
    "packages/functions-host/",
    "packages/quantum-emulator/",
)


def test_names_and_prose_are_plain() -> None:
    """All faults at once, each with its place: a name is a noun or a verb, a phrase is one that any reader knows."""
    paths = [path for path in our_files() if path.suffix in {".py", ".md"} and path.as_posix().startswith(COVERED)]
    faults = [f"{path}:{line}: {what}" for path in paths for line, what in faults_in(path.suffix, text_of(path))]

    assert faults == [], "\n".join(["name the thing itself, in the words of docs/concepts.md:", *faults])


@pytest.mark.parametrize(
    ("suffix", "text", "faults"),
    [
        (".py", "found = kept = 1", ["found", "kept"]),
        (".py", "def _told(given, *, wanted=None): ...", ["_told", "given", "wanted"]),
        (".py", "class Row:\n    said: str", ["said"]),
        (".py", "for known in (): ...", ["known"]),
        (".py", "from hypothesis import given\njob.made = not_found = lost_and_found()", []),
        (".py", '"""It goes on all' + ' the same."""  # and hears' + " of it", ["all" + " the same", "hears" + " of"]),
        (".md", "the way\n" + "out", []),
        (".md", "one\nunless told" + " otherwise", ["told" + " otherwise"]),
        (".md", "the line `told" + " of`", []),
    ],
)
def test_a_fault_is_listed(suffix: str, text: str, faults: list[str]) -> None:
    """Definitions count, uses don't; prose is comments, texts and pages."""
    assert [what for _, what in faults_in(suffix, text)] == faults


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
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, node.col_offset, name
