"""Spells what qdk's parser takes nowhere but in some places so that it takes it everywhere, without moving anything.

`pow(2, 3)` is a function to OpenQASM 3 and a modifier to that parser; `$0` may stand for a qubit in a call or an alias.
Each gets a name of its own length that the program does not use.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_letters

from quantum.programs.openqasm.versions import GAP, NOT_CODE, TEXT

POWER = "pow"
WORDS = re.compile(
    rf"{NOT_CODE} | {TEXT} | (?P<power>\bpow(?:{GAP})?\() | (?P<bracket>[()]) | (?P<hardware>\$\d+)",
    re.VERBOSE | re.MULTILINE,
)
MODIFIES = re.compile(rf"(?:{GAP})?@", re.VERBOSE)
IN_EXPRESSIONS = re.compile(r"\b(?:def|let)\b")  # elsewhere that parser takes hardware qubits as they are


@dataclass(frozen=True)
class Respelled:
    """A source of the same length, and what its new names mean: `pow`, or a hardware qubit such as `$0`."""

    source: str
    meanings: Mapping[str, str] = field(default_factory=dict)


def respelled(source: str) -> Respelled:
    """Give new names to what would not be taken; most programs have none of that."""
    has_hardware = "$" in source and IN_EXPRESSIONS.search(source) is not None
    if POWER not in source and not has_hardware:
        return Respelled(source)
    power, letter = _free_word(source), _free_letter(source)
    meanings: dict[str, str] = {}
    parts, end = [], 0
    for at, old in sorted(_functions_and_hardware(source)):
        new = power if old == POWER else letter + old[1:] if has_hardware else old
        meanings[new] = old
        parts += [source[end:at], new]
        end = at + len(old)
    return Respelled("".join([*parts, source[end:]]), meanings)


def _functions_and_hardware(source: str) -> Iterator[tuple[int, str]]:
    """Find them and where they begin; a power before an `@` is a modifier."""
    opened: list[int | None] = []
    for match in WORDS.finditer(source):
        match match.lastgroup:
            case "hardware":
                yield match.start(), match[0]
            case "power":
                opened.append(match.start())
            case "bracket" if match[0] == "(":
                opened.append(None)
            case "bracket" if opened:
                start = opened.pop()
                if start is not None and not MODIFIES.match(source, match.end()):
                    yield start, POWER


def _free_word(source: str) -> str:
    words = (f"{first}{second}w" for first in ascii_letters for second in ascii_letters)
    return next((word for word in words if word not in source), POWER)


def _free_letter(source: str) -> str:
    return next((letter for letter in ascii_letters if not re.search(rf"\b{letter}\d", source)), "$")
