"""What was received for a job is used once, while it is fresh."""

from quantum.adapters.workspace_addresses import MAX_ITEMS, MAX_SECONDS, Recent


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Tell them."""
        return self.seconds


def test_an_address_is_used_once() -> None:
    """The second to ask has to request a fresh one."""
    recent: Recent[str] = Recent(Clock())
    recent.keep("job", "address")

    assert [recent.take("job"), recent.take("job"), recent.take("other")] == ["address", None, None]


def test_an_old_address_is_dropped() -> None:
    """Its SAS may have ended."""
    clock = Clock()
    recent: Recent[str] = Recent(clock)
    recent.keep("fresh", "address")
    clock.seconds = MAX_SECONDS
    fresh = recent.take("fresh")
    recent.keep("old", "address")
    clock.seconds = 2 * MAX_SECONDS + 1

    assert (fresh, recent.take("old")) == ("address", None)


def test_the_latest_addresses_are_kept() -> None:
    """Memory is bounded, whatever is never asked for."""
    recent: Recent[int] = Recent(Clock())
    for number in range(MAX_ITEMS + 1):
        recent.keep(str(number), number)

    assert (recent.take("0"), recent.take("1"), recent.take(str(MAX_ITEMS))) == (None, 1, MAX_ITEMS)
