"""Cuts OpenQASM 2 into tokens, in one pass whose time grows with the length of the source and nothing else.

Comments and blanks are gone. A name, a number, a string and a symbol are told apart by their first letter.
"""

import re

from quantum.programs.openqasm.faults import ProgramFault

COMMENT = r"//[^\n]*|/\*[\s\S]*?\*/"
TOKEN = re.compile(
    rf"""(?:\s++|{COMMENT})*+(
        [^\W\d]\w*                                      # a name
      | (?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?             # a real number
      | \d+(?:[eE][+-]?\d+)?
      | "[^"\n]*" | '[^'\n]*'
      | ->|==|!=|<=|>=|\*\*
      | /\*[\s\S]*                                      # a comment that is never closed
      | \#[^\n]*                                        # a line for tools, such as `#pragma`
      | [\s\S]
      | \Z)""",
    re.VERBOSE,
)
END = ""


class MisreadError(Exception):
    """Here the source is no OpenQASM; the statement that it stands in is given up."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.fault = ProgramFault(reason, at)


class Cursor:
    """The tokens of a source, and how far they are read: `text` is the next one, END behind the last."""

    __slots__ = ("_next", "_places", "_texts", "text")

    def __init__(self, source: str) -> None:
        matches = [(match[1], match.start(1)) for match in TOKEN.finditer(source)]
        self._texts = [text for text, _ in matches]
        self._places = [place for _, place in matches]
        self._next = 0
        self.text = self._texts[0]

    @property
    def at(self) -> int:
        """Where the next token stands."""
        return self._places[self._next]

    @property
    def end_of_last(self) -> int:
        """Where the token ends that was read last."""
        return self._places[self._next - 1] + len(self._texts[self._next - 1]) if self._next else 0

    def step(self) -> str:
        """Read a token, whatever it is; the end stays."""
        text = self.text
        if text:
            self._next += 1
            self.text = self._texts[self._next]
        return text

    def accept(self, text: str) -> bool:
        """Read a token if it is this one."""
        if self.text != text:
            return False
        self._next += 1
        self.text = self._texts[self._next]
        return True

    def expect(self, text: str, where: str) -> None:
        """Read this token, or say that it is missing."""
        if not self.accept(text):
            if text == ";":
                raise MisreadError(f"`;` is missing {where}, before {shown(self.text)}", self.end_of_last)
            raise MisreadError(f"`{text}` is missing {where}; {shown(self.text)} stands there", self.at)

    def name(self, what: str) -> str:
        """Read a name."""
        if not self.text.isidentifier():
            raise MisreadError(f"{what} is missing; {shown(self.text)} stands there", self.at)
        return self.step()

    def whole(self, what: str, most_digits: int) -> int:
        """Read a whole number of at most so many digits."""
        if not is_whole(self.text):
            raise MisreadError(f"{what} must be a whole number; {shown(self.text)} stands there", self.at)
        if len(self.text) > most_digits:
            raise MisreadError(f"{what} has {len(self.text):,} digits; at most {most_digits:,} are read", self.at)
        return int(self.step())


def is_whole(text: str) -> bool:
    """Say whether a token is a number without a point or an exponent."""
    return text.isascii() and text.isdigit()


def shown(text: str) -> str:
    """Quote a token for a fault."""
    if text == END:
        return "the end of the program"
    if text.startswith("/*"):
        return "a comment that is never closed (end it with `*/`)"
    if not text.isprintable():
        return f"the invisible character U+{ord(text[0]):04X}"
    return f"`{text[:40]}{'…' if len(text) > 40 else ''}`"
