"""Text encodings as people use them.

Byte order marks and line breaks in base64 are dropped; a wrong or double encoding is reported with its remedy.
"""

import re
from base64 import b64decode

UTF_8_BOM = b"\xef\xbb\xbf"
SIGNATURES = {  # in this order: the mark of UTF-32 begins with that of UTF-16
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
SNIFFED_BYTES = 4096  # of a text that is not UTF-8


class NotTextError(ValueError):
    """The bytes are not UTF-8 text; the message says what they are, and what to do."""


def without_bom(content: bytes) -> bytes:
    """Remove the byte order mark that Windows editors write before UTF-8."""
    return content.removeprefix(UTF_8_BOM)


def text_of(content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, or raise NotTextError."""
    if other := wrong_encoding(content):
        raise NotTextError(other)
    content = without_bom(content)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        at = error.start
        if letter := _windows_1252_letter(content, at):
            reason = f"not UTF-8 text: byte {at} is {letter!r} in Windows-1252; save it as UTF-8"
        else:
            reason = f"not text: byte {at} is not UTF-8"
        raise NotTextError(reason) from error


def wrong_encoding(content: bytes) -> str | None:
    """Name the encoding of bytes that are evidently not UTF-8, with the remedy."""
    signature_match = next((what for signature, what in SIGNATURES.items() if content.startswith(signature)), None)
    return signature_match or _utf_16_without_bom(content[:SNIFFED_BYTES])


def _utf_16_without_bom(head: bytes) -> str | None:
    """Recognise UTF-16 without a mark: half the bytes of nearly every letter of a program are zeros."""
    zeros = [head[half::2].count(0) for half in (0, 1)]
    is_wide = len(head) > 3 and min(zeros) == 0 and max(zeros) >= len(head) // 2
    return SIGNATURES[b"\xff\xfe"] if is_wide else None


def _windows_1252_letter(content: bytes, at: int) -> str | None:
    """Return the letter at a position in Windows-1252, if the rest may be text in that encoding."""
    if any(byte < 9 for byte in content[:SNIFFED_BYTES]):
        return None
    try:
        letter = content[at : at + 1].decode("cp1252")
    except UnicodeDecodeError:
        return None
    return letter if at else None  # texts rarely begin with such a letter, other files often do


def from_base64(text: str) -> bytes:
    """Decode base64 with or without line breaks, in either alphabet, or raise ValueError.

    Padding is required: without it, more of the text may be missing.
    """
    return b64decode(BLANKS.sub("", text).translate({ord("-"): "+", ord("_"): "/"}), validate=True)


def encoding_mistake(content: bytes) -> str | None:
    """Name the wrong or double encoding of bytes that should be JSON, with the remedy."""
    return wrong_encoding(content) or double_encoding(content)


def double_encoding(content: bytes, way_out: str = ENCODE_ONCE) -> str | None:
    """Name the double encoding of a program or JSON: base64, a data URL, or Python's form of bytes."""
    stripped = content.strip()
    if stripped[:2] in {b"b'", b'b"'} and stripped[2:].endswith(stripped[1:2]):
        return "bytes as Python prints them (b'…'): send the bytes themselves, or their text by `.decode()`"
    if stripped.startswith(b"data:"):
        return "a data URL: send what stands behind its comma, as base64"
    return f"what looks like base64: {way_out}" if is_base64(stripped) else None


def is_base64(content: bytes) -> bool:
    """Say whether a text is base64 of another text, which no program is by chance."""
    letters = b"".join(content.split())
    if not BASE64.fullmatch(letters):
        return False
    try:
        inner = text_of(from_base64(letters.decode()))
    except ValueError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in inner)
