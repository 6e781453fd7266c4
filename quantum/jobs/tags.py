"""Tags as texts, `name=value`, which is how the workspace keeps them and how lists are filtered by them."""

from collections.abc import Iterable, Mapping


def tag_texts(tags: Mapping[str, str]) -> list[str]:
    """Write tags as texts."""
    return [f"{name}={value}" for name, value in tags.items()]


def tags_from(texts: Iterable[str]) -> dict[str, str]:
    """Read tags from texts; one without `=` has an empty value, and one without a name is left out."""
    pairs = (text.partition("=")[::2] for text in texts)
    return {name: value for name, value in pairs if name}
