"""Makes a source of OpenQASM 3 ready for qdk's parser, without moving anything: what that does not take is blanked out.

Version lines, includes and `opaque` gates are read here, so that nothing is ever looked for on a disk and each stands
where its writer put it. What is nested so deep that it could end a process is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from quantum.programs.openqasm import parse2
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.respelled3 import respelled
from quantum.programs.openqasm.syntax import Aside, GateDefinition, Include, Statement
from quantum.programs.openqasm.versions import GAP, NOT_CODE, TEXT

MARKS = re.compile(
    rf"""(?P<annotation>(?:^|(?<=[{{;}}]))[ \t]*@\w[^\n]*)
      | {NOT_CODE}
      | \b(?:OPENQASM{GAP}(?P<version>\d+(?:\.\d+)?)\s*;
          | include\s*["'](?P<file>[^"'\n]*)["']\s*;
          | (?P<opaque>opaque\s+\w++\s*+[(\w][^;{{}}]{{0,1000}};)
          | (?P<control>if|else|for|while|switch)\b)
      | {TEXT}
      | (?P<digits>\b\d\w{{999,}})
      | \[\d*\]                                                # an index is the most frequent of all, and not deep
      | (?P<mark>\*\*|\+\+|&&|\|\||<<|>>|[<>=!]=|[-(){{}}\[\],;+*/%^&|<>!~@])""",
    re.VERBOSE | re.MULTILINE,
)
DEEPEST = 200  # calls of Python, roughly: a block in a block takes four
OPENING = {"(": 1, "[": 1, "{": 2}
CLOSING = frozenset(")]}")
CONTROL = 2
TOO_DEEP = (
    "this is nested too deep: 50 blocks in one another, or 200 operators and parentheses, are the most that are read"
)


@dataclass(frozen=True)
class Prepared:
    """A source of the same length, its version, the statements that were taken out of it, and what new names mean."""

    source: str
    version: str | None
    taken_out: tuple[Statement, ...]
    meanings: Mapping[str, str]


def prepare(source: str) -> Prepared:
    """Take out what qdk's parser is not to see, or raise FaultyProgramError."""
    depth = _Depth()
    spelled = respelled(source)
    source = spelled.source
    cut: list[re.Match[str]] = []
    taken_out: list[Statement] = []
    version = None
    for match in MARKS.finditer(source):
        kind = match.lastgroup
        if kind in {"mark", "control"}:
            depth.see(match[kind], kind == "control", match.start())
        elif kind == "digits":
            reason = f"this number has {len(match[0]):,} digits; no value needs more than 1,000"
            raise FaultyProgramError(ProgramFault(reason, match.start()))
        elif kind and (kind != "annotation" or depth.is_in_braces):  # elsewhere the parser takes annotations
            cut.append(match)
            version = match["version"] or version
            taken_out += _statements(match, depth)
    return Prepared(_blanked(source, cut), version, tuple(taken_out), spelled.meanings)


def _statements(match: re.Match[str], depth: "_Depth") -> Iterator[Statement]:
    at = match.start()
    if match["version"]:
        return
    if match["annotation"]:
        yield Aside("annotation", match[0].strip(), at)
        return
    if depth.is_in_braces:
        reason = f"`{match[0].split()[0]}` stands within braces; put it at the beginning of the program"
        raise FaultyProgramError(ProgramFault(reason, at))
    yield Include(match["file"], at) if match["file"] is not None else _opaque(match[0], at)


def _opaque(text: str, at: int) -> GateDefinition:
    """Read a gate without a body: a word of OpenQASM 2, which some programs of OpenQASM 3 use too."""
    try:
        (gate,) = parse2.parse(text).statements
    except FaultyProgramError as error:
        raise FaultyProgramError(*(replace(fault, at=at + (fault.at or 0)) for fault in error.faults)) from error
    assert isinstance(gate, GateDefinition)  # noqa: S101  # since it begins with `opaque`
    return replace(gate, at=at)


def _blanked(source: str, cut: list[re.Match[str]]) -> str:
    parts, end = [], 0
    for match in cut:
        parts += [source[end : match.start()], re.sub(r"[^\n]", " ", match[0])]
        end = match.end()
    return "".join([*parts, source[end:]])


class _Depth:
    """Counts how deep the tree of what is read so far is at most.

    For each bracket that is open: its own weight, that of the control words before it, and that of the operators since
    the last comma.
    """

    def __init__(self) -> None:
        self._levels = [[0, 0, 0]]
        self._ended = False
        self._braces = 0

    @property
    def is_in_braces(self) -> bool:
        """Whether a brace is open."""
        return self._braces > 0

    def see(self, text: str, is_control: bool, at: int) -> None:  # noqa: FBT001  # called for each mark of a megabyte
        """Count a mark or a control word."""
        level = self._levels[-1]
        if self._ended and text != "else":  # an `else` goes on with the statement before it
            level[1] = level[2] = 0
        self._ended = text in {";", "}"}
        if text == ",":
            level[2] = 0
        elif text in CLOSING:
            self._close(text)
        elif text != ";":
            self._deepen(level, text, is_control, at)

    def _deepen(self, level: list[int], text: str, is_control: bool, at: int) -> None:  # noqa: FBT001  # as above
        if text in OPENING:
            self._levels.append([OPENING[text], 0, 0])
            self._braces += text == "{"
        elif is_control:
            level[1] += CONTROL
        else:
            level[2] += 1
        if sum(map(sum, self._levels)) > DEEPEST:
            raise FaultyProgramError(ProgramFault(TOO_DEEP, at))

    def _close(self, text: str) -> None:
        if len(self._levels) > 1:
            self._levels.pop()
            self._braces -= text == "}"
