"""Q# of the classic documents: names keep their meaning, or the fault says what took their place."""

from typing import Any

import pytest

from quantum.programs.compiling.qsharp_library import DEFINITIONS

EXAMPLE = """namespace Bits {
    open Microsoft.Quantum.Intrinsic;
    open Microsoft.Quantum.Canon;
    open Microsoft.Quantum.Measurement;
    open Microsoft.Quantum.Convert;
    open Microsoft.Quantum.Math;
    open Microsoft.Quantum.Arrays;
    open Microsoft.Quantum.Preparation;
    open Microsoft.Quantum.Logical;
    open Microsoft.Quantum.Diagnostics;
    @EntryPoint()
    operation Go(n : Int) : %s {
        use qs = Qubit[n];
        ApplyToEach(X, qs);
        %s
    }
}
"""


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("Result[]", "let r = MultiM(qs); ResetAll(qs); return r;", "11"),
        ("Int", "let r = ResultArrayAsInt(ForEach(MResetZ, qs)); return r;", "3"),
        ("Result[]", "ApplyToHead(X, qs); ApplyToTailCA(X, qs); return MResetEachZ(qs);", "00"),
        ("Result[]", "ApplyIfCA(X, n > 1, qs[0]); ApplyIfA(X, false, qs[1]); return MResetEachZ(qs);", "01"),
        ("Result[]", "ApplyWithCA(H, Z, qs[0]); AssertQubit(Zero, qs[0]); return MResetEachZ(qs);", "01"),
        ("Result[]", "EqualityFactI(PowI(n, 3), 8, IntAsString(n)); return MResetEachZ(qs);", "11"),
        ("Result[]", "PreparePauliEigenstate(PauliX, qs[0]); H(qs[0]); return MResetEachZ(qs);", "11"),
        (
            "Result[]",
            "if TimesI(PlusI(1, n), 2) == 6 and AbsD(ExpD(0.0) - 1.0) < 0.1 { X(qs[0]); } return MResetEachZ(qs);",
            "01",
        ),
        ("Result[]", "for i in ConstantArray(3, 0) { X(qs[i]); } return MResetEachZ(qs);", "01"),
        ("Result[]", "SetToBasisState(Zero, qs[0]); NoOp(qs); return MResetEachZ(qs);", "01"),
        ("Result[]", "if GreaterThanI(n, 1) { ApplyToRest(ApplyToEach(X, _), qs); } return MResetEachZ(qs);", "10"),
    ],
)
def test_a_classic_program_runs_as_it_stands(run: Any, kind: str, body: str, key: str) -> None:
    """What the old names meant is what comes out."""
    assert run(EXAMPLE % (kind, body), "Bits.Go", [2]) == {key: 50}


def test_every_name_that_is_given_back_compiles(run: Any) -> None:
    """All of them side by side, in their namespaces."""
    whole = "\n".join(f"namespace {namespace} {{ {definition} }}" for namespace, _, definition in DEFINITIONS)

    assert run(f"{whole}\noperation Main() : Result {{ use q = Qubit(); return MResetZ(q); }}") == {"0": 50}


def test_a_name_of_the_program_s_own_is_not_touched(run: Any) -> None:
    """Who defines MultiM gets that one."""
    source = """namespace Own {
        open Microsoft.Quantum.Measurement;
        operation MultiM(qs : Qubit[]) : Result { X(qs[0]); return MResetZ(qs[0]); }
        operation Main() : Result { use qs = Qubit[1]; return MultiM(qs); }
    }"""

    assert run(source) == {"1": 50}


@pytest.mark.parametrize(
    ("body", "words", "column"),
    [
        ("let r = LittleEndian(qs);", "LittleEndian is gone: pass the Qubit[] itself", 17),
        ("let x = DrawRandomInt(0, 5);", "this target's profile (Adaptive_RI) cannot draw random numbers", 17),
        ("let op = BoundCA([H, X]);", "BoundCA is gone: write a lambda", 18),
        ("ApplyIfOne(Zero, (X, qs[0]));", "ApplyIfOne is gone: write if result == One { op(target); }", 9),
        ("let x = Ln(2.0);", "Ln is Log of Std.Math today", 17),
        ("using (q = Qubit()) { H(q); }", "is `use q = Qubit() { … }` today", 9),
        ("borrowing (q = Qubit()) { I(q); }", "is `borrow q = Qubit() { … }` today", 9),
        ("let x = new Int[3];", "`new Int[n]` is `[0, size = n]` today", 17),
        ("for (i in 0..1) { H(qs[i]); }", "is `for i in range { … }` today", 9),
        ("if (true && false) { }", "`&&` is `and` today", 18),
        ("if !(true) { }", "`!condition` is `not condition` today", None),
    ],
)
def test_what_has_changed_is_named(faults: Any, body: str, words: str, column: int | None) -> None:
    """One fault with what to write today, at its place."""
    source = EXAMPLE.replace("open Microsoft.Quantum.Logical", "open Microsoft.Quantum.Random; open Std.Random") % (
        "Result[]",
        f"{body} return MResetEachZ(qs);",
    )

    (fault,) = faults(source, "Bits.Go", [2])

    assert words in fault["reason"]
    assert fault["line"] == 15
    assert column in (None, fault["column"])


def test_attributes_of_the_classic_compilers_are_passed_over(run: Any) -> None:
    """They say nothing about what runs; no place moves."""
    source = '@Deprecated("Other") @Test("QuantumSimulator")\noperation Old() : Unit { }\n'

    assert run(source + "operation Main() : Result { use q = Qubit(); return M(q); }") == {"0": 50}
