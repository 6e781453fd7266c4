"""Timer functions ring at their schedule's times, by the host's clock."""

from datetime import timedelta

from host_support.triggers_app import Served


async def test_a_timer_rings_when_its_time_comes(served: Served) -> None:
    """At 05:00 nothing rings; at 06:00 the six-hourly timer does, and knows its next time."""
    served.clock.advance(timedelta(hours=1))

    seen = await served.queues.seen("seen-rings", "next")
    assert seen["pastDue"] is False
    assert seen["next"] == "2026-11-01T06:00:00+00:00"
