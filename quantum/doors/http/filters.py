"""Reads which jobs a caller wants, and in which order, from a request's parameters; every fault comes at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.parameters import FILTERS, moment_in, rows_of
from quantum.jobs.lists import CHOICES, Listing, Ordering
from quantum.programs.formats import provider_of


@dataclass(frozen=True)
class Asked:
    """A list's parameters as read: the list, how many jobs a page may have, and everything that is wrong."""

    listing: Listing = field(default_factory=Listing)
    faults: tuple[Fault, ...] = ()


ROWS = rows_of(FILTERS)


def read_listing(query: Mapping[str, str]) -> Asked:
    """Read a list's filters and order, with everything that is wrong with them; other parameters are passed over."""
    given = {name: text for name, text in query.items() if name in ROWS}
    reasons = ((name, row.fault(given[name], Limits())) for name, row in ROWS.items() if name in given)
    faults = [Fault(name, reason) for name, reason in reasons if reason]
    wrong = {fault.field for fault in faults}
    since, until = (moment_in(given[name]) if name in given.keys() - wrong else None for name in ("from", "to"))
    if since and until and since >= until:
        faults.append(Fault("to", "must be later than from"))
    default = Ordering.NAME if "name" in given else Ordering.NEWEST
    order = Ordering(given["order"]) if "order" in given.keys() - wrong else default
    faults += _contradictions(given)
    if faults:
        return Asked(faults=tuple(faults))
    chosen = tuple((choice, _value(choice, given[choice])) for choice in _choices(given))
    return Asked(Listing(order, chosen, given.get("phase", ""), given.get("name", ""), since, until))


def _choices(given: Mapping[str, str]) -> list[str]:
    """What jobs are chosen by: a provider says no more than its target does."""
    return [name for name in CHOICES if name in given and not (name == "provider" and "target" in given)]


def _value(choice: str, text: str) -> str:
    return text.lower() if choice == "provider" else text


def _contradictions(given: Mapping[str, str]) -> list[Fault]:
    """Refuse a provider that is not the target's: such a list would be empty whatever jobs there are."""
    if "target" not in given or given.get("provider", "").lower() in ("", provider_of(given["target"])):
        return []
    return [Fault("provider", f"does not go with target, which is of {provider_of(given['target'])}; leave out one")]
