"""Joins the outputs of the parts of a divided job to one Result, which says what each part contributed.

Counts are added up exactly. Where parts gave probabilities instead of samples, theirs are averaged, weighted by
shots, and the counts follow from the average. One part without counts leaves the whole without: a sum of some would
mislead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quantum.jobs.model import Job, Part
from quantum.results.histograms import Histogram, UnreadableResultError, from_counts, from_probabilities, sum_shares
from quantum.results.normalise import Normalised, encode_result, read_output
from quantum.wire.records import record
from quantum.workspaces.remote import RemoteJob


@record
class PartOutput:
    """What came back of one part: None for `histogram` where it has no counts."""

    part: Part
    histogram: Histogram | None
    warnings: tuple[str, ...]
    raw_path: str
    output_format: str | None


def read_part(job: Job, part: Part, remote: RemoteJob, raw: bytes | None, raw_path: str) -> PartOutput:
    """Read the output of one part."""
    output, warnings = read_output(job, remote, raw, part.shots)
    histogram = output if isinstance(output, Histogram) else None
    return PartOutput(part, histogram, warnings, raw_path, remote.output_format)


def join_result(job: Job, whole: RemoteJob, outputs: Sequence[PartOutput]) -> Normalised:
    """Encode the Result of all parts; `whole` is the job that they make."""
    warnings = _warnings(outputs)
    histograms = [output.histogram for output in outputs if output.histogram]
    joined = None
    if len(histograms) == len(outputs):
        try:
            joined = join(histograms, [output.part.shots for output in outputs])
        except UnreadableResultError as error:
            warnings = (*warnings, f"The outputs of the parts were kept as they came, without counts: {error}.")
    more = {"rawBlob": outputs[0].raw_path, "fromParts": [_contribution(output) for output in outputs]}
    return encode_result(job, replace(whole, output_format=outputs[0].output_format), joined, warnings, more)


def join(histograms: Sequence[Histogram], shots: Sequence[int]) -> Histogram:
    """Add up the counts of several runs of one program, or average their probabilities, weighted by shots."""
    are_bits = all(each.registers for each in histograms)
    if all(each.sampled for each in histograms):
        counts = sum_shares(pair for each in histograms for pair in each.counts.items())
        whole = from_counts(counts, are_bits=are_bits)
    else:
        weights = [count / sum(shots) for count in shots]
        weighed = zip(histograms, weights, strict=True)
        shares = sum_shares(
            (key, share * weight) for each, weight in weighed for key, share in each.probabilities.items()
        )
        whole = from_probabilities(shares, sum(shots), are_bits=are_bits)
    registers = {each.registers for each in histograms}
    return replace(whole, registers=registers.pop() if len(registers) == 1 else ())


def _contribution(output: PartOutput) -> Mapping[str, Any]:
    return {
        "remoteId": output.part.remote_id,
        "shots": output.part.shots,
        "counts": output.histogram.counts if output.histogram else None,
        "rawBlob": output.raw_path,
    }


def _warnings(outputs: Sequence[PartOutput]) -> tuple[str, ...]:
    """Return the warnings of all parts; one that not all have says of which part it is."""
    texts = dict.fromkeys(text for output in outputs for text in output.warnings)
    warnings = []
    for text in texts:
        numbers = [number for number, output in enumerate(outputs, start=1) if text in output.warnings]
        some = f"Part {', '.join(map(str, numbers))} of {len(outputs)}: "
        warnings.append(text if len(numbers) == len(outputs) else some + text)
    return tuple(warnings)
