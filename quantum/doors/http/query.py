"""Refuses parameters that a route does not take, with the nearest that it does; the table of routes says which."""

from collections.abc import Mapping
from difflib import get_close_matches

from quantum.contract.fields import MAX_UNKNOWN, Fault
from quantum.contract.kinds import printable
from quantum.contract.routes import BY_DOOR

# Azure Functions takes a key and the key's name there, in letters of any case, and passes them on.
OF_THE_PLATFORM = frozenset({"code", "clientid"})


def reports_unknown(door: str) -> bool:
    """Say whether a door names unknown parameters itself, together with its other faults."""
    return door not in BY_DOOR or BY_DOOR[door].finds_unknown


def unknown_faults(query: Mapping[str, str], door: str) -> list[Fault]:
    """Name the parameters that a door does not read; of very many, the first."""
    known = BY_DOOR[door].query if door in BY_DOOR else ()
    unknown = [name for name in query if name not in known and name.lower() not in OF_THE_PLATFORM][:MAX_UNKNOWN]
    return [Fault(printable(name), f"is no parameter here; {_hint(name, known)}") for name in unknown]


def _hint(name: str, known: tuple[str, ...]) -> str:
    if not known:
        return "this address takes none"
    near = get_close_matches(name[:64].lower(), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
