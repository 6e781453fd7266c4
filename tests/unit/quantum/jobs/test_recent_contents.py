"""What was just stored is at hand once, within bounds."""

from quantum.jobs import recent_contents
from quantum.jobs.recent_contents import RecentContents


def test_a_content_is_taken_once() -> None:
    """The last one that was stored at a path."""
    recent = RecentContents()
    recent.keep("a/b", b"old")
    recent.keep("a/b", b"new")

    assert [recent.take("a/b"), recent.take("a/b")] == [b"new", None]


def test_memory_is_bounded() -> None:
    """Large contents are not kept, nor an older content of their path; of many, the oldest are dropped."""
    recent = RecentContents()
    recent.keep("large", b"small")
    recent.keep("large", b"x" * (recent_contents.MAX_ITEM_BYTES + 1))
    fitting = recent_contents.MAX_BYTES // recent_contents.MAX_ITEM_BYTES
    for number in range(fitting + 1):
        recent.keep(str(number), b"x" * recent_contents.MAX_ITEM_BYTES)

    assert [recent.take("large"), recent.take("0")] == [None, None]
    assert all(recent.take(str(number)) for number in range(1, fitting + 1))

    for number in range(recent_contents.MAX_ITEMS + 1):
        recent.keep(str(number), b"")
    assert [recent.take("0"), recent.take("1")] == [None, b""]
