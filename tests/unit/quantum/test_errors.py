"""Errors: what an orchestration hears of them."""

import pytest

from quantum.jobs.errors import (
    NotFoundError,
    Outcome,
    RefusedError,
    ServiceBusyError,
    ServiceError,
    ServiceUnavailableError,
    UnauthorizedError,
    expected_outcomes,
)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            ServiceUnavailableError("down"),
            {"outcome": "unavailable", "error": {"code": "ServiceUnavailable", "message": "down"}},
        ),
        (
            ServiceBusyError("slow", retry_after=7.0, code="TooMany", status=429),
            {"outcome": "busy", "error": {"code": "TooMany", "message": "slow"}, "retryAfterSeconds": 7.0},
        ),
        (
            ServiceBusyError("slow"),
            {"outcome": "busy", "error": {"code": "ServiceBusy", "message": "slow"}, "retryAfterSeconds": 0},
        ),
        (UnauthorizedError("who"), {"outcome": "unauthorized", "error": {"code": "Unauthorized", "message": "who"}}),
        (RefusedError("no"), {"outcome": "refused", "error": {"code": "Refused", "message": "no"}}),
        (NotFoundError("gone"), {"outcome": "missing", "error": {"code": "NotFound", "message": "gone"}}),
    ],
)
async def test_what_a_service_refuses_is_a_value(error: ServiceError, outcome: Outcome) -> None:
    """An orchestration branches on it, since exceptions lose their type on the way."""

    @expected_outcomes
    async def activity() -> Outcome:
        """Fail."""
        raise error

    assert await activity() == outcome
    assert activity.__name__ == "activity"


async def test_what_nobody_expected_stays_an_exception() -> None:
    """It means that the step is tried again."""

    @expected_outcomes
    async def activity() -> Outcome:
        """Fail."""
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await activity()
