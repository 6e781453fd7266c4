"""The page of lists says what the table of series says."""

from tests.pages.lists_page import COMMAND, PAGE, page


def test_the_page_of_lists_is_fresh() -> None:
    """A series that is added or taken away is told of; the message says how."""
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/lists.md is stale: run {COMMAND}"
