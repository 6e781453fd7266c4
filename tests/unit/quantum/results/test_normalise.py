"""The Result of a job, from the workspace's account of it and its output."""

import json

from quantum.jobs.program import Program
from quantum.results.normalise import MAX_READ_BYTES, make_result
from tests.support.builders import JOB_ID, a_job, a_remote_job

OUTPUT = json.dumps({"Results": [{"Histogram": [{"Outcome": [0, 1], "Count": 4}]}]}).encode()
REMOTE = a_remote_job(
    status="Succeeded",
    created="2026-11-21T09:00:00Z",
    began="2026-11-21T09:00:01.5Z",
    ended="2026-11-21T09:00:04.1234567Z",
)
RAW = f"results/{JOB_ID}/raw"


def test_a_result_says_what_was_measured_and_how_long_it_took() -> None:
    """Counts, probabilities, times, and where the raw output is."""
    collected = make_result(a_job(), REMOTE, OUTPUT, RAW)

    assert json.loads(collected.content) == {
        "id": JOB_ID,
        "target": "ionq.simulator",
        "shots": 1000,
        "counts": {"01": 4},
        "probabilities": {"01": 1.0},
        "sampled": True,
        "registers": [{"bits": 2}],
        "outputFormat": "microsoft.quantum-results.v2",
        "rawBlob": RAW,
        "queueSeconds": 1.5,
        "durationSeconds": 2.623,
    }
    assert collected.warnings == ()


def test_output_that_cannot_be_read_is_kept_with_a_warning() -> None:
    """The job still succeeded."""
    collected = make_result(a_job(program=None), a_remote_job(output_format=None), b"?", RAW)

    result = json.loads(collected.content)
    assert (result["counts"], result["probabilities"], result["queueSeconds"]) == (None, None, None)
    assert result["warnings"] == list(collected.warnings)
    assert "results in the form '' are not read here" in collected.warnings[0]


def test_output_that_is_too_large_is_kept_with_a_warning() -> None:
    """Memory has its limit."""
    collected = make_result(a_job(), REMOTE, None, RAW)

    assert json.loads(collected.content)["counts"] is None
    assert f"{MAX_READ_BYTES:,} bytes" in collected.warnings[0]


def test_warnings_about_shots_go_along() -> None:
    """A reader of the counts knows what is missing in them."""
    output = {"Results": [{"Histogram": [{"Outcome": 0, "Count": 4}, {"Outcome": {"Error": {}}, "Count": 1}]}]}

    collected = make_result(a_job(), REMOTE, json.dumps(output).encode(), RAW)

    assert collected.warnings == ("1 shot ended in an error and is not counted: no code (1)",)
    assert json.loads(collected.content)["warnings"] == list(collected.warnings)


def test_the_number_of_qubits_comes_from_the_program() -> None:
    """Leading zeros are qubits too."""
    program = Program("programs/a", "ionq.circuit.v1", 1, qubits=3)
    remote = a_remote_job(output_format="ionq.quantum-results.v1")

    collected = make_result(a_job(program=program), remote, b'{"histogram": {"0": 1}}', RAW)

    assert json.loads(collected.content)["counts"] == {"000": 1000}
