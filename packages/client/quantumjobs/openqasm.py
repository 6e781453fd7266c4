"""Tells OpenQASM 2 from 3 as the deployment does: by what a program says outside of comments and texts."""

from __future__ import annotations

import re

TOLD_NOTHING = r"//[^\n]* | /\*[\s\S]*?(?:\*/|\Z) | ^[ \t]*(?:\#?pragma\b|\#|@\w)[^\n]*"
TEXT = r""" "[^"\n]*" | '[^'\n]*' """
# A lookahead and what it found stand for a possessive repetition, which Python has since 3.11.
VERSION = re.compile(
    rf"""{TOLD_NOTHING} | {TEXT}
      | \bOPENQASM(?=(?P<gap>(?:\s | //[^\n]* | /\*[\s\S]*?\*/)+))(?P=gap)(?P<major>\d+)""",
    re.VERBOSE | re.MULTILINE,
)
SIGNS = re.compile(
    rf"""{TOLD_NOTHING}
      | (?P<library_of_2>\binclude\s*["'](?:qelib1|hqslib1\w*)\.inc["'])
      | (?P<of_3>\binclude\s*["']stdgates\.inc["'] | \bqubit(?:\s | \[[^;\[\]]{{0,99}}\])\s*\w+\s*;)
      | {TEXT}
      | (?P<register>\b[qc]reg\s+\w+\s*\[)""",
    re.VERBOSE | re.MULTILINE,
)


def has_version(text: str) -> bool:
    """Say whether a text has a version line of OpenQASM, and is thus no path."""
    return any(match["major"] for match in VERSION.finditer(text))


def language_of(source: str) -> str:
    """Tell it by the version, wherever it stands; without one by the library and the declarations."""
    for match in VERSION.finditer(source):
        if match["major"] in {"2", "3"}:
            return f"openqasm{match['major']}"
    signs = {match.lastgroup for match in SIGNS.finditer(source)}
    is_two = "library_of_2" in signs or ("register" in signs and "of_3" not in signs)
    return "openqasm2" if is_two else "openqasm3"
