"""The page of programs says what the constructs and the last run of `make conformance` say."""

from tests.conformance.outcome import recorded_outcome
from tests.conformance.programs_page import COMMAND, PAGE, page
from tests.conformance.record import file_of, recorded


def test_the_page_of_programs_is_fresh() -> None:
    """The page has every construct and the recorded run; the message says how to write it."""
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/programs.md is stale: run {COMMAND}"


def test_every_exporter_is_run_and_recorded() -> None:
    """No exporter of the fixed samples is missing on the page, and none of the page has no samples."""
    assert {file_of(row["exporter"]) for row in recorded_outcome()["exporters"]} == set(recorded())


def test_the_page_tells_of_nothing_wrong() -> None:
    """A run with a wrong distribution is mended, not kept."""
    assert [row for row in recorded_outcome()["exporters"] if "wrong" in row["words"]] == []
