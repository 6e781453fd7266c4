"""Finds what a program says itself of its version, wherever it says so: not in a comment, a text or a tool's line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

NOT_CODE = r"//[^\n]* | /\*[\s\S]*?(?:\*/|\Z) | ^[ \t]*(?:\#?pragma\b|\#|@\w)[^\n]*"
GAP = r"(?:\s | //[^\n]* | /\*[\s\S]*?\*/)++"  # possessive, or many comments could be cut in very many ways
TEXT = r""" "[^"\n]*" | '[^'\n]*' """
LANGUAGES = {"2": "openqasm2", "3": "openqasm3"}


@dataclass(frozen=True)
class Stated:
    """A version that a program says, such as "2.0", and where."""

    version: str
    at: int

    @property
    def language(self) -> str | None:
        """Which OpenQASM that is; None if it is neither."""
        return LANGUAGES.get(self.version.partition(".")[0])


@cache
def _versions() -> re.Pattern[str]:
    # Compiled for the first program, since a cold start does without.
    return re.compile(rf"{NOT_CODE} | {TEXT} | \bOPENQASM{GAP}(?P<version>\d+(?:\.\d+)?)", re.VERBOSE | re.MULTILINE)


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(
        rf"""{NOT_CODE}
          | (?P<library_of_2>\binclude\s*["'](?:qelib1|hqslib1\w*)\.inc["'])
          | (?P<of_3>\binclude\s*["']stdgates\.inc["'] | \bqubit(?:\s | \[[^;\[\]]{{0,99}}\])\s*\w+\s*;)
          | {TEXT}
          | (?P<register>\b[qc]reg\s+\w+\s*\[)""",
        re.VERBOSE | re.MULTILINE,
    )


def stated_versions(source: str) -> list[Stated]:
    """Find all versions that a program says."""
    return list(_stated(source))


def language_of(source: str) -> str:
    """Tell OpenQASM 2 from 3 by the version line; without one, by the library and the declarations."""
    for stated in _stated(source):
        if stated.language:
            return stated.language
    signs = {match.lastgroup for match in _signs().finditer(source)}
    is_two = "library_of_2" in signs or ("register" in signs and "of_3" not in signs)
    return "openqasm2" if is_two else "openqasm3"


def _stated(source: str) -> Iterator[Stated]:
    for match in _versions().finditer(source):
        if match["version"] is not None:
            yield Stated(match["version"], match.start())
