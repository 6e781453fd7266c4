"""The page of formats says what the tables say."""

from tests.pages.formats_page import COMMAND, PAGE, page


def test_the_page_of_formats_is_fresh() -> None:
    """The page has every row; the message says how to write it."""
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/formats.md is stale: run {COMMAND}"
