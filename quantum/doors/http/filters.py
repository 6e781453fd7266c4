"""Parses the filters and the order of a list from a request's parameters; all faults are reported at once."""

from collections.abc import Mapping
from dataclasses import field

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.contract.parameters import FILTERS, moment_in, rows_of
from quantum.jobs.lists import CHOICES, Listing, Ordering
from quantum.programs.providers import provider_named, provider_of
from quantum.wire.records import record


@record
class ListRequest:
    """A list's parsed parameters, or their faults."""

    listing: Listing = field(default_factory=Listing)
    faults: tuple[Fault, ...] = ()


ROWS = rows_of(FILTERS)


def read_listing(query: Mapping[str, str]) -> ListRequest:
    """Parse a list's filters and order, or return their faults; other parameters are ignored."""
    parameters = {name: text for name, text in query.items() if name in ROWS}
    reasons = ((name, row.fault(parameters[name], Limits())) for name, row in ROWS.items() if name in parameters)
    faults = [Fault(name, reason) for name, reason in reasons if reason]
    wrong = {fault.field for fault in faults}
    since, until = (
        moment_in(parameters[name]) if name in parameters.keys() - wrong else None for name in ("from", "to")
    )
    if since and until and since >= until:
        faults.append(Fault("to", "must be later than from"))
    default = Ordering.NAME if "name" in parameters else Ordering.NEWEST
    order = Ordering(parameters["order"]) if "order" in parameters.keys() - wrong else default
    faults += _contradictions(parameters)
    if faults:
        return ListRequest(faults=tuple(faults))
    chosen = tuple((choice, _value(choice, parameters[choice])) for choice in _choices(parameters))
    return ListRequest(Listing(order, chosen, parameters.get("phase", ""), parameters.get("name", ""), since, until))


def _choices(parameters: Mapping[str, str]) -> list[str]:
    """Return the filters on whole values; a target makes its provider redundant."""
    return [name for name in CHOICES if name in parameters and not (name == "provider" and "target" in parameters)]


def _value(choice: str, text: str) -> str:
    return provider_named(text) if choice == "provider" else text


def _contradictions(parameters: Mapping[str, str]) -> list[Fault]:
    """Refuse a provider that is not the target's: such a list would always be empty."""
    provider = provider_named(parameters.get("provider", ""))
    if "target" not in parameters or provider in ("", provider_of(parameters["target"])):
        return []
    return [
        Fault("provider", f"does not go with target, which is of {provider_of(parameters['target'])}; leave out one")
    ]
