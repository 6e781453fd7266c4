"""Q# as notebooks, projects and documents have it: what is read over, and the words for what cannot run."""

from typing import Any

import pytest

FLIP = "operation Main() : Result { use q = Qubit(); X(q); return MResetZ(q); }"


@pytest.mark.parametrize(
    "source",
    [
        f"%%qsharp\n{FLIP}",
        f"%%qsharp --clear\n\n{FLIP}",
        f"export Main;\n{FLIP}\nexport Main as Flip;",
        f"namespace Own {{ {FLIP} export Main; }} export Own.Main;",
    ],
)
def test_what_only_notebooks_and_projects_read_is_read_over(run: Any, source: str) -> None:
    """The first line of a cell, and exports outside of namespaces, are no part of a program that runs alone."""
    assert run(source) == {"1": 50}


def test_no_place_moves_where_something_is_read_over(faults: Any) -> None:
    """A fault behind a cell's first line is where the caller sees it."""
    (fault,) = faults("%%qsharp\noperation Main() : Result { Nothing() }")

    assert (fault["line"], fault["column"]) == (2, 29)


def test_a_name_of_the_library_that_is_not_imported_is_told_with_its_import(faults: Any) -> None:
    """Each with the namespace that has it; a name that the library has nowhere is only not found."""
    reported = faults("operation Main() : Result[] { let a = Sqrt(2.0); let b = Unheard(a); return MResetEachZ([]); }")

    assert [fault["reason"] for fault in reported] == [
        "`Sqrt` is not imported: add `import Std.Math.*;` at the top",
        "name error: `Unheard` not found",
    ]


def test_what_follows_from_an_unknown_name_is_not_told(faults: Any) -> None:
    """A type that depends on it, in the same line, is no fault of its own."""
    (reported,) = faults(
        "operation Main() : Result {\n let a = Unheard(1) + 2.0 + 1;\n use q = Qubit(); return MResetZ(q);\n}"
    )

    assert reported["reason"] == "name error: `Unheard` not found"


def test_an_operation_for_other_profiles_is_told_as_the_target_s_limit(faults: Any) -> None:
    """What is there for Adaptive only cannot be called at Base."""
    late = "@Config(Adaptive) operation Late() : Unit { }"
    (reported,) = faults(
        f"{late} operation Main() : Result {{ Late(); use q = Qubit(); return M(q); }}", profile="Base"
    )

    assert reported["reason"] == "this target's profile (Base) has no `Late`: it is there for other profiles only"


def test_an_operation_that_calls_itself_until_a_measurement_fits_is_told_as_the_target_s_limit(faults: Any) -> None:
    """A draw within bounds by recursion, as documents write it: at the place of the call."""
    (reported,) = faults(
        "operation Draw() : Int {\n use q = Qubit(); H(q); let one = MResetZ(q) == One ? 1 | 0;\n"
        " return one > 0 ? Draw() | one;\n}\noperation Main() : Int { return Draw(); }"
    )

    assert reported["reason"].startswith("this target's profile (Adaptive_RI) cannot go on from what is called here")
    assert reported["line"] == 3


def test_a_text_without_operations_is_told_so(faults: Any) -> None:
    """Nothing is asked of the entry point where there is none to name."""
    (reported,) = faults("let n = 2;")

    assert reported["field"] == "input"
    assert reported["reason"].startswith("the program declares no operation")


def test_all_that_a_target_cannot_do_at_one_place_is_one_fault(faults: Any) -> None:
    """A number made of a measurement needs several things of which Base has none."""
    (at_return, _at_comparison) = faults(
        "operation Main() : Int { use q = Qubit(); H(q); return MResetZ(q) == One ? 1 | 0; }", profile="Base"
    )

    assert at_return["reason"] == (
        "this target's profile (Base) cannot use a dynamic bool value, use a dynamic integer value: all this depends "
        "on a measurement result"
    )
