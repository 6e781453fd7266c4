"""Takes single shots out of an output, or counts them, before anything is parsed: they are nearly all of its bytes.

Nothing is parsed twice and nothing is searched twice, so that the time grows with the bytes alone, whatever they are.
"""

import re
from collections import Counter

from quantum.results.histograms import UnreadableResultError
from quantum.wire import strict_json

DEPTH = 8  # of the values inside a list of shots: registers, tuples and arrays of bits need three

# The quote before the word is no escaped one: in valid JSON that makes the match a whole string, here a name.
_NAME = re.compile(rb'(?<!\\)"Shots"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)')
_PLAIN = rb'[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+"'


def _nested(depth: int) -> bytes:
    """Match a bracket, what it holds up to this depth, and its counterpart; possessive, so never tried again."""
    inner = _PLAIN + (b"|" + _nested(depth - 1) if depth else b"")
    return rb"[\[{](?:" + inner + rb")*+[\]}]"


_VALUE = re.compile(_nested(DEPTH), re.DOTALL)


def without_shots(raw: bytes) -> bytes:
    """Empty every `Shots` list; from one that has no end, or is nested deeper, the rest stays as it is."""
    kept, at = [], 0
    while (name := _NAME.search(raw, at)) and (value := _VALUE.match(raw, name.end())):
        kept += [raw[at : name.end()], b"[]"]
        at = value.end()
    return b"".join([*kept, raw[at:]]) if kept else raw


# One shot of a register, as a text of bits or as a list of values, of which a complex one is itself a list.
TEXTS = rb'"[^"\\]*+"'
LISTS = rb'\[(?:[^\[\]{}"]++|\[[^\[\]{}"]*+\])*+\]'

MOST_REGISTERS = 1024  # each is read at the same time as the others

_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_GAP = rb"[ \t\r\n]*+"
_MEMBER = (  # a name, and a list of rows or a value that is neither list nor object
    rb"%(gap)b(?P<name>%(text)b)%(gap)b:%(gap)b"
    rb"(?:(?P<rows>\[(?:%(gap)b%(row)b%(gap)b,)*+(?:%(gap)b%(row)b)?%(gap)b\])|%(text)b|[^\[\]{}\",:]++)"
    rb"%(gap)b(?P<end>[,}])"
)


def counted_rows(raw: bytes, row: bytes, most: int) -> tuple[list[str], Counter[tuple[bytes, ...]]]:
    """Count the shots of an object with one list of them for each register; memory grows with the outcomes alone.

    Gives the registers' names and, for each outcome, one row a register. Members that are a text, a number or the
    like are passed over. ValueError where it is no such object; UnreadableResultError where outcomes are over `most`.
    """
    registers, single = _registers(raw, row), re.compile(row)
    counts: Counter[tuple[bytes, ...]] = Counter()
    for rows in zip(*(single.finditer(raw, *span) for span in registers.values()), strict=True):
        counts[tuple(match.group() for match in rows)] += 1
        if len(counts) > most:
            raise UnreadableResultError(f"the output holds more than {most:,} outcomes")
    return list(registers), counts


def _registers(raw: bytes, row: bytes) -> dict[str, tuple[int, int]]:
    """Where each register's list of rows stands."""
    member = re.compile(_MEMBER % {b"gap": _GAP, b"text": _TEXT, b"row": row}, re.DOTALL)
    found: dict[str, tuple[int, int]] = {}
    at = raw.index(b"{") + 1
    end = b","
    while end == b",":
        match = member.match(raw, at)
        if match is None or match["name"].decode() in found:
            raise ValueError("not an object of registers")
        if match["rows"]:
            start, stop = match.span("rows")
            found[match["name"].decode()] = (start + 1, stop - 1)
            if len(found) > MOST_REGISTERS:
                raise UnreadableResultError(f"the output holds more than {MOST_REGISTERS:,} registers")
        at, end = match.end(), match["end"]
    if raw[at:].strip() or raw[: raw.index(b"{")].strip() or not found:
        raise ValueError("not an object of registers")
    return {strict_json.loads(name.encode()): span for name, span in found.items()}
