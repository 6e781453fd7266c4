"""What a door does while a service is away."""

import pytest

from quantum.doors.patience import PAUSES_SECONDS, patiently
from quantum.jobs.errors import ServiceBusyError, ServiceUnavailableError


class Failing:
    """Fails in these ways, one after the other, and then succeeds."""

    def __init__(self, *ways: Exception) -> None:
        self.ways = list(ways)

    async def __call__(self) -> str:
        """Fail, or give a value."""
        if self.ways:
            raise self.ways.pop(0)
        return "taken"


async def test_a_service_that_comes_back_in_time_costs_no_try() -> None:
    """The order is taken as if nothing had been."""
    take = Failing(ServiceUnavailableError("down"), ServiceBusyError("slow"))

    assert await patiently(take, pauses=(0, 0)) == "taken"


async def test_a_service_that_stays_away_is_left_to_the_host() -> None:
    """The last failure is raised, so that the message is tried again."""
    take = Failing(*[ServiceUnavailableError("down")] * 3)

    with pytest.raises(ServiceUnavailableError):
        await patiently(take, pauses=(0, 0))


async def test_a_fault_of_ours_is_not_waited_for() -> None:
    """It would fail again, and hold up its neighbours."""
    take = Failing(RuntimeError("a fault of ours"))

    with pytest.raises(RuntimeError):
        await patiently(take)


def test_five_tries_outlast_a_short_outage_and_end_within_the_time_of_a_function() -> None:
    """An outage of ten minutes costs nobody an order; one try stays below half an hour."""
    assert 5 * sum(PAUSES_SECONDS) >= 600
    assert sum(PAUSES_SECONDS) < 30 * 60
