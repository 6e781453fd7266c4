"""Tags as texts, `name=value`: the form of the workspace's tags and of the list filter."""

from collections.abc import Iterable, Mapping


def tag_texts(tags: Mapping[str, str]) -> list[str]:
    """Encode tags as texts."""
    return [f"{name}={value}" for name, value in tags.items()]


def tags_from(texts: Iterable[str]) -> dict[str, str]:
    """Decode tags; a text without `=` has an empty value, and one without a name is ignored."""
    pairs = (text.partition("=")[::2] for text in texts)
    return {name: value for name, value in pairs if name}
