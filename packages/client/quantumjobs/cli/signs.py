"""The signs of docs/first-deployment.md that can be seen from outside; each finding with a remedy names its own."""

from __future__ import annotations

PAGE = "docs/first-deployment.md"
STARTS = "4"
COMPILES = "5"
SUBSCRIBES = "6"
PACE = "7"
ROLES = "8"
EVENTS = "9"


def see(sign: str) -> str:
    """Name the page and the sign on it."""
    return f"{PAGE}, sign {sign}"


def with_sign(remedy: str | None, sign: str) -> str:
    """Add the page and the sign to a remedy, where there is one."""
    return f"{remedy} ({see(sign)})" if remedy else see(sign)
