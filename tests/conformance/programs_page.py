"""`python -m tests.conformance.programs_page`: writes `docs/programs.md` from the constructs and the last kept run."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.conformance.constructs import CONSTRUCTS, Construct
from tests.conformance.outcome import recorded_outcome
from tests.conformance.qasmbench import kept_rows
from tests.conformance.verdicts import ADAPTIVE, BASE

PAGE = Path(__file__).parents[2] / "docs" / "programs.md"
COMMAND = ".venv/bin/python -m tests.conformance.programs_page"
BEGIN = """\
# Programs that run, and mean the same

What is compared here is the distribution of a program's outcomes: as the exporting library's own simulator or matrices
give it, or as the language's definition says, against what comes back from this app by the emulator. `make conformance`
writes this page: it has every exporter write random programs, runs them the product's way, and judges the counts at
five sigma (`tests/conformance`). A program is *refused* with a fault that names the line; no program is to come back
*wrong*.

"""
NOT_RUN = """
Not run here: qiskit-qir (it needs older releases of Qiskit and pyqir than the others); qBraid (it converts by the
libraries above). Circuits of qdk and programs of Classiq's form are submitted by
`tests/conformance/test_live_circuits.py`. Drawn from by hand rather than from a registry: Cirq's gates with parameters,
PennyLane's templates. Left out of the draw: Cirq's `ThreeQubitDiagonalGate` (Cirq 1.7.0 writes another gate than it
simulates), Braket's `unitary` and pulses, powers whose principal root rounding decides.
"""


def page() -> str:
    """The whole page."""
    return BEGIN + "".join(_exporters()) + NOT_RUN + "".join(_constructs()) + "".join(_benchmark())


def _exporters() -> Iterator[str]:
    outcome = recorded_outcome()
    yield "## What other libraries export\n\n"
    yield f"{outcome['count']} random programs of each (seed {outcome['seed']}), drawn from all gates of the library's "
    yield "registry, with\nmeasurements in between, conditions, inverses, controls, powers and parameters in fixed "
    yield "shares where the library\nwrites them. What runs on both kinds of targets is counted twice. "
    yield "*Submitted* are circuits as they are:\n"
    yield "the client has the library write them, and the counts are also compared with those of the "
    yield "library's own simulator,\nby their total variation distance, wherever that runs the circuit.\n\n"
    yield from _table(
        ("exporter", "version", "right", "refused", "wrong", "not exported"), map(_row, outcome["exporters"])
    )
    reasons = list(_reasons(outcome["exporters"]))
    if reasons:
        yield "\n"
        yield from _table(("exporter", "what", "times", "reason"), reasons)


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    words = ("right", "refused", "wrong", "not exported")
    return (row["exporter"], row["version"], *(str(row["words"].get(word, "")) for word in words))


def _reasons(rows: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for word, reasons in row["reasons"].items():
            for reason, count in reasons.items():
                yield (row["exporter"], word, str(count), reason.replace("|", "\\|").replace("\n", " "))


def _constructs() -> Iterator[str]:
    for language in dict.fromkeys(construct.language for construct in CONSTRUCTS):
        yield f"\n## Constructs of `{language}`\n\n"
        rows = [construct for construct in CONSTRUCTS if construct.language == language]
        yield from _table(("construct", f"on {BASE}", f"on {ADAPTIVE}"), map(_construct, rows))


def _construct(construct: Construct) -> tuple[str, ...]:
    refused = isinstance(construct.want, str) and construct.want.startswith("!")
    word = "refused" if refused else "right"
    return (construct.name.replace("|", "\\|"), "needs an adaptive target" if construct.adaptive else word, word)


def _benchmark() -> Iterator[str]:
    rows = kept_rows()
    if rows:
        yield "\n## QASMBench\n\nThe small and medium circuits of up to 27 qubits that Qiskit's loader takes, against "
        yield "qiskit-aer; `distance` is the total\nvariation distance, `usual` what sampling alone makes of it. Of "
        yield "many outcomes the parities\nof bits are compared.\n\n"
        yield from _table(("circuit", "qubits", "distance", "usual", ""), rows)


def _table(head: tuple[str, ...], rows: Any) -> Iterator[str]:
    for line in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(line)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
