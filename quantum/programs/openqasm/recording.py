"""What a program returns, in its registers' order, and the layout that puts bits back whose value is known.

A layout is a word for each register: `[m2z3]` is an array of two recorded bits and then three zeros, `m` is a bit on
its own; `o` is a one, and a number says how often. `quantum.results.layouts` reads it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from quantum.programs.openqasm.circuit import Register
from quantum.programs.openqasm.faults import FaultyProgramError, ProgramFault
from quantum.programs.openqasm.qir_text import Text, result

LONGEST_LAYOUT = 8192  # it travels with the job, through every history
NOTHING_MEASURED = "the program measures no qubits, so it would have no result"


@dataclass(frozen=True)
class Leaf:
    """A bit that is recorded: as a result of its number, or as a value that was computed."""

    value: int | str

    @property
    def kind(self) -> str:
        """How it is recorded."""
        return "result" if isinstance(self.value, int) else "bool"

    @property
    def operand(self) -> str:
        """What is recorded."""
        return result(self.value) if isinstance(self.value, int) else f"i1 zeroext {self.value}"


type Recorded = tuple[bool, list[Leaf]]  # of an array, or of a bit on its own


def record(text: Text, registers: Sequence[Register], value_of: Callable[[int], bool | Leaf]) -> str | None:
    """Record the registers, and give the layout where some of their bits are known already."""
    values = [(register.is_array, [value_of(bit) for bit in register.bits]) for register in registers if register.bits]
    measured = [(is_array, [leaf for leaf in bits if isinstance(leaf, Leaf)]) for is_array, bits in values]
    recorded = [(is_array, leaves) for is_array, leaves in measured if leaves]
    if not recorded:
        raise FaultyProgramError(ProgramFault(NOTHING_MEASURED))
    for number, (kind, value, label) in enumerate(_calls(recorded)):
        text.record(kind, value, f"{number}_{label}")
    has_constants = any(isinstance(bit, bool) for _, bits in values for bit in bits)
    return _layout(values) if has_constants else None


def _calls(recorded: Sequence[Recorded]) -> Iterator[tuple[str, str, str]]:
    """The record calls in their order; a label says how a value is nested, from the outermost."""
    if len(recorded) == 1:
        yield from _of_register(*recorded[0], within="")
        return
    yield "tuple", f"i64 {len(recorded)}", "t"
    for place, (is_array, leaves) in enumerate(recorded):
        yield from _of_register(is_array, leaves, within=f"t{place}")


def _of_register(is_array: bool, leaves: Sequence[Leaf], within: str) -> Iterator[tuple[str, str, str]]:  # noqa: FBT001
    if not is_array:
        yield leaves[0].kind, leaves[0].operand, f"{within}{leaves[0].kind[0]}"
        return
    yield "array", f"i64 {len(leaves)}", f"{within}a"
    for place, leaf in enumerate(leaves):
        yield leaf.kind, leaf.operand, f"{within}a{place}{leaf.kind[0]}"


def _layout(values: Sequence[tuple[bool, Sequence[bool | Leaf]]]) -> str:
    words = (f"[{_runs(bits)}]" if is_array else _runs(bits) for is_array, bits in values)
    layout = " ".join(words)
    if len(layout) > LONGEST_LAYOUT:
        reason = "the program returns too many bits whose value is known before it runs: leave some of them out"
        raise FaultyProgramError(ProgramFault(reason))
    return layout


def _runs(bits: Sequence[bool | Leaf]) -> str:
    letters = ("m" if isinstance(bit, Leaf) else "o" if bit else "z" for bit in bits)
    counted = ((letter, sum(1 for _ in run)) for letter, run in groupby(letters))
    return "".join(letter if times == 1 else f"{letter}{times}" for letter, times in counted)
