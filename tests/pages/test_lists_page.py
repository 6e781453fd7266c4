"""The page of lists says what the table of series says."""

from tests.pages.lists_page import COMMAND, PAGE, page


def test_the_page_of_lists_is_fresh() -> None:
    """The page has exactly the app's series; the message says how to write it."""
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/lists.md is stale: run {COMMAND}"
