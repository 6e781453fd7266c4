"""Which parameters each route takes in its address, in one table; any other is refused, with the nearest known one."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from quantum.doors.http.filters import FILTERS
from quantum.jobs.model import Fault
from quantum.orders.read import MAX_UNKNOWN, printable

PAGING = ("top", "continuation")
OF_A_WORKSPACE = ("workspace",)
NOTHING: tuple[str, ...] = ()
# Azure Functions takes a key and the key's name there, in letters of any case, and passes them on.
OF_THE_PLATFORM = frozenset({"code", "clientid"})

PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "start_from_http": NOTHING,
        "list_jobs": (*FILTERS, *PAGING),
        "read_job": NOTHING,
        "read_result": NOTHING,
        "read_raw": NOTHING,
        "request_cancel": NOTHING,
        "count_jobs": (*FILTERS, *PAGING, "ids"),
        "adopt_job": NOTHING,
        "open_session": NOTHING,
        "list_sessions": (*PAGING, *OF_A_WORKSPACE),
        "read_session": OF_A_WORKSPACE,
        "end_session": OF_A_WORKSPACE,
        "list_session_jobs": (*PAGING, *OF_A_WORKSPACE),
        "list_targets": OF_A_WORKSPACE,
        "list_quotas": ("provider", *OF_A_WORKSPACE),
        "list_formats": OF_A_WORKSPACE,
        "read_health": NOTHING,
        "list_poison": NOTHING,
        "replay_poison": NOTHING,
        "list_workspaces": NOTHING,
        "read_workspace": NOTHING,
        "add_own_workspace": NOTHING,
        "remove_own_workspace": NOTHING,
    }
)
# These find other faults in what they are asked, and tell all at once.
THEMSELVES = frozenset({"list_jobs", "count_jobs", "list_sessions", "list_session_jobs"})


def unknown_faults(query: Mapping[str, str], door: str) -> list[Fault]:
    """Name the parameters that a door does not read; of very many, the first."""
    known = PARAMETERS.get(door, NOTHING)
    unknown = [name for name in query if name not in known and name.lower() not in OF_THE_PLATFORM][:MAX_UNKNOWN]
    return [Fault(printable(name), f"is no parameter here; {_hint(name, known)}") for name in unknown]


def _hint(name: str, known: tuple[str, ...]) -> str:
    if not known:
        return "this address takes none"
    near = get_close_matches(name[:64].lower(), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
