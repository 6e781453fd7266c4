"""`python -m tests.conformance.qasmbench FOLDER [NAME …]`: QASMBench's circuits the product's way, against qiskit-aer.

FOLDER is a checkout of QASMBench, which is not kept here; the table of names and distances is.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qasm2, transpile
from qiskit_aer import AerSimulator

from tests.conformance.judging import FIVE_SIGMA, Expected, Parities, chance_of, distance, usual_distance
from tests.conformance.product import RefusedError, counted, ready
from tests.conformance.verdicts import ADAPTIVE

KEPT = Path(__file__).with_name("qasmbench.json")
SIZES = ("small", "medium")
NOT_COMPARED = {
    "bwt_n21": "compiled, not run: 112,000 gates on 21 qubits are more than the emulator's minute",
    "square_root_n18": "run in 1 s; Aer takes 1.5 s a shot for its 65 resets, which are certain: against a state "
    "vector by hand 0.0029, usual 0.0033",
}
MOST_QUBITS = 27
SHOTS = 4_000
MANY_SHOTS = 100_000
FEW_OUTCOMES = 50


def main(folder: Path, names: Sequence[str]) -> int:
    """Run every circuit, or those of these names, print a line for each, and keep the table."""
    rows = {row[0]: row for row in kept_rows()}
    for file in files(folder):
        began = time.monotonic()
        row = compared(file) if not names or file.stem in names else None
        if row is not None:
            rows[row[0]] = row
            print(*row, f"{time.monotonic() - began:.1f} s", flush=True)
            KEPT.write_text(json.dumps(sorted(rows.values()), indent=0) + "\n", encoding="utf-8")
    return 1 if any(row[-1].startswith(("wrong", "refused")) for row in rows.values()) else 0


def files(folder: Path) -> Iterator[Path]:
    """Find the circuits of the sizes asked for, without those that were made from them."""
    for size in SIZES:
        for file in sorted((folder / size).glob("*/*.qasm")):
            if "transpiled" not in file.name:
                yield file


def compared(file: Path) -> tuple[str, ...] | None:
    """Give a circuit's row of the table; None where Qiskit's loader does not take it, or it is too large."""
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except (qasm2.QASM2ParseError, UnicodeError):
        return None
    if circuit.num_qubits > MOST_QUBITS or "measure" not in circuit.count_ops():
        return None
    name, qubits = f"{file.parent.name}/{file.stem}", str(circuit.num_qubits)
    try:
        prepared = ready({"format": "openqasm2", "text": text}, ADAPTIVE)
        if file.stem in NOT_COMPARED:
            return (name, qubits, "", "", NOT_COMPARED[file.stem])
        counts = counted(prepared, SHOTS, 1)
    except RefusedError as error:
        return (name, qubits, "", "", f"refused: {str(error)[:200]}")
    return (name, qubits, *judged(circuit, counts))


def judged(circuit: QuantumCircuit, counts: dict[str, int]) -> tuple[str, str, str]:
    """Compare counts with Aer's, as if those were exact where they are many more."""
    exact = aers(circuit)
    far, usual = distance(counts, exact), usual_distance(exact, SHOTS)
    # Of many outcomes the distance is mostly noise: the parities of their bits tell more.
    expected = Expected(smoothed(exact)) if len(exact) < FEW_OUTCOMES else Expected(None, parities(exact))
    bad = chance_of(counts, expected) < FIVE_SIGMA or far > 3 * usual + 0.02
    return f"{far:.4f}", f"{usual:.4f}", "wrong" if bad else "right"


def smoothed(exact: dict[str, float]) -> dict[str, float]:
    """Give an outcome that was never sampled a chance that would not have been seen."""
    return {outcome: max(chance, 1e-4) for outcome, chance in exact.items()}


def parities(exact: dict[str, float]) -> Parities:
    """Give the chance of an odd number of ones for each bit and each pair of bits."""
    texts = {outcome.replace(" ", ""): chance for outcome, chance in exact.items()}
    width = len(next(iter(texts)))
    groups = [*combinations(range(width), 1), *combinations(range(width), 2)]
    return [
        (group, sum(chance for text, chance in texts.items() if sum(text[place] == "1" for place in group) % 2))
        for group in groups
    ]


def aers(circuit: QuantumCircuit) -> dict[str, float]:
    """Sample a circuit with Aer; registers are turned around to begin with their first bit."""
    simulator = AerSimulator(max_parallel_threads=1, seed_simulator=7)
    result: Any = simulator.run(transpile(circuit, simulator, optimization_level=0), shots=MANY_SHOTS).result()
    return {key[::-1]: count / MANY_SHOTS for key, count in result.get_counts().items()}


def kept_rows() -> list[tuple[str, ...]]:
    """Read the table of the last run."""
    return [tuple(row) for row in json.loads(KEPT.read_text(encoding="utf-8"))] if KEPT.exists() else []


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
