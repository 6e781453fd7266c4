"""Timer schedules as Azure Functions reads them: six-field NCRONTAB, five fields, or a time span.

Written here because cron libraries read another language: with a day of the month and a day of the week, they
match either, NCRONTAB both; and they accept `L`, `#`, `?` or `@daily`, which would then fail in Azure.
Times are UTC.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_ITEM = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")
# 29 February is at most eight years away.
_HORIZON_DAYS = 8 * 366


class ScheduleError(ValueError):
    """A schedule that Azure would refuse, or that never comes."""


@dataclass(frozen=True)
class Schedule:
    """When a timer rings: at every moment whose parts are all in these sets, or every `interval`."""

    seconds: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    interval: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0 */5 * * * *`, `*/5 * * * *` or `00:05:00`; raises ScheduleError."""
        if match := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text.strip()):
            hours, minutes, seconds = map(int, match.groups())
            return cls(interval=timedelta(hours=hours, minutes=minutes, seconds=seconds))
        fields = text.split()
        if len(fields) not in {5, 6}:
            raise ScheduleError(f"a schedule has six fields, or five without seconds, not {text!r}")
        second, minute, hour, day, month, weekday = fields if len(fields) == 6 else ["0", *fields]
        schedule = cls(
            tuple(_field(second, 0, 59)),
            tuple(_field(minute, 0, 59)),
            tuple(_field(hour, 0, 23)),
            frozenset(_field(day, 1, 31)),
            frozenset(_field(month, 1, 12, _MONTHS)),
            frozenset(_field(weekday, 0, 6, _DAYS)),
        )
        schedule.next_after(datetime(2000, 1, 1, tzinfo=UTC))
        return schedule

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time after a moment; raises ScheduleError where there is none."""
        if self.interval is not None:
            return moment + self.interval
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        for offset in range(_HORIZON_DAYS):
            day = start.date() + timedelta(days=offset)
            if self._has(day) and (at := self._first(start.time() if offset == 0 else time.min)):
                return datetime.combine(day, at, UTC)
        raise ScheduleError("the schedule never comes")

    def _has(self, day: date) -> bool:
        weekday = day.isoweekday() % 7
        return day.month in self.months and day.day in self.days and weekday in self.weekdays

    def _first(self, start: time) -> time | None:
        times = (
            time(hour, minute, second)
            for hour in self.hours
            if hour >= start.hour
            for minute in self.minutes
            for second in self.seconds
        )
        return next((at for at in times if at >= start), None)


def _field(text: str, least: int, most: int, names: list[str] | None = None) -> list[int]:
    values = {value for item in text.split(",") for value in _item(item, least, most, names or [])}
    if not values or not values <= set(range(least, most + 1)):
        raise ScheduleError(f"{text!r} must lie between {least} and {most}")
    return sorted(values)


def _item(text: str, least: int, most: int, names: list[str]) -> Iterator[int]:
    match = _ITEM.fullmatch(text)
    if match is None or match[3] == "0":
        raise ScheduleError(f"{text!r} is not a value, a range, a * or one of these with a /step")
    first, last, step = match.groups()
    begin = least if first is None else _value(first, least, names)
    end = _value(last, least, names) if last else (begin if first and not step else most)
    if end < begin:
        raise ScheduleError(f"the range {text!r} ends before it begins")
    yield from range(begin, end + 1, int(step or 1))


def _value(text: str, least: int, names: list[str]) -> int:
    if text.isdecimal():
        return int(text)
    short = text[:3].lower()
    if short not in names:
        raise ScheduleError(f"{text!r} is neither a number nor a name")
    return names.index(short) + least
