"""What a program's output holds is told by its compiler: a number that is 0 in every shot looks like a bit."""

from collections.abc import Callable
from typing import Any

import pytest

from quantum.programs.compiling.recorded import numbers_in


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["tuple 2", "bool", "int"], "#2"),
        (["tuple 2", "array 2", "result", "result", "int"], "b2 #1"),
        (["int", "int"], "#2"),
        (["int"], "#1"),
        (["array 2", "array 1", "result", "array 2", "int", "double"], "b1 #2"),
        (["tuple 2", "array 0", "int"], "#1"),
        (["tuple 2", "array 0", "array 1", "int"], "#1"),
        (["array 2", "result", "bool"], None),
        (["array 3", "int"], None),
        ([], None),
    ],
)
def test_parts_with_numbers_are_told(records: list[str], words: str | None) -> None:
    """By their records, in the nesting in which results are spelled."""
    lines = [record.partition(" ")[::2] for record in records]
    calls = [f"call void @__quantum__rt__{kind}_record_output(i64 {size or '%7'}, ptr null)" for kind, size in lines]

    assert numbers_in("\n".join(calls)) == words


@pytest.mark.parametrize(("returned", "layout"), [("Int", "#1"), ("Result", None)])
def test_the_compiler_tells_it_of_q_sharp(
    answered: Callable[[str], dict[str, Any]], returned: str, layout: str
) -> None:
    """A whole number that hangs on a measurement, and the measurement itself."""
    value = "r == One ? 1 | 0" if returned == "Int" else "r"
    header = answered(f"operation Main() : {returned} {{ use q = Qubit(); let r = MResetZ(q); return {value}; }}")

    assert header["layout"] == layout
