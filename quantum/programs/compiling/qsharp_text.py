"""Q# as text: what stands in it outside of strings and comments, what it declares, and where.

Whatever is blanked keeps its length, so that no place moves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*(?:"|\Z)|//[^\n]*', re.DOTALL)
NOT_BREAKS = re.compile(r"[^\r\n]")
MARKED = re.compile(r"@EntryPoint\s*\([^)]*\)")
CLASSIC_ATTRIBUTES = re.compile(r"@(?:Deprecated|EnableTestingViaName|Test)\s*\([^)]*\)")
CELL = re.compile(r"^%%qsharp\b[^\n]*", re.MULTILINE)  # the first line of a notebook's cell
EXPORT_OR_BRACE = re.compile(r"[{}]|\bexport\b[^;]*;")
ATTRIBUTE = re.compile(r"@[\w.]+\s*\([^)]*\)|\b(?:internal|private|public)\b")
DECLARED = re.compile(
    r"\bnamespace\s+(?P<namespace>[\w.]+)\s*\{|(?P<brace>[{}])"
    r"|\b(?P<kind>operation|function|newtype|struct)\s+(?P<name>\w+)"
)
PARAMETERS = re.compile(r"\s*(?:<[^>]*>\s*)?\(")


@dataclass(frozen=True)
class Declaration:
    """An operation, a function or a type of the program: its full name and where it begins; `is_marked` as an entry."""

    kind: str
    name: str
    start: int
    parameters: tuple[str, ...] = ()
    is_marked: bool = False


def blanked(text: str) -> str:
    """Blanks of the same length, with the same line breaks."""
    return NOT_BREAKS.sub(" ", text)


class QsharpText:
    """A program as its caller wrote it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.bare = STRING_OR_COMMENT.sub(lambda match: blanked(match[0]), source)

    @cached_property
    def without_entry_points(self) -> str:
        """The source with no operation marked, and without what only a notebook, a project or a classic compiler reads.

        These are the first line of a cell, an export outside of all namespaces, and some attributes.
        """
        text = self.source
        spans = (
            match.span() for pattern in (MARKED, CLASSIC_ATTRIBUTES, CELL) for match in pattern.finditer(self.bare)
        )
        for start, end in (*spans, *self._exports()):
            text = text[:start] + blanked(text[start:end]) + text[end:]
        return text

    def _exports(self) -> Iterator[tuple[int, int]]:
        depth = 0
        for match in EXPORT_OR_BRACE.finditer(self.bare):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth == 0 and match[0] != "}":
                yield match.span()

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """Everything that the program declares, with its namespace before its name."""
        return tuple(self._declarations())

    def _declarations(self) -> Iterator[Declaration]:
        namespaces: list[str] = []  # of every brace that is open; that of a body counts as its namespace's
        marked = [match.end() for match in MARKED.finditer(self.bare)]
        for match in DECLARED.finditer(self.bare):
            within = namespaces[-1] if namespaces else ""
            if match["namespace"]:
                namespaces.append(match["namespace"])
            elif match["brace"] == "{":
                namespaces.append(within)
            elif match["brace"]:
                del namespaces[-1:]
            else:
                name = f"{within}.{match['name']}" if within else match["name"]
                is_marked = any(self._is_prefix(end, match.start()) for end in marked)
                names = self._parameters(match.end())
                yield Declaration(match["kind"], name, match.start(), names, is_marked)

    def _is_prefix(self, end: int, start: int) -> bool:
        """Whether nothing but attributes and words of access stand between an attribute and a declaration."""
        return end <= start and not ATTRIBUTE.sub("", self.bare[end:start]).strip()

    def _parameters(self, start: int) -> tuple[str, ...]:
        """The names of an operation's parameters; what is no plain name is told by its place only."""
        opened = PARAMETERS.match(self.bare, start)
        if opened is None:
            return ()
        parts = split_at_commas(self.bare, opened.end())
        return tuple(part.partition(":")[0].strip() for part in parts)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column at which a letter stands."""
        before = self.source[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def uses(self, name: str) -> bool:
        """Whether the program speaks of this name without declaring it."""
        return name in self._words and name not in self._own

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self.bare))

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(declared.name.rpartition(".")[2] for declared in self.declarations)


def split_at_commas(text: str, start: int) -> Sequence[str]:
    """What stands between commas from here to the bracket that closes; brackets within are kept together."""
    parts, depth, part_start = [], 0, start
    for offset in range(start, len(text)):
        letter = text[offset]
        if depth == 0 and letter in ",)":
            parts.append(text[part_start:offset])
            part_start = offset + 1
            if letter == ")":
                break
        depth += (letter in "([{") - (letter in ")]}")
    return [part for part in parts if part.strip()]
