"""Makes the Result of a job from its remote state and its output."""

import json
from collections.abc import Mapping
from typing import Any

from quantum.jobs.model import Job
from quantum.results.histograms import Histogram, Solutions, UnreadableResultError
from quantum.wire import codec
from quantum.wire.records import record
from quantum.workspaces.remote import RemoteJob

MAX_READ_BYTES = 16 * 1024 * 1024  # a larger output is stored unchanged, without counts


@record
class Normalised:
    """A Result as JSON, and its warnings."""

    content: bytes
    warnings: tuple[str, ...]


def make_result(job: Job, remote: RemoteJob, raw: bytes | None, raw_path: str) -> Normalised:
    """Encode the Result as the contract describes it; `raw` is None where the output is too large to parse."""
    output, warnings = read_output(job, remote, raw, job.order.shots)
    return encode_result(job, remote, output, warnings, {"rawBlob": raw_path})


def encode_result(
    job: Job,
    remote: RemoteJob,
    output: Histogram | Solutions | None,
    warnings: tuple[str, ...],
    more: Mapping[str, Any],
) -> Normalised:
    """Encode what was read of an output, with `more` fields of the Result."""
    result: dict[str, Any] = {
        "id": job.id,
        "target": job.target,
        "shots": job.order.shots or None,
        **_outcomes(output if isinstance(output, Histogram) else None),
        "outputFormat": remote.output_format,
        **more,
        "queueSeconds": queue_seconds(remote),
        "durationSeconds": codec.seconds_between(remote.began, remote.ended),
    }
    if isinstance(output, Solutions):
        result["solutions"] = list(output.solutions)
    if warnings:
        result["warnings"] = list(warnings)
    return Normalised(json.dumps(result, separators=(",", ":")).encode(), warnings)


def queue_seconds(remote: RemoteJob) -> float | None:
    """Return the seconds that a job waited in the workspace's queue, where the workspace reports them."""
    return codec.seconds_between(remote.created, remote.began)


def _outcomes(histogram: Histogram | None) -> dict[str, Any]:
    if histogram is None:
        return {"counts": None, "probabilities": None, "sampled": None, "registers": []}
    view = {
        "counts": histogram.counts,
        "probabilities": histogram.probabilities,
        "sampled": histogram.sampled,
        "registers": codec.to_wire(histogram.registers),
    }
    return view | ({"parts": [_outcomes(part) for part in histogram.parts]} if histogram.parts else {})


def read_output(
    job: Job, remote: RemoteJob, raw: bytes | None, shots: int
) -> tuple[Histogram | Solutions | None, tuple[str, ...]]:
    """Read an output of so many shots, with warnings; None where that cannot be, and the warning says why."""
    if raw is None:
        return None, (f"The output is over {MAX_READ_BYTES:,} bytes and was kept as it came, without counts.",)
    # Imported here, since a cold start reads no result.
    from quantum.results.layouts import fill_in  # noqa: PLC0415
    from quantum.results.readers import read_result  # noqa: PLC0415

    qubits = job.program.qubits if job.program else None
    try:
        output = read_result(raw, remote.output_format or "", shots, qubits)
        if job.program and job.program.layout and isinstance(output, Histogram):
            output = fill_in(output, job.program.layout)
    except UnreadableResultError as error:
        return None, (f"The output was kept as it came, without counts: {error}.",)
    return output, output.warnings
