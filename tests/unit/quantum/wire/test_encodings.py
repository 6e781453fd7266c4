"""Bytes that ought to be a text: what is read, and what is told."""

import pytest

from quantum.wire.encodings import NotTextError, disguise_of, from_base64, is_base64, text_of


@pytest.mark.parametrize("content", ["é".encode(), b"\xef\xbb\xbf" + "é".encode()])
def test_a_text_may_have_a_byte_order_mark(content: bytes) -> None:
    """It is no part of the text."""
    assert text_of(content) == "é"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("h q;".encode("utf-16"), "UTF-16 text: save it as UTF-8"),
        ("h q;".encode("utf-16-be"), "UTF-16 text: save it as UTF-8"),
        ("h q;".encode("utf-32"), "UTF-32 text: save it as UTF-8"),
        ("\ufeffh q;".encode("utf-32-be"), "UTF-32 text: save it as UTF-8"),
        (b"\x1f\x8b\x08\x00", "a gzip file: send it unpacked"),
        (b"PK\x03\x04", "a zip file: send it unpacked"),
        ("// 90° ".encode("cp1252"), "not UTF-8 text: byte 5 is '°' in Windows-1252; save it as UTF-8"),
        (b"ab\x81", "not text: byte 2 is not UTF-8"),
        (b"a\x01\xe9", "not text: byte 2 is not UTF-8"),
    ],
)
def test_another_encoding_is_told_with_what_to_do(content: bytes, reason: str) -> None:
    """Where it is plain to see, it has its name."""
    with pytest.raises(NotTextError) as refused:
        text_of(content)

    assert str(refused.value) == reason


@pytest.mark.parametrize("text", ["AAE+/w==", "AAE-_w==", " AAE\r\n+/\tw== "])
def test_base64_is_read_in_any_dress(text: str) -> None:
    """Line breaks and alphabets change nothing."""
    assert from_base64(text) == b"\0\1\x3e\xff"


@pytest.mark.parametrize("text", ["AAE", "AAE+/w", "a*cd", "é"])
def test_base64_that_may_lack_its_end_is_refused(text: str) -> None:
    """Without its padding, who knows what else is missing."""
    with pytest.raises(ValueError, match=r"."):
        from_base64(text)


@pytest.mark.parametrize("content", [b"", b"H 0", b"MEASURE 0", b"OPENQASM 2.0;", b"abcdefghijklmnop", b"{}", b"b'"])
def test_a_program_does_not_look_encoded(content: bytes) -> None:
    """Nothing that somebody may have meant is refused for its looks."""
    assert (is_base64(content), disguise_of(content)) == (False, None)
