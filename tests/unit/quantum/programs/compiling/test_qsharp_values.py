"""Q#: arguments are values of the types that the operation declares, or every misfit is told."""

from typing import Any

import pytest

TYPES = """struct P { n : Int, a : Double }
newtype Pair = (Int, Int);
newtype Nest = (A : Int, (B : Double, C : Bool));
"""
WANTED = {  # a type, a value in an order, and what it is in Q#
    "Int": (-3, "-3"),
    "BigInt": (2**100, "1267650600228229401496703205376L"),
    "Double": (2, "2.0"),
    "Bool": (True, "true"),
    "String": ('a"b\\{x}\n', '"a\\"b\\\\{x}\\n"'),
    "Result": ("One", "One"),
    "Pauli": ("PauliY", "PauliY"),
    "Int[][]": ([[1, 2], []], "[[1, 2], []]"),
    "(Int, (Bool, Pauli))": ([1, [False, "PauliX"]], "(1, (false, PauliX))"),
}
CHECKED = "use q = Qubit(); if {test} {{ X(q); }} return MResetZ(q);"


@pytest.mark.parametrize("kind", WANTED)
def test_a_value_arrives_as_what_it_is(run: Any, kind: str) -> None:
    """Each type takes its own values, unchanged (Q9)."""
    value, literal = WANTED[kind]
    body = CHECKED.format(test=f"x == {literal}")

    assert run(f"operation Main(x : {kind}) : Result {{ {body} }}", "Main", [value]) == {"1": 50}


@pytest.mark.parametrize(
    ("kind", "value", "test"),
    [
        ("Range", {"Start": 3, "Step": -1, "End": 0}, "x::Start == 3 and x::Step == -1 and x::End == 0"),
        ("Range", "0..5", "x::Step == 1 and x::End == 5"),
        ("Std.Math.Complex", {"Real": 1, "Imag": -2.5e-7}, "x::Real == 1.0 and x::Imag == -2.5e-7"),
        ("P", {"n": 2, "a": 3.5}, "x::n == 2 and x::a == 3.5"),
        ("Pair", [4, 5], "Fst(x!) == 4 and Snd(x!) == 5"),
        ("Nest", {"A": 1, "B": 2.0, "C": True}, "x::A == 1 and x::B == 2.0 and x::C"),
        ("P[]", [{"n": 1, "a": 0.0}, {"n": 7, "a": 1e300}], "x[1]::n == 7 and x[1]::a == 1e300"),
        ("Int", -(2**63), "x < 0 and x + 1 == -9223372036854775807"),
        ("BigInt", "-12345678901234567890123", "x == -12345678901234567890123L"),
        ("Result", 1, "x == One"),
        ("Double", 5e-324, "x > 0.0"),
        ("Unit", [], "x == ()"),
    ],
)
def test_a_structured_value_arrives(run: Any, kind: str, value: object, test: str) -> None:
    """Complex numbers, ranges, structs and older types, nested too."""
    source = f"{TYPES} operation Main(x : {kind}) : Result {{ {CHECKED.format(test=test)} }}"

    assert run(source, "Main", [value]) == {"1": 50}


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("Int", True, "expected Int, a whole number; got true"),
        ("Int", 3.0, "expected Int, a whole number; got 3.0"),
        ("Int", 2**63, "Int holds -2^63 to 2^63 - 1; a BigInt holds more"),
        ("Double", True, "expected Double, a number; got true"),
        ("Double", 10**400, "is too large for a Double"),
        ("Bool", 1, "expected Bool, true or false; got 1"),
        ("BigInt", "1e5", 'expected BigInt, a whole number, or its digits as text; got "1e5"'),
        ("String", 3, "expected String, text; got 3"),
        ("Result", True, "expected Result, Zero or One; got true"),
        ("Pauli", "X", 'expected Pauli, one of PauliI, PauliX, PauliY, PauliZ; got "X"'),
        ("Range", "0..0..5", "a Range's step is not 0"),
        ("Range", [0, 5], 'expected Range, {"Start": 0, "Step": 1, "End": 5} or "0..1..5"; got [0, 5]'),
        ("Std.Math.Complex", {"Real": 1}, 'expected Complex, {"Real": 1.0, "Imag": 0.5}; got {"Real": 1}'),
        ("(Int, Bool)", [1], "expected (Int, Bool), a list of 2 values; got [1]"),
        ("Unit", 1, "expected Unit, an empty list; got 1"),
        ("Int", None, "expected Int, a whole number; got null"),
        ("P", {"n": 2, "a": 3.0, "z": 1}, "P has no z (its names are n, a)"),
        ("P", {"n": 2}, "P needs a"),
        ("P", [2, 3.0], "expected P, an object with n, a; got [2, 3.0]"),
        ("(Int -> Int)", 1, "takes (Int -> Int), which an order cannot give: call it from an operation that makes it"),
        ("Qubit", 1, "takes Qubit, which an order cannot give: call it from an operation that makes it"),
    ],
)
def test_a_value_of_another_type_is_refused(faults: Any, kind: str, value: object, reason: str) -> None:
    """With the argument's place and name, the expected value and the actual one (Q7, Q9)."""
    source = f"{TYPES} operation Main(a : Int, x : {kind}) : Result {{ use q = Qubit(); return M(q); }}"

    (fault,) = faults(source, "Main", [1, value])

    assert (fault["field"], fault["reason"]) == ("arguments", f"argument 2 (x): {reason}")


def test_all_misfits_are_told_at_once(faults: Any) -> None:
    """However deep they are."""
    source = f"{TYPES} operation Main(p : P, l : Int[][]) : Result {{ use q = Qubit(); return M(q); }}"

    reported = faults(source, "Main", [{"n": True, "a": "x"}, [[1, 2.5], 3]])

    assert [fault["reason"] for fault in reported] == [
        "argument 1 (p), n: expected Int, a whole number; got true",
        'argument 1 (p), a: expected Double, a number; got "x"',
        "argument 2 (l), item 1, item 2: expected Int, a whole number; got 2.5",
        "argument 2 (l), item 2: expected Int[], a list; got 3",
    ]


def test_words_are_read_by_the_parameter_s_type(run: Any) -> None:
    """The same word is text for one parameter and an axis for the next."""
    body = CHECKED.format(test='s == "PauliX" and p == PauliX')

    assert run(f"operation Main(s : String, p : Pauli) : Result {{ {body} }}", "Main", ["PauliX", "PauliX"]) == {
        "1": 50
    }


def test_one_parameter_that_is_a_tuple_is_one_argument(run: Any, faults: Any) -> None:
    """What the program declares decides how many arguments there are."""
    source = f"operation Main(x : (Int, Int)) : Result {{ {CHECKED.format(test='Fst(x) == 4')} }}"

    assert run(source, "Main", [[4, 5]]) == {"1": 50}
    assert faults(source, "Main", [4, 5])[0]["reason"] == "Main takes one argument, (x : (Int, Int)); 2 given"
