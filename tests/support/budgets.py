"""The retries that the whole process shares, for tests that must not depend on who ran before them."""

from quantum.adapters.retry_budget import BUDGET


def fill() -> None:
    """Earn all that the budget can hold."""
    for _ in range(1000):
        BUDGET.earn()


def drain() -> None:
    """Spend all that is left."""
    while BUDGET.spend():
        pass
