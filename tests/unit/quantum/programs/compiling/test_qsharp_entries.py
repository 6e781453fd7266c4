"""Q#: which operation runs, and what is refused because nothing could come of it."""

from typing import Any

import pytest

BITS = "{ use q = Qubit[n]; X(q[0]); return MResetEachZ(q); }"
TWO_MAINS = """namespace A { operation Main() : Result { use q = Qubit(); return MResetZ(q); } }
namespace B { operation Main() : Result { use q = Qubit(); X(q); return MResetZ(q); } }
"""
TWO_MARKED = """@EntryPoint() operation One1() : Result { use q = Qubit(); X(q); return MResetZ(q); }
@EntryPoint(Adaptive_RI) operation Two() : Result[] { use q = Qubit[2]; X(q[1]); return MResetEachZ(q); }
// @EntryPoint() operation Three
"""
MIXED = """operation Main() : (Int, Int) { use q = Qubit[5]; X(q[0]); H(q[1]); let r = MResetEachZ(q);
  return ((r[1] == One ? 12 | 1), (r[0] == One ? 3 | 2)); }"""


@pytest.mark.parametrize(
    ("source", "entry", "arguments", "key"),
    [
        (f"operation Main(n : Int) : Result[] {BITS}", "Main", [3], "100"),
        (f"operation Main(n : Int) : Result[] {BITS}", None, [2], "10"),
        (f"@EntryPoint()\noperation Go(n : Int) : Result[] {BITS}", "Go", [2], "10"),
        (f"@EntryPoint()\ninternal operation Go(n : Int) : Result[] {BITS}", None, [1], "1"),
        (f"@EntryPoint()operation Go(n : Int) : Result[] {BITS}", None, [1], "1"),
        (f"namespace T {{ @EntryPoint() operation Main(n : Int) : Result[] {BITS} }}", "T.Main", [2], "10"),
        (f"operation Main(n : Int) : Result[] {BITS} // the end", "Main", [2], "10"),
        (TWO_MAINS, "A.Main", [], "0"),
        (TWO_MAINS, "B.Main", [], "1"),
        (TWO_MARKED, "One1", [], "1"),
        (TWO_MARKED, "Two", [], "01"),
    ],
)
def test_the_operation_that_is_named_runs(
    run: Any, source: str, entry: str | None, arguments: list[Any], key: str
) -> None:
    """Called Main or marked, with arguments or without: the order decides (Q1)."""
    assert run(source, entry, arguments) == {key: 50}


def test_two_that_could_begin_are_named(faults: Any) -> None:
    """An order that names none of two is answered with both, and with one fault."""
    (fault,) = faults(TWO_MAINS)

    assert fault["field"] == "entryPoint"
    assert fault["reason"].endswith("name one; the program has A.Main, B.Main")


def test_arguments_that_are_missing_are_named(faults: Any) -> None:
    """A Main with parameters says what it takes."""
    (fault,) = faults(f"operation Main(n : Int) : Result[] {BITS}")

    assert (fault["field"], fault["reason"]) == ("arguments", "Main takes one argument, (n : Int); none given")


def test_numbers_have_one_spelling(run: Any) -> None:
    """Two integers stand apart in every outcome (Q2)."""
    assert run(MIXED).keys() == {"12,3", "1,3"}


def test_an_empty_part_is_left_out(run: Any) -> None:
    """Neither a blank nor a register stands for it (Q6)."""
    assert run("operation Main() : (Result[], Result[]) { use q = Qubit[2]; return ([], MResetEachZ(q)); }") == {
        "00": 50
    }


@pytest.mark.parametrize(
    ("source", "words", "place"),
    [
        (
            "operation Main() : Unit { use q = Qubit(); H(q); let _ = MResetZ(q); }",
            "Main returns nothing",
            (1, 1),
        ),
        (
            "operation Main() : Result[] { use q = Qubit(); let _ = MResetZ(q); return []; }",
            "the program returns nothing",
            (None, None),
        ),
        ("\n operation Main() : Range { use q = Qubit(); return 1..2; }", "Main returns Range", (2, 2)),
        (
            "operation Main() : (Int, Qubit[]) { use q = Qubit[1]; return (1, q); }",
            "Main returns (Int, Qubit[])",
            (1, 1),
        ),
        (
            "operation Main() : Result { use q = Qubit(); Rx(1.0 / 0.0, q); return M(q); }",
            "an angle of rx is infinite or not a number",
            (None, None),
        ),
        (
            "\n\noperation Main() : Result[] { use q = Qubit(); return [Zero, MResetZ(q)]; }",
            "the program returns Zero or One itself",
            (3, 1),
        ),
        (
            "operation Main() : Result { use q = Qubit();\n mutable r = One; while r == One { set r = M(q); } r }",
            "this target's profile (Adaptive_RI) cannot use a dynamic Result",
            (2, 36),
        ),
        (
            "operation Main() : Result { use q = Qubit(); Foo(q); return M(q); }",
            "`Foo` not found",
            (1, 46),
        ),
        ("operation Main() : Result { use q = Qubit(); return M(q);", "expected `}`, found EOF", (1, 58)),
    ],
)
def test_a_fault_is_the_program_s_own(faults: Any, source: str, words: str, place: tuple[int | None, ...]) -> None:
    """One cause, one fault, at `input`, at the place that it has (Q6, Q7)."""
    (fault,) = faults(source)

    assert fault["field"] == "input"
    assert words in fault["reason"]
    assert (fault["line"], fault["column"]) == place


def test_what_is_wrong_in_several_places_is_told_once(faults: Any) -> None:
    """The first place is the fault's; the other lines are in its words."""
    (fault,) = faults("operation Main() : Result { use q = Qubit();\n Foo(q);\n Foo(q); Foo(q);\n return M(q); }")

    assert (fault["line"], fault["reason"]) == (2, "name error: `Foo` not found (also in line 3)")


def test_what_the_target_cannot_return_is_told_of_the_call(faults: Any) -> None:
    """Also where only the call with its arguments makes it a fault."""
    source = "operation Main(n : Int) : Int { use q = Qubit(); return MResetZ(q) == One ? n | 0; }"

    reported = faults(source, "Main", [3], profile="Base")

    assert reported
    assert all(fault["reason"].startswith("this target's profile (Base) cannot ") for fault in reported)


@pytest.mark.parametrize(
    ("head", "body", "profile", "reason", "column"),
    [
        ("(x : Int) : Result", "let y = 5 / x; X(q); return M(q);", "Adaptive_RI", "division by zero", 65),
        ("(x : Int) : Result", 'if x == 0 { fail "none"; } return M(q);', "Adaptive_RI", "program failed: none", 65),
        ("(x : Int) : (Result, Double)", "return (M(q), 1.5);", "Base", "cannot use a double value as an output", 1),
    ],
)
def test_what_goes_wrong_with_these_arguments_alone_is_told(
    faults: Any, head: str, body: str, profile: str, reason: str, column: int
) -> None:
    """The program is sound by itself; the fault is that of its call."""
    (fault,) = faults(f"operation Main{head} {{ use q = Qubit(); {body} }}", "Main", [0], profile=profile)

    assert reason in fault["reason"]
    assert (fault["field"], fault["line"], fault["column"]) == ("input", 1, column)


def test_an_operation_that_is_declared_for_each_profile_is_called_as_compiled(faults: Any, run: Any) -> None:
    """The compiler takes one declaration; the parameters of the other do not count."""
    body = "{ use q = Qubit(); X(q); return MResetZ(q); }"
    for_base, for_others = (
        f"operation Main(a : Int) : Result {body}",
        f"operation Main(a : Int, b : Bool) : Result {body}",
    )
    source = f"@Config(Base) {for_base}\n@Config(Adaptive) {for_others}"
    swapped = f"@Config(Base) {for_others}\n@Config(Adaptive) {for_base}"

    assert run(source, "Main", [1, True]) == {"1": 50}
    assert faults(source, "Main", [1, 2])[0]["reason"] == "argument 2 (b): expected Bool, true or false; got 2"
    assert faults(swapped, "Main", [True])[0]["reason"] == "argument 1: expected Int, a whole number; got true"


def test_a_rotation_without_a_finite_angle_is_refused(faults: Any) -> None:
    """The compiler writes such a number down, and no target can read it."""
    (fault,) = faults("operation Main() : Result { use q = Qubit(); Rx(1e308 * 10.0, q); return MResetZ(q); }")

    assert (fault["field"], fault["reason"]) == ("input", "an angle of rx is infinite or not a number")


def test_an_operation_for_any_type_cannot_be_called_by_an_order(faults: Any) -> None:
    """Nothing says of which type its arguments are."""
    source = "operation Main<'T>(x : 'T) : Result { use q = Qubit(); return MResetZ(q); }"

    (fault,) = faults(source, "Main", [1])

    assert "call it from" in fault["reason"]


def test_a_program_that_measures_nothing_is_refused(faults: Any) -> None:
    """What it returns is known beforehand, and no target would record it."""
    (fault,) = faults("operation Main() : Bool { use q = Qubit(); X(q); Reset(q); return true; }")

    assert fault["reason"] == "the program measures no qubits, so it would have no result"


def test_an_operation_that_is_not_there_is_told_with_the_nearest(faults: Any) -> None:
    """By the end of its full name, or by its spelling."""
    reasons = [faults(TWO_MAINS, entry)[0]["reason"] for entry in ("Mian", "A.Mein", "zzz")]

    assert reasons == [
        "there is no operation 'Mian'; did you mean B.Main? the program has A.Main, B.Main",
        "there is no operation 'A.Mein'; did you mean A.Main? the program has A.Main, B.Main",
        "there is no operation 'zzz'; the program has A.Main, B.Main",
    ]
