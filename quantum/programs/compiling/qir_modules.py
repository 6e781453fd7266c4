"""QIR as a module of LLVM: what its entry points say of themselves, and whether one of them can be run as it is.

Profiles and counts are read in every spelling that the field writes: `base_profile`, `adaptive_profile`, `custom`;
`required_num_qubits`, `num_required_qubits`, `requiredQubits`.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pyqir

from quantum.programs.compiling.faults import FaultyProgramError, Wire, fault
from quantum.programs.compiling.recorded import numbers_in

QIR_BITCODE = "qir.bitcode"
ENTRY_MARKS = ("entry_point", "EntryPoint")
QUBITS = ("required_num_qubits", "num_required_qubits", "requiredQubits")
RESULTS = ("required_num_results", "num_required_results", "requiredResults")
PROFILES = {"base_profile": "Base", "adaptive_profile": "Adaptive_RI"}
NOT_FINITE = re.compile(
    r"@__quantum__qis__(\w+?)__\w+\((?:double [^,]+, )*double (?:[+-]?inf|NaN|nan)\b", re.IGNORECASE
)
MARKED = (
    'define void @main() #0 … attributes #0 = { "entry_point" "required_num_qubits"="2" "required_num_results"="2" }'
)
MOST_NAMED = 10
CALL = re.compile(r"call [^@\n]*@(\w+)\((.*)\)")
POINTER = re.compile(r"(?:%(?:Qubit|Result)\*|ptr)(?: \w+)* (?:inttoptr \(i64 (\d{1,18}) to [^)]*\)|null)")
LEAF = re.compile(r"call void @__quantum__rt__(?!array_|tuple_)\w+_record_output\(")


def described(qir: str) -> Wire:
    """Check that what we compiled will have a result, and name its entry point and the qubits that it needs."""
    if odd := NOT_FINITE.search(qir):
        raise FaultyProgramError(fault("input", f"an angle of {odd[1]} is infinite or not a number"))
    module = pyqir.Module.from_ir(pyqir.Context(), qir)
    (entry,) = filter(pyqir.is_entry_point, module.functions)
    if pyqir.required_num_results(entry) == 0:
        raise FaultyProgramError(fault("input", "the program measures no qubits, so it would have no result"))
    if not LEAF.search(qir):
        raise FaultyProgramError(fault("input", "the program returns nothing: let it return what it measures"))
    return {"entryPoint": entry.name, "qubits": pyqir.required_num_qubits(entry), "layout": numbers_in(qir)}


def described_module(request: Wire) -> Wire:
    """Read a module that somebody else compiled: its entry point, what that needs, and the profile that it states."""
    module = read_module(request)
    entries = {function.name: attributes_of(function) for function in defined(module) if is_marked(function)}
    name = chosen(entries, request["entryPoint"], [function.name for function in defined(module)])
    attributes = entries[name]
    (entry,) = (function for function in module.functions if function.name == name)
    qubits, results = number(attributes, QUBITS), number(attributes, RESULTS)
    if lacking := missing(entry, qubits, results):
        raise FaultyProgramError(fault("input", f"the entry point {name} lacks {lacking}"))
    profile, layout = profile_of(module, attributes), numbers_in(str(entry))
    return {"entryPoint": name, "qubits": qubits or 0, "profile": profile, "layout": layout}


def read_module(request: Wire) -> Any:
    """Read text or bitcode; what LLVM says is wrong with it is a fault of the program."""
    source = request["source"]
    try:
        if request["language"] == QIR_BITCODE:
            return pyqir.Module.from_bitcode(pyqir.Context(), base64.b64decode(source))
        return pyqir.Module.from_ir(pyqir.Context(), source)
    except ValueError as error:
        message = " ".join(str(error).split())
        place = re.match(r"<string>:(\d+):(\d+): (?:error: )?", message)
        where = (int(place[1]), int(place[2])) if place else ()
        message = message[place.end() :] if place else message
        raise FaultyProgramError(fault("input", f"LLVM cannot read the module: {message[:300]}", *where)) from error


def defined(module: Any) -> Iterator[Any]:
    """The functions that have a body."""
    return (function for function in module.functions if function.basic_blocks)


def attributes_of(function: Any) -> dict[str, str]:
    """The attributes of a function that are words."""
    return {attribute.string_kind: attribute.string_value for attribute in function.attributes.func}


def is_marked(function: Any) -> bool:
    """Whether a function is an entry point."""
    return any(mark in attributes_of(function) for mark in ENTRY_MARKS)


def chosen(entries: dict[str, dict[str, str]], entry_point: str | None, functions: list[str]) -> str:
    """The entry point that an order names, or else the only one; FaultyProgramError names those that there are."""
    entry_names = ", ".join(list(entries)[:MOST_NAMED])
    if not entries:
        there = f" (it defines {', '.join(functions[:MOST_NAMED])})" if functions else ""
        raise FaultyProgramError(fault("input", f"no function is marked as an entry point{there}: write {MARKED}"))
    if entry_point is not None and entry_point not in entries:
        raise FaultyProgramError(
            fault("entryPoint", f"{entry_point!r} is no entry point of the module; there is {entry_names}")
        )
    if entry_point is None and len(entries) > 1:
        raise FaultyProgramError(fault("entryPoint", f"the module has several entry points: name one of {entry_names}"))
    return entry_point or next(iter(entries))


def number(attributes: dict[str, str], names: tuple[str, ...]) -> int | None:
    """A count that an entry point states, in whichever spelling."""
    stated = (attributes[name] for name in names if attributes.get(name, "").isdecimal())
    return next(map(int, stated), None)


def profile_of(module: Any, attributes: dict[str, str]) -> str | None:
    """The profile that an entry point states; None where it states none that we know, such as `custom`."""
    profile = PROFILES.get(attributes.get("qir_profiles", ""))
    floats = module.get_flag("float_computations") if profile == "Adaptive_RI" else None
    return "Adaptive_RIF" if floats is not None and str(floats) not in {"i1 false", "false"} else profile


def missing(entry: Any, qubits: int | None, results: int | None) -> str:
    """Say which counts an entry point ought to state, since it speaks of qubits or results by their numbers."""
    highest = highest_numbers(entry)
    pairs = ((QUBITS[0], qubits, "Qubit"), (RESULTS[0], results, "Result"))
    return " and ".join(
        f'"{name}"="{highest[kind] + 1}"' for name, stated, kind in pairs if stated is None and kind in highest
    )


def highest_numbers(entry: Any) -> dict[str, int]:
    """The highest number of a qubit, and of a result, in a function's calls, read from its text."""
    highest: dict[str, int] = {}
    for callee, arguments in CALL.findall(str(entry)):
        numbers = [int(pointer[1] or 0) for pointer in POINTER.finditer(arguments)]
        for place, index in enumerate(numbers):
            kind = kind_of(callee, place, len(numbers))
            highest[kind] = max(index, highest.get(kind, 0))
    highest.pop("", None)
    return highest


def kind_of(callee: str, place: int, among: int) -> str:
    """Tell by a call's name whether a number in it is that of a qubit or of a result; empty where it is neither."""
    if re.search(r"read_result|result_record_output|result_get", callee):
        return "Result" if place == 0 else ""
    if not callee.startswith("__quantum__qis__"):
        return ""
    measures = re.match(r"__quantum__qis__(m|mz|mx|my|mresetz|measure)__", callee)
    return "Result" if measures and place == among - 1 and among > 1 else "Qubit"
