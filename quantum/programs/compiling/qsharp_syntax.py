"""Syntax of Q# that its compiler no longer takes, and what is written today: for programs that do not parse."""

import re
from collections.abc import Iterator

from quantum.programs.compiling.faults import Wire, fault
from quantum.programs.compiling.qsharp_text import QsharpText

CHANGED = (
    (r"\busing\b", "`using (q = Qubit()) { … }` is `use q = Qubit() { … }` today"),
    (r"\bborrowing\b", "`borrowing (q = Qubit()) { … }` is `borrow q = Qubit() { … }` today"),
    (
        r"\bnew\s+[\w.]+(?:\s*\[\s*\])*\s*\[\s*[^\s\]]",
        "`new Int[n]` is `[0, size = n]` today: say what the items are to be; an empty array is `[]`",
    ),
    (r"\bfor\s*\((?=[^{}]*?\bin\b)", "`for (i in range) { … }` is `for i in range { … }` today"),
    (r"(?<!&)&&(?!&)", "`&&` is `and` today"),
    (r"(?<!\|)\|\|(?!\|)", "`||` is `or` today"),
    (r"(?:\b(?:if|elif|while|until|return)\b|[(,=&|])\s*!(?=\s*[\w(])", "`!condition` is `not condition` today"),
    (r"\bbody\s*\{", "`body { … }` is `body (...) { … }` today"),
    (r"\b(?:adjoint|controlled(?:\s+adjoint)?)\s+auto\b(?!\s*;)", "`adjoint auto` ends with a semicolon today"),
    (r"\badjoint\s+controlled\b", "`adjoint controlled` is `controlled adjoint` today"),
    (
        r":\s*(?:Adjoint|Controlled)\b",
        "`: Adjoint, Controlled` behind a type is `is Adj + Ctl` today",
    ),
)
PATTERNS = tuple((re.compile(pattern), advice) for pattern, advice in CHANGED)


def changed_syntax(text: QsharpText) -> Iterator[Wire]:
    """Say what has changed, each at the first place where the program has it in its older form."""
    for pattern, advice in PATTERNS:
        if match := pattern.search(text.bare):
            yield fault("input", advice, *text.place(match.start()))
