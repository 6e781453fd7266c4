"""Reads a program of OpenQASM 2 or 3, as the order's format says, whatever was done to it when it was saved.

A program that says itself that it is of the other OpenQASM, or of two versions, is refused: it is not guessed what is
meant.
"""

import re

from quantum.programs.openqasm import parse2, parse3
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.syntax import Program
from quantum.programs.openqasm.versions import Stated, stated_versions

BYTE_ORDER_MARK = "\ufeff"
NAMES = {"openqasm2": "OpenQASM 2", "openqasm3": "OpenQASM 3"}
KNOWN = {"2", "2.0", "3", "3.0", "3.1"}
HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
LONE_RETURN = re.compile(r"\r(?!\n)")


def read(source: str, language: str) -> Program:
    """Read "openqasm2" or "openqasm3", or raise FaultyProgramError; places are those of `plain(source)`."""
    source = plain(source)
    if half := HALF_CHARACTER.search(source):
        reason = f"half a character stands here (U+{ord(half[0]):04X}): save the program as UTF-8 again"
        raise FaultyProgramError(ProgramFault(reason, half.start()))
    check_versions(stated_versions(source), language)
    return parse2.parse(source) if language == "openqasm2" else parse3.parse(source)


def plain(source: str) -> str:
    """Leave out a byte order mark, and end every line with a line feed; columns and lines are counted in this."""
    return LONE_RETURN.sub("\n", source.removeprefix(BYTE_ORDER_MARK))


def check_versions(stated: list[Stated], language: str) -> None:
    """Refuse a program that says another version than its format does, more than one, or one that does not exist."""
    first = stated[0] if stated else None
    if first is None:
        return
    for other in stated[1:]:
        if _full(other) != _full(first):
            reason = f"the program says OPENQASM {first.version} before, and OPENQASM {other.version} here: keep one"
            raise FaultyProgramError(ProgramFault(reason, other.at))
    if first.version not in KNOWN:
        raise FaultyProgramError(ProgramFault(f"OPENQASM {first.version} is not known; 2.0, 3.0 and 3.1 are", first.at))
    if first.language != language:
        reason = (
            f"the program says OPENQASM {first.version}, but the order's format says {language}: write "
            f'"format": "{first.language}", or a program of {NAMES[language]}'
        )
        raise FaultyProgramError(ProgramFault(reason, first.at))


def _full(stated: Stated) -> str:
    return stated.version if "." in stated.version else f"{stated.version}.0"
