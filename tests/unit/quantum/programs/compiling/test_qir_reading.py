"""QIR that others compiled: what its entry point says of itself is what the job is submitted with (K9)."""

import base64
from pathlib import Path
from typing import Any

import pytest

MODULES = Path(__file__).parent / "modules"
TYPED = (MODULES / "qiskit-qir.ll").read_text(encoding="utf-8")
NEEDS = '"required_num_qubits"="2" "required_num_results"="3"'
SECOND = "define void @other() #0 {\n  ret void\n}\n\ndeclare void @__quantum__rt__initialize(i8*)"


@pytest.mark.parametrize(
    ("name", "entry", "layout"),
    [
        ("pytket-adaptive", "main", "#2"),
        ("pytket-base", "main", None),
        ("qiskit-qir", "two", None),
        ("pyqir", "main", None),
    ],
)
def test_the_only_entry_point_is_the_default(described: Any, name: str, entry: str, layout: str | None) -> None:
    """As pytket-qir, qiskit-qir and pyqir write it, pointers typed and opaque; `custom` says nothing of a profile.

    pytket records a register as a number.
    """
    module = (MODULES / f"{name}.ll").read_text(encoding="utf-8")

    assert described(module) == {"entryPoint": entry, "qubits": 2, "profile": None, "layout": layout}


def test_bitcode_is_read_as_well(described: Any) -> None:
    """What pyqir writes."""
    module = base64.b64encode((MODULES / "pyqir.bc").read_bytes()).decode()

    description = described(module, language="qir.bitcode")

    assert description == {"entryPoint": "main", "qubits": 2, "profile": None, "layout": None}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('="custom"', '="base_profile"', {"profile": "Base"}),
        ('="custom"', '="adaptive_profile"', {"profile": "Adaptive_RI"}),
        ('"entry_point"', '"EntryPoint"', {"entryPoint": "two"}),
        ('"required_num_qubits"="2"', '"requiredQubits"="7"', {"qubits": 7}),
        ('"required_num_qubits"="2"', '"num_required_qubits"="8"', {"qubits": 8}),
    ],
)
def test_every_spelling_of_the_field_is_read(described: Any, old: str, new: str, expected: dict[str, Any]) -> None:
    """Older marks and counts, and each profile's own word."""
    assert expected.items() <= described(TYPED.replace(old, new)).items()


@pytest.mark.parametrize(
    ("module", "entry", "field", "words"),
    [
        (TYPED, "main", "entryPoint", "'main' is no entry point of the module; there is two"),
        (
            TYPED.replace('"entry_point" ', ""),
            None,
            "input",
            "no function is marked as an entry point (it defines two)",
        ),
        (
            TYPED.replace("declare void @__quantum__rt__initialize(i8*)", SECOND),
            None,
            "entryPoint",
            "several entry points: name one of two, other",
        ),
        (TYPED.replace(NEEDS, ""), None, "input", 'lacks "required_num_qubits"="2" and "required_num_results"="3"'),
        ("define nothing", None, "input", "LLVM cannot read the module"),
    ],
)
def test_what_cannot_be_submitted_is_told_at_the_door(
    described: Any, module: str, entry: str | None, field: str, words: str
) -> None:
    """One fault, with the names that there are or the attribute that is missing."""
    (fault,) = described(module, entry)["faults"]

    assert fault["field"] == field
    assert words in fault["reason"]


def test_one_of_several_is_taken_where_the_order_names_it(described: Any) -> None:
    """The order decides."""
    module = TYPED.replace("declare void @__quantum__rt__initialize(i8*)", SECOND)

    assert described(module, "other")["entryPoint"] == "other"
