"""What a run of `make conformance` found, as it is kept beside the tests and shown on the page."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conformance.verdicts import Verdict

KEPT = Path(__file__).with_name("outcome.json")
NUMBER = re.compile(r"\d[\d.e+-]*")
LONGEST = 160


def summed(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Add verdicts up by exporter; reasons that differ in names and numbers only are one."""
    rows: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        row = rows.setdefault(
            verdict.exporter, {"exporter": verdict.exporter, "version": "", "words": {}, "reasons": {}}
        )
        row["version"] = verdict.version or row["version"]
        row["words"][verdict.word] = row["words"].get(verdict.word, 0) + 1
        if verdict.message:
            reasons = row["reasons"].setdefault(verdict.word, {})
            reason = _kind_of(verdict.message)
            reasons[reason] = reasons.get(reason, 0) + 1
    return [_sorted(row) for _, row in sorted(rows.items())]


def _kind_of(reason: str) -> str:
    return NUMBER.sub("N", re.sub(r"line \d+: ", "", reason.partition("; line")[0]))[:LONGEST]


def _sorted(row: dict[str, Any]) -> dict[str, Any]:
    reasons = {word: dict(Counter(counts).most_common(6)) for word, counts in sorted(row["reasons"].items())}
    return {**row, "words": dict(sorted(row["words"].items())), "reasons": reasons}


def keep(count: int, seed: int, verdicts: Iterable[Verdict]) -> None:
    """Write the outcome of a run."""
    outcome = {"count": count, "seed": seed, "exporters": summed(verdicts)}
    KEPT.write_text(json.dumps(outcome, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def recorded_outcome() -> dict[str, Any]:
    """Read the outcome of the last run that was kept."""
    read: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return read
