"""The roles that callers need where a deployment signs them in: reading takes none."""

from collections.abc import Mapping

SUBMIT, APPROVE, ADMIN = "submit", "approve", "admin"
ROLES = (SUBMIT, APPROVE, ADMIN)
SPECIAL: Mapping[str, str | None] = {  # doors whose role their method does not tell
    "estimate_order": None,
    "add_own_workspace": ADMIN,
    "remove_own_workspace": ADMIN,
    "approve_job": APPROVE,
    "deny_job": APPROVE,
    "approve_batch": APPROVE,
    "deny_batch": APPROVE,
    "write_budgets": APPROVE,
    "list_poison": ADMIN,
    "replay_poison": ADMIN,
}
OPEN = frozenset(("read_health", "describe_api"))  # they tell nothing of anybody: the key is enough


def is_open(door: str) -> bool:
    """Say whether a door is open to callers who are not signed in."""
    return door in OPEN


def role_of(method: str, door: str) -> str | None:
    """Return the role that a door asks for; None where any principal may use it."""
    return SPECIAL.get(door, None if method == "GET" else SUBMIT)
