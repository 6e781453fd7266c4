"""Reads an order from a stranger's JSON: all of it is right, or every fault is named at once, by field."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.model import OWN_SESSION, Fault, Order
from quantum.orders.cross_field import together_faults
from quantum.orders.program_fields import format_faults, stated_faults
from quantum.storage import INPUTS_CONTAINER
from quantum.telemetry.names import traceparent
from quantum.wire import codec as wire
from quantum.wire import strict_json
from quantum.wire.encodings import disguise_of

MAX_ORDER_BYTES = 4 * 1024 * 1024
MAX_ORDER_ITEMS = 500_000  # counted by their commas, before reading them takes any time
MAX_SMALL_FIELD = 4096
MOST_COST = 1_000_000_000
MAX_TAGS = 16  # the rows that lists read of a job must fit into one transaction of a table
MAX_UNKNOWN = 20  # a stranger can send half a million, and finding the nearest known name takes time

NAME = re.compile(r"(?!.*\.\.)[\w][\w .:+()\[\]=,@#-]{0,127}")
TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
OPERATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
CALL = re.compile(r"([\w.]{1,256})\s*\((.{0,1024})\)\s*", re.ASCII)
WORKSPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
SESSION = re.compile(r"[A-Za-z0-9-]{1,36}")
PRIORITIES = ("Standard", "High")
BLOB_NAME = re.compile(r"\w[\w .+()=@,-]*(/\w[\w .+()=@,-]*)*")  # so no segment is "." or ".."

NOT_YET = ("reuseResult",)


@dataclass(frozen=True)
class Limits:
    """What a deployment allows: shots in one job."""

    max_shots: int = 1_000_000


Check = Callable[[Any, Limits], str | None]


def _text(value: Any, pattern: re.Pattern[str], limit: int, what: str) -> str | None:
    if not isinstance(value, str):
        return f"must be text, not {_kind(value)}"
    if not value:
        return "must not be empty"
    if len(value) > limit:
        return f"is {len(value):,} characters long; {limit} are allowed"
    return None if pattern.fullmatch(value) else f"may hold only {what}"


def _kind(value: Any) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "null")


def _name(value: Any, _: Limits) -> str | None:
    allowed = "letters, digits, blanks and . _ : + - ( ) [ ] = , @ #, and begins with a letter or digit"
    return _text(value, NAME, 128, allowed)


def _target(value: Any, _: Limits) -> str | None:
    return _text(value, TARGET, 128, "letters, digits and . _ -")


def _shots(value: Any, limits: Limits) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return (
            f"must be a whole number, not {_kind(value)}" if not isinstance(value, float) else "must be a whole number"
        )
    if not 1 <= value <= limits.max_shots:
        return f"must be between 1 and {limits.max_shots:,}"
    return None


def _input(value: Any, _: Limits) -> str | None:
    return None if isinstance(value, dict) else f"must be an object, not {_kind(value)}"


def _params(value: Any, limits: Limits) -> str | None:
    return _input(value, limits) or _small(value)


def _tags(value: Any, _: Limits) -> str | None:
    if not isinstance(value, dict):
        return f"must be an object of texts, not {_kind(value)}"
    if len(value) > MAX_TAGS:
        return f"has {len(value)} entries; {MAX_TAGS} are allowed"
    for name, text in value.items():
        if not TAG.fullmatch(name):
            return f"has the name {name[:64]!r}; a name may hold only letters, digits and . _ : / -"
        if not isinstance(text, str) or len(text) > 256 or not text.isprintable():
            return f"has under {name!r} something other than text of at most 256 printable characters"
    return _small(value)


def _small(value: Any) -> str | None:
    size = len(json.dumps(value))
    return None if size <= MAX_SMALL_FIELD else f"takes {size:,} bytes as JSON; {MAX_SMALL_FIELD:,} are allowed"


def _workspace(value: Any, _: Limits) -> str | None:
    return _text(value, WORKSPACE, 40, "small letters, digits and hyphens")


def _deadline(value: Any, _: Limits) -> str | None:
    if value is None:
        return None
    try:
        length = wire.duration(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        length = None
    if length is None:
        return 'must be an ISO 8601 duration of days, hours, minutes and seconds, such as "PT2H"'
    return None if 1 <= length.total_seconds() <= 366 * 86400 else "must be between one second and 366 days"


def _fallback_targets(value: Any, limits: Limits) -> str | None:
    if not isinstance(value, list):
        return f"must be a list of targets, not {_kind(value)}"
    if len(value) > 8:
        return f"has {len(value)} targets; 8 are allowed"
    if len({str(target) for target in value}) < len(value):
        return "names a target twice"
    reasons = (_target(target, limits) for target in value)
    return next((f"has a target that {reason}" for reason in reasons if reason), None)


def _entry_point(value: Any, _: Limits) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and (call := CALL.fullmatch(value)):
        remedy = f" and its values as `arguments`: [{printable(call[2])}]" if call[2].strip() else ""
        return f'is the name alone: give "{printable(call[1])}"{remedy}'
    return _text(value, OPERATION, 256, "names joined by full stops, such as Test.GenerateRandomBits")


def _arguments(value: Any, _: Limits) -> str | None:
    if not isinstance(value, list):
        return f"must be a list, not {_kind(value)}"
    return _small(value)


def _priority(value: Any, _: Limits) -> str | None:
    return None if value is None or value in PRIORITIES else f"must be one of {', '.join(PRIORITIES)}"


def _session(value: Any, _: Limits) -> str | None:
    if value is None or value == OWN_SESSION:
        return None
    if isinstance(value, str) and SESSION.fullmatch(value):
        return None
    return f'must be the id of a session (POST /api/sessions opens one), or "{OWN_SESSION}" for one of the job\'s own'


def _max_cost(value: Any, _: Limits) -> str | None:
    if value is None:
        return None
    right = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_COST
    return None if right else f"must be a number from 0 to {MOST_COST:,}, in the unit of the target's prices"


def _not_yet(value: Any, _: Limits) -> str | None:
    return None if value in (None, False) else "is not available yet; leave it out"


CHECKS: Mapping[str, Check] = {
    "name": _name,
    "target": _target,
    "shots": _shots,
    "input": _input,
    "params": _params,
    "tags": _tags,
    "workspace": _workspace,
    "deadline": _deadline,
    "fallbackTargets": _fallback_targets,
    "entryPoint": _entry_point,
    "arguments": _arguments,
    "priority": _priority,
    "session": _session,
    "maxCost": _max_cost,
    "traceparent": lambda _value, _: None,  # a bad one is passed over: whose trace it is decides nothing
} | dict.fromkeys(NOT_YET, _not_yet)

REQUIRED = ("target", "shots", "input")
INPUT_FIELDS = ("format", "text", "base64", "blob", "outputFormat", "contentType", "contentEncoding")
WITHOUT_SHOTS = "microsoft.qio.v2"  # what solves a problem, rather than sampling, runs once


def parse_order(body: bytes, limits: Limits) -> Order:
    """Read an order from JSON (design: section 3), or raise InvalidOrderError with every fault."""
    if len(body) > MAX_ORDER_BYTES:
        raise InvalidOrderError(
            (Fault("", f"is {len(body):,} bytes; {MAX_ORDER_BYTES:,} are allowed: put the program in a blob"),)
        )
    if body.count(b",") > MAX_ORDER_ITEMS:
        raise InvalidOrderError((Fault("", f"has more than {MAX_ORDER_ITEMS:,} commas: put the program in a blob"),))
    if not body.strip():
        raise InvalidOrderError((Fault("", "is empty; an order is a JSON object"),))
    try:
        data = strict_json.loads(body, unbounded="arguments")
    except strict_json.InvalidJsonError as error:
        disguise = disguise_of(body)
        reason = f"is no order but {disguise}" if disguise else f"is no order: {error}"
        raise InvalidOrderError((Fault("", reason),)) from error
    return order_from(data, limits)


def order_from(data: Any, limits: Limits) -> Order:
    """Read an order from parsed JSON, or raise InvalidOrderError with every fault."""
    if not isinstance(data, dict):
        raise InvalidOrderError((Fault("", f"must be a JSON object, not {_kind(data)}"),))
    faults = [*unknown_fields(data, tuple(CHECKS)), *_missing(data)]
    for field, check in CHECKS.items():
        reason = check(data[field], limits) if field in data else None
        if reason:
            faults.append(Fault(field, reason))
    if isinstance(data.get("input"), dict):
        faults += _input_faults(data["input"])
    faults += together_faults(data)
    faulty = {fault.field.partition(".")[0] for fault in faults}
    sound = {field: data[field] for field in CHECKS if field in data and field not in {*NOT_YET, *faulty}}
    sound |= {"traceparent": traceparent(data.get("traceparent"))}
    order = Order.from_wire({"name": default_name(sound), "target": "", "shots": 1} | sound)
    if faults:
        raise InvalidOrderError(tuple(faults), order if order.target else None)
    return order


def unknown_fields(data: Mapping[str, Any], known: tuple[str, ...], prefix: str = "") -> list[Fault]:
    """Refuse fields that nobody reads, with the nearest that somebody does; of very many, the first are named."""
    faults = []
    unknown = [name for name in data if name not in known]
    for field in unknown[:MAX_UNKNOWN]:
        near = get_close_matches(field[:64], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        faults.append(Fault(prefix + printable(field), f"is not a field here; {hint}"))
    if more := len(unknown) - len(faults):
        faults.append(Fault(prefix.rstrip("."), f"has {more:,} more fields that are not known here"))
    return faults


def printable(text: str, limit: int = 64) -> str:
    """Make a stranger's text fit to be shown: control characters escaped, cut to a length."""
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def default_name(data: Mapping[str, Any]) -> str:
    """The name of an order that has none: its target and its entry point, if it names one."""
    return ":".join(part for part in (data.get("target"), data.get("entryPoint")) if part)[:128]


def _missing(data: Mapping[str, Any]) -> list[Fault]:
    given = data.get("input")
    not_needed = "shots" if isinstance(given, dict) and given.get("format") == WITHOUT_SHOTS else None
    return [Fault(field, "is missing") for field in REQUIRED if field not in {*data, not_needed}]


def _input_faults(given: Mapping[str, Any]) -> list[Fault]:
    faults = unknown_fields(given, INPUT_FIELDS, "input.")
    faults += format_faults(given.get("format"))
    contents = [field for field in ("text", "base64", "blob") if field in given]
    if len(contents) != 1:
        faults.append(Fault("input", "needs exactly one of text, base64 and blob"))
    for field in contents:
        if not isinstance(given[field], str):
            faults.append(Fault(f"input.{field}", f"must be text, not {_kind(given[field])}"))
        elif not given[field].strip():
            faults.append(Fault(f"input.{field}", "must not be empty"))
        elif field == "blob" and not is_blob_reference(given[field]):
            slashes = "; write / in place of \\" if "\\" in given[field] else ""
            reason = f"must be {INPUTS_CONTAINER}/<name>, a blob in this app's own storage{slashes}"
            faults.append(Fault("input.blob", reason))
    return faults + stated_faults(given)


def is_blob_reference(text: str) -> bool:
    """Whether a caller may point at this blob: in our own container for inputs, by a plain name."""
    container, _, name = text.partition("/")
    return container == INPUTS_CONTAINER and len(name) <= 512 and BLOB_NAME.fullmatch(name) is not None
