"""Refuses parameters that a route does not accept, by the table of routes, with the nearest accepted one."""

from collections.abc import Mapping
from difflib import get_close_matches

from quantum.contract.fields import MAX_UNKNOWN, Fault
from quantum.contract.kinds import printable
from quantum.contract.routes import BY_DOOR

# Azure Functions accepts a key and its name there, in any case, and passes them on.
OF_THE_PLATFORM = frozenset({"code", "clientid"})


def reports_unknown(door: str) -> bool:
    """Say whether a door reports unknown parameters itself, together with its other faults."""
    return door not in BY_DOOR or BY_DOOR[door].reports_unknown


def unknown_faults(query: Mapping[str, str], door: str) -> list[Fault]:
    """Report the parameters that a door does not accept, up to a limit."""
    accepted = BY_DOOR[door].query if door in BY_DOOR else ()
    unknown = [name for name in query if name not in accepted and name.lower() not in OF_THE_PLATFORM][:MAX_UNKNOWN]
    return [Fault(printable(name), f"is no parameter here; {_hint(name, accepted)}") for name in unknown]


def _hint(name: str, accepted: tuple[str, ...]) -> str:
    if not accepted:
        return "this address takes none"
    near = get_close_matches(name[:64].lower(), accepted, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(accepted)}"
