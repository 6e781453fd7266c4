"""Makes the Result of a job from what the workspace says of it and from its output."""

import json
from dataclasses import dataclass
from typing import Any

from quantum.jobs.model import Job
from quantum.results.histograms import Histogram, Solutions, UnreadableResultError
from quantum.results.layouts import completed
from quantum.results.readers import read_result
from quantum.wire import codec as wire
from quantum.workspaces.remote import RemoteJob

MAX_READ_BYTES = 16 * 1024 * 1024  # a larger output is kept as it came, and not turned into counts


@dataclass(frozen=True)
class Normalised:
    """A Result as JSON, and what its reader should know of it."""

    content: bytes
    warnings: tuple[str, ...]


def make_result(job: Job, remote: RemoteJob, raw: bytes | None, raw_path: str) -> Normalised:
    """Write the Result as the contract describes it; `raw` is None where the output is too large to be read."""
    said, warnings = _read(job, remote, raw)
    result: dict[str, Any] = {
        "id": job.id,
        "target": job.target,
        "shots": job.order.shots or None,
        **_outcomes(said if isinstance(said, Histogram) else None),
        "outputFormat": remote.output_format,
        "rawBlob": raw_path,
        "queueSeconds": queue_seconds(remote),
        "durationSeconds": wire.seconds_between(remote.began, remote.ended),
    }
    if isinstance(said, Solutions):
        result["solutions"] = list(said.found)
    if warnings:
        result["warnings"] = list(warnings)
    return Normalised(json.dumps(result, separators=(",", ":")).encode(), warnings)


def queue_seconds(remote: RemoteJob) -> float | None:
    """How long a job waited in the workspace's queue, where the workspace tells."""
    return wire.seconds_between(remote.created, remote.began)


def _outcomes(histogram: Histogram | None) -> dict[str, Any]:
    if histogram is None:
        return {"counts": None, "probabilities": None, "sampled": None, "registers": []}
    told = {
        "counts": histogram.counts,
        "probabilities": histogram.probabilities,
        "sampled": histogram.sampled,
        "registers": wire.to_wire(histogram.registers),
    }
    return told | ({"parts": [_outcomes(part) for part in histogram.parts]} if histogram.parts else {})


def _read(job: Job, remote: RemoteJob, raw: bytes | None) -> tuple[Histogram | Solutions | None, tuple[str, ...]]:
    if raw is None:
        return None, (f"The output is over {MAX_READ_BYTES:,} bytes and was kept as it came, without counts.",)
    qubits = job.program.qubits if job.program else None
    try:
        said = read_result(raw, remote.output_format or "", job.order.shots, qubits)
        if job.program and job.program.layout and isinstance(said, Histogram):
            said = completed(said, job.program.layout)
    except UnreadableResultError as error:
        return None, (f"The output was kept as it came, without counts: {error}.",)
    return said, said.warnings
