"""Takes the list of single shots out of an output before it is parsed: nearly all of its bytes, and nobody reads it.

Nothing is parsed twice and nothing is searched twice, so that the time grows with the bytes alone, whatever they are.
"""

import re

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
