"""Puts bits whose value was known before the program ran back into what was measured.

A layout is a word for each register, in their order: `[m2z3]` is an array of two measured bits and then three zeros,
`m` a bit on its own; `o` is a one, and a number says how often. `quantum.programs.openqasm.recording` writes it.

Of a program that returns numbers the layout says which parts of an outcome hold some: `#2 b3`, as
`quantum.programs.compiling.recorded` writes it. A number that is 0 or 1 in every shot is no bit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quantum.results.histograms import Histogram, Register, UnreadableResultError, added
from quantum.results.spelling import BITS, in_order

MOST_LETTERS = 16 * 1024 * 1024  # of all outcomes together: a short layout may stand for very long registers
WORD = re.compile(r"\[((?:[mzo]\d{0,9})+)\]|([mzo])")
RUN = re.compile(r"([mzo])(\d*)")
NUMBERED = re.compile(r"([#b])(\d+)")
KNOWN = {"z": "0", "o": "1"}


@dataclass(frozen=True)
class Layout:
    """A layout as it was read: of each register its runs, and whether it is an array."""

    registers: tuple[tuple[tuple[str, int], ...], ...]
    is_array: tuple[bool, ...]

    @property
    def measured(self) -> tuple[int, ...]:
        """How wide the registers are in the output, as results are read: bits without any array run together."""
        sizes = [sum(times for letter, times in runs if letter == "m") for runs in self.registers]
        arrays = any(size and is_array for size, is_array in zip(sizes, self.is_array, strict=True))
        sizes = [size for size in sizes if size]
        return tuple(sizes) if arrays else (sum(sizes),)

    @property
    def widths(self) -> tuple[int, ...]:
        """How wide the registers are in the end."""
        sizes = tuple(sum(times for _, times in runs) for runs in self.registers)
        return sizes if any(self.is_array) else (sum(sizes),)

    def filled(self, measured: str) -> str:
        """Put the known bits among the measured ones."""
        words, begin = [], 0
        for runs in self.registers:
            word = ""
            for letter, times in runs:
                word += KNOWN[letter] * times if letter in KNOWN else measured[begin : begin + times]
                begin += times * (letter == "m")
            words.append(word)
        return (" " if any(self.is_array) else "").join(words)


def completed(histogram: Histogram, text: str) -> Histogram:
    """Complete every outcome; UnreadableResultError where they are not what the layout says was measured."""
    if "#" in text:
        return _numbered(histogram, text)
    layout = _read(text)
    parts = tuple(completed(part, text) for part in histogram.parts)
    if not histogram.probabilities:  # every shot broke
        return histogram
    widths = (layout.measured, (sum(layout.measured),))  # some providers know no registers
    outcomes = [*histogram.probabilities, *histogram.counts]
    if not all(_is_of(key, widths) for key in outcomes):
        raise UnreadableResultError("the output does not hold the bits that the program measures")
    if sum(layout.widths) * len(outcomes) > MOST_LETTERS:
        raise UnreadableResultError(f"its {len(outcomes):,} outcomes are of {sum(layout.widths):,} bits")
    return replace(
        histogram,
        counts=_filled(histogram.counts, layout),
        probabilities=_filled(histogram.probabilities, layout),
        registers=tuple(map(Register, layout.widths)),
        parts=parts,
    )


def _numbered(histogram: Histogram, text: str) -> Histogram:
    """Write numbers with commas between them though all happen to be 0 or 1, and call nothing a register."""
    sizes = [int(size) if kind == "#" else 1 for kind, size in NUMBERED.findall(text)]
    return replace(
        histogram,
        counts=_with_commas(histogram.counts, sizes),
        probabilities=_with_commas(histogram.probabilities, sizes),
        registers=(),
        parts=tuple(_numbered(part, text) for part in histogram.parts),
    )


def _with_commas[Share: (int, float)](shares: Mapping[str, Share], sizes: Sequence[int]) -> dict[str, Share]:
    written = added((_separated(key, sizes), share) for key, share in shares.items())
    return {key: written[key] for key in in_order(written, are_bits=False)}


def _separated(key: str, sizes: Sequence[int]) -> str:
    parts = key.split(" ")
    if len(parts) != len(sizes):
        return key
    return " ".join(
        ",".join(part) if len(part) == size > 1 and BITS.issuperset(part) else part
        for part, size in zip(parts, sizes, strict=True)
    )


def _read(text: str) -> Layout:
    words = [WORD.fullmatch(word) for word in text.split(" ")]
    if not all(words):
        raise UnreadableResultError("what the program returns is not known any more")
    runs = [(word[1] or word[2], word[1] is not None) for word in words if word]
    return Layout(
        tuple(tuple((letter, int(times or 1)) for letter, times in RUN.findall(found)) for found, _ in runs),
        tuple(is_array for _, is_array in runs),
    )


def _is_of(key: str, widths: tuple[tuple[int, ...], ...]) -> bool:
    parts = key.split(" ")
    return tuple(map(len, parts)) in widths and all(BITS.issuperset(part) for part in parts)


def _filled[Share: (int, float)](shares: Mapping[str, Share], layout: Layout) -> dict[str, Share]:
    """Complete the keys, which stay in order, since all have the same bits in the same places."""
    return added((layout.filled(key.replace(" ", "")), share) for key, share in shares.items())
