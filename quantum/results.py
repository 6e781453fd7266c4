"""Turns what a workspace put out, in a provider's own form, into one Result.

Bits read from left to right as qubit 0, 1, 2, …, the same for every provider. To add a form, add its row to READERS.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quantum import strict_json
from quantum.shots import without_shots

MAX_OUTCOMES = 100_000
MAX_QUBITS = 256  # of a provider that writes outcomes as numbers: a key must not grow into gigabytes
MAX_SHOTS = 2**53
MAX_PARSED_BYTES = 4 * 1024 * 1024  # parsed JSON takes many times its bytes
LOST = "-"


class UnreadableResultError(Exception):
    """The output is not of the form that it is said to be, or holds more than we turn into counts."""


@dataclass(frozen=True)
class Histogram:
    """What was measured: outcomes with their counts and probabilities.

    `sampled` is false where the provider gave probabilities and the counts were worked out from them.
    """

    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    sampled: bool = True
    warnings: tuple[str, ...] = ()


Reader = Callable[[Any, int, int | None], Histogram]


def read_result(raw: bytes, output_format: str, shots: int, qubits: int | None) -> Histogram:
    """Read an output blob; UnreadableResultError says why it could not be."""
    reader = READERS.get(output_format)
    if reader is None:
        raise UnreadableResultError(f"results in the form {output_format!r} are not read here")
    said = without_shots(raw)
    if len(said) > MAX_PARSED_BYTES:
        raise UnreadableResultError(f"the output holds {len(said):,} bytes beside its shots")
    try:
        return reader(strict_json.loads(said), shots, qubits)
    except strict_json.InvalidJsonError as error:
        raise UnreadableResultError(f"the output is {error}") from error
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableResultError(f"the output is not of the form {output_format}") from error


def from_counts(counts: Mapping[str, int], warnings: tuple[str, ...] = ()) -> Histogram:
    """Make a histogram from counted shots."""
    total = sum(counts.values())
    if not 0 < total <= MAX_SHOTS or len(counts) > MAX_OUTCOMES:
        raise UnreadableResultError(f"the output holds {len(counts):,} outcomes and {total:,} shots")
    ordered = dict(sorted(counts.items()))
    return Histogram(ordered, {key: count / total for key, count in ordered.items()}, warnings=warnings)


def from_probabilities(probabilities: Mapping[str, float], shots: int) -> Histogram:
    """Make a histogram from probabilities: counts by largest remainder, so that they add up to the shots."""
    total = sum(probabilities.values())
    if not 0.5 < total < 1.5 or len(probabilities) > MAX_OUTCOMES or min(probabilities.values()) < 0:
        raise UnreadableResultError(f"the output holds {len(probabilities):,} probabilities that add up to {total:.3g}")
    ordered = dict(sorted(probabilities.items()))
    exact = {key: share / total * shots for key, share in ordered.items()}
    counts = {key: int(count) for key, count in exact.items()}
    short = shots - sum(counts.values())
    for key in sorted(exact, key=lambda key: counts[key] - exact[key])[:short]:
        counts[key] += 1
    return Histogram({key: count for key, count in counts.items() if count}, ordered, sampled=False)


def outcome(value: Any) -> str:
    """Write one shot's value as bits: registers follow each other with a blank between them."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int) and value in (0, 1):
        return str(value)
    if value == LOST:
        return LOST
    if isinstance(value, dict) and set(value) == {f"Item{n + 1}" for n in range(len(value))}:
        value = [value[f"Item{n + 1}"] for n in range(len(value))]
    if isinstance(value, list):
        parts = [outcome(item) for item in value]
        return (" " if any(isinstance(item, list | dict) for item in value) else "").join(parts)
    return str(value)


def _microsoft_v2(output: Any, _shots: int, _qubits: int | None) -> Histogram:
    """`microsoft.quantum-results.v2`: outcomes with their counts; shots that broke are left out, with a warning."""
    counts: Counter[str] = Counter()
    broken = 0
    for result in output["Results"]:
        for entry in result["Histogram"]:
            if isinstance(entry["Outcome"], dict) and "Error" in entry["Outcome"]:
                broken += _count(entry["Count"])
            else:
                counts[outcome(entry["Outcome"])] += _count(entry["Count"])
    warnings = (f"{broken} shots ended in an error and are not counted",) if broken else ()
    return from_counts(counts, warnings)


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _microsoft_v1(output: Any, shots: int, _qubits: int | None) -> Histogram:
    """`microsoft.quantum-results.v1`: a flat list of outcome, probability, outcome, probability, …"""
    flat = output["Histogram"]
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return from_probabilities(_added((_bits_of_display(str(text)), float(share)) for text, share in pairs), shots)


def _added(shares: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add up what two spellings of one outcome share."""
    added: defaultdict[str, float] = defaultdict(float)
    for key, share in shares:
        added[key] += share
    return dict(added)


def _bits_of_display(text: str) -> str:
    """`[0, 1]` is `01`; what is no list of bits stays as it is."""
    try:
        return outcome(strict_json.loads(text.encode()))
    except strict_json.InvalidJsonError:
        return text


def _ionq_v1(output: Any, shots: int, qubits: int | None) -> Histogram:
    """`ionq.quantum-results.v1`: the key is a whole number in which bit k is qubit k (little-endian)."""
    shares = [(_count(int(key)), float(share)) for key, share in output["histogram"].items()]
    width = max([qubits or 1, *(key.bit_length() for key, _ in shares)])
    if width > MAX_QUBITS or len(shares) > MAX_OUTCOMES:
        raise UnreadableResultError(f"the output holds {len(shares):,} outcomes of {width:,} qubits")
    return from_probabilities(_added((f"{key:0{width}b}"[::-1], share) for key, share in shares), shots)


READERS: Mapping[str, Reader] = {
    "microsoft.quantum-results.v1": _microsoft_v1,
    "microsoft.quantum-results.v2": _microsoft_v2,
    "ionq.quantum-results.v1": _ionq_v1,
}
