"""Limits of submissions for each target, workspace and tenant: the setting `SUBMISSION_LIMITS`, and a job's keys.

`quantum.jobs.fair_places` applies them. Where the setting is missing, nothing imports this module.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.kinds import printable
from quantum.wire import codec, strict_json
from quantum.wire.records import record

DIMENSIONS = ("target", "workspace", "tenant")
EACH = "*"
FIELDS = ("atOnce", "starts", "period")
SHAPE = 'an object such as {"atOnce": 5, "starts": 100, "period": "PT1M"}'
MOST_NAMES = 200
MOST_AT_ONCE = 1000
MOST_STARTS = 50_000
LONGEST_PERIOD = 86_400.0  # a day
SHORTEST_HORIZON = 60.0


@record
class Limit:
    """At most so many places at the same time, and so many starts in any period of so many seconds; None: no limit."""

    at_once: int | None = None
    starts: int | None = None
    period: float = 0.0


@record
class FairLimits:
    """The limits of names, by their keys, and those of every other name, by dimension.

    `horizon` is how far back starts count where tenants take turns.
    """

    named: Mapping[str, Limit]
    each: Mapping[str, Limit]
    horizon: float = SHORTEST_HORIZON

    def of(self, keys: tuple[str, ...]) -> Iterator[tuple[str, Limit]]:
        """Yield the keys of a job that are limited."""
        for dimension, key in zip(DIMENSIONS, keys, strict=False):
            limit = self.named.get(key) or self.each.get(dimension)
            if limit is not None:
                yield key, limit


def keys_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of a job, one for each dimension; none where it has no names."""
    return names and tuple(key_of(dimension, name) for dimension, name in zip(DIMENSIONS, names, strict=True))


def key_of(dimension: str, name: str) -> str:
    """Return the key of a name: 12 digits, so that thousands fit into one row."""
    return sha256(f"{dimension}:{name.lower()}".encode()).hexdigest()[:12]


def read_limits(text: str) -> FairLimits | list[Fault]:
    """Read the setting, or return all its faults."""
    try:
        data = strict_json.loads(text.encode())
    except strict_json.InvalidJsonError as error:
        return [Fault("", f"must be a JSON object of limits: {error}")]
    if not isinstance(data, dict) or not data:
        return [Fault("", f"must be a JSON object with limits for {', '.join(DIMENSIONS)}")]
    if faults := list(_faults(data)):
        return faults
    limits = {(dimension, name): _limit(value) for dimension, names in data.items() for name, value in names.items()}
    return FairLimits(
        {key_of(*place): limit for place, limit in limits.items() if place[1] != EACH},
        {place[0]: limit for place, limit in limits.items() if place[1] == EACH},
        max(SHORTEST_HORIZON, *(limit.period for limit in limits.values())),
    )


def _limit(value: Mapping[str, Any]) -> Limit:
    period = codec.duration(value["period"]).total_seconds() if "period" in value else 0.0
    return Limit(value.get("atOnce"), value.get("starts"), period)


def _faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    for dimension, names in data.items():
        place = printable(dimension)
        if dimension not in DIMENSIONS:
            yield Fault(place, f"is not known here; there are {', '.join(DIMENSIONS)}")
        elif not isinstance(names, dict) or not 0 < len(names) <= MOST_NAMES:
            yield Fault(place, f'must be an object with limits for 1 to {MOST_NAMES} names; "{EACH}" is every other')
        else:
            for name, value in names.items():
                yield from _limit_faults(value, f"{place}.{printable(name)}")


def _limit_faults(value: Any, place: str) -> Iterator[Fault]:
    if not isinstance(value, dict) or not value:
        yield Fault(place, f"must be {SHAPE}")
        return
    for name, item in value.items():
        if name not in CHECKS:
            yield Fault(f"{place}.{printable(name)}", f"is not known here; there are {', '.join(FIELDS)}")
        elif reason := CHECKS[name](item):
            yield Fault(f"{place}.{name}", reason)
    for name, other in (("starts", "period"), ("period", "starts")):
        if name in value and other not in value:
            yield Fault(f"{place}.{other}", f"is missing: {name} needs it")


def _number(most: int) -> Callable[[Any], str]:
    def reason(value: Any) -> str:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return "" if is_number and 1 <= value <= most else f"must be a whole number from 1 to {most:,}"

    return reason


def _period_reason(value: Any) -> str:
    try:
        seconds = codec.duration(value).total_seconds() if isinstance(value, str) else 0.0
    except ValueError:
        seconds = 0.0
    return "" if 1 <= seconds <= LONGEST_PERIOD else 'must be an ISO 8601 duration from "PT1S" to "P1D"'


CHECKS: Mapping[str, Callable[[Any], str]] = {
    "atOnce": _number(MOST_AT_ONCE),
    "starts": _number(MOST_STARTS),
    "period": _period_reason,
}
