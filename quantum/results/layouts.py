"""Inserts the constant bits of a program into the measured ones.

A layout is a word for each register, in order: `[m2z3]` is an array of two measured bits and then three zeros, `m` a
single bit; `o` is a one, and a number is a repeat count. `quantum.programs.openqasm.recording` writes it.

For a program that returns numbers the layout says which parts of an outcome are numbers: `#2 b3`, as
`quantum.programs.compiling.recorded` writes it. A number that is 0 or 1 in every shot is not a bit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from quantum.results.histograms import Histogram, Register, UnreadableResultError, sum_shares
from quantum.results.outcome_keys import BITS, sort_keys
from quantum.wire.records import record

MOST_LETTERS = 16 * 1024 * 1024  # in all outcomes together: a short layout may describe very long registers
WORD = re.compile(r"\[((?:[mzo]\d{0,9})+)\]|([mzo])")
RUN = re.compile(r"([mzo])(\d*)")
NUMBERED = re.compile(r"([#b])(\d+)")
CONSTANTS = {"z": "0", "o": "1"}


@record
class Layout:
    """A parsed layout: the runs of each register, and whether it is an array."""

    registers: tuple[tuple[tuple[str, int], ...], ...]
    is_array: tuple[bool, ...]

    @property
    def measured_widths(self) -> tuple[int, ...]:
        """The widths of the registers in the output; single bits without any array form one register."""
        sizes = [sum(times for letter, times in runs if letter == "m") for runs in self.registers]
        arrays = any(size and is_array for size, is_array in zip(sizes, self.is_array, strict=True))
        sizes = [size for size in sizes if size]
        return tuple(sizes) if arrays else (sum(sizes),)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the registers in the result."""
        sizes = tuple(sum(times for _, times in runs) for runs in self.registers)
        return sizes if any(self.is_array) else (sum(sizes),)

    def fill_in_key(self, measured: str) -> str:
        """Insert the constant bits among the measured ones."""
        words, begin = [], 0
        for runs in self.registers:
            word = ""
            for letter, times in runs:
                word += CONSTANTS[letter] * times if letter in CONSTANTS else measured[begin : begin + times]
                begin += times * (letter == "m")
            words.append(word)
        return (" " if any(self.is_array) else "").join(words)


def fill_in(histogram: Histogram, text: str) -> Histogram:
    """Fill in every outcome; UnreadableResultError where one does not match the layout."""
    if "#" in text:
        return _numbered(histogram, text)
    layout = _read(text)
    parts = tuple(fill_in(part, text) for part in histogram.parts)
    if not histogram.probabilities:  # every shot failed
        return histogram
    widths = (layout.measured_widths, (sum(layout.measured_widths),))  # some providers have no registers
    outcomes = [*histogram.probabilities, *histogram.counts]
    if not all(_is_of(key, widths) for key in outcomes):
        raise UnreadableResultError("the output does not hold the bits that the program measures")
    if sum(layout.widths) * len(outcomes) > MOST_LETTERS:
        raise UnreadableResultError(f"its {len(outcomes):,} outcomes are of {sum(layout.widths):,} bits")
    return replace(
        histogram,
        counts=_fill_in(histogram.counts, layout),
        probabilities=_fill_in(histogram.probabilities, layout),
        registers=tuple(map(Register, layout.widths)),
        parts=parts,
    )


def _numbered(histogram: Histogram, text: str) -> Histogram:
    """Separate numbers by commas, even if all are 0 or 1, and name no registers."""
    sizes = [int(size) if kind == "#" else 1 for kind, size in NUMBERED.findall(text)]
    return replace(
        histogram,
        counts=_with_commas(histogram.counts, sizes),
        probabilities=_with_commas(histogram.probabilities, sizes),
        registers=(),
        parts=tuple(_numbered(part, text) for part in histogram.parts),
    )


def _with_commas[Share: (int, float)](shares: Mapping[str, Share], sizes: Sequence[int]) -> dict[str, Share]:
    separated_shares = sum_shares((_separated(key, sizes), share) for key, share in shares.items())
    return {key: separated_shares[key] for key in sort_keys(separated_shares, are_bits=False)}


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
        raise UnreadableResultError("the layout of the program's return value is invalid")
    runs = [(word[1] or word[2], word[1] is not None) for word in words if word]
    return Layout(
        tuple(tuple((letter, int(times or 1)) for letter, times in RUN.findall(text)) for text, _ in runs),
        tuple(is_array for _, is_array in runs),
    )


def _is_of(key: str, widths: tuple[tuple[int, ...], ...]) -> bool:
    parts = key.split(" ")
    return tuple(map(len, parts)) in widths and all(BITS.issuperset(part) for part in parts)


def _fill_in[Share: (int, float)](shares: Mapping[str, Share], layout: Layout) -> dict[str, Share]:
    """Fill in the keys; they stay in order, since all have the same bits in the same positions."""
    return sum_shares((layout.fill_in_key(key.replace(" ", "")), share) for key, share in shares.items())
