"""Schedules ring when they ring in Azure."""

from datetime import UTC, datetime

import pytest

from functions_host.ncrontab import Schedule, ScheduleError

NOW = datetime(2026, 11, 21, 8, 30, 15, 500, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("* * * * * *", "2026-11-21T08:30:16"),
        ("0 */5 * * * *", "2026-11-21T08:35:00"),
        ("*/5 * * * *", "2026-11-21T08:35:00"),
        ("0 0 * * * *", "2026-11-21T09:00:00"),
        ("0 30 8 * * *", "2026-11-22T08:30:00"),
        ("30 30 8 * * *", "2026-11-21T08:30:30"),
        ("0 0 9-17/4 * * *", "2026-11-21T09:00:00"),
        ("0 10/20 * * * *", "2026-11-21T08:50:00"),
        ("0 0 6 * * MON-FRI", "2026-11-23T06:00:00"),
        ("0 0 6 * * 1,3", "2026-11-23T06:00:00"),
        ("0 0 0 1 JAN *", "2027-01-01T00:00:00"),
        ("0 0 0 13 * Friday", "2027-08-13T00:00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
    ],
)
def test_a_schedule_finds_its_next_time(schedule: str, expected: str) -> None:
    """Fields, ranges, steps, names and lists together decide; a day must fit month, day and weekday."""
    assert Schedule.parse(schedule).next_after(NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_time_span_is_a_pause_between_rings() -> None:
    """`00:05:00` rings five minutes after the last time."""
    assert Schedule.parse("00:05:00").next_after(NOW) == NOW.replace(minute=35)


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "* * * *",
        "60 * * * * *",
        "0 0 0 31 2 *",
        "0 0 0 L * *",
        "@daily",
        "0 0 0 * * 7",
        "*/0 * * * * *",
        "0 5-1 * * * *",
    ],
)
def test_a_schedule_that_azure_refuses_is_refused(schedule: str) -> None:
    """What is out of range, never comes or is another cron's language stops the start-up."""
    with pytest.raises(ScheduleError):
        Schedule.parse(schedule)
