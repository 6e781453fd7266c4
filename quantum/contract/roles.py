"""The roles that callers need where a deployment signs them in: reading takes none."""

from collections.abc import Mapping

SUBMIT, APPROVE, ADMIN = "submit", "approve", "admin"
ROLES = (SUBMIT, APPROVE, ADMIN)
SPECIAL: Mapping[str, str | None] = {  # doors whose role their method does not tell
    "estimate_order": None,
    "add_own_workspace": ADMIN,
    "remove_own_workspace": ADMIN,
    "write_budgets": APPROVE,
    "approve_job": APPROVE,
    "deny_job": APPROVE,
    "list_poison": ADMIN,
    "replay_poison": ADMIN,
}


def role_of(method: str, door: str) -> str | None:
    """Return the role that a door asks for; None where any principal may use it."""
    return SPECIAL.get(door, None if method == "GET" else SUBMIT)
