"""Texts as people save and send them: a byte order mark is dropped, line breaks in base64 are passed over, and what is
in another encoding, or encoded once more than it ought to be, is told with what to do.
"""

import re
from base64 import b64decode

UTF_8_MARK = b"\xef\xbb\xbf"
MARKS = {  # in this order: UTF-32's begins with UTF-16's
    b"\xff\xfe\0\0": "UTF-32 text: save it as UTF-8",
    b"\0\0\xfe\xff": "UTF-32 text: save it as UTF-8",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
    b"\x1f\x8b": "a gzip file: send it unpacked",
    b"PK\x03\x04": "a zip file: send it unpacked",
}
BLANKS = re.compile(r"\s+")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
ENCODE_ONCE = "send what is in it, or encode it only once"
LOOKED_AT = 4096  # bytes of a text that is not UTF-8


class NotTextError(ValueError):
    """The bytes are no text in UTF-8; the message says what they are, and what to do."""


def without_mark(content: bytes) -> bytes:
    """Drop the byte order mark that editors on Windows put before UTF-8."""
    return content.removeprefix(UTF_8_MARK)


def text_of(content: bytes) -> str:
    """Read UTF-8, with or without a byte order mark, or raise NotTextError."""
    if other := other_encoding(content):
        raise NotTextError(other)
    content = without_mark(content)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        at = error.start
        if letter := _letter_of_windows(content, at):
            reason = f"not UTF-8 text: byte {at} is {letter!r} in Windows-1252; save it as UTF-8"
        else:
            reason = f"not text: byte {at} is not UTF-8"
        raise NotTextError(reason) from error


def other_encoding(content: bytes) -> str | None:
    """Say what the bytes are, and what to do, where that is plain to see and not UTF-8."""
    marked = next((what for mark, what in MARKS.items() if content.startswith(mark)), None)
    return marked or _unmarked(content[:LOOKED_AT])


def _unmarked(head: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros that stand for half of nearly every letter of a program."""
    zeros = [head[half::2].count(0) for half in (0, 1)]
    is_wide = len(head) > 3 and min(zeros) == 0 and max(zeros) >= len(head) // 2
    return MARKS[b"\xff\xfe"] if is_wide else None


def _letter_of_windows(content: bytes, at: int) -> str | None:
    """The letter that Windows' own encoding has there, if the rest may be a text in it."""
    if any(byte < 9 for byte in content[:LOOKED_AT]):
        return None
    try:
        letter = content[at : at + 1].decode("cp1252")
    except UnicodeDecodeError:
        return None
    return letter if at else None  # texts seldom begin with such a letter, and other files often do


def from_base64(text: str) -> bytes:
    """Decode base64 with or without line breaks, in either alphabet, or raise ValueError.

    Padding must be there: where it is missing, the rest may be missing, too.
    """
    return b64decode(BLANKS.sub("", text).translate({ord("-"): "+", ord("_"): "/"}), validate=True)


def disguise_of(content: bytes) -> str | None:
    """Say what bytes are that ought to be JSON and are in another encoding, or encoded once more, and what to do."""
    return other_encoding(content) or encoded_again(content)


def encoded_again(content: bytes, way_out: str = ENCODE_ONCE) -> str | None:
    """Say of what ought to be a program or JSON that it is one within base64, or as Python prints bytes."""
    stripped = content.strip()
    if stripped[:2] in {b"b'", b'b"'} and stripped[2:].endswith(stripped[1:2]):
        return "bytes as Python prints them (b'…'): send the bytes themselves, or their text by `.decode()`"
    if stripped.startswith(b"data:"):
        return "a data URL: send what stands behind its comma, as base64"
    return f"what looks like base64: {way_out}" if is_base64(stripped) else None


def is_base64(content: bytes) -> bool:
    """Whether a text is base64 of another text, which no program is by chance."""
    letters = b"".join(content.split())
    if not BASE64.fullmatch(letters):
        return False
    try:
        inner = text_of(from_base64(letters.decode()))
    except ValueError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in inner)
