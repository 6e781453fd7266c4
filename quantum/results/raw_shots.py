"""Removes or counts the single shots of an output before it is parsed: they are nearly all of its bytes.

Nothing is searched twice, so the time is linear in the bytes, whatever they are.
"""

import re
from collections import Counter

from quantum.results.histograms import UnreadableResultError
from quantum.wire import strict_json

DEPTH = 8  # of the values inside a list of shots: registers, tuples and arrays of bits need three

# The quote before the word is not escaped: in valid JSON that makes the match a whole string, here a name.
_NAME = re.compile(rb'(?<!\\)"Shots"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)')
_PLAIN = rb'[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+"'


def _nested(depth: int) -> bytes:
    """Match a bracket, its content up to this depth, and its counterpart; possessive, so without backtracking."""
    inner = _PLAIN + (b"|" + _nested(depth - 1) if depth else b"")
    return rb"[\[{](?:" + inner + rb")*+[\]}]"


_VALUE = re.compile(_nested(DEPTH), re.DOTALL)


def without_shots(raw: bytes) -> bytes:
    """Empty every `Shots` list; after one that is unterminated or nested deeper, the rest stays unchanged."""
    chunks, at = [], 0
    while (name := _NAME.search(raw, at)) and (value := _VALUE.match(raw, name.end())):
        chunks += [raw[at : name.end()], b"[]"]
        at = value.end()
    return b"".join([*chunks, raw[at:]]) if chunks else raw


# One shot of a register, as a text of bits or as a list of values; a complex value is itself a list.
TEXTS = rb'"[^"\\]*+"'
LISTS = rb'\[(?:[^\[\]{}"]++|\[[^\[\]{}"]*+\])*+\]'

MOST_REGISTERS = 1024  # all are read in parallel

_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_GAP = rb"[ \t\r\n]*+"
_MEMBER = (  # a name, and a list of rows or a value that is neither list nor object
    rb"%(gap)b(?P<name>%(text)b)%(gap)b:%(gap)b"
    rb"(?:(?P<rows>\[(?:%(gap)b%(row)b%(gap)b,)*+(?:%(gap)b%(row)b)?%(gap)b\])|%(text)b|[^\[\]{}\",:]++)"
    rb"%(gap)b(?P<end>[,}])"
)


def counted_rows(raw: bytes, row: bytes, most: int) -> tuple[list[str], Counter[tuple[bytes, ...]]]:
    """Count the shots of an object with one list of shots for each register; memory grows with the outcomes alone.

    Returns the registers' names and, for each outcome, one row per register. Members that are scalars are skipped.
    Raises ValueError where the object has another form, and UnreadableResultError where it has over `most` outcomes.
    """
    registers, single = _registers(raw, row), re.compile(row)
    counts: Counter[tuple[bytes, ...]] = Counter()
    for rows in zip(*(single.finditer(raw, *span) for span in registers.values()), strict=True):
        counts[tuple(match.group() for match in rows)] += 1
        if len(counts) > most:
            raise UnreadableResultError(f"the output holds more than {most:,} outcomes")
    return list(registers), counts


def _registers(raw: bytes, row: bytes) -> dict[str, tuple[int, int]]:
    """Find the span of each register's list of rows."""
    member = re.compile(_MEMBER % {b"gap": _GAP, b"text": _TEXT, b"row": row}, re.DOTALL)
    registers: dict[str, tuple[int, int]] = {}
    at = raw.index(b"{") + 1
    end = b","
    while end == b",":
        match = member.match(raw, at)
        if match is None or match["name"].decode() in registers:
            raise ValueError("not an object of registers")
        if match["rows"]:
            start, stop = match.span("rows")
            registers[match["name"].decode()] = (start + 1, stop - 1)
            if len(registers) > MOST_REGISTERS:
                raise UnreadableResultError(f"the output holds more than {MOST_REGISTERS:,} registers")
        at, end = match.end(), match["end"]
    if raw[at:].strip() or raw[: raw.index(b"{")].strip() or not registers:
        raise ValueError("not an object of registers")
    return {strict_json.loads(name.encode()): span for name, span in registers.items()}
