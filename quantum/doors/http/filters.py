"""Reads which jobs a caller wants, and in which order, from a request's parameters; every fault comes at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import CHOICES, INDEXED_LETTERS, LISTS, Listing, Ordering
from quantum.jobs.model import Fault
from quantum.programs.formats import provider_of


@dataclass(frozen=True)
class Asked:
    """A list's parameters as read: the list, how many jobs a page may have, and everything that is wrong."""

    listing: Listing = field(default_factory=Listing)
    faults: tuple[Fault, ...] = ()


FILTERS = ("phase", "name", "workspace", "provider", "target", "tag", "from", "to", "order")
MAX_FILTER = 325  # a tag's name, an equals sign, and its text


def read_listing(query: Mapping[str, str]) -> Asked:
    """Read a list's filters and order, with everything that is wrong with them; other parameters are passed over."""
    given = {name: text for name, text in query.items() if name in FILTERS}
    faults = [*_text_faults(given), *_word_faults(given)]
    moments, wrong = _moments(given)
    faults += wrong
    wanted = Ordering.NAME if "name" in given else Ordering.NEWEST
    order = Ordering(given["order"]) if given.get("order") in set(Ordering) else wanted
    faults += _together(given, order)
    if faults:
        return Asked(faults=tuple(faults))
    chosen = tuple((choice, _value(choice, given[choice])) for choice in _choices(given))
    phase, name = given.get("phase", ""), given.get("name", "")
    return Asked(Listing(order, chosen, phase, name, moments["from"], moments["to"]))


def _choices(given: Mapping[str, str]) -> list[str]:
    """What jobs are chosen by: a provider says no more than its target does."""
    return [name for name in CHOICES if name in given and not (name == "provider" and "target" in given)]


def _value(choice: str, text: str) -> str:
    return text.lower() if choice == "provider" else text


def _text_faults(given: Mapping[str, str]) -> list[Fault]:
    limits = dict.fromkeys(CHOICES, MAX_FILTER) | {"target": 256, "name": INDEXED_LETTERS}
    unfit = [name for name, limit in limits.items() if not _fits(given.get(name, "x"), limit)]
    faults = [Fault(name, f"must be 1 to {limits[name]} printable characters") for name in unfit]
    if "=" not in given.get("tag", "="):
        faults.append(Fault("tag", "must be name=text, such as team=chem"))
    return faults


def _fits(text: str, limit: int) -> bool:
    return 0 < len(text) <= limit and text.isprintable()


def _word_faults(given: Mapping[str, str]) -> list[Fault]:
    words = {"phase": [*map(str, Phase)], "order": [*map(str, Ordering)]}
    return [
        Fault(name, f"must be one of {', '.join(known)}")
        for name, known in words.items()
        if name in given and given[name] not in known
    ]


def _moments(given: Mapping[str, str]) -> tuple[dict[str, datetime | None], list[Fault]]:
    moments: dict[str, datetime | None] = {"from": None, "to": None}
    faults = []
    for name in [name for name in moments if name in given]:
        try:
            moments[name] = _moment(given[name])
        except (ValueError, OverflowError):
            faults.append(Fault(name, "must be a date or a time with its zone, such as 2026-11-21T09:00:00Z"))
    since, until = moments["from"], moments["to"]
    if since and until and since >= until:
        faults.append(Fault("to", "must be later than from"))
    return moments, faults


def _moment(text: str) -> datetime:
    """Read a time; one that is a date is its midnight in UTC. A plus sign may have come as the blank that it means."""
    moment = datetime.fromisoformat(f"{text}T00:00:00Z" if len(text) == 10 else text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError(text)
    moment.timestamp()
    return moment


def _together(given: Mapping[str, str], order: Ordering) -> list[Fault]:
    """Refuse what no series of the index serves, by the parameter that would have to go."""
    if "name" in given and order is not Ordering.NAME:
        return [Fault("order", "must be name in a list by name; or leave out name")]
    if order is Ordering.NAME and (times := [name for name in ("from", "to") if name in given]):
        return [Fault(name, "does not go with name; lists by name are in the order of names") for name in times]
    if "target" in given and given.get("provider", "").lower() not in ("", provider_of(given["target"])):
        return [
            Fault("provider", f"does not go with target, which is of {provider_of(given['target'])}; leave out one")
        ]
    allowed = {name for selection in LISTS[order] for name in selection}
    known = " or ".join(sorted(allowed)) or "none of these"
    return [
        Fault(name, f"does not go with the order {order}, which takes {known}; the order newest takes it")
        for name in _choices(given)
        if name not in allowed
    ]
