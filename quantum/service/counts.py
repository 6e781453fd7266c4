"""Adds up the counts of many jobs, and lists the jobs that count and those that do not, with reasons.

Results are read one by one: memory holds one result and the sum.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quantum.jobs.errors import NotFoundError
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import BlobStore
from quantum.results.histograms import MAX_OUTCOMES, widths_of
from quantum.results.normalise import MAX_READ_BYTES
from quantum.results.outcome_keys import sort_keys
from quantum.storage import result_path

type Registers = tuple[int, ...] | None  # their widths in bits; None where outcomes are not bits, or differ


@dataclass
class Sum:
    """A running sum of counts."""

    counts: Counter[str] = field(default_factory=Counter)
    used: list[str] = field(default_factory=list)
    left_out: list[Mapping[str, str]] = field(default_factory=list)
    registers: Registers = None

    async def add(self, job: Job, blobs: BlobStore) -> None:
        """Add a job's counts, or record why they are left out."""
        if not job.is_final:
            return self.leave_out(job.id, "NotEnded", f"The job is {job.phase}.")
        if job.phase is not Phase.SUCCEEDED:
            return self.leave_out(job.id, "NotSucceeded", f"The job is {job.phase}.")
        try:
            blob = await blobs.open(result_path(job.id))
        except NotFoundError:
            return self.leave_out(job.id, "ResultGone", "The job succeeded; its result was removed since.")
        if blob.size > MAX_READ_BYTES:
            return self.leave_out(job.id, "TooLarge", f"Its result takes {blob.size:,} bytes.")
        self._add(job.id, *_counts(await blob.read()))
        return None

    def leave_out(self, job_id: str, code: str, reason: str) -> None:
        """Record a job that does not count, with a code for programs and a sentence for people."""
        self.left_out.append({"id": job_id, "code": code, "reason": reason})

    def _add(self, job_id: str, counts: Mapping[str, int], registers: Registers) -> None:
        if not counts:
            return self.leave_out(job_id, "NoCounts", "Its output was kept without counts.")
        if self.used and registers != self.registers:
            theirs, ours = _described(registers), _described(self.registers)
            return self.leave_out(job_id, "UnequalRegisters", f"It has {theirs}; the first job that counts has {ours}.")
        if len(self.counts.keys() | counts.keys()) > MAX_OUTCOMES:
            return self.leave_out(job_id, "TooManyOutcomes", f"With it there would be over {MAX_OUTCOMES:,} outcomes.")
        self.registers = registers
        self.counts.update(counts)
        self.used.append(job_id)
        return None

    def to_wire(self) -> dict[str, Any]:
        """Encode the sum as JSON, outcomes in order."""
        shots = self.counts.total()
        ordered = {key: self.counts[key] for key in sort_keys(self.counts, are_bits=self.registers is not None)}
        return {
            "shots": shots,
            "counts": ordered,
            "probabilities": {key: count / shots for key, count in ordered.items()} if shots else {},
            "jobs": self.used,
            "leftOut": self.left_out,
        }


def _described(registers: Registers) -> str:
    if registers is None:
        return "outcomes that are not bits of registers"
    bits = " + ".join(map(str, registers))
    return f"{bits} bits" if registers != (1,) else "1 bit"


def _counts(content: bytes) -> tuple[Mapping[str, int], Registers]:
    """Parse the counts of a result; an invalid one, which somebody has changed, has none.

    A result that lists no registers has numbers, even if they look like bits.
    """
    try:
        document = json.loads(content)
        counts, registers = document["counts"], document.get("registers")
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return {}, None
    sound = isinstance(counts, dict) and all(type(count) is int and count >= 0 for count in counts.values())
    if not sound:
        return {}, None
    return counts, None if registers == [] else widths_of(counts) or None
