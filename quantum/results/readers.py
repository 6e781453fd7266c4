"""Turns what a workspace put out, in a provider's own form, into one Histogram, or into a solver's Solutions.

To add a form, write its function and add its row to READERS.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quantum.results.histograms import (
    MAX_OUTCOMES,
    Histogram,
    Solutions,
    UnreadableResultError,
    added,
    from_counts,
    from_probabilities,
    put_together,
)
from quantum.results.shots import LISTS, TEXTS, counted_rows, without_shots
from quantum.results.spelling import spelled
from quantum.wire import strict_json

MAX_QUBITS = 256  # of a provider that writes outcomes as numbers: a key must not grow into gigabytes
MAX_PARSED_BYTES = 4 * 1024 * 1024  # parsed JSON takes many times its bytes
MAX_NAMED_ERRORS = 5
LONE_DASH = re.compile(r"(?<=[\[(, ])-(?=[\]), ])")
PARENTHESES = str.maketrans("()", "[]")

Reader = Callable[[bytes, int, int | None], Histogram | Solutions]


def read_result(raw: bytes, output_format: str, shots: int, qubits: int | None) -> Histogram | Solutions:
    """Read an output blob; UnreadableResultError says why it could not be."""
    if not raw.strip():
        raise UnreadableResultError("the output is empty")
    reader = READERS.get(output_format)
    if reader is None:
        raise UnreadableResultError(f"results in the form {output_format!r} are not read here")
    try:
        return reader(raw, shots, qubits)
    except strict_json.InvalidJsonError as error:
        raise UnreadableResultError(f"the output is {error}") from error
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableResultError(f"the output is not of the form {output_format}") from error


def _parsed(raw: bytes) -> Any:
    said = without_shots(raw)
    if len(said) > MAX_PARSED_BYTES:
        raise UnreadableResultError(f"the output holds {len(said):,} bytes beside its shots")
    return strict_json.loads(said)


def _microsoft_v2(raw: bytes, _shots: int, _qubits: int | None) -> Histogram:
    """`microsoft.quantum-results.v2`: outcomes with their counts; shots that broke are left out, with a warning."""
    results = _parsed(raw)["Results"]
    if sum(len(result["Histogram"]) for result in results) > MAX_OUTCOMES:
        raise UnreadableResultError(f"the output holds more than {MAX_OUTCOMES:,} outcomes")
    return put_together([_microsoft_v2_part(result["Histogram"]) for result in results])


def _microsoft_v2_part(entries: Any) -> Histogram:
    whole: list[tuple[Any, int]] = []
    broken: Counter[str] = Counter()
    for entry in entries:
        value, count = entry["Outcome"], _count(entry["Count"])
        if isinstance(value, dict) and "Error" in value:
            broken[_error_of(value["Error"])] += count
        else:
            whole.append((value, count))
    warnings = (_broken_shots(broken),) if broken.total() else ()
    keys, are_bits = spelled(value for value, _ in whole)
    counts = added(zip(keys, (count for _, count in whole), strict=True))
    if warnings and not sum(counts.values()):
        return Histogram({}, {}, warnings=warnings)
    return from_counts(counts, warnings, are_bits=are_bits)


def _error_of(error: Any) -> str:
    given = (error.get("Code"), error.get("Name")) if isinstance(error, dict) else (error,)
    return " ".join(str(part)[:64] for part in given if part is not None) or "no code"


def _broken_shots(broken: Counter[str]) -> str:
    total = broken.total()
    named = ", ".join(f"{error} ({count:,})" for error, count in broken.most_common(MAX_NAMED_ERRORS))
    more = ", …" if len(broken) > MAX_NAMED_ERRORS else ""
    shots = "1 shot" if total == 1 else f"{total:,} shots"
    return f"{shots} ended in an error and {'is' if total == 1 else 'are'} not counted: {named}{more}"


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value


def _microsoft_v1(raw: bytes, shots: int, _qubits: int | None) -> Histogram:
    """`microsoft.quantum-results.v1`: a flat list of outcome, probability, outcome, probability and so on."""
    flat = _parsed(raw)["Histogram"]
    keys, are_bits = spelled(_value_of_display(str(text)) for text in flat[::2])
    shares = added(zip(keys, map(float, flat[1::2]), strict=True))
    return from_probabilities(shares, shots, are_bits=are_bits)


def _value_of_display(text: str) -> Any:
    """`[0, 1]` is a list, `([0, -], 1)` is one of a list and a bit; what is no nesting of values stays as it is."""
    try:
        return strict_json.loads(LONE_DASH.sub('"-"', text).translate(PARENTHESES).encode())
    except strict_json.InvalidJsonError:
        return text


def _ionq_v1(raw: bytes, shots: int, qubits: int | None) -> Histogram:
    """`ionq.quantum-results.v1`: the key is a whole number in which bit k is qubit k (little-endian)."""
    shares = [(_count(int(key)), float(share)) for key, share in _parsed(raw)["histogram"].items()]
    width = max([qubits or 1, *(key.bit_length() for key, _ in shares)])
    if width > MAX_QUBITS or len(shares) > MAX_OUTCOMES:
        raise UnreadableResultError(f"the output holds {len(shares):,} outcomes of {width:,} qubits")
    return from_probabilities(added((f"{key:0{width}b}"[::-1], share) for key, share in shares), shots)


def _quantinuum_v1(raw: bytes, _shots: int, _qubits: int | None) -> Histogram:
    """`honeywell.quantum-results.v1`, or `quantinuum`: shots by named register, the last bit of a register first."""
    return _named(*counted_rows(raw, TEXTS, MAX_OUTCOMES), lambda part: list(strict_json.loads(part)[::-1]))


def _rigetti_v1(raw: bytes, _shots: int, _qubits: int | None) -> Histogram:
    """`rigetti.quil-results.v1`: shots by named memory region, each a list of its values."""
    return _named(*counted_rows(raw, LISTS, MAX_OUTCOMES), strict_json.loads)


def _named(
    names: Sequence[str], rows: Mapping[tuple[bytes, ...], int], read: Callable[[bytes], Sequence[Any]]
) -> Histogram:
    """Make a histogram of rows with a part for each name; names of parts without values are left out."""
    values = [[read(part) for part in row] for row in rows]
    kept = [name for place, name in enumerate(names) if any(value[place] for value in values)]
    keys, are_bits = spelled(values)
    return from_counts(added(zip(keys, rows.values(), strict=True)), names=kept, are_bits=are_bits)


def _pasqal_v1(raw: bytes, _shots: int, _qubits: int | None) -> Histogram:
    """`pasqal.pulser-results.v1`: atoms as bits, in the order of the register, with their counts."""
    output = _parsed(raw)
    counter = output.get("counter", output)
    return from_counts({str(key): _count(count) for key, count in counter.items()})


def _qio_v2(raw: bytes, _shots: int, _qubits: int | None) -> Solutions:
    """`microsoft.qio-results.v2`: solutions, best first; older solvers give the one in the document itself."""
    output = _parsed(raw)
    found = tuple(_solution(entry) for entry in output.get("solutions") or [output])
    return Solutions(tuple(sorted(found, key=lambda solution: solution["cost"])))


def _solution(entry: Any) -> Mapping[str, Any]:
    configuration, cost = entry["configuration"], entry["cost"]
    values = [*configuration.values()]
    if not all(type(value) is int for value in values) or type(cost) not in (int, float):
        raise ValueError(entry)
    return {"configuration": dict(configuration), "cost": float(cost)}


READERS: Mapping[str, Reader] = {
    "microsoft.quantum-results.v1": _microsoft_v1,
    "microsoft.quantum-results.v2": _microsoft_v2,
    "ionq.quantum-results.v1": _ionq_v1,
    "honeywell.quantum-results.v1": _quantinuum_v1,
    "quantinuum.quantum-results.v1": _quantinuum_v1,
    "rigetti.quil-results.v1": _rigetti_v1,
    "pasqal.pulser-results.v1": _pasqal_v1,
    "microsoft.qio-results.v2": _qio_v2,
}
