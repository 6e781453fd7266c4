"""Golden files: an output as a provider documents it, and all that a Result says of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from quantum.programs.formats import FORMATS
from quantum.results.normalise import make_result
from tests.support.builders import a_job, a_program, a_remote_job, an_order

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
OF_THE_JOB = {"id", "target", "shots", "outputFormat", "rawBlob", "queueSeconds", "durationSeconds"}


def recorded(path: Path) -> dict[str, Any]:
    """A golden file."""
    golden: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return golden


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_output_becomes_the_result_that_was_agreed(path: Path) -> None:
    """Counts, probabilities, registers, solutions and warnings, whatever the provider's form."""
    golden = recorded(path)
    raw = json.dumps(golden["output"]).encode() if golden["output"] else b""
    job = a_job(an_order(shots=golden["shots"]), program=a_program(qubits=golden["qubits"]))
    remote = a_remote_job(status="Succeeded", output_format=golden["outputFormat"])

    collected = make_result(job, remote, raw, "results/raw")

    stored = {name: value for name, value in json.loads(collected.content).items() if name not in OF_THE_JOB}
    assert stored == golden["expected"]


def test_every_form_of_results_has_a_golden_file() -> None:
    """A form that is added is agreed upon."""
    assert {row.output for row in FORMATS.values()} <= {recorded(path)["outputFormat"] for path in GOLDEN}
