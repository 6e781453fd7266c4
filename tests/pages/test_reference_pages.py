"""The pages of the API and of the settings say what the contract and the settings say."""

from tests.pages import api_page, settings_page


def test_the_page_of_the_api_is_fresh() -> None:
    """A route, a field or an answer that is added or changed is on the page; the message says how."""
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page(), f"docs/api.md is stale: run {api_page.COMMAND}"


def test_the_page_of_settings_is_fresh() -> None:
    """A setting that is added or changed is on the page; the message says how."""
    fresh = settings_page.page()

    assert settings_page.PAGE.read_text(encoding="utf-8") == fresh, (
        f"docs/settings.md is stale: run {settings_page.COMMAND}"
    )
