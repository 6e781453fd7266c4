"""Types and heads of Q# are read as the compiler prints them; what is none of either gives no wrong answer."""

import pytest

from quantum.programs.compiling.qsharp_text import QsharpText, split_at_commas
from quantum.programs.compiling.qsharp_types import Type, read_type
from quantum.programs.compiling.reports import Report, in_source


def test_a_type_is_read_with_its_parts() -> None:
    """Arrays and tuples, nested."""
    inner = Type("Int", "name")

    assert read_type("(Int, Bool[])").items == (inner, Type("Bool[]", "array", (Type("Bool", "name"),)))


@pytest.mark.parametrize("text", ["", "(", "(Int", "Int)", "(Int, Bool) Int"])
def test_what_is_no_type_is_refused(text: str) -> None:
    """It ends too early, or too late."""
    with pytest.raises(ValueError, match=r"a type ends too early|Int"):
        read_type(text)


@pytest.mark.parametrize(
    ("text", "parts"), [("a, (b, c), d) e", ["a", " (b, c)", " d"]), ("a, b", ["a"]), (")", []), ("a, )", ["a"])]
)
def test_parts_are_separated_by_commas_up_to_the_bracket(text: str, parts: list[str]) -> None:
    """Brackets within are kept together; the last part counts only once it has ended."""
    assert split_at_commas(text, 0) == parts


def test_a_program_that_breaks_off_declares_what_it_has_said() -> None:
    """The compiler's own fault is the one that its caller reads."""
    (declared,) = QsharpText("operation Main(x : Int, y").declarations

    assert (declared.name, declared.parameters) == ("Main", ("x",))


@pytest.mark.parametrize(
    ("file", "place"), [("line_0", (2, 3)), ("./program.qasm", (2, 3)), ("library:Std/Math.qs", ()), (None, ())]
)
def test_a_report_has_a_place_only_in_the_caller_s_program(file: str | None, place: tuple[int, ...]) -> None:
    """Lines of the library mean nothing there; columns count characters, not bytes."""
    assert in_source(Report("", "wrong", "", file, 2, 4), "first\n\N{GREEK SMALL LETTER PI} x") == place
