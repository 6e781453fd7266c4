"""What people write on a command line, read into values: numbers, pairs, JSON, times and durations."""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from quantumjobs.batch_requests import Grid
from quantumjobs.cli.text import UTC

if TYPE_CHECKING:
    from argparse import Namespace

GRID_PARTS = 3  # from, to and count

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
AGO = re.compile(r"(\d{1,9})\s*(min|[smhdw])(?:\s*ago)?", re.ASCII)
PART = re.compile(r"(\d{1,9})\s*(min|[smhdw])\s*", re.ASCII)


def named_targets(options: Namespace) -> list[str]:
    """Return the targets of `--targets` and `--target`, each once."""
    return list(dict.fromkeys([*(options.targets or ()), *(options.target or ())]))


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def shots(text: str) -> int:
    """Read a whole number, as `1000`, `1,000` or `1e3`."""
    try:
        number = float(text.replace(",", "").replace("_", ""))
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a whole number") from error
    if not number.is_integer():
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(number)


def amount(text: str) -> float:
    """Read a number."""
    try:
        return float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a number") from error


def limit(text: str) -> float | dict[str, float]:
    """Read a number, or amounts by unit, such as USD=40,EUR=30."""
    if "=" not in text:
        return amount(text)
    pairs = [part.partition("=") for part in text.split(",")]
    amounts = {unit.strip(): amount(number) for unit, _, number in pairs}
    if len(amounts) < len(pairs):
        raise ArgumentTypeError(f"{text!r} names a unit twice: give each unit one amount, as USD=40,EUR=30")
    return amounts


def place(text: str) -> str | dict[str, str]:
    """Read where an answer goes: a word of the API, or a queue's name and, after a colon, how long it is kept there."""
    if text in ("default", "none"):
        return text
    name, colon, length = text.partition(":")
    return {"queue": name, "keepFor": duration(length)} if colon else {"queue": name}


def constraint(text: str) -> tuple[str, object]:
    """Read a constraint on the target that is chosen: a field of the order's `constraints` and its value."""
    name, equals, value = text.partition("=")
    if name in ("provider", "format") and value:
        return f"{name}s", [value]
    if name == "kind" and value:
        return name, value
    if name == "qubits" and equals:
        return name, positive(value)
    if name == "queue" and equals:
        return "maxQueueTime", duration(value)
    raise ArgumentTypeError(
        f"{text!r} is no constraint: write provider=, format=, kind=, qubits= or queue="
        "; --max-cost limits what the order may cost"
    )


def reuse(text: str) -> bool | dict[str, object]:
    """Read which results may be reused: `any`, `no`, or an age as `1d`; with `+hardware` those of hardware, too."""
    age, plus, word = text.partition("+")
    if plus and word != "hardware":
        raise ArgumentTypeError(f"{text!r} is no age of a result: write any, 1d, any+hardware or 1d+hardware")
    if age in ("any", "no") and not plus:
        return age == "any"
    oldest = {} if age == "any" else {"maxAge": duration(age)}
    return {**oldest, **({"hardware": True} if plus else {})}


def seconds(text: str) -> float:
    """Read seconds, or a duration as `90s`, `5m` or `1h30m`."""
    length = _length(text)
    if length is not None:
        return length
    try:
        number = float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds, nor a duration such as 5m") from error
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def duration(text: str) -> str:
    """Read a duration as `2h` or `1h30m` into ISO 8601; what is ISO 8601 already stays for the deployment to judge."""
    if text.upper().startswith("P"):
        return text
    length = _length(text)
    if not length:
        raise ArgumentTypeError(f"{text!r} is not a duration: write 2h, 1h30m, 2d or PT2H")
    return f"PT{length}S" if length % 60 else f"PT{length // 60}M" if length % 3600 else f"PT{length // 3600}H"


def moment(text: str) -> str:
    """Read a time: `1h` and `3d` are so long ago, `yesterday` is its beginning; what names no zone is UTC."""
    return moment_at(text, datetime.now(UTC))


def moment_at(text: str, now: datetime) -> str:
    """Read a time as it is meant now."""
    word = text.strip().lower()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if word in {"now", "today", "yesterday"}:
        return written({"now": now, "today": today, "yesterday": today - timedelta(days=1)}[word])
    if ago := AGO.fullmatch(word):
        return written(now - timedelta(seconds=int(ago[1]) * UNITS[ago[2]]))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        return word
    try:
        when = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is not a time: write 1h, 3d, yesterday, 2026-11-21 or 2026-11-21T09:00 (UTC)"
        ) from error
    return written(when if when.tzinfo else when.replace(tzinfo=UTC))


def written(when: datetime) -> str:
    """Write a moment as the API takes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def names(text: str) -> list[str]:
    """Read names between commas."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise ArgumentTypeError(f"{text!r} names nothing: write ionq.simulator,rigetti.sim.qvm")
    return words


def any_json(text: str) -> object:
    """Read a value that is JSON."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArgumentTypeError(f"{text!r} is not JSON; a text needs quotes: '\"{text}\"'") from error
    return value


def grid(text: str) -> Grid:
    """Read NAME=FROM:TO:COUNT."""
    name, _, steps = text.partition("=")
    parts = steps.split(":")
    numbers = [amount(part) for part in parts[:2]] if len(parts) == GRID_PARTS else []
    if not name or not numbers or not all(map(isfinite, numbers)):
        raise ArgumentTypeError(f"{text!r} is not of the form NAME=FROM:TO:COUNT, such as theta=0:3.14:50")
    return Grid(name, numbers[0], numbers[1], positive(parts[2]))


def reference(text: str) -> object:
    """Read what members are compared with: the word `ideal`, else JSON."""
    return text if text == "ideal" else any_json(text)


def pair(text: str) -> tuple[str, str]:
    """Read NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def tag(text: str) -> str:
    """Read NAME=VALUE, and keep it together."""
    pair(text)
    return text


def parameter(text: str) -> tuple[str, object]:
    """Take a value that is JSON as that, so that numbers are numbers, and any other as text."""
    name, value = pair(text)
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


def _length(text: str) -> int | None:
    """Add up the parts of a duration; None where it is none."""
    word = text.strip().lower()
    if not word or not re.fullmatch(f"(?:{PART.pattern})+", word, re.ASCII):
        return None
    return sum(int(part[1]) * UNITS[part[2]] for part in PART.finditer(word))
