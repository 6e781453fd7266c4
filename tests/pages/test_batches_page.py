"""The pictures of docs/batches.md are what `qjobs` draws today of the batches that were recorded."""

from tests.pages.batches_page import COMMAND, PAGE, page, pictures


def test_the_pictures_are_true() -> None:
    """A change of what `qjobs` draws changes the page."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, f"write the page again: {COMMAND}"


def test_a_comparison_names_the_best_and_a_sweep_has_a_curve() -> None:
    """What the page explains can be seen in its pictures."""
    drawn = pictures()

    assert drawn["comparison"].splitlines()[-1].startswith(("best: ", "tie: "))
    assert "expectation of Z on all bits" in drawn["sweep"]
    assert "% of 50 members" in drawn["sweep on its way"]
