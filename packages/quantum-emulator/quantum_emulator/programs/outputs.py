"""Writes results in the formats of the service and of the providers."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from quantum_emulator import errors
from quantum_emulator.errors import ProgramError
from quantum_emulator.programs.recording import leaves_of
from quantum_emulator.programs.run import Distribution, Outcome, Shots, Solutions, Value

V2 = "microsoft.quantum-results.v2"


def quantum_results_v2(outcome: Outcome) -> bytes:
    """Every shot and a histogram of them; a tuple is an object of Item1, Item2 and so on."""
    return several([outcome])


def several(outcomes: Sequence[Outcome | ProgramError]) -> bytes:
    """A result in the same format for each item of a job, in their order.

    A failed item has no shots, so that readers who know only histograms read on, and says why.
    """
    return _json({"DataFormat": V2, "Results": [_result(outcome) for outcome in outcomes]})


def _result(outcome: Outcome | ProgramError) -> dict[str, Any]:
    if isinstance(outcome, ProgramError):
        return {"Histogram": [], "Shots": [], "status": "error", **outcome.data}
    shots = _shots(outcome, V2)
    histogram = [
        {"Outcome": _plain(value), "Display": text, "Count": count} for text, value, count in _counted(shots.values)
    ]
    plain = {key: _plain(value) for key, value in {id(value): value for value in shots.values}.items()}
    return {"Histogram": histogram, "Shots": [plain[id(value)] for value in shots.values]}


def quantum_results_v1(outcome: Outcome) -> bytes:
    """A histogram as one list in which each outcome is followed by its share."""
    shots = _shots(outcome, "microsoft.quantum-results.v1")
    pairs = [(text, count / len(shots.values)) for text, _, count in _counted(shots.values)]
    return _json({"Histogram": [part for pair in pairs for part in pair]})


def ionq_results_v1(outcome: Outcome) -> bytes:
    """Probabilities by outcome, read as an integer whose lowest bit is qubit 0."""
    if isinstance(outcome, Solutions):
        raise errors.output_unwritable("ionq.quantum-results.v1 holds measured bits only.")
    if isinstance(outcome, Shots):
        counts = Counter(_integer(value) for value in outcome.values)
        outcome = Distribution({key: count / len(outcome.values) for key, count in sorted(counts.items())})
    return _json({"histogram": {str(key): chance for key, chance in outcome.probabilities.items()}})


def quantinuum_results_v1(outcome: Outcome) -> bytes:
    """A text for each shot and register, its last bit first, as Quantinuum writes them."""
    registers = _registers(outcome, "quantinuum.quantum-results.v1", "c")
    return _json({name: ["".join(map(str, reversed(bits))) for bits in shots] for name, shots in registers.items()})


def rigetti_results_v1(outcome: Outcome) -> bytes:
    """A list for each shot and memory region, its first value first."""
    return _json(_registers(outcome, "rigetti.quil-results.v1", "ro"))


def qio_results_v2(outcome: Outcome) -> bytes:
    """The solutions, best first; the best stands in the document itself, too."""
    if not isinstance(outcome, Solutions):
        raise errors.output_unwritable("microsoft.qio-results.v2 holds solutions only.")
    solutions = [
        {"configuration": {str(variable): value for variable, value in configuration.items()}, "cost": cost}
        for configuration, cost in outcome.solutions
    ]
    return _json({"version": "1.0", **solutions[0], "parameters": dict(outcome.parameters), "solutions": solutions})


def _registers(outcome: Outcome, word: str, only: str) -> dict[str, list[list[Any]]]:
    """Shots by register; without names, one register of all bits."""
    shots = _shots(outcome, word)
    if shots.names:
        return {name: [value[index] for value in shots.values] for index, name in enumerate(shots.names)}  # type: ignore[index,misc]  # with names, values are lists of lists
    return {only: [list(leaves_of(value)) for value in shots.values]}


def _shots(outcome: Outcome, word: str) -> Shots:
    if not isinstance(outcome, Shots):
        raise errors.output_unwritable(f"{word} needs shots, not probabilities or solutions.")
    return outcome


def _counted(values: list[Value]) -> list[tuple[str, Value, int]]:
    distinct = {id(value): value for value in values}  # equal samples share one value: see shots_of
    texts = {key: _display(value) for key, value in distinct.items()}
    counts = Counter(texts[id(value)] for value in values)
    by_text = {texts[key]: value for key, value in distinct.items()}
    return [(text, by_text[text], counts[text]) for text in sorted(counts)]


def _integer(value: Value) -> int:
    bits = list(leaves_of(value))
    if not all(bit in (0, 1) for bit in bits):
        raise errors.output_unwritable("ionq.quantum-results.v1 holds measured bits only.")
    return sum(1 << index for index, bit in enumerate(bits) if bit)


def _display(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_display, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_display, value))})"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: Value) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, tuple):
        return {f"Item{index}": _plain(item) for index, item in enumerate(value, 1)}
    return value


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
