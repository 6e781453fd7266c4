"""The results of the parts of a divided job, joined to one."""

import json
from typing import Any

from quantum.jobs.model import Part
from quantum.results import histograms
from quantum.results.joined import PartOutput, join, join_result, read_part
from tests.support.builders import a_job, a_remote_job

WHOLE = a_remote_job(status="Succeeded")


def an_output(number: int, **counts: int) -> PartOutput:
    """The output of a part with these counts."""
    outcomes = [{"Outcome": [int(bit) for bit in key.strip("_")], "Count": count} for key, count in counts.items()]
    raw = json.dumps({"Results": [{"Histogram": outcomes}]}).encode()
    part = Part(f"part-{number}", sum(counts.values()), "Succeeded")
    return read_part(a_job(), part, WHOLE, raw, f"results/raw-{number}")


def joined(*outputs: PartOutput) -> dict[str, Any]:
    """The result of all."""
    result: dict[str, Any] = json.loads(join_result(a_job(), WHOLE, outputs).content)
    return result


def test_counts_are_added_up_and_say_where_they_come_from() -> None:
    """Each part's counts are in the result, under its id."""
    result = joined(an_output(1, _00=30, _11=20), an_output(2, _00=1, _01=49))

    assert result["counts"] == {"00": 31, "01": 49, "11": 20}
    assert (result["sampled"], result["registers"]) == (True, [{"bits": 2}])
    assert [(each["remoteId"], each["shots"], each["rawBlob"]) for each in result["fromParts"]] == [
        ("part-1", 50, "results/raw-1"),
        ("part-2", 50, "results/raw-2"),
    ]
    assert result["fromParts"][1]["counts"] == {"00": 1, "01": 49}
    assert result["rawBlob"] == "results/raw-1"


def test_probabilities_are_averaged_by_shots() -> None:
    """They stay probabilities: the counts follow from the average, and add up to all shots."""
    one = histograms.from_probabilities({"0": 0.5, "1": 0.5}, 3)
    other = histograms.from_probabilities({"0": 1.0}, 1)

    whole = join([one, other], [3, 1])

    assert whole.probabilities == {"0": 0.625, "1": 0.375}
    assert (whole.sampled, sum(whole.counts.values())) == (False, 4)


def test_a_part_without_counts_leaves_the_whole_without() -> None:
    """A sum of the others would look like the result of all shots; the warning names the part."""
    unread = read_part(a_job(), Part("part-2", 50, "Succeeded"), WHOLE, b"?", "results/raw-2")
    result = joined(an_output(1, _0=50), unread)

    assert (result["counts"], result["fromParts"][0]["counts"]) == (None, {"0": 50})
    assert result["fromParts"][1]["counts"] is None
    assert result["warnings"][0].startswith("Part 2 of 2: ")


def test_a_warning_of_all_parts_is_said_once() -> None:
    """As for a job that was not divided."""
    unread = [read_part(a_job(), Part(f"part-{n}", 50), WHOLE, None, f"results/raw-{n}") for n in (1, 2)]

    (warning,) = joined(*unread)["warnings"]

    assert warning.startswith("The output is over")


def test_parts_whose_registers_differ_have_none_together() -> None:
    """The counts are still exact."""
    result = joined(an_output(1, _0=1), an_output(2, _00=1))

    assert (result["counts"], result["registers"]) == ({"0": 1, "00": 1}, [])


def test_too_many_outcomes_leave_the_outputs_as_they_came() -> None:
    """Each part may be within the limit, and the whole beyond it."""
    keys = [f"{number:018b}" for number in range(histograms.MAX_OUTCOMES + 1)]
    outputs = [
        PartOutput(Part("1", 1), histograms.from_counts(dict.fromkeys(some, 1)), (), "raw", None)
        for some in (keys[:60_000], keys[60_000:])
    ]
    result = joined(*outputs)

    assert result["counts"] is None
    assert "kept as they came" in result["warnings"][0]
